"""What all schools of a council would otherwise type one by one: who helps families there."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..document import Contact, clean_line, clean_url

_SERVICES = ("sendiass", "forum")
_PARTS = ("name", "about", "phone", "email", "url")


def name_key(la_name: str) -> str:
    """Return a council's name as it is compared: without regard to case and odd blanks."""
    return clean_line(la_name).casefold()


def usual_sendiass() -> str:
    """Return what a SENDIASS helps with: the start of a new entry."""
    return gettext("Free, confidential and independent advice on special educational needs.")


def usual_forum() -> str:
    """Return what a parent carer forum is for: the start of a new entry."""
    return gettext("Parents and carers who speak up for families and improve services together.")


class CouncilContacts(models.Model):
    """The local offer, SENDIASS and parent carer forum of a council, for all its schools.

    A report whose own section is empty has them once it is published (see councils.py).
    """

    la_name = models.CharField(
        _("council (local authority)"),
        max_length=100,
        help_text=_("As the schools' pages name it."),
    )
    la_key = models.CharField(max_length=300, unique=True, editable=False)
    local_offer_url = models.URLField(
        _("address of the local offer"),
        max_length=500,
        blank=True,
        help_text=_("Starts with https://"),
    )
    sendiass_name = models.CharField(
        _("name"), max_length=200, blank=True, help_text=_("For example “Westmarch SENDIASS”.")
    )
    sendiass_about = models.CharField(
        _("what they help with"), max_length=500, blank=True, default=usual_sendiass
    )
    sendiass_phone = models.CharField(_("phone"), max_length=50, blank=True)
    sendiass_email = models.EmailField(_("e-mail"), blank=True)
    sendiass_url = models.URLField(_("website"), max_length=500, blank=True)
    forum_name = models.CharField(_("name"), max_length=200, blank=True)
    forum_about = models.CharField(
        _("what they help with"), max_length=500, blank=True, default=usual_forum
    )
    forum_email = models.EmailField(_("e-mail"), blank=True)
    forum_url = models.URLField(_("website"), max_length=500, blank=True)

    class Meta:
        ordering = ("la_name",)
        verbose_name = _("contacts of a council")
        verbose_name_plural = _("contacts of councils")

    def __str__(self) -> str:
        return self.la_name

    def clean(self) -> None:
        """Tidy the lines; refuse a second entry, an empty one, and a service without a name."""
        super().clean()
        for field in self._meta.get_fields():
            if isinstance(field, models.CharField):
                setattr(self, field.name, clean_line(getattr(self, field.name)))
        errors = {}
        others = type(self).objects.filter(la_key=name_key(self.la_name)).exclude(pk=self.pk)
        if self.la_name and others.exists():
            errors["la_name"] = _("This council has an entry already. Change that one.")
        for service in _SERVICES:
            if not getattr(self, f"{service}_name") and self._is_reachable(service):
                errors[f"{service}_name"] = _("Give its name, too.")
        if not errors and not self.local_offer_url and not self.contacts():
            errors["local_offer_url"] = _("Fill in this address, or a service below.")
        if errors:
            raise ValidationError(errors)

    def save(self, **kwargs: object) -> None:
        """Save the entry under the name that schools find it by."""
        self.la_key = name_key(self.la_name)
        super().save(**kwargs)

    def contacts(self) -> tuple[Contact, ...]:
        """Return the services, as a Document has them."""
        return tuple(self._contacts())

    def offer_url(self) -> str:
        """Return the address of the local offer, as a Document has it."""
        return clean_url(self.local_offer_url, "")

    def _is_reachable(self, service: str) -> bool:
        found = (getattr(self, f"{service}_{part}", "") for part in ("phone", "email", "url"))
        return any(found)

    def _contacts(self) -> Iterator[Contact]:
        for service in _SERVICES:
            parts = {part: clean_line(getattr(self, f"{service}_{part}", "")) for part in _PARTS}
            parts["url"] = clean_url(parts["url"], "")
            if parts["name"]:
                yield Contact(**parts)


def contacts_of(la_name: str) -> CouncilContacts | None:
    """Return what is kept for a council, or None; one query, none for a school that names none."""
    key = name_key(la_name)
    return CouncilContacts.objects.filter(la_key=key).first() if key else None
