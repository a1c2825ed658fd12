"""The app's models."""

from .approval import ApprovalTask
from .documents import (
    DocumentMixin,
    InclusionStrategyMixin,
    SchoolDocumentMixin,
    SchoolMixin,
    SchoolOfferMixin,
    SENInformationReportMixin,
)
from .feed import Change, FeedHead, Listing
from .pages import (
    InclusionStrategyPage,
    InclusionStrategyTag,
    SchoolOfferPage,
    SchoolOfferTag,
    SchoolPage,
    SENInformationReportPage,
    SENInformationReportTag,
)
from .versions import Assurance, DocumentHead, DocumentText, Redaction, Version, Withdrawal

__all__ = [
    "ApprovalTask",
    "Assurance",
    "Change",
    "DocumentHead",
    "DocumentMixin",
    "DocumentText",
    "FeedHead",
    "InclusionStrategyMixin",
    "InclusionStrategyPage",
    "InclusionStrategyTag",
    "Listing",
    "Redaction",
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
