"""What an editor fills in, section by section. A block's name is its section's code.

Labels and help come from the rulesets and from `class Meta`, never from constructor
arguments: those would be written into migrations.
"""

from typing import Any, ClassVar

from django.forms import CheckboxSelectMultiple
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from . import conf
from .rulesets import Kind, SectionRule, load, model_answer
from .vocabularies import DAY_LABELS, NEEDS, PROVISION_LEVEL_LABELS, STAGE_LABELS
from .widgets import DayInput

FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]
THEMES = {
    "needs": _("Needs"),
    "support": _("Support and teaching"),
    "people": _("People"),
    "family": _("Families and pupils"),
    "rights": _("Disability and rights"),
    "access": _("Access"),
    "moving-on": _("Moving on"),
    "strategy": _("Inclusion strategy"),
}


class AnswerBlock(blocks.RichTextBlock):
    """Running text, with the few kinds of mark-up that a report needs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=FEATURES, **kwargs)


class WordedStructBlock(blocks.StructBlock):
    """A struct whose fields take label and help from `words`: {field: (label, help)}.

    A subclass adds the words of its own fields.
    """

    words: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def __init__(self, local_blocks: Any = None, search_index: bool = True, **kwargs: Any) -> None:
        super().__init__(local_blocks, search_index, **kwargs)
        words: dict[str, tuple[Any, Any]] = {}
        for ancestor in reversed(type(self).__mro__):
            words |= vars(ancestor).get("words", {})
        for name, child in self.child_blocks.items():
            label, help_text = words[name]
            child.label = child.meta.label = label
            child.meta.help_text = help_text
            if help_text:
                _give_help(child, help_text)


def _give_help(child: blocks.Block, help_text: Any) -> None:
    """Set the help of a field block; some make their form field only when it is needed.

    A list has no form field: it shows the help of its `meta`.
    """
    if "field" in child.__dict__:
        child.field.help_text = help_text
    elif hasattr(child, "field_options"):
        child.field_options["help_text"] = help_text


def need_choices() -> list[tuple[str, Any]]:
    """Return the SEN types that a school can provide for."""
    return [(need.code, need.label) for need in NEEDS.values()]


def level_choices() -> list[tuple[str, Any]]:
    """Return the levels of a provision map."""
    return [(level.value, label) for level, label in PROVISION_LEVEL_LABELS.items()]


def day_choices() -> list[tuple[str, Any]]:
    """Return the days of the week."""
    return [(day.value, label) for day, label in DAY_LABELS.items()]


def stage_choices() -> list[tuple[str, Any]]:
    """Return the moves in a school life."""
    return [(stage.value, label) for stage, label in STAGE_LABELS.items()]


def question_choices() -> list[tuple[str, str]]:
    """Return the questions of every question set."""
    sets = conf.rulesets_for_choices().question_sets()
    return [(rule.code, rule.question) for each in sets for rule in each.sections]


def report_section_choices() -> list[tuple[str, str]]:
    """Return the sections that the shipped rulesets ask a report for."""
    return [
        (rule.code, rule.title) for each in load().for_kind(Kind.REPORT) for rule in each.sections
    ]


def local_section_choices() -> list[tuple[str, str]]:
    """Return the report's sections that only the project's own rulesets ask for."""
    shipped = {rule.code for each in load() for rule in each.sections}
    return [
        (rule.code, rule.title)
        for each in conf.rulesets_for_choices().for_kind(Kind.REPORT)
        for rule in each.sections
        if rule.code not in shipped
    ]


class LinkBlock(WordedStructBlock):
    """A link to a page of the site or to anywhere else."""

    text = blocks.CharBlock(max_length=200)
    page = blocks.PageChooserBlock(required=False)
    url = blocks.URLBlock(required=False)

    class Meta:
        icon = "link"
        label = _("Link")

    words: ClassVar = {
        "text": (_("Link text"), _("Say where it leads, for example “Our admissions policy”.")),
        "page": (_("A page of this website"), ""),
        "url": (_("Or another address"), _("Starts with https://")),
    }


class ContactBlock(WordedStructBlock):
    """A service, or a person in a role."""

    name = blocks.CharBlock(max_length=200)
    about = blocks.CharBlock(required=False, max_length=500)
    phone = blocks.CharBlock(required=False, max_length=50)
    email = blocks.EmailBlock(required=False)
    url = blocks.URLBlock(required=False)

    class Meta:
        icon = "user"
        label = _("Contact")

    words: ClassVar = {
        "name": (_("Name"), _("The service, or the person and the role.")),
        "about": (_("What they help with"), ""),
        "phone": (_("Phone"), ""),
        "email": (_("E-mail"), _("An office's address, rather than a person's.")),
        "url": (_("Website"), _("Starts with https://")),
    }


class ProvisionBlock(WordedStructBlock):
    """One line of the provision map."""

    name = blocks.CharBlock(max_length=200)
    level = blocks.ChoiceBlock(choices=level_choices)
    needs = blocks.MultipleChoiceBlock(
        choices=need_choices, required=False, widget=CheckboxSelectMultiple
    )
    minimum_age = blocks.IntegerBlock(required=False, min_value=0, max_value=25)
    maximum_age = blocks.IntegerBlock(required=False, min_value=0, max_value=25)
    who = blocks.CharBlock(required=False, max_length=200)
    when = blocks.CharBlock(required=False, max_length=200)
    body = AnswerBlock(required=False)
    listed = blocks.BooleanBlock(required=False)
    days = blocks.MultipleChoiceBlock(
        choices=day_choices, required=False, widget=CheckboxSelectMultiple
    )
    opens_at = blocks.TimeBlock(required=False)
    closes_at = blocks.TimeBlock(required=False)

    class Meta:
        icon = "list-ul"
        label = _("Kind of help")

    words: ClassVar = {
        "name": (_("What it is called"), ""),
        "level": (_("Who it is for"), ""),
        "needs": (_("Needs it helps with"), ""),
        "minimum_age": (_("From age"), ""),
        "maximum_age": (_("To age"), ""),
        "who": (_("Who gives it"), ""),
        "when": (_("When"), ""),
        "body": (_("What happens"), ""),
        "listed": (
            _("List it in directories"),
            _(
                "For what families can look for by itself, such as a resourced base, a SEN unit "
                "or a holiday club. The council's directory then shows it beside the school."
            ),
        ),
        "days": (_("On which days"), _("For directories. Leave it empty if it is no fixed day.")),
        "opens_at": (_("Starts at"), ""),
        "closes_at": (_("Ends at"), ""),
    }


class StageBlock(WordedStructBlock):
    """Help with one move in school life."""

    stage = blocks.ChoiceBlock(choices=stage_choices)
    body = AnswerBlock(required=False)

    class Meta:
        icon = "arrow-right"
        label = _("Move")

    words: ClassVar = {"stage": (_("Which move"), ""), "body": (_("What you do"), "")}


def _help(kind: Kind, rule: SectionRule) -> str:
    """Return what the writer is told: the parent's question, what to write, the law."""
    parts = [
        format_html("<strong>{}</strong>", rule.question),
        rule.guidance,
        format_html("<small>{}</small>", rule.reference),
    ]
    told = format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts))
    return format_html("{}{}{}", told, _examples(rule), _model(model_answer(kind, rule.code)))


