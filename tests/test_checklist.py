"""The editor's checklist says what the gate, the command and the form say (P6)."""

import json
import random
from contextlib import nullcontext, suppress
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import GroupPagePermission

from example_site import content
from tests import factories
from tests.load import portion
from wagtail_senoffer import compliance, conf, publishing, removal
from wagtail_senoffer.checklist import checklist
from wagtail_senoffer.completeness import Problem, Severity
from wagtail_senoffer.compliance import Compliance
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage, Version
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.suggestions import STRONG
from wagtail_senoffer.trust.overview.cells import State, What, cells
from wagtail_senoffer.trust.overview.rows import Row, rows

pytestmark = pytest.mark.django_db

# A mainstream academy, a maintained nursery, a special school, a pupil referral unit.
TYPES = ("34", "15", "7", "14")


def lines(page: Any) -> dict[str, str]:
    return {line.title: line.state for step in checklist(page).steps for line in step.lines}


def said_by_the_command(page: Any) -> list[tuple[str, str, str]]:
    out = StringIO()
    with suppress(CommandError):
        call_command("senoffer_check", "--json", stdout=out)
    records = [json.loads(line) for line in out.getvalue().splitlines()]
    (found,) = [each["problems"] for each in records if each["page"] == page.pk]
    return [(each["code"], each["section"], each["message"]) for each in found]


def in_short(problems: Any) -> list[tuple[str, str, str]]:
    return [(each.code, each.section, each.message) for each in problems]


def at_random(page: SENInformationReportPage, dice: random.Random) -> SENInformationReportPage:
    """Change a page in memory: sections emptied, left out or unfinished, and no date."""
    raw = [
        block
        for block in page.body.get_prep_value()
        if block["type"] != "local" and dice.random() > 0.02
    ]
    for block in raw:
        throw = dice.random()
        if throw < 0.05:
            block["value"] = {}
        elif throw < 0.1 and "body" in block["value"]:
            block["value"]["body"] = "<p>To be confirmed.</p>"
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    if dice.random() < 0.3:
        page.review_date = None
    return page


def once_published(page: Any, user: Any = None) -> tuple[Compliance, Row] | None:
    """Publish a page, by a user who overrides the gate or none, and take it back.

    Returns how it stood in listings and in the table; None if it was refused.
    """
    with transaction.atomic():
        try:
            with publishing.override(user, "The head is ill.") if user else nullcontext():
                page.get_latest_revision().publish()
            today = timezone.localdate()
            schools = SchoolPage.objects.select_related("locale").filter(pk=page.school.pk)
            (row,) = rows(schools, What(Kind.REPORT), today)
            return compliance.of_pages([page], today)[page.pk], row
        except publishing.Refused:
            return None
        finally:
            transaction.set_rollback(True)


def states(found: Any) -> dict[str, State]:
    """Return what the table must say of each section that a checklist lists, worked out apart."""
    worst = {each.section: State.LOOK for each in found.problems}
    worst |= {each.rule.code: State.EXPECTED for each in found.asked if not each.is_answered}
    worst |= {each.section: State.MISSING for each in found.problems if each.is_error}
    return {each.rule.code: worst.get(each.rule.code, State.THERE) for each in found.asked}


@pytest.mark.no_cover
def test_p6_checklist_gate_command_compliance_and_table_agree_on_random_pages(
    school: SchoolPage, admin: User, settings: Any
) -> None:
    settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
    dice, outcomes, overridden = random.Random(20260901), set(), 0
    headings = What(Kind.REPORT).headings(conf.rulesets(), timezone.localdate())
    report = factories.make_report(school)
    for _round in range(portion(200)):
        school.school_type = dice.choice(TYPES)
        SchoolPage.objects.filter(pk=school.pk).update(school_type=school.school_type)
        page = at_random(SENInformationReportPage.objects.get(pk=report.pk), dice)
        page.save_revision(clean=False)
        found = checklist(page)
        shown = [each for step in found.steps for line in step.lines for each in line.problems]
        said = said_by_the_command(page)
        assert sorted(in_short(shown)) == sorted(said)
        assert in_short(found.problems) == said
        errors = publishing.errors_of(page)
        assert found.to_fix == len(errors)
        unanswered = {each.rule.code for each in found.counted if not each.is_answered}
        assert {each.section for each in errors} == unanswered
        document, _problems = publishing.examine(page)
        text = document.canonical_text()
        told = compliance.judged(text, conf.rulesets(), timezone.localdate(), get_language())
        assert (told[0], in_short(told[1]), told[2]) == (document, said, found.asked)
        standing = Compliance(timezone.localdate(), Version(), *told)
        of_table = cells(standing, headings)
        asked = states(found)
        assert {code: of_table[code].state for code in asked} == asked
        others = of_table.keys() - asked.keys() - {"", *(each.section for each in found.problems)}
        assert {of_table[code].state for code in others} <= {State.NOT_ASKED}
        in_the_table = [each for cell in of_table.values() for each in cell.problems]
        assert (sorted(in_short(in_the_table)), standing.score) == (sorted(said), found.score)
        stood = once_published(page)
        assert (stood is not None) == (not errors)
        if stood is None and overridden < 10:
            overridden, stood = overridden + 1, once_published(page, admin)
        if stood:
            assert (in_short(stood[0].problems), stood[0].answered) == (said, found.answered)
            assert stood[1].cells == of_table
        outcomes.add(not errors)
    assert outcomes == {True, False}


