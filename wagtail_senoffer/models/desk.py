"""What the school office's desk keeps: words that parents may not know, and what links do."""

import hashlib
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# A little less than a day and a week: who comes by at the same hour each day is never exact.
DAY, WEEK = timedelta(hours=20), timedelta(days=6, hours=20)


class GlossaryTerm(models.Model):
    """A word that parents may not know, in addition to or instead of a shipped one.

    It counts for all schools of the installation.
    """

    term = models.CharField(
        _("word or abbreviation"),
        max_length=60,
        unique=True,
        help_text=_("As it is written in a text, for example “ELSA”."),
    )
    meaning = models.CharField(
        _("what it means"),
        max_length=300,
        blank=True,
        help_text=_("In a few plain words. Writers see it as a suggestion."),
    )
    explained_as = models.CharField(
        _("in full"),
        max_length=200,
        blank=True,
        help_text=_(
            "A text that has these words explains it, for example “emotional literacy support "
            "assistant”."
        ),
    )
    known = models.BooleanField(
        _("parents know it"),
        default=False,
        help_text=_("Then no school here is asked to explain it."),
    )

    class Meta:
        ordering = ("term",)
        verbose_name = _("word in the glossary")
        verbose_name_plural = _("glossary")

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        """Refuse what no text can be searched for."""
        super().clean()
        self.term = " ".join(self.term.split())
        if not any(letter.isalnum() for letter in self.term):
            raise ValidationError({"term": _("Write a word, with letters in it.")})


class LinkState(models.TextChoices):
    """What came of trying a link out."""

    OK = "ok", _("works")
    DEAD = "dead", _("leads nowhere")
    REDIRECTS = "redirects", _("has moved")
    UNKNOWN = "unknown", _("not known")


class LinkChecks(models.QuerySet["LinkCheck"]):
    """Rows of links, by what is to be done about them."""

    def of(self, urls: Any) -> "LinkChecks":
        """Return the rows of some addresses."""
        return self.filter(url_hash__in=[hash_of(url) for url in urls])

    def due(self, now: Any) -> "LinkChecks":
        """Return what is to be tried: new ones, failing ones daily, all others weekly."""
        failing = Q(state=LinkState.DEAD) | Q(failing_since__isnull=False)
        return self.filter(
            Q(checked_at=None)
            | Q(checked_at__lte=now - WEEK)
            | Q(failing, checked_at__lte=now - DAY)
        )


class LinkCheck(models.Model):
    """What is known of an address that documents link to; `checked_at` is empty before the first.

    `failing_since` is when it first failed to answer, of those that have not answered since.
    """

    url_hash = models.CharField(max_length=64, unique=True)
    url = models.TextField()
    state = models.CharField(max_length=10, choices=LinkState, default=LinkState.UNKNOWN)
    status = models.PositiveSmallIntegerField(null=True)
    leads_to = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True, db_index=True)
    failing_since = models.DateTimeField(null=True)

    objects = LinkChecks.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")

    def __str__(self) -> str:
        return self.url


def hash_of(url: str) -> str:
    """Return the name of an address's row: an address is too long for an index."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
