"""The stock page types: two lines each. documents.py, schools.py, reports.py say what they do."""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.html import format_html
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.models import Page

from .. import publishing
from ..document import Section, TrustRule
from ..panels import ChecklistPanel, TrustTextPanel, texts_of
from ..rereading import as_last_year
from ..widgets import DayInput
from .reports import (
    InclusionStrategyMixin,
    SchoolDocumentMixin,
    SchoolOfferMixin,
    SENInformationReportMixin,
    current_academic_year,
)
from .schools import SchoolMixin
from .settings import starting_question_set


class RereadField(forms.MultipleChoiceField):
    """The sections of a new year that somebody ticked as still true."""

    def __init__(self, choices: list[tuple[str, str]]) -> None:
        super().__init__(
            choices=choices,
            label=_("Still true"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_(
                "Tick what you have read again. A section that you change counts too. "
                "Look at the introduction as well, and at the dates at the end."
            ),
        )

    def valid_value(self, value: str) -> bool:
        """Say yes to any: what was ticked may have been changed, and saved, in the meantime."""
        return True

    def clean(self, value: Any) -> list[str]:
        """Return the ticked sections that still stand as last year left them."""
        known = {key for key, _label in self.choices}
        return [each for each in super().clean(value) if each in known]


class FromTrustField(forms.MultipleChoiceField):
    """The sections for which the school uses the text that its trust offers."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(choices=[(code, code) for code in codes], required=False)

    def valid_value(self, value: str) -> bool:
        """Say yes to any: the trust may have changed its mind while the form was open."""
        return True


class DocumentForm(WagtailAdminPageForm):
    """The page form: a new page is a draft first, and starts with what it must answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.instance
        self._ask_for_the_record(page)
        self._offer_the_trusts_texts(page)
        if page.pk is None and isinstance(page, SchoolDocumentMixin) and not page.body:
            school = self.parent_page and self.parent_page.specific
            school = school if isinstance(school, SchoolMixin) else None
            if isinstance(page, SchoolOfferMixin) and self.parent_page:
                page.question_set = starting_question_set(self.parent_page)
                self.initial["question_set"] = page.question_set
            block = page._meta.get_field("body").stream_block
            self.initial["body"] = block.to_python(page.starting_sections(school))
            # A suggestion: a page that is made in another way says no year that nobody chose.
            self.initial["academic_year"] = page.academic_year or current_academic_year()
            self.initial["title"] = page.title or capfirst(page._meta.verbose_name)
            self.initial["slug"] = page.slug or slugify(self.initial["title"])

    def _ask_for_the_record(self, page: Any) -> None:
        """Ask for a new note, and list what is to be read again."""
        if publishing.was_noted(page):
            # It was told of an earlier Version; a draft or an old revision brought it along.
            self.initial["change_note"] = ""
        sections = self._as_last_year(page)
        if not sections:
            self.fields.pop("reread", None)
        elif "reread" in self.fields:
            self.fields["reread"] = RereadField([(str(each.id), _place(each)) for each in sections])

    def _offer_the_trusts_texts(self, page: Any) -> None:
        if "from_trust" not in self.fields:
            return
        texts = texts_of(page) if page.pk else {}
        offered = [code for code, each in texts.items() if each.rule == TrustRule.OFFERED]
        if offered:
            self.fields["from_trust"] = FromTrustField(offered)
        else:
            # What was chosen stays, should the trust offer it again.
            self.fields.pop("from_trust")

    def _as_last_year(self, page: Any) -> list[Section]:
        if page.rereading_from is None:
            return []
        return as_last_year(page, publishing.examine(page)[0])

    def save(self, commit: bool = True) -> Any:
        """Save the page; one that is new as a draft, so that a refused publish loses nothing."""
        if self.instance._state.adding:
            self.instance.live = False
        return super().save(commit=commit)


def _place(section: Section) -> str:
    """Return a section's title with a link to its block in the form."""
    link = format_html('<a href="#block-{}-section">{}</a>', section.id, _("read it"))
    return format_html("<span>{} – {}</span>", section.title, link)


HISTORY_PANEL = MultiFieldPanel([FieldPanel("change_note")], _("For the list of versions"))

SCHOOL_PANELS = [
    ChecklistPanel(),
    TitleFieldPanel("title"),
    FieldPanel("introduction"),
    MultiFieldPanel(
        [
            FieldPanel("school_type", help_text=_("It decides what the law asks of you.")),
            FieldPanel("in_hospital"),
            FieldRowPanel([FieldPanel("phase"), FieldPanel("resourced_provision")]),
            FieldRowPanel([FieldPanel("minimum_age"), FieldPanel("maximum_age")]),
            FieldRowPanel([FieldPanel("capacity"), FieldPanel("resourced_places")]),
            FieldPanel("sen_types"),
        ],
        _("What kind of school"),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel(
                        "urn", help_text=_("Six digits, from the register of schools (GIAS).")
                    ),
                    FieldPanel(
                        "ukprn", help_text=_("Eight digits. Leave it empty if you do not know it.")
                    ),
                ]
            ),
            FieldRowPanel(
                [
                    FieldPanel(
                        "laestab", help_text=_("Council and school number, such as 990/2001.")
                    ),
                    FieldPanel(
                        "uprn", help_text=_("The number of the building. It may stay empty.")
                    ),
                ]
            ),
            FieldPanel(
                "former_urns",
                help_text=_(
                    "What the school had before, such as before it became an academy; with a "
                    "comma between two. When you change a URN that is public, it is put here."
                ),
            ),
            FieldRowPanel([FieldPanel("la_name"), FieldPanel("trust_name")]),
        ],
        _("Register"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("headteacher"),
            FieldRowPanel([FieldPanel("telephone"), FieldPanel("email")]),
            FieldPanel("website"),
            FieldRowPanel([FieldPanel("street"), FieldPanel("locality")]),
            FieldRowPanel([FieldPanel("town"), FieldPanel("county"), FieldPanel("postcode")]),
        ],
        _("Contact"),
    ),
    HISTORY_PANEL,
]


