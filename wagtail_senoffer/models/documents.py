"""What the page types do, in abstract mixins that are not Pages.

A project with page classes of its own combines these with its base page; the stock
classes are in pages.py.
"""

from contextlib import suppress
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

import pydantic
import swapper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_callable, resolve
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from modelcluster.models import get_all_child_relations
from wagtail.fields import RichTextField, StreamField
from wagtail.url_routing import RouteResult

from .. import blocks, conf, publishing
from ..building import SectionBuilder, rich_text
from ..councils import with_council
from ..document import (
    SCHEMA_VERSION,
    Address,
    Approval,
    Document,
    DocumentError,
    School,
    Section,
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
from .trust import TrustText, texts_for
from .versions import heads

# By name: the faces import the models, so the models can't import them.
FACES = "wagtail_senoffer.web.faces"
SERVE = "wagtail_senoffer.web.views.serve_page"
PREVIEW = "wagtail_senoffer.web.views.preview"
# Where a school's own faces stand: a page below it must not take their place.
FACE_SLUGS = frozenset({"versions", "document-json"})


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


def current_academic_year() -> str:
    """Return the academic year of today, as in "2026-27"; it turns on 1 September."""
    today = timezone.localdate()
    start = today.year if today.month >= 9 else today.year - 1
    return f"{start}-{(start + 1) % 100:02}"


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


class DocumentMixin(models.Model):
    """A page whose public faces are drawn from Versions of its Document."""

    kind: ClassVar[Kind]

    document_key = models.UUIDField(default=uuid4, editable=False, db_index=True)
    introduction = RichTextField(_("introduction"), blank=True, features=blocks.FEATURES)
    # Notes of a draft for the record: publishing takes them (see publishing.NOTES).
    change_note = models.CharField(
        _("what changed"),
        max_length=500,
        blank=True,
        help_text=_(
            "One line for readers, shown beside this version in the list of versions. "
            "Name roles, not people: it can't be changed later."
        ),
    )
    # A new year's draft: the number of the Version it was made from, and the codes of the
    # sections that were read again and are still true.
    rereading_from = models.PositiveIntegerField(null=True, blank=True, editable=False)
    reread = models.JSONField(_("still true"), default=list, blank=True)

    # A copy is another document; a translation is the same one (see `copy`).
    exclude_fields_in_copy: ClassVar[list[str]] = ["document_key", *publishing.NOTES]

    class Meta:
        abstract = True

    @property
    def language(self) -> str:
        """The code of the page's language."""
        return self.locale.language_code

    @property
    def school_key(self) -> UUID | None:
        """The document key of the school that the page belongs to, or None."""
        raise NotImplementedError

    def build_document(self, shelf: publishing.Shelf) -> Document:
        """Return the page, as it is in memory, as a Document.

        `shelf` holds what the school has published so far. Raises DocumentError for
        a page that can't be made into one.
        """
        raise NotImplementedError

    def save(self, clean: bool = True, user: Any = None, log_action: Any = False, **kwargs: Any):
        """Save the page; if it is live, as the next Version (see publishing.save_page).

        Raises publishing.Refused for a live page that is incomplete.
        """
        fields = kwargs.get("update_fields")
        if self.locale_id is None:
            self.locale = self.get_default_locale()
        concerned = fields is None or bool(self._published_fields() & set(fields))
        if self.alias_of_id:
            self._check_alias()
            # A placeholder is not a publication: it never had a Version.
            self.live, concerned = False, False
        if concerned and self.live and publishing.is_drafting() and not self._state.adding:
            # The draft's words are in its revision, and the row keeps what is public.
            return self.full_clean()
        if concerned and self.live and fields is not None and not self._state.adding:
            return self._save_among_the_rest(fields, clean=clean, user=user, log_action=log_action)
        if fields and "live_revision" in fields and not self.live:
            # Wagtail finishes a copy that was to be live; this one was kept as a draft.
            self.live_revision = self.first_published_at = self.last_published_at = None

        def write() -> Any:
            return super(DocumentMixin, self).save(
                clean=clean, user=user, log_action=log_action, **kwargs
            )

        return publishing.save_page(
            self, write, adding=self._state.adding, clean=clean, concerned=concerned
        )

    save.alters_data = True

    def _save_among_the_rest(self, fields: Any, **kwargs: Any) -> Any:
        """Save some fields of a live page with what its row has in the others.

        A Document is made of all fields, and this instance may be out of date in those
        that it was not asked to save.
        """
        page = type(self)._default_manager.get(pk=self.pk)
        relations = {relation.get_accessor_name() for relation in get_all_child_relations(self)}
        for name in fields:
            value = getattr(self, name)
            setattr(page, name, value.all() if name in relations else value)
        return page.save(**kwargs)

    def _check_alias(self) -> None:
        """Refuse an alias, but for the placeholder of a page that is not translated yet."""
        if self.alias_of.locale_id == self.locale_id:
            raise ValidationError(
                _("A school's document can't be an alias. Copy it, or link to it instead.")
            )

    @classmethod
    def _published_fields(cls) -> set[str]:
        """Return the fields that a save must name to concern what the public sees."""
        base = swapper.load_model("wagtailcore", "Page")
        own = {field.name for field in cls._meta.concrete_fields}
        own -= {field.name for field in base._meta.concrete_fields}
        relations = {
            relation.get_accessor_name()
            for relation in get_all_child_relations(cls)
            if relation.related_model._meta.app_label != base._meta.app_label
        }
        return own | relations | {"live", "title"}

    def publish(self, revision: Any, *args: Any, log_action: Any = True, **kwargs: Any) -> Any:
        """Publish a revision. Raises publishing.Refused if it is incomplete.

        A schedule is not stopped by it: a refused page loses its own date, the refusal
        is logged, and the pages after it go live.
        """
        write = partial(super().publish, revision, *args, log_action=log_action, **kwargs)
        # One transaction with what Wagtail writes before the page's row: a refusal
        # must not cost another revision its date.
        act = partial(publishing.in_turn, self, write)
        with publishing.drafting(False), publishing.releasing(revision):
            if log_action == publishing.SCHEDULED:
                return publishing.publish_on_schedule(self, revision, act)
            return act()

    def with_content_json(self, content: Any) -> Any:
        """Return the page with a revision's content; it stands where this one stands."""
        page = super().with_content_json(content)
        # Wagtail asked for it just now; the gate will ask again.
        page._cached_parent_obj = self.get_parent()
        if page.locale_id == self.locale_id:
            page.locale = self.locale
        return page

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Copy the page: under a new document key, unless it is copied to be translated."""
        if not kwargs.get("reset_translation_key", True):
            attrs = kwargs.get("update_attrs") or {}
            kwargs["update_attrs"] = {**attrs, "document_key": self.document_key}
        return super().copy(*args, **kwargs)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the face that a path below the page asks for; live child pages come first."""
        slug = path_components[0] if path_components else ""
        if slug and self.get_children().live().filter(slug=slug).exists():
            return super().route(request, path_components)
        path = "".join(f"/{component}" for component in path_components) + "/"
        try:
            found = resolve(path, urlconf=FACES)
        except Resolver404:
            # A child that was taken down has something to say, but in no face's place.
            return super().route(request, path_components)
        return RouteResult(self, kwargs={"view": found.func, "arguments": found.kwargs})

    def serve(
        self, request: HttpRequest, view: Any = None, arguments: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer with a face drawn from a Version."""
        view = view or resolve("/", urlconf=FACES).func
        return get_callable(SERVE)(request, self, view, arguments or {})

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Draw the page's face from a Document that is not stored."""
        return get_callable(PREVIEW)(request, self)

    @property
    def base_url(self) -> str:
        """The root address of the page's Site, with a slash; "" outside every Site."""
        parts = self.get_url_parts() if self.url_path else None
        parts = parts or (self.get_parent().get_url_parts() if self.depth else None)
        return f"{parts[1]}/" if parts and parts[1] else ""

    def _introduction(self) -> Any:
        return rich_text(self.introduction, title=_("Introduction"), base_url=self.base_url)


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


class SchoolDocumentMixin(DocumentMixin):
    """A document of a school: its page stands below the school's page."""

    academic_year = models.CharField(
        _("academic year"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^\d{4}-\d{2}$", _("Write the year like 2026-27."))],
    )
    approved_by = models.CharField(_("approved by"), max_length=200, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    review_date = models.DateField(_("next review"), null=True, blank=True)
    # The codes of the sections for which the school uses the text that the trust offers.
    from_trust = models.JSONField(_("from the trust"), default=list, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a slug that would hide the school's own history."""
        super().clean()
        if self.slug in FACE_SLUGS:
            message = _("“%(slug)s” is where the school's own versions are. Choose another slug.")
            raise ValidationError({"slug": message % {"slug": self.slug}})

    @property
    def school(self) -> SchoolMixin | None:
        """The school's page, or None for a page that stands elsewhere."""
        parent = self.get_parent()
        parent = parent and parent.specific
        return parent if isinstance(parent, SchoolMixin) else None

    @property
    def school_key(self) -> UUID | None:
        """The document key of the school, or None for a page that stands elsewhere."""
        school = self.school
        return school.document_key if school else None

    def starting_sections(self, school: SchoolMixin | None) -> list[dict[str, Any]]:
        """Return raw stream data with an empty block for all that the school must answer.

        With ids: the form's own links to its sections are made of them.
        """
        found = school and duty_of(school.school_type, in_hospital=school.in_hospital)
        codes = self._asked_codes(found[0] if found else None)
        return [{"type": code, "value": {}, "id": str(uuid4())} for code in codes]

    def _asked_codes(self, mode: Any) -> list[str]:
        """Return the codes of what a school is asked; all if its type is not known yet."""
        return [
            rule.code
            for ruleset in conf.rulesets().for_kind(self.kind)
            if ruleset.in_force(timezone.localdate())
            for rule in ruleset.sections
            if mode is None or rule.level_for(mode) not in (None, "optional")
        ]

    def trust_texts(self) -> dict[str, TrustText]:
        """Return the trust's texts that count for the page, by section."""
        return texts_for(self)

    def build_document(self, shelf: publishing.Shelf) -> Document:
        """Return the page as a Document, under the school's published particulars."""
        published = shelf.offered(Kind.SCHOOL)
        school = published.document().school if published else self.school.identity()
        return Document(
            schema_version=SCHEMA_VERSION,
            kind=self.kind,
            key=self.document_key,
            locale=self.language,
            title=clean_line(self.title),
            school=school,
            introduction=self._introduction(),
            academic_year=self.academic_year,
            approval=Approval(by=clean_line(self.approved_by), on=self.approved_on),
            review_date=self.review_date,
            tags=self._tags(),
            sections=tuple(self._sections(school)),
        )

    def _tags(self) -> tuple[str, ...]:
        return tuple(sorted(clean_line(tag.name) for tag in self.tags.all()))

    def _all_sections(self, school: School) -> list[Section]:
        return SectionBuilder(
            self.body.get_prep_value() if self.body else [],
            kind=self.kind,
            key=self.document_key,
            base_url=self.base_url,
            rulesets=conf.rulesets(),
            trust=self.trust_texts(),
            chosen=self.from_trust or (),
            asked=self._asked_codes(school.mode),
        ).sections()

    def _sections(self, school: School) -> list[Section]:
        """Return the sections that say something; an empty one is nothing to publish."""
        sections = self._all_sections(school)
        return [each for each in sections if each.has_content() or each.answered_in]


class SENInformationReportMixin(SchoolDocumentMixin):
    """The report that the law asks for (Children and Families Act 2014 s.69)."""

    kind = Kind.REPORT

    body = StreamField(blocks.ReportBlock(), verbose_name=_("sections"), blank=True)

    class Meta:
        abstract = True

    def build_document(self, shelf: publishing.Shelf) -> Document:
        """Return the page as a Document, with what is kept for the school's council."""
        return with_council(super().build_document(shelf), conf.rulesets())


def question_set_choices() -> list[tuple[str, str]]:
    """Return the question sets that an offer can be written to."""
    return [(each.id, each.title) for each in conf.rulesets_for_choices().question_sets()]


def default_question_set() -> str:
    """Return the question set of a new offer."""
    return conf.get("QUESTION_SET")


class SchoolOfferMixin(SchoolDocumentMixin):
    """The school's contribution to the council's local offer: answers to a question set.

    A question without words of its own shows what the report says.
    """

    kind = Kind.OFFER

    question_set = models.CharField(
        _("question set"),
        max_length=100,
        choices=question_set_choices,
        default=default_question_set,
    )
    body = StreamField(blocks.OfferBlock(), verbose_name=_("answers"), blank=True)

    class Meta:
        abstract = True

    def starting_sections(self, school: SchoolMixin | None) -> list[dict[str, Any]]:
        """Return raw stream data with an empty block for every question of the set."""
        return [
            {"type": "answer", "value": {"question": code}, "id": str(uuid4())}
            for code in self._asked_codes(None)
        ]

    def _asked_codes(self, mode: Any) -> list[str]:
        """Return the codes of the questions of the set."""
        ruleset = conf.rulesets().get(self.question_set)
        return [rule.code for rule in ruleset.sections] if ruleset else []

    def build_document(self, shelf: publishing.Shelf) -> Document:
        """Return the page as a Document, with answers drawn from the published report."""
        document = (
            super().build_document(shelf).model_copy(update={"question_set": self.question_set})
        )
        report = shelf.offered(Kind.REPORT)
        return publishing.draw(document, report) if report else document

    def _sections(self, school: School) -> list[Section]:
        """Return a section for every question of the set, in its order, then the rest."""
        ruleset = conf.rulesets().get(self.question_set)
        rules = ruleset.sections if ruleset else ()
        sections = self._all_sections(school)
        # Of two answers to one question, the first that says something.
        written: dict[str, Section] = {}
        for each in sections:
            if each.code not in written or not written[each.code].has_content():
                written[each.code] = each
        answers = [
            written.get(rule.code)
            or Section(
                id=uuid5(self.document_key, rule.code),
                code=rule.code,
                title=rule.title,
                question=rule.question,
            )
            for rule in rules
        ]
        return answers + [
            each for each in sections if each.code == "additional" and each.has_content()
        ]


class InclusionStrategyMixin(SchoolDocumentMixin):
    """The inclusion strategy that a grant asks mainstream schools for."""

    kind = Kind.STRATEGY

    body = StreamField(blocks.StrategyBlock(), verbose_name=_("sections"), blank=True)

    class Meta:
        abstract = True