def _examples(rule: SectionRule) -> str:
    """Return what good answers tell of, folded up."""
    lines = format_html_join("", "<li>{}</li>", ((each,) for each in rule.examples))
    return _folded(_("What good answers tell of"), format_html("<ul>{}</ul>", lines), rule.examples)


def _model(paragraphs: tuple[str, ...]) -> str:
    """Return a good answer to look at, folded up."""
    words = format_html_join("", "<p>{}</p>", ((each,) for each in paragraphs))
    warning = _("This school does not exist. Write what is true of yours, in your own words.")
    shown = format_html("<blockquote>{}</blockquote><small>{}</small>", words, warning)
    return _folded(_("A good answer to look at"), shown, paragraphs)


def _folded(summary: Any, inside: str, any_of: tuple[str, ...]) -> str:
    """Return words that open at a click; "" if there are none to show."""
    if not any_of:
        return ""
    return format_html("<details><summary>{}</summary>{}</details>", summary, inside)


class BaseSectionBlock(WordedStructBlock):
    """What every section has in common. Its name in the stream is the section's code.

    Subclasses declare `body`, `links` and `documents` themselves: a block's fields stand
    in the order of their declaration, and what is special to a section comes first.
    """

    class Meta:
        icon = "doc-full"
        kind = Kind.REPORT

    words: ClassVar = {
        "body": (_("Your answer"), ""),
        "links": (_("Links"), ""),
        "documents": (_("Documents"), ""),
        "answered_in": (
            _("Or: already answered in"),
            _("Choose a section if your answer there covers this question too."),
        ),
    }

    def set_name(self, name: str) -> None:
        """Take label, help and group from the shipped ruleset's section of that code."""
        super().set_name(name)
        rule = load().section(self.meta.kind, name)
        if rule:
            self.label = self.meta.label = rule.title
            # The form's map of the page names a section by its label, not by its first words.
            self.meta.label_format = ""
            self.meta.help_text = _help(self.meta.kind, rule)
            self.meta.group = THEMES.get(rule.theme, rule.theme)


