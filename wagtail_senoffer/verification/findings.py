"""What a check has to say, and of which document and Version."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """An error needs mending or a backup; a warning needs a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    `code` is for programs. `document_key`, `locale` and `number` name the Version as far as
    there is one: the key as it is stored, whatever that is. `mendable` says whether
    `--repair` has something that it may do about it.
    """

    code: str
    severity: Severity
    message: str
    document_key: str = ""
    locale: str = ""
    number: int | None = None
    title: str = ""
    mendable: bool = False

    @property
    def is_error(self) -> bool:
        """Say whether it is more than a warning."""
        return self.severity is Severity.ERROR

    def titled(self, title: str) -> "Finding":
        """Return the finding with the title of the document's page."""
        return replace(self, title=title)

    def __str__(self) -> str:
        number = "" if self.number is None else f" version {self.number}"
        place = f" ({self.document_key}, {self.locale}){number}" if self.document_key else ""
        title = f" “{self.title}”" if self.title else ""
        return f"{self.severity} [{self.code}]{title}{place}: {self.message}"


def error(code: str, message: str, where: "Where" = (), **more: object) -> Finding:
    """Return an error about a place in the record."""
    return Finding(code, Severity.ERROR, message, *where, **more)


def warning(code: str, message: str, where: "Where" = (), **more: object) -> Finding:
    """Return a warning about a place in the record."""
    return Finding(code, Severity.WARNING, message, *where, **more)


# Document key, locale and number, as far as they are known.
Where = tuple[str, str, int | None] | tuple[str, str] | tuple[()]
