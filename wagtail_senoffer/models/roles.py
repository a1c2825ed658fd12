"""Who may read how schools stand without being able to edit them: a trust's, a council's people."""

from typing import ClassVar

import swapper
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class SchoolReader(models.Model):
    """A group that may read the reports about the schools at and below a page.

    Wagtail's page permissions are all about changing pages; this one is about none. With
    `la_name`, only about the schools of that council.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="senoffer_readings")
    page = models.ForeignKey(
        swapper.get_model_name("wagtailcore", "Page"),
        models.CASCADE,
        related_name="+",
        verbose_name=_("schools at and below"),
    )
    la_name = models.CharField(
        _("only of this council"),
        max_length=100,
        blank=True,
        help_text=_("As the schools' pages name it; empty for all schools there."),
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["group", "page", "la_name"], name="senoffer_reader_once"
            )
        ]
        verbose_name = _("reader of schools")
        verbose_name_plural = _("readers of schools")

    def __str__(self) -> str:
        return f"{self.group}: {self.page}"
