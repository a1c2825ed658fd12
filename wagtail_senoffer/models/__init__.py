"""The app's models."""

from .approval import ApprovalTask
from .councils import CouncilContacts
from .desk import GlossaryTerm, LinkCheck
from .documents import DocumentMixin
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
from .reminders import Reminder
from .reports import (
    InclusionStrategyMixin,
    SchoolDocumentMixin,
    SchoolOfferMixin,
    SENInformationReportMixin,
)
from .roles import SchoolReader
from .rollout import RegisterEntry, RolledOutGroup, RolledOutSchool
from .schools import SchoolMixin
from .settings import SiteSettings
from .trust import RepublishedDocument, Republishing, TrustText
from .versions import Assurance, DocumentHead, DocumentText, Redaction, Version, Withdrawal

__all__ = [
    "ApprovalTask",
    "Assurance",
    "Change",
    "CouncilContacts",
    "DocumentHead",
    "DocumentMixin",
    "DocumentText",
    "FeedHead",
    "GlossaryTerm",
    "InclusionStrategyMixin",
    "InclusionStrategyPage",
    "InclusionStrategyTag",
    "LinkCheck",
    "Listing",
    "Redaction",
    "RegisterEntry",
    "Reminder",
    "RepublishedDocument",
    "Republishing",
    "RolledOutGroup",
    "RolledOutSchool",
    "SENInformationReportMixin",
    "SENInformationReportPage",
    "SENInformationReportTag",
    "SchoolDocumentMixin",
    "SchoolMixin",
    "SchoolOfferMixin",
    "SchoolOfferPage",
    "SchoolOfferTag",
    "SchoolPage",
    "SchoolReader",
    "SiteSettings",
    "TrustText",
    "Version",
    "Withdrawal",
]