def test_a_complete_report_has_23_of_23_sections(report: Any) -> None:
    found = checklist(report)
    assert (found.summary, set(lines(report).values())) == (
        "23 of 23 sections · nothing to fix",
        {"Done"},
    )


def test_what_is_missing_is_said_where_it_belongs(report: Any) -> None:
    report = factories.empty(factories.say(report, "pupils", "<p>To be confirmed.</p>"), "parents")
    found = checklist(report)
    assert found.summary == "22 of 23 sections · 1 to fix · 1 suggestion"
    (step,) = [step for step in found.steps if step.title == "Families and pupils"]
    assert [(line.title, line.state) for line in step.lines] == [
        ("How parents are involved", "To fix"),
        ("How pupils have a say", "Suggestion"),
        ("Help for families", "Done"),
        ("The council's Local Offer", "Done"),
    ]


def test_what_is_to_fix_comes_first_and_what_is_done_last(report: Any) -> None:
    report = factories.empty(
        factories.say(report, "kinds", "<p>To be confirmed.</p>"), "dis_access"
    )
    found = checklist(report)
    assert [
        (group.title, [(step.title, [line.title for line in step.lines]) for step in group.steps])
        for group in found.to_do
    ] == [
        ("To fix before you can publish", [("Access", ["Getting in and around"])]),
        ("What could be better", [("Needs", ["Kinds of need we provide for"])]),
    ]
    in_the_list = [line for group in found.to_do for step in group.steps for line in step.lines]
    done = [line for step in found.done for line in step.lines]
    assert {line.is_done for line in done} == {True}
    every = [line.title for step in found.steps for line in step.lines]
    assert sorted(line.title for line in in_the_list + done) == sorted(every)


def test_what_may_be_about_a_person_comes_before_other_suggestions(report: Any) -> None:
    advice = [
        Problem(code, Severity.WARNING, "Look.", section)
        for code, section in (("jargon", "kinds"), (next(iter(STRONG)), "pupils"))
    ]
    found = checklist(report, advice)
    assert [group.title for group in found.to_do] == [
        "To look at before you publish",
        "What could be better",
    ]


def test_the_list_says_which_of_its_sections_are_not_counted(report: Any) -> None:
    found = checklist(report)
    every = [line for step in found.steps for line in step.lines]
    assert (len(every), found.score) == (25, "23 of 23 sections")
    assert [line.title for line in every if line.is_extra] == [
        "Looked-after children with SEN",
        "SEN policy and contacts",
    ]
    assert found.extras == (
        "23 sections are counted. The 2 marked “extra” are not: you can publish without them."
        " They are from: SEND Code of Practice (guidance)."
    )


def test_where_nothing_is_required_all_that_is_asked_is_counted(home: Any) -> None:
    """A Code of Practice expects the sections of an independent school; the law does not."""
    found = checklist(factories.make_report(factories.make_school(home, school_type="11")))
    assert (found.extras, len(found.asked), found.score) == ("", 25, "25 of 25 sections")


def test_a_section_leads_to_its_field_and_one_that_is_gone_leads_nowhere(report: Any) -> None:
    raw = [block for block in report.body.get_prep_value() if block["type"] != "parents"]
    report.body = report._meta.get_field("body").stream_block.to_python(raw)
    ids = {block["type"]: block["id"] for block in raw}
    form = reverse("wagtailadmin_pages:edit", args=[report.pk])
    found = {line.title: line.url for step in checklist(report).steps for line in step.lines}
    assert found["How pupils have a say"] == f"{form}#block-{ids['pupils']}-section"
    assert found["How parents are involved"] == ""


def test_what_belongs_to_no_section_stands_at_the_end(report: Any) -> None:
    report.review_date = None
    (line,) = checklist(report).steps[-1].lines
    assert (line.title, line.state) == ("The page as a whole", "Suggestion")


