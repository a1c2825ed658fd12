"""What a school's page does: it says who the school is."""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pydantic
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import blocks, publishing
from ..document import (
    SCHEMA_VERSION,
    Address,
    Document,
    DocumentError,
    School,
    clean_line,
    clean_url,
)
from ..rulesets import Kind
from ..vocabularies import (
    NEEDS,
    PHASE_LABELS,
    SCHOOL_TYPES,
    ResourcedProvision,
    duty_of,
    parse_laestab,
    parse_ukprn,
    parse_uprn,
    parse_urn,
    parse_urns,
)
from .documents import DocumentMixin
from .versions import heads


def validate_urn(value: str) -> None:
    """Raise ValidationError unless the value is a URN."""
    _validate(parse_urn, value)


def validate_urns(value: str) -> None:
    """Raise ValidationError unless the value is URNs with commas between them."""
    _validate(parse_urns, value)


def validate_ukprn(value: str) -> None:
    """Raise ValidationError unless the value is a UKPRN."""
    _validate(parse_ukprn, value)


def validate_laestab(value: str) -> None:
    """Raise ValidationError unless the value is a LAESTAB."""
    _validate(parse_laestab, value)


def validate_uprn(value: str) -> None:
    """Raise ValidationError unless the value is a UPRN."""
    _validate(parse_uprn, value)


def _validate(parse: Any, value: str) -> None:
    try:
        parse(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def type_choices() -> list[tuple[str, Any]]:
    """Return the school types of the register, by name."""
    return sorted(((each.code, each.label) for each in SCHOOL_TYPES.values()), key=_by_label)


def _by_label(choice: tuple[str, Any]) -> str:
    return str(choice[1])


def phase_choices() -> list[tuple[str, Any]]:
    """Return the phases of education."""
    return [(phase.value, label) for phase, label in PHASE_LABELS.items()]


def resourced_choices() -> list[tuple[str, str]]:
    """Return the register's kinds of resourced provision."""
    return [(each.value, each.value) for each in ResourcedProvision]


class NeedsField(models.JSONField):
    """A list of codes of NEEDS; in a form, boxes to tick."""

    def formfield(self, **kwargs: Any) -> Any:
        """Return the boxes."""
        return forms.MultipleChoiceField(
            choices=blocks.need_choices,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


class SchoolMixin(DocumentMixin):
    """Who the school is; the landing page of its SEND pages."""

    kind = Kind.SCHOOL

    urn = models.CharField("URN", max_length=6, blank=True, validators=[validate_urn])
    former_urns = models.CharField(
        _("former URNs"), max_length=200, blank=True, validators=[validate_urns]
    )
    ukprn = models.CharField("UKPRN", max_length=8, blank=True, validators=[validate_ukprn])
    laestab = models.CharField("LAESTAB", max_length=8, blank=True, validators=[validate_laestab])
    uprn = models.CharField("UPRN", max_length=12, blank=True, validators=[validate_uprn])
    school_type = models.CharField(
        _("type of school"), max_length=3, blank=True, choices=type_choices
    )
    in_hospital = models.BooleanField(_("special school in a hospital"), default=False)
    phase = models.CharField(_("phase"), max_length=20, blank=True, choices=phase_choices)
    minimum_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    resourced_provision = models.CharField(
        _("resourced provision or SEN unit"),
        max_length=40,
        choices=resourced_choices,
        default=ResourcedProvision.NONE.value,
    )
    sen_types = NeedsField(
        _("types of need that the school provides for"),
        default=list,
        blank=True,
        help_text=_("As in the register of schools (GIAS): of a special school, a unit or such."),
    )
    capacity = models.PositiveIntegerField(_("places at the school"), null=True, blank=True)
    resourced_places = models.PositiveIntegerField(
        _("places in the resourced provision or unit"), null=True, blank=True
    )
    la_name = models.CharField(_("council (local authority)"), max_length=100, blank=True)
    trust_name = models.CharField(_("trust"), max_length=200, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    locality = models.CharField(_("locality"), max_length=100, blank=True)
    town = models.CharField(_("town"), max_length=100, blank=True)
    county = models.CharField(_("county"), max_length=100, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    telephone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.EmailField(_("office e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    headteacher = models.CharField(_("headteacher"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def school_key(self) -> UUID:
        """The school's own key."""
        return self.document_key

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save the page; a URN that was published and has changed stays as a former one."""
        if kwargs.get("update_fields") is None and not self._state.adding:
            self._keep_former_urn()
        return super().save(*args, **kwargs)

    save.alters_data = True

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Save a draft; a URN that was published and has changed stays as a former one."""
        self._keep_former_urn()
        return super().save_revision(*args, **kwargs)

    def _keep_former_urn(self) -> None:
        """Note the URN that the public knows, whichever way it got another.

        Whoever harvested the school knows it by that one, and is led on by it.
        """
        head = heads().filter(document_key=self.document_key, locale=self.language).first()
        if head is None or head.latest is None:
            return
        with suppress(DocumentError):
            published = head.latest.document().school.urn
            if published and published != self.urn:
                self.former_urns = ", ".join(dict.fromkeys([*self._former_urns(), published]))

    def _former_urns(self) -> tuple[str, ...]:
        """Return the former URNs. Raises DocumentError for one that is none."""
        try:
            found = parse_urns(self.former_urns)
        except ValueError as error:
            raise DocumentError(str(error), code="identifier-invalid") from error
        return tuple(urn for urn in found if urn != self.urn)

    def identity(self) -> School:
        """Return who the school is, from the page as it is in memory.

        Raises DocumentError for an identifier that is none.
        """
        mode, duty = duty_of(self.school_type, in_hospital=self.in_hospital) or (None, None)
        codes = ("urn", "ukprn", "laestab", "uprn")
        lines = ("la_name", "trust_name", "telephone", "email", "headteacher")
        try:
            return School(
                key=self.document_key,
                name=clean_line(self.title),
                **{name: getattr(self, name) or None for name in codes},
                **{name: clean_line(getattr(self, name)) for name in lines},
                website=clean_url(self.website, self.base_url),
                school_type=self.school_type,
                mode=mode,
                duty=duty,
                phase=self.phase or None,
                minimum_age=self.minimum_age,
                maximum_age=self.maximum_age,
                resourced_provision=self.resourced_provision,
                sen_types=tuple(code for code in NEEDS if code in (self.sen_types or ())),
                capacity=self.capacity,
                resourced_places=self.resourced_places,
                former_urns=self._former_urns(),
                address=Address(
                    **{name: clean_line(getattr(self, name)) for name in Address.model_fields}
                ),
            )
        except pydantic.ValidationError as error:
            first = error.errors()[0]
            message = _("The school's %(field)s can't be used: %(reason)s")
            words = {"field": first["loc"][0], "reason": first["msg"]}
            raise DocumentError(message % words, code="identifier-invalid") from error

    def build_document(self, shelf: publishing.Shelf) -> Document:
        """Return the page as a Document of kind `school`."""
        return Document(
            schema_version=SCHEMA_VERSION,
            kind=self.kind,
            key=self.document_key,
            locale=self.language,
            title=clean_line(self.title),
            school=self.identity(),
            introduction=self._introduction(),
        )
