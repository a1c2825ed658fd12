"""The feed's rows: what a local authority harvests, ready to send, in an order for good.

Only changes.py writes them, in the transaction of what they follow from.
"""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    """What a row of the feed is, in the words of Open Referral UK where it has them."""

    SERVICE = "service", _("service")
    ORGANIZATION = "organization", _("organization")
    SERVICE_AT_LOCATION = "service_at_location", _("service at a location")
    DOCUMENT = "document", _("document")


class State(models.TextChoices):
    """What became of an item: on offer, or gone, and how."""

    ACTIVE = "active", _("on offer")
    INACTIVE = "inactive", _("no longer offered")
    DEFUNCT = "defunct", _("gone for good")
    # Only this Site's address lost it: another Site of the installation has it now.
    MOVED = "moved", _("moved to another site")
    # Its school has another URN, and what follows it has another id.
    SUCCEEDED = "succeeded", _("goes on under another URN")

    @property
    def status(self) -> str:
        """The word that Open Referral UK has for it, or the nearest one."""
        nearest = {State.MOVED: State.INACTIVE, State.SUCCEEDED: State.DEFUNCT}
        return str(nearest.get(self, self).value)


class FeedHead(models.Model):
    """The one row from which change numbers are taken.

    Its lock is held until the transaction that took numbers is over, so numbers become
    visible in their order. `modified` is the time of the newest change in milliseconds
    since 1970; it never stands still and never runs backwards.
    """

    ONLY = 1

    number = models.PositiveBigIntegerField(default=0)
    modified = models.PositiveBigIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("feed head")
        verbose_name_plural = _("feed heads")

    def __str__(self) -> str:
        return str(self.number)


class Change(models.Model):
    """The current state of one feed item on one Site, with the number of its last change.

    A row whose item is gone stays as a tombstone, for good, without its words. `pending`
    marks a change that has no number yet (see changes.py). `digest` is the SHA-256 of all
    that a consumer could see, so that the same words again are no news. `summary` and
    `body` are JSON objects in UTF-8, the item in short and whole; the time of the change is
    put in as they are sent.
    """

    NO_SCHOOL: ClassVar[UUID] = UUID(int=0)

    # Whether it came to be on offer just now, or ceased to be.
    has_turned = False
    # The trust of a school before it was filled anew.
    organization_was: UUID | None = None

    number = models.PositiveBigIntegerField(null=True, unique=True)
    modified = models.PositiveBigIntegerField(default=0)
    pending = models.BooleanField(default=False, db_index=True)
    kind = models.CharField(max_length=20, choices=ItemKind)
    item_id = models.UUIDField()
    # Of a document; what is made of a school's documents has none.
    locale = models.CharField(max_length=100, blank=True)
    # Not foreign keys: a tombstone outlives its Site and its school.
    site_pk = models.PositiveBigIntegerField()
    school_key = models.UUIDField(db_index=True)
    state = models.CharField(max_length=10, choices=State)
    name = models.CharField(max_length=255, blank=True)
    organization_id = models.UUIDField(null=True)
    minimum_age = models.PositiveSmallIntegerField(null=True)
    maximum_age = models.PositiveSmallIntegerField(null=True)
    # Without blanks, in capitals; as in RFC 5545; as on the clock: "MO,TU", "09:00".
    postcode = models.CharField(max_length=10, blank=True)
    days = models.CharField(max_length=20, blank=True)
    opens_at = models.CharField(max_length=5, blank=True)
    closes_at = models.CharField(max_length=5, blank=True)
    digest = models.CharField(max_length=64)
    # Before the long ones: SQLite reads a row from its beginning to the column that is asked.
    summary = models.BinaryField()
    # Ids of taxonomy terms and taxonomies, and what a search looks in, each on one line.
    terms = models.TextField(blank=True)
    words = models.TextField(blank=True)
    body = models.BinaryField(blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.UniqueConstraint(
                fields=("site_pk", "kind", "item_id", "locale"), name="senoffer_change_item"
            )
        ]
        indexes = [
            models.Index(fields=("kind", "number"), name="senoffer_change_number"),
            models.Index(fields=("site_pk", "kind", "number"), name="senoffer_change_on_site"),
            models.Index(fields=("kind", "state", "id"), name="senoffer_change_in_order"),
            models.Index(fields=("kind", "modified"), name="senoffer_change_modified"),
            models.Index(fields=("item_id", "kind"), name="senoffer_change_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id} ({self.number})"

    @property
    def is_live(self) -> bool:
        """Whether the item is on offer."""
        return self.state == State.ACTIVE

    @property
    def is_shared(self) -> bool:
        """Whether several schools have the item in common: a trust, which is of none."""
        return self.school_key == self.NO_SCHOOL

    @property
    def modified_at(self) -> datetime:
        """The time of the last change."""
        return datetime.fromtimestamp(self.modified / 1000, tz=UTC)


class Listing(models.Model):
    """The place of a live item in the list of its kind: 1 to n without a gap.

    So page k of a list is a range, and its length is the last place; neither is counted.
    `scope` is a Site's key, or 0 for the list over all Sites. Places are only given while
    the feed's head is locked: who holds a row of Change may wait for that lock.
    """

    EVERYWHERE = 0

    scope = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=ItemKind)
    position = models.PositiveBigIntegerField()
    change = models.ForeignKey(Change, models.CASCADE, related_name="listings")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("place in a list")
        verbose_name_plural = _("places in lists")
        constraints = [
            models.UniqueConstraint(
                fields=("scope", "kind", "position"), name="senoffer_listing_position"
            ),
            models.UniqueConstraint(fields=("change", "scope"), name="senoffer_listing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.kind} {self.position}"
