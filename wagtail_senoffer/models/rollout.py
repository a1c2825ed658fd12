"""What a roll-out remembers: the register's newest rows, and what it wrote itself."""

from typing import Any, ClassVar

import swapper
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

PAGE = swapper.get_model_name("wagtailcore", "Page")


class RegisterEntry(models.Model):
    """A school's newest row of the register, by the names that a SchoolPage has for its fields.

    `values` lacks the fields whose columns the register did not have.
    """

    urn = models.CharField("URN", max_length=6, unique=True)
    values = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("entry of the register")
        verbose_name_plural = _("entries of the register")

    def __str__(self) -> str:
        return self.urn


class RolledOutSchool(models.Model):
    """What the roll-out wrote last for a school: whatever is different now, somebody edited.

    `written` holds the values of fields of the school's page; `done` what was set up with
    them: the host name, the kinds of pages, who was put into which group, the workflow.
    """

    page = models.OneToOneField(
        PAGE, models.CASCADE, related_name="+", primary_key=True, serialize=False
    )
    written = models.JSONField(default=dict)
    done = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        permissions: ClassVar[list[tuple[str, Any]]] = [
            ("roll_out_schools", _("Can set up schools from the register"))
        ]
        verbose_name = _("school that was rolled out")
        verbose_name_plural = _("schools that were rolled out")

    def __str__(self) -> str:
        return str(self.page)


class Role(models.TextChoices):
    """What a group that a roll-out made is for."""

    EDITORS = "editors", _("editors of a school")
    MODERATORS = "moderators", _("those who publish for a school")
    TRUST_EDITORS = "trust-editors", _("editors of all schools")
    TRUST_READERS = "trust-readers", _("readers of all schools")
    COUNCIL_READERS = "council-readers", _("readers of a council’s schools")


class RolledOutGroup(models.Model):
    """A group that a roll-out made, and for what; never one that it found by its name."""

    page = models.ForeignKey(PAGE, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    la_name = models.CharField(max_length=100, blank=True)
    group = models.OneToOneField(Group, models.CASCADE, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "role", "la_name"], name="senoffer_group_once")
        ]
        verbose_name = _("group that was rolled out")
        verbose_name_plural = _("groups that were rolled out")

    def __str__(self) -> str:
        return str(self.group)
