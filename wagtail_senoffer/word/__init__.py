"""Reads last year's report from a Word document, and proposes where its parts belong."""

from .package import NotReadable
from .proposing import NOTHING, Proposal, propose
from .reading import Part, read

__all__ = ["NOTHING", "NotReadable", "Part", "Proposal", "propose", "read"]
