"""The public record: Versions, their words, their heads and the Withdrawals.

Versions and Withdrawals are only ever added. Nothing here decides whether one may be:
that is publishing.py, the only writer.
"""

import json
from datetime import UTC
from typing import Any, NoReturn
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..document import Document, sha256
from ..rulesets import Kind

KINDS = [
    (Kind.SCHOOL.value, _("School")),
    (Kind.REPORT.value, _("SEN information report")),
    (Kind.OFFER.value, _("School Offer")),
    (Kind.STRATEGY.value, _("Inclusion strategy")),
]


class RecordIsFinal(TypeError):
    """Someone tried to change or delete a row of the public record."""

    def __init__(self) -> None:
        super().__init__(
            "Rows of the public record are never changed or deleted. Publish a new Version, "
            "withdraw the document, or redact the words."
        )


class FinalQuerySet(models.QuerySet):
    """A queryset of rows that can be added and read, and nothing else."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RecordIsFinal

    update = delete = bulk_update = update_or_create = _refuse
    _raw_delete = _update = _refuse


class FinalModel(models.Model):
    """A row that is written once. The database refuses too (see triggers.py)."""

    wagtail_reference_index_ignore = True

    objects = FinalQuerySet.as_manager()

    class Meta:
        abstract = True
        # The collector deletes through the base manager, so it must refuse as well.
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises RecordIsFinal if it is there already."""
        if not self._state.adding:
            raise RecordIsFinal
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise RecordIsFinal, always."""
        raise RecordIsFinal


class DocumentText(models.Model):
    """The words of Versions, once each, by the SHA-256 of their canonical text.

    Apart from the record, so that a redaction can take words away without touching it.
    """

    sha256 = models.CharField(max_length=64, primary_key=True, editable=False)
    text = models.TextField(editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("published text")
        verbose_name_plural = _("published texts")

    def __str__(self) -> str:
        return self.sha256


class Version(FinalModel):
    """One published state of a document in one language, numbered from 1 without a gap.

    `record_hash` covers every other field and `previous_hash`, the record hash of the
    Version before, so a changed byte anywhere breaks the chain from there on.
    """

    document_key = models.UUIDField(_("document key"))
    locale = models.CharField(_("language"), max_length=100)
    kind = models.CharField(_("kind"), max_length=40, choices=KINDS)
    number = models.PositiveIntegerField(_("number"))
    # Not a constraint of the database: a redaction removes the text and leaves the record.
    text = models.ForeignKey(
        DocumentText, models.DO_NOTHING, db_constraint=False, db_column="text_sha256"
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    record_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("published at"), default=timezone.now)
    # Not a foreign key: the record outlives its users, and holds no name.
    user_pk = models.CharField(_("published by"), max_length=64, blank=True)
    override_reason = models.TextField(_("reason for publishing incomplete"), blank=True)
    missing = models.JSONField(_("sections missing at that time"), default=list, blank=True)

    class Meta(FinalModel.Meta):
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("document_key", "locale", "number")
        permissions = [("publish_incomplete", _("Can publish an incomplete report with a reason"))]
        constraints = [
            models.UniqueConstraint(
                fields=("document_key", "locale", "number"), name="senoffer_version_number"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="senoffer_version_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number} ({self.document_key}, {self.locale})"

    def document(self) -> Document:
        """Return the published Document. Raises DocumentText.DoesNotExist after a redaction."""
        return Document.from_text(self.text.text)

    def computed_hash(self) -> str:
        """Return the hash that the record's own fields give."""
        fields = {
            "document_key": str(self.document_key),
            "locale": self.locale,
            "kind": str(self.kind),
            "number": self.number,
            "text": self.text_id,
            "previous": self.previous_hash,
            "created_at": self.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "user": self.user_pk,
            "override_reason": self.override_reason,
            "missing": self.missing,
        }
        return sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False))

    def user_name(self) -> str:
        """Return who published it: a name while the account exists, else "" or its number."""
        if not self.user_pk:
            return ""
        user = get_user_model().objects.filter(pk=self.user_pk).first()
        return (user.get_full_name() or user.get_username()) if user else f"#{self.user_pk}"


class Withdrawal(FinalModel):
    """Says that a document is no longer offered since its Version so-and-so, and why.

    A later Version offers it again.
    """

    version = models.OneToOneField(
        Version, models.DO_NOTHING, related_name="withdrawal", verbose_name=_("last version")
    )
    reason = models.CharField(_("reason"), max_length=255)
    created_at = models.DateTimeField(_("withdrawn at"), default=timezone.now)
    user_pk = models.CharField(_("withdrawn by"), max_length=64, blank=True)

    class Meta(FinalModel.Meta):
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.version}: {self.reason}"


class DocumentHead(models.Model):
    """The newest Version of each document in each language, and the lock to publish under.

    `turn` is counted up as the first statement of every publish: that takes the row's
    lock on every database, SQLite included. The row of a school is the lock of all its
    documents, since they are published in terms of each other.
    """

    document_key = models.UUIDField()
    locale = models.CharField(max_length=100)
    school_key = models.UUIDField(db_index=True)
    turn = models.PositiveBigIntegerField(default=0)
    latest = models.OneToOneField(Version, models.DO_NOTHING, null=True, related_name="head_of")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("document head")
        verbose_name_plural = _("document heads")
        constraints = [
            models.UniqueConstraint(fields=("document_key", "locale"), name="senoffer_head")
        ]

    def __str__(self) -> str:
        return f"{self.document_key} ({self.locale})"

    @property
    def offered(self) -> Version | None:
        """The newest Version, or None if there is none or it was withdrawn."""
        return None if self.latest is None or self.withdrawal else self.latest

    @property
    def withdrawal(self) -> Withdrawal | None:
        """The Withdrawal in force, if any."""
        return getattr(self.latest, "withdrawal", None) if self.latest else None


def heads() -> models.QuerySet[DocumentHead]:
    """Return the heads, each with its newest Version, its words and its withdrawal: one query."""
    return DocumentHead.objects.select_related("latest__withdrawal", "latest__text")


def newest(key: UUID, locale: str) -> Version | None:
    """Return the Version of a document that is offered now, with its words, or None."""
    head = heads().filter(document_key=key, locale=locale).first()
    return head.offered if head else None
