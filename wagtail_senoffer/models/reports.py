"""What the pages below a school's page do: its report, its offer and its inclusion strategy."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from .. import blocks, conf, publishing
from ..building import SectionBuilder
from ..councils import with_council
from ..document import SCHEMA_VERSION, Approval, Document, School, Section, clean_line
from ..rulesets import Kind
from ..vocabularies import duty_of
from .documents import DocumentMixin
from .schools import SchoolMixin
from .trust import TrustText, texts_for

# Where a school's own faces stand: a page below it must not take their place.
FACE_SLUGS = frozenset({"versions", "document-json"})


def current_academic_year() -> str:
    """Return the academic year of today, as in "2026-27"; it turns on 1 September."""
    today = timezone.localdate()
    start = today.year if today.month >= 9 else today.year - 1
    return f"{start}-{(start + 1) % 100:02}"


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
