"""The app's models."""

from .documents import (
    DocumentMixin,
    InclusionStrategyMixin,
    SchoolDocumentMixin,
    SchoolMixin,
    SchoolOfferMixin,
    SENInformationReportMixin,
)
from .pages import (
    InclusionStrategyPage,
    InclusionStrategyTag,
    SchoolOfferPage,
    SchoolOfferTag,
    SchoolPage,
    SENInformationReportPage,
    SENInformationReportTag,
)
from .versions import DocumentHead, DocumentText, Version, Withdrawal

__all__ = [
    "DocumentHead",
    "DocumentMixin",
    "DocumentText",
    "InclusionStrategyMixin",
    "InclusionStrategyPage",
    "InclusionStrategyTag",
    "SENInformationReportMixin",
    "SENInformationReportPage",
    "SENInformationReportTag",
    "SchoolDocumentMixin",
    "SchoolMixin",
    "SchoolOfferMixin",
    "SchoolOfferPage",
    "SchoolOfferTag",
    "SchoolPage",
    "Version",
    "Withdrawal",
]
