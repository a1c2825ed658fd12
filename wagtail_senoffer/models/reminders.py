"""Who was reminded of what: a row for each reminder of each person, so that none goes twice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Sending(models.TextChoices):
    """How far a reminder has come on its way to a person."""

    WAITING = "waiting", _("waiting to be sent")
    # Written before the mail server gets it: whoever finds it later can't tell whether it did.
    HANDED = "handed", _("handed to the mail server")
    UNSURE = "unsure", _("perhaps sent")
    SENT = "sent", _("sent")


class Reminder(models.Model):
    """One reminder to one person: of a matter of a document, at one of its stages.

    `stage` is so many days before the due date, 0 and less for the day itself and the weeks
    after (see due.py). Only editor/reminders writes these rows.
    """

    document_key = models.UUIDField()
    locale = models.CharField(max_length=100)
    matter = models.CharField(max_length=40)
    due = models.DateField()
    stage = models.IntegerField()
    # Whose account goes, goes with what was sent to it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=Sending, default=Sending.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    message_id = models.CharField(max_length=400, blank=True)
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "document_key", "locale", "matter", "due", "stage"),
                name="senoffer_reminder_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.due} ({self.stage}): {self.document_key} ({self.locale})"
