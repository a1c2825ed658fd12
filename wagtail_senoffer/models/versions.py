"""The public record: Versions, their words, their heads, and what was said of them later.

Versions, Withdrawals, Assurances and Redactions are only ever added. Nothing here
decides whether one may be: that is publishing.py, through record.py.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..document import Document, Unreadable, sha256
from ..rulesets import Kind

KINDS = [
    (Kind.SCHOOL.value, _("School")),
    (Kind.REPORT.value, _("SEN information report")),
    (Kind.OFFER.value, _("School Offer")),
    (Kind.STRATEGY.value, _("Inclusion strategy")),
]


_LATER = frozenset({"change_note", "not_reread"})
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


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


def user_names(keys: Iterable[str]) -> dict[str, str]:
    """Return the names of the record's users by key, "#" and the key where one is gone."""
    users, wanted = get_user_model(), set(keys) - {""}
    names = {"": "", **{key: f"#{key}" for key in wanted}}
    with suppress(ValidationError, ValueError):
        for user in users._default_manager.filter(pk__in=wanted) if wanted else ():
            names[str(user.pk)] = user.get_full_name() or user.get_username()
    return names


class FinalModel(models.Model):
    """A row that is written once. The database refuses too (see triggers.py).

    `record_hash` seals what the row says, so that a changed byte can be found.
    """

    # What the hash covers: the name of each fact, and the attribute that holds it.
    FACTS: ClassVar[dict[str, str]] = {"created_at": "created_at", "user": "user_pk"}

    record_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    # Not a foreign key: the record outlives its users, and holds no name.
    user_pk = models.CharField(max_length=64, blank=True)

    wagtail_reference_index_ignore = True

    objects = FinalQuerySet.as_manager()

    class Meta:
        abstract = True
        # The collector deletes through the base manager, so it must refuse as well.
        base_manager_name = "objects"

    def facts(self) -> dict[str, Any]:
        """Return what the row says and its hash covers, as plain JSON values."""
        return told({name: plain(attrgetter(path)(self)) for name, path in self.FACTS.items()})

    def computed_hash(self) -> str:
        """Return the hash that the row's own fields give."""
        return seal(self.facts())

    def is_sealed(self) -> bool:
        """Say whether the row says what it was sealed with."""
        # What can't even be hashed was never sealed.
        with suppress(ValueError):
            return self.computed_hash() == self.record_hash
        return False

    def user_name(self) -> str:
        """Return who wrote it: a name while the account exists, else "" or its number."""
        return user_names([self.user_pk])[self.user_pk]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Seal and insert the row. Raises RecordIsFinal if it is there already."""
        if not self._state.adding:
            raise RecordIsFinal
        self.record_hash = self.computed_hash()
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise RecordIsFinal, always."""
        raise RecordIsFinal


def told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that a hash covers: one that came later only where it says something."""
    return {name: value for name, value in facts.items() if value or name not in _LATER}


def seal(facts: dict[str, Any]) -> str:
    """Return the record hash of facts that are `told`, in plain JSON values."""
    return sha256(_canonical(facts))


def plain(value: Any) -> Any:
    """Return a field's value as its facts hold it: a plain JSON value."""
    if isinstance(value, datetime):
        return utc_text(value)
    return str(value) if isinstance(value, UUID | str) else value


