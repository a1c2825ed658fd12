"""What differs from Site to Site: who gets its summary, and what a new School Offer starts with."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting

from .. import conf
from .reports import question_set_choices


class Period(models.TextChoices):
    """How often a summary is sent."""

    NEVER = "", _("Never")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")

    def start(self, day: date) -> date:
        """Return the first day of the period that a day is in: a Monday, or the first."""
        if self is Period.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1)


class SiteSettings(BaseSiteSetting):
    """A Site's own settings, in Wagtail's under “SEND pages”."""

    summary_every = models.CharField(
        _("summary by e-mail"),
        max_length=10,
        choices=Period,
        default=Period.NEVER,
        blank=True,
        help_text=_(
            "How the schools at this site stand, in one e-mail (senoffer_remind --summary)."
        ),
    )
    summary_group = models.ForeignKey(
        Group,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who gets it"),
        help_text=_(
            "The members of this group. Each is told of the schools that they may read, and of "
            "no other."
        ),
    )
    question_set = models.CharField(
        _("question set of a new School Offer"),
        max_length=100,
        choices=question_set_choices,
        blank=True,
        help_text=_("Empty for that of the whole installation. Offers that are there keep theirs."),
    )

    class Meta:
        verbose_name = _("SEND pages")
        verbose_name_plural = _("SEND pages")


def starting_question_set(parent: Any) -> str:
    """Return the question set that a new School Offer below a page starts with."""
    site = parent.get_site()
    chosen = SiteSettings.objects.filter(site=site).values_list("question_set", flat=True).first()
    known = {each.id for each in conf.rulesets().question_sets()}
    return chosen if chosen in known else str(conf.get("QUESTION_SET"))
