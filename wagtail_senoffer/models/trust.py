"""What a trust writes once for many schools, and what came of publishing it again."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import uuid4

import swapper
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import DraftStateMixin, RevisionMixin

from .. import blocks, conf
from ..document import TrustRule
from ..rulesets import Kind, SectionRule

_PAGE = swapper.get_model_name("wagtailcore", "Page")
_STEP = 4  # Of the digits of a page's path for each level: Wagtail's own.

RULE_LABELS = {
    TrustRule.OFFERED: _("Offered: a school may use it"),
    TrustRule.INHERITED: _("Used until a school writes its own"),
    TrustRule.LOCKED: _("Locked: every school uses it"),
    TrustRule.ADDITION: _("Used, and a school may add to it"),
}
KIND_LABELS = {
    Kind.REPORT: _("SEN information report"),
    Kind.OFFER: _("School Offer"),
    Kind.STRATEGY: _("Inclusion strategy"),
}


def rule_choices() -> list[tuple[str, Any]]:
    """Return the rules under which schools use a trust's text."""
    return [(rule.value, label) for rule, label in RULE_LABELS.items()]


def kind_choices() -> list[tuple[str, Any]]:
    """Return the kinds of document that a text can be for."""
    return [(kind.value, label) for kind, label in KIND_LABELS.items()]


def name_of(kind: Kind, rule: SectionRule) -> str:
    """Return what a section is called in the form of a kind of document."""
    return rule.question if kind is Kind.OFFER else rule.title


def place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every kind's sections as "kind/code", grouped, in the rulesets' order."""
    rulesets = conf.rulesets_for_choices()
    return [
        (
            str(label),
            [
                (f"{kind.value}/{rule.code}", name_of(kind, rule))
                for ruleset in rulesets.for_kind(kind)
                for rule in ruleset.sections
            ],
        )
        for kind, label in KIND_LABELS.items()
    ]


class TrustText(DraftStateMixin, RevisionMixin, models.Model):
    """A text for one section of the documents of all schools at and below a page.

    Of several texts for a school's section, that of the nearest page counts. Only what is
    live counts: a draft of it reaches no school, not even their drafts.
    """

    key = models.UUIDField(default=uuid4, editable=False, unique=True)
    place = models.ForeignKey(
        _PAGE,
        models.CASCADE,
        related_name="+",
        verbose_name=_("for the schools below"),
        help_text=_("The trust's own page. Of several texts, a school uses the nearest one."),
    )
    kind = models.CharField(_("document"), max_length=40, choices=kind_choices, editable=False)
    section = models.CharField(_("section"), max_length=100, editable=False)
    locale = models.ForeignKey(
        "wagtailcore.Locale", models.PROTECT, related_name="+", verbose_name=_("language")
    )
    rule = models.CharField(
        _("how schools use it"),
        max_length=20,
        choices=rule_choices,
        default=TrustRule.INHERITED.value,
    )
    body = RichTextField(_("text"), features=blocks.FEATURES)
    ask = models.CharField(
        _("whom schools can ask"),
        max_length=200,
        blank=True,
        help_text=_(
            "Shown to school editors beside the text, for example “the trust's inclusion lead, "
            "inclusion@trust.example”. The public doesn't see it."
        ),
    )

    revisions = GenericRelation("wagtailcore.Revision", related_query_name="trust_text")
    wagtail_reference_index_ignore = False

    class Meta:
        verbose_name = _("trust text")
        verbose_name_plural = _("trust texts")
        ordering = ("kind", "section", "place", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["place", "kind", "section", "locale"], name="senoffer_trust_text_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.section_title} ({self.place})"

    @property
    def section_title(self) -> str:
        """What editors know the section by, as in the form."""
        kind = Kind(self.kind)
        found = conf.rulesets_for_choices().section(kind, self.section)
        return name_of(kind, found) if found else self.section

    @property
    def contact(self) -> str:
        """Whom a school can ask about it: who is named, or else the place itself."""
        return self.ask or self.place.get_admin_display_title()


def paths_above(path: str) -> list[str]:
    """Return the paths of a page and all pages above it, the root first."""
    return [path[:end] for end in range(_STEP, len(path) + 1, _STEP)]


def nearest(texts: Iterable[TrustText], path: str, kind: Kind, locale_pk: Any) -> dict[str, Any]:
    """Return, by section, the text that counts for a document at a path.

    `texts` are live, with their places.
    """
    above = set(paths_above(path))
    found = [
        each
        for each in texts
        if each.kind == kind and each.locale_id == locale_pk and each.place.path in above
    ]
    return {each.section: each for each in sorted(found, key=_depth)}


def _depth(text: TrustText) -> int:
    return len(text.place.path)


def texts_for(page: Any) -> dict[str, TrustText]:
    """Return, by section, the trust's texts that count for a page: one query, however many."""
    # A page that is being made has no path yet, but stands below one that has.
    path = page.path or (page.get_parent().path if page.get_parent() else "")
    found = TrustText.objects.filter(
        live=True, kind=page.kind, locale=page.locale_id, place__path__in=paths_above(path)
    )
    return nearest(found.select_related("place"), path, page.kind, page.locale_id)


class Outcome(models.TextChoices):
    """What came of it for one document or school."""

    WAITING = "waiting", _("Waiting")
    PUBLISHED = "published", _("Published")
    DONE = "done", _("Done")
    UNCHANGED = "unchanged", _("Nothing changed")
    REFUSED = "refused", _("Not done")
    LOCKED = "locked", _("Locked")
    SKIPPED = "skipped", _("Left out")


class Act(models.TextChoices):
    """What can be done for many schools at once."""

    REPUBLISH = "republish", _("Publish the trust’s text again")
    REMIND = "remind", _("Remind")
    REVIEW = "review", _("Ask for a review")
    WITHDRAW = "withdraw", _("Take down with a reason")


class Republishing(models.Model):
    """One go at doing something for many schools; most often, at publishing again."""

    act = models.CharField(max_length=20, choices=Act, default=Act.REPUBLISH)
    # Why, for what asks for a reason.
    reason = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("started"), auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("run for many schools")
        verbose_name_plural = _("runs for many schools")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class RepublishedDocument(models.Model):
    """A school or its document in such a go. What is no longer waiting is never done again."""

    run = models.ForeignKey(Republishing, models.CASCADE, related_name="documents")
    # The page may be deleted later; what came of it stays.
    page = models.ForeignKey(_PAGE, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=400)
    change_note = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.WAITING)
    message = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "page"], name="senoffer_republished_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_outcome_display()}"