def utc_text(moment: datetime) -> str:
    """Return a moment as every hash and every face writes it: UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


class DocumentText(models.Model):
    """The words of Versions, once each, by the SHA-256 of the canonical text as published.

    Apart from the record, so that a redaction can take words away without touching it:
    what is left then stands under the same hash, and a Redaction says so.
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

    FACTS = {
        **FinalModel.FACTS,
        "document_key": "document_key",
        "locale": "locale",
        "kind": "kind",
        "number": "number",
        "text": "text_id",
        "previous": "previous_hash",
        "override_reason": "override_reason",
        "missing": "missing",
        "change_note": "change_note",
        "not_reread": "not_reread",
    }

    # Those of its text, oldest first, from who has read them for many Versions at once.
    redactions: Sequence["Redaction"] | None = None

    document_key = models.UUIDField(_("document key"))
    locale = models.CharField(_("language"), max_length=100)
    kind = models.CharField(_("kind"), max_length=40, choices=KINDS)
    number = models.PositiveIntegerField(_("number"))
    # Not a constraint of the database: a redaction removes the text and leaves the record.
    text = models.ForeignKey(
        DocumentText, models.DO_NOTHING, db_constraint=False, db_column="text_sha256"
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    change_note = models.CharField(_("what changed"), max_length=500, blank=True)
    # Codes of the sections of a new year's report that nobody said were read again.
    not_reread = models.JSONField(_("sections not re-read"), default=list, blank=True)
    override_reason = models.TextField(_("reason for publishing incomplete"), blank=True)
    missing = models.JSONField(_("sections missing at that time"), default=list, blank=True)

    class Meta(FinalModel.Meta):
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("document_key", "locale", "number")
        permissions = [
            ("publish_incomplete", _("Can publish an incomplete report with a reason")),
            ("redact_version", _("Can remove words from published versions")),
        ]
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
        """Return the published Document, or what a Redaction left of it.

        Raises Unreadable if its words are gone, if they or its record were changed behind
        our back, or if a newer release wrote them.
        """
        return Document.from_text(self.words)

    @property
    def words(self) -> str:
        """The stored text. Raises Unreadable if it is gone, or not what was published."""
        # Else it might point at other words, under the hashes that outsiders have kept.
        if not self.is_sealed():
            message = _("The record of this version was changed after it was published.")
            raise Unreadable(message, code="record-changed")
        try:
            text = self.text.text
        except DocumentText.DoesNotExist:
            message = _("The words of this version are missing from the database.")
            raise Unreadable(message, code="words-gone") from None
        if not self._is_what_was_published(text):
            message = _("The stored words of this version are not those that were published.")
            raise Unreadable(message, code="words-changed")
        return text

    def _is_what_was_published(self, text: str) -> bool:
        digest = sha256(text)
        if digest == self.text_id:
            return True
        found = self.redactions
        if found is None:
            found = list(Redaction.objects.filter(text_sha256=self.text_id))
        return bool(found) and found[-1].remaining_sha256 == digest


class VersionEvent(FinalModel):
    """Something said of a Version after it was published."""

    FACTS = {**FinalModel.FACTS, "version": "version.record_hash"}

    class Meta(FinalModel.Meta):
        abstract = True


class Withdrawal(VersionEvent):
    """Says that a document is no longer offered since its Version so-and-so, and why.

    A later Version offers it again.
    """

    FACTS = {**VersionEvent.FACTS, "reason": "reason", "successor": "successor"}

    # What Wagtail does without asking for a reason.
    REASONS = {
        "unpublished": _("The page was unpublished."),
        "deleted": _("The page was deleted."),
        "expired": _("The page had a date on which it expired."),
        "vanished": _("The page was no longer there."),
    }

    version = models.OneToOneField(
        Version, models.DO_NOTHING, related_name="withdrawal", verbose_name=_("last version")
    )
    reason = models.CharField(_("reason"), max_length=255)
    successor = models.URLField(_("what takes its place"), max_length=500, blank=True)

    class Meta(VersionEvent.Meta):
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.version}: {self.reason}"

    @property
    def reason_text(self) -> Any:
        """The reason in words for a reader."""
        return self.REASONS.get(self.reason, self.reason)


class Assurance(VersionEvent):
    """Says that on a day the school found a Version still correct."""

    version = models.ForeignKey(
        Version, models.DO_NOTHING, related_name="assurances", verbose_name=_("version")
    )

    class Meta(VersionEvent.Meta):
        verbose_name = _("assurance")
        verbose_name_plural = _("assurances")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.version}: {self.created_at:%Y-%m-%d}"


class Redaction(FinalModel):
    """Says that words were removed from a published text, which fields, and why.

    Every Version with that text shows what is left. Of several, the last one tells what
    is stored now.
    """

    FACTS = {
        **FinalModel.FACTS,
        "text": "text_sha256",
        "remaining": "remaining_sha256",
        "removed": "removed",
        "reason": "reason",
    }

    text_sha256 = models.CharField(max_length=64, db_index=True)
    remaining_sha256 = models.CharField(max_length=64)
    removed = models.JSONField(_("removed fields"))
    reason = models.CharField(_("reason"), max_length=255)

    class Meta(FinalModel.Meta):
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.text_sha256[:12]}: {self.reason}"


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
    # Whether words were removed from one of its Versions: only then a publish has to look.
    redacted = models.BooleanField(default=False)
    # Where the public read it, once its page was deleted: the record answers there.
    former_url = models.CharField(max_length=700, blank=True, db_index=True)
    # Where everyone can read it now, and the key of that Site; "" and None while only some can.
    public_url = models.TextField(blank=True)
    site_pk = models.PositiveBigIntegerField(null=True)
    # When somebody last said that the newest Version is still correct.
    assured_at = models.DateTimeField(null=True)

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
