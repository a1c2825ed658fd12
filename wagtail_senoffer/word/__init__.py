"""Reads last year's report from a Word document, and proposes where its parts belong."""

from .package import NotReadable
from .proposing import Proposal, propose
from .reading import Part, read

__all__ = ["NotReadable", "Part", "Proposal", "propose", "read"]