class SectionBlock(BaseSectionBlock):
    """An answer in words, with links and documents."""

    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])


class ReportSectionBlock(SectionBlock):
    """A section of the report, which another section may answer too."""

    answered_in = blocks.ChoiceBlock(choices=report_section_choices, required=False)


class KindsBlock(BaseSectionBlock):
    """Kinds of need, picked by the census's codes, and in words."""

    needs = blocks.MultipleChoiceBlock(
        choices=need_choices, required=False, widget=CheckboxSelectMultiple
    )
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    words: ClassVar = {
        "needs": (_("Needs you provide for"), ""),
    }


class SencoBlock(BaseSectionBlock):
    """Name and contact details of the SENCO."""

    name = blocks.CharBlock(required=False, max_length=200)
    email = blocks.EmailBlock(required=False)
    consent = blocks.BooleanBlock(required=False)
    phone = blocks.CharBlock(required=False, max_length=50)
    days = blocks.CharBlock(required=False, max_length=200)
    qualification = blocks.CharBlock(required=False, max_length=200)
    contacts = blocks.ListBlock(ContactBlock(), default=[])
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    words: ClassVar = {
        "name": (_("SENCO's name"), ""),
        "email": (
            _("E-mail"),
            _("A shared address such as senco@. A personal one shows only with consent."),
        ),
        "consent": (_("The e-mail is personal, and its owner agrees to publish it"), ""),
        "phone": (_("Phone"), ""),
        "days": (_("Working days"), ""),
        "qualification": (_("Qualification"), _("For example: NPQ for SENCOs, 2025")),
        "contacts": (_("Others in the team, such as an assistant SENCO or the SEND governor"), ""),
    }


class SupportContactsBlock(BaseSectionBlock):
    """Services that help families."""

    contacts = blocks.ListBlock(ContactBlock(), default=[])
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    words: ClassVar = {
        "contacts": (
            _("Contacts"),
            _(
                "If this section is left empty, it comes from what is kept for your council, "
                "if anything is. Write your own only if it differs."
            ),
        )
    }


class ExtraSupportBlock(BaseSectionBlock):
    """The provision map."""

    provisions = blocks.ListBlock(ProvisionBlock(), default=[])
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    words: ClassVar = {"provisions": (_("Kinds of help"), "")}


class LocalOfferBlock(BaseSectionBlock):
    """Where the council's local offer is, and what the school adds to it."""

    url = blocks.URLBlock(required=False)
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    words: ClassVar = {
        "url": (
            _("Address of the council's local offer"),
            _(
                "Starts with https://. Left empty, it comes from what is kept for your council, "
                "if anything is. Write your own only if it differs."
            ),
        ),
        "body": (_("What the school adds to it"), ""),
    }