def _day(name: str) -> FieldPanel:
    return FieldPanel(name, widget=DayInput, help_text=_("For example 24 November 2026."))


SIGNATURE_PANEL = MultiFieldPanel(
    [
        FieldRowPanel([FieldPanel("academic_year"), _day("review_date")]),
        FieldRowPanel([FieldPanel("approved_by"), _day("approved_on")]),
        FieldPanel("tags"),
    ],
    _("Year, approval and review"),
)


def document_panels(help_text: Any, *extra: Any) -> list[Any]:
    """Return the panels of a school's document: a word of guidance, the answers, the dates."""
    return [
        ChecklistPanel(),
        TitleFieldPanel("title"),
        HelpPanel(help_text),
        MultiFieldPanel([FieldPanel("reread")], _("The new year: read each section again")),
        FieldPanel("introduction"),
        *extra,
        TrustTextPanel(),
        FieldPanel("body"),
        SIGNATURE_PANEL,
        HISTORY_PANEL,
    ]


class SchoolPage(SchoolMixin, Page):
    """A school, and the landing page of its SEND information."""

    subpage_types: ClassVar[list[str]] = [
        "wagtail_senoffer.SENInformationReportPage",
        "wagtail_senoffer.SchoolOfferPage",
        "wagtail_senoffer.InclusionStrategyPage",
    ]
    base_form_class = DocumentForm
    content_panels: ClassVar[list[Any]] = SCHOOL_PANELS

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")


class _SchoolDocumentPage(SchoolDocumentMixin, Page):
    """What the pages below a school have in common."""

    parent_page_types: ClassVar[list[str]] = ["wagtail_senoffer.SchoolPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    base_form_class = DocumentForm

    class Meta:
        abstract = True


class SENInformationReportTag(TaggedItemBase):
    """A tag of a SEN information report."""

    content_object = ParentalKey(
        "wagtail_senoffer.SENInformationReportPage",
        on_delete=models.CASCADE,
        related_name="tagged_items",
    )


class SENInformationReportPage(SENInformationReportMixin, _SchoolDocumentPage):
    """A school's SEN information report."""

    tags = ClusterTaggableManager(through=SENInformationReportTag, blank=True)
    content_panels: ClassVar[list[Any]] = document_panels(
        _(
            "Answer each section in plain words, as you would tell a parent. You can save a draft "
            "at any time. When you publish, you are told what is still missing. Is last year’s "
            "report a Word document? Once the draft is saved, the menu “…” at the top offers to "
            "fill it in from there."
        )
    )

    class Meta:
        verbose_name = _("SEN information report")
        verbose_name_plural = _("SEN information reports")


class SchoolOfferTag(TaggedItemBase):
    """A tag of a School Offer."""

    content_object = ParentalKey(
        "wagtail_senoffer.SchoolOfferPage", on_delete=models.CASCADE, related_name="tagged_items"
    )


class SchoolOfferPage(SchoolOfferMixin, _SchoolDocumentPage):
    """A school's own offer: its contribution to the council's local offer."""

    tags = ClusterTaggableManager(through=SchoolOfferTag, blank=True)
    content_panels: ClassVar[list[Any]] = document_panels(
        _(
            "Your SEN information report answers most of these questions already. Write an answer "
            "here only where you want to say it differently; leave the others empty."
        ),
        FieldPanel("question_set"),
    )

    class Meta:
        verbose_name = _("School Offer")
        verbose_name_plural = _("School Offers")


class InclusionStrategyTag(TaggedItemBase):
    """A tag of an inclusion strategy."""

    content_object = ParentalKey(
        "wagtail_senoffer.InclusionStrategyPage",
        on_delete=models.CASCADE,
        related_name="tagged_items",
    )


class InclusionStrategyPage(InclusionStrategyMixin, _SchoolDocumentPage):
    """A school's inclusion strategy."""

    tags = ClusterTaggableManager(through=InclusionStrategyTag, blank=True)
    content_panels: ClassVar[list[Any]] = document_panels(
        _("Mainstream schools publish this by 31 December 2026. It stands beside the report.")
    )

    class Meta:
        verbose_name = _("inclusion strategy")
        verbose_name_plural = _("inclusion strategies")