def test_a_special_school_is_told_what_it_need_not_answer(home: Any) -> None:
    school = factories.make_school(home, school_type="7")
    found = checklist(factories.make_report(school))
    assert found.spared.codes == ["identify", "senco"]
    assert str(found.spared.schools) == "special schools"
    assert len(found.counted) == 21


def test_a_page_that_can_not_be_a_document_says_why(report: Any) -> None:
    report = factories.say(report, "parents", "<p>x</p>" * 2001)
    found = checklist(report)
    assert (found.asked, found.to_fix, len(found.steps)) == ((), 1, 1)


def test_an_offer_counts_the_answers_that_it_takes_from_the_report(report: Any) -> None:
    offer = factories.make_offer(report.school)
    assert checklist(offer).summary.startswith("14 of 14 sections · nothing to fix")


def test_p11_a_checklist_asks_as_often_whatever_is_in_it(report: Any) -> None:
    def queries(page: Any) -> int:
        page = SENInformationReportPage.objects.get(pk=page.pk)
        with CaptureQueriesContext(connection) as found:
            checklist(page)
        return len(found)

    full = queries(report)
    report.body = []
    report.save_revision(clean=False)
    SENInformationReportPage.objects.filter(pk=report.pk).update(body="[]")
    # One more where something is open: what the council keeps.
    assert queries(report) == full + 1


def test_the_form_has_the_checklist_and_says_why_there_is_none_yet(
    client: Client, admin: User, report: Any
) -> None:
    client.force_login(admin)
    form = client.get(reverse("wagtailadmin_pages:edit", args=[report.pk])).content.decode()
    assert form.count("23 of 23 sections") == 1
    report.delete()
    where = ["wagtail_senoffer", "seninformationreportpage", report.school.pk]
    new = client.get(reverse("wagtailadmin_pages:add", args=where)).content.decode()
    assert new.count("Once the draft is saved, this says what is still missing.") == 1


def test_what_is_of_no_section_leads_to_its_field(home: Any) -> None:
    report = factories.make_report(factories.make_school(home, "elm", urn="990001"))
    report.approved_by = ""
    report.review_date = None
    (line,) = [line for line in checklist(report).steps[-1].lines if not line.url]
    form, school = (
        reverse("wagtailadmin_pages:edit", args=[pk]) for pk in (report.pk, report.school.pk)
    )
    assert dict(line.urls) == {
        "unsigned": f"{form}#id_approved_by",
        "review-date-missing": f"{form}#id_review_date",
        "urn-unusual": f"{school}#id_urn",
    }
    assert [url for _message, url in line.told] == [line.urls[each.code] for each in line.problems]


def test_a_school_can_be_added_below_any_page(client: Client, admin: User, home: Any) -> None:
    client.force_login(admin)
    url = reverse("wagtailadmin_pages:add", args=["wagtail_senoffer", "schoolpage", home.pk])
    assert client.get(url).status_code == 200


def test_the_list_follows_the_newest_draft(client: Client, admin: User, report: Any) -> None:
    client.force_login(admin)
    factories.empty(report, "parents").save_revision(clean=False)
    answer = client.get(reverse("senoffer_checklist", args=[report.pk]))
    assert (answer.status_code, answer["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert answer.content.decode().count("22 of 23 sections · 1 to fix") == 1


def test_p9_nobody_reads_the_list_of_another_school(client: Client, report: Any, home: Any) -> None:
    other = factories.make_school(home, "other", urn="190099")
    group = Group.objects.create(name="Other school")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    change = Permission.objects.get(codename="change_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=other, permission=change)
    user = User.objects.create_user("other", password="secret")
    user.groups.add(group)
    client.force_login(user)
    own, theirs = (
        client.get(reverse("senoffer_checklist", args=[page.pk])) for page in (other, report)
    )
    assert (own.status_code, theirs.status_code, theirs.url) == (
        200,
        302,
        reverse("wagtailadmin_home"),
    )


def test_a_section_of_a_new_year_waits_until_somebody_has_read_it(report: Any) -> None:
    report.rereading_from = 1
    document, _problems = publishing.examine(report)
    first, second = document.sections[:2]
    report.reread = [str(first.id)]
    found = lines(report)
    assert (found[first.title], found[second.title]) == ("Done", "Read again")
    assert list(found.values()).count("Done") == 1


def test_p6_words_that_were_removed_and_are_back_are_to_be_fixed(report: Any, admin: User) -> None:
    introduction, report.introduction = report.introduction, "<p>New words.</p>"
    content.publish(report)
    first = Version.objects.get(document_key=report.document_key, number=1)
    removal.redact(first, ["introduction"], "Asked to be forgotten.", user=admin)
    report.introduction = introduction
    assert [each.code for each in publishing.errors_of(report)] == ["redacted"]
    assert checklist(report).to_fix == 1