class AccessibilityPlanBlock(BaseSectionBlock):
    """The accessibility plan with its clock and its three aims."""

    document = DocumentChooserBlock(required=False)
    url = blocks.URLBlock(required=False)
    start_date = blocks.DateBlock(required=False)
    curriculum = AnswerBlock(required=False)
    buildings = AnswerBlock(required=False)
    information = AnswerBlock(required=False)
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child_blocks["start_date"].field.widget = DayInput()

    words: ClassVar = {
        "document": (_("The plan as a document"), ""),
        "url": (_("Or its address"), _("Starts with https://")),
        "start_date": (
            _("First day of the plan"),
            _("For example 1 September 2026. It runs for three years at most."),
        ),
        "curriculum": (_("Aim 1: taking part in the curriculum"), ""),
        "buildings": (_("Aim 2: buildings and grounds"), ""),
        "information": (_("Aim 3: written information"), ""),
    }


class TransitionBlock(BaseSectionBlock):
    """Starting, moving on, and adult life."""

    stages = blocks.ListBlock(StageBlock(), default=[])
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])
    answered_in = blocks.ChoiceBlock(choices=report_section_choices, required=False)

    words: ClassVar = {"stages": (_("Move by move"), "")}


class LocalSectionBlock(BaseSectionBlock):
    """A section that only the project's own rulesets know."""

    section = blocks.ChoiceBlock(choices=local_section_choices, required=False)
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    class Meta:
        label = _("Section asked for locally")

    words: ClassVar = {"section": (_("Which section"), "")}


class AdditionalBlock(BaseSectionBlock):
    """Anything that no ruleset lists: a glossary, a governor's role, frequent questions."""

    heading = blocks.CharBlock(required=False, max_length=200)
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    class Meta:
        label = _("Something else")

    words: ClassVar = {"heading": (_("Heading"), "")}


class ReportBlock(blocks.StreamBlock):
    """The sections of a SEN information report."""

    kinds = KindsBlock()
    identify = ReportSectionBlock()
    evaluate = ReportSectionBlock()
    progress = ReportSectionBlock()
    teaching = ReportSectionBlock()
    adapt = ReportSectionBlock()
    extra_support = ExtraSupportBlock()
    activities = ReportSectionBlock()
    wellbeing = ReportSectionBlock()
    senco = SencoBlock()
    expertise = ReportSectionBlock()
    equipment = ReportSectionBlock()
    parents = ReportSectionBlock()
    pupils = ReportSectionBlock()
    complaints = ReportSectionBlock()
    other_bodies = ReportSectionBlock()
    support_contacts = SupportContactsBlock()
    transition = TransitionBlock()
    la_local_offer = LocalOfferBlock()
    dis_admission = ReportSectionBlock()
    dis_equal = ReportSectionBlock()
    dis_access = ReportSectionBlock()
    accessibility_plan = AccessibilityPlanBlock()
    cla = ReportSectionBlock()
    policy_contacts = ReportSectionBlock()
    local = LocalSectionBlock()
    additional = AdditionalBlock()

    class Meta:
        block_counts = {
            rule.code: {"max_num": 1}
            for each in load().for_kind(Kind.REPORT)
            for rule in each.sections
        }


class QuestionBlock(BaseSectionBlock):
    """A question of the offer's question set, with the school's own answer to it."""

    question = blocks.ChoiceBlock(choices=question_choices)
    body = AnswerBlock(required=False)
    links = blocks.ListBlock(LinkBlock(), default=[])
    documents = blocks.ListBlock(DocumentChooserBlock(), default=[])

    class Meta:
        label = _("Question")
        label_format = "{question}"
        kind = Kind.OFFER

    words: ClassVar = {
        "question": (_("Question"), ""),
        "body": (
            _("Your own answer"),
            _("Leave it empty to show what your SEN information report says."),
        ),
    }


class OfferBlock(blocks.StreamBlock):
    """The questions of a School Offer."""

    answer = QuestionBlock()
    additional = AdditionalBlock()


class StrategySectionBlock(SectionBlock):
    """A section of the inclusion strategy."""

    class Meta:
        kind = Kind.STRATEGY


class StrategyBlock(blocks.StreamBlock):
    """The sections of an inclusion strategy."""

    inclusion_period = StrategySectionBlock()
    inclusion_barriers = StrategySectionBlock()
    inclusion_activity = StrategySectionBlock()
    inclusion_costs = StrategySectionBlock()
    inclusion_review = StrategySectionBlock()
    additional = AdditionalBlock()
