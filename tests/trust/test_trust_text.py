"""A trust's text in a school's section: which counts, whose words are whose, who may edit it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import GroupPagePermission, Locale

from example_site import content
from tests import factories
from tests.office import person
from wagtail_senoffer import publishing
from wagtail_senoffer.models import SENInformationReportPage, TrustText, Version
from wagtail_senoffer.restoring import restore

pytestmark = pytest.mark.django_db

TRUST = "<p>The trust listens to every complaint within five days.</p>"
OWN = "<p>Here, start with the class teacher.</p>"


def trust_text(place: Any, rule: str = "locked", body: str = TRUST, **fields: Any) -> TrustText:
    """Return a live text of a trust for the reports below a page."""
    values = {"kind": "sen-information-report", "section": "complaints", **fields}
    locale = Locale.get_default()
    return TrustText.objects.create(place=place, locale=locale, rule=rule, body=body, **values)


def section(page: Any, code: str = "complaints") -> Any:
    return publishing.examine(page)[0].section(code)


@pytest.fixture
def draft(home: Any) -> Any:
    school = factories.make_school(home, live=False)
    return factories.make_report(school)


@pytest.mark.parametrize(
    ("rule", "own", "expected"),
    [
        ("offered", "", None),
        ("offered", OWN, OWN),
        ("inherited", "", TRUST),
        ("inherited", OWN, OWN),
        ("locked", OWN, TRUST),
        ("addition", OWN, TRUST + OWN),
        ("addition", "", TRUST),
    ],
)
def test_each_rule_says_whose_words_count(
    home: Any, draft: Any, rule: str, own: str, expected: str | None
) -> None:
    trust_text(home, rule)
    found = section(factories.say(draft, "complaints", own))
    assert (found.body.html if found and found.body.html else None) == expected


def test_an_offered_text_is_used_by_a_school_that_says_so(home: Any, draft: Any) -> None:
    text = trust_text(home, "offered")
    draft.from_trust = ["complaints"]
    found = section(factories.say(draft, "complaints", OWN))
    assert (found.body.html, found.source.key) == (TRUST, text.key)


def test_whose_words_are_whose(home: Any, draft: Any) -> None:
    trust_text(home, "addition")
    found = section(factories.say(draft, "complaints", OWN))
    assert (found.trust_html(), found.own_html()) == (TRUST, OWN)


def test_the_nearest_text_counts_and_only_in_its_own_place(home: Any, draft: Any) -> None:
    other = factories.make_school(home, "other", live=False)
    trust_text(home)
    trust_text(draft.get_parent(), body="<p>Nearer.</p>")
    trust_text(other, body="<p>Somebody else's.</p>")
    assert section(draft).body.text == "Nearer."


def test_a_draft_of_a_text_reaches_nobody(home: Any, draft: Any) -> None:
    before = section(draft)
    trust_text(home, live=False)
    assert section(draft) == before


def test_p6_a_section_that_only_the_trust_answers_is_answered(home: Any, draft: Any) -> None:
    without = factories.empty(draft, "complaints")
    assert "complaints" in {each.section for each in publishing.errors_of(without)}
    trust_text(home, "inherited")
    assert publishing.errors_of(without) == []


def test_a_locked_text_needs_no_block_and_stands_in_its_place(home: Any, draft: Any) -> None:
    trust_text(home)
    codes = [each.code for each in publishing.examine(draft)[0].sections]
    raw = [each for each in draft.body.get_prep_value() if each["type"] != "complaints"]
    draft.body = draft._meta.get_field("body").stream_block.to_python(raw)
    document, errors = publishing.examine(draft)
    assert [each.code for each in document.sections] == codes
    assert [each for each in errors if each.is_error] == []


def test_p10_the_trusts_words_are_cleaned_as_all_are(home: Any, draft: Any) -> None:
    trust_text(home, body="<p>Safe<script>alert(1)</script></p>")
    assert section(draft).body.html == "<p>Safe</p>"


def test_p11_any_number_of_texts_is_one_query(
    home: Any, draft: Any, django_assert_num_queries: Any
) -> None:
    for code in ("complaints", "teaching", "adapt"):
        trust_text(home, section=code)
    page = SENInformationReportPage.objects.get(pk=draft.pk)
    with django_assert_num_queries(1):
        assert len(page.trust_texts()) == 3


def test_p8_a_version_holds_the_words_and_keeps_them(home: Any, report: Any) -> None:
    text = trust_text(home)
    content.publish(SENInformationReportPage.objects.get(pk=report.pk))
    text.delete()
    version = Version.objects.filter(document_key=report.document_key).latest("number")
    assert version.document().section("complaints").body.html == TRUST


@pytest.mark.parametrize(
    ("rule", "own", "chosen"),
    [("offered", "", ["complaints"]), ("locked", "", []), ("addition", OWN, [])],
)
def test_restoring_gives_the_school_none_of_the_trusts_words(
    home: Any, draft: Any, rule: str, own: str, chosen: list[str]
) -> None:
    trust_text(home, rule)
    draft.from_trust = chosen
    document = publishing.examine(factories.say(draft, "complaints", own))[0]
    page = SENInformationReportPage.objects.get(pk=draft.pk)
    messages = restore(page, document)
    raw = {each["type"]: each["value"] for each in page.body.get_prep_value()}
    assert (raw["complaints"].get("body") or "", page.from_trust) == (own, chosen)
    assert "These sections had the trust's text" in messages[-1]
    assert publishing.examine(page)[0].section("complaints").body == (
        document.section("complaints").body
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rules=st.lists(
        st.tuples(st.sampled_from(["offered", "inherited", "locked", "addition"]), st.booleans()),
        min_size=2,
        max_size=2,
    )
)
def test_p9_no_school_ever_has_words_of_another(home: Any, draft: Any, rules: Any) -> None:
    TrustText.objects.all().delete()
    other = SENInformationReportPage.objects.filter(url_path__contains="/other/").first()
    other = other or factories.make_report(factories.make_school(home, "other", live=False))
    pages = [draft, other]
    for n, (page, (rule, writes)) in enumerate(zip(pages, rules, strict=True)):
        trust_text(page.get_parent(), rule, f"<p>Trust {n}.</p>")
        page.from_trust = ["complaints"] if writes else []
        factories.say(page, "complaints", f"<p>School {n}.</p>" if writes else "")
    for n, page in enumerate(pages):
        found = section(page)
        assert not (found and str(1 - n) in found.body.text)


def test_a_school_sees_the_texts_in_its_form_and_takes_one(home: Any, draft: Any) -> None:
    trust_text(home, "offered", ask="the inclusion lead")
    user = person("office", draft.get_parent())
    client = Client()
    client.force_login(user)
    html = client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    assert 'id="from-trust-complaints"' in html
    assert "Ask the inclusion lead." in html


def editor(name: str, place: Any) -> Any:
    """Return somebody who may edit pages at a place, and trust texts."""
    user = person(name, place)
    group = Group.objects.get(name=name)
    codes = ("add_trusttext", "change_trusttext", "delete_trusttext", "publish_trusttext")
    group.permissions.add(*Permission.objects.filter(codename__in=codes))
    return user


def test_p9_nobody_edits_the_texts_of_another_place(home: Any, draft: Any) -> None:
    other = factories.make_school(home, "other", live=False)
    text = trust_text(draft.get_parent())
    user = editor("elsewhere", other)
    assert GroupPagePermission.objects.filter(group__user=user).count() == 1
    client = Client()
    client.force_login(user)
    base = "wagtailsnippets_wagtail_senoffer_trusttext"
    for name in ("edit", "history", "delete", "usage", "unpublish"):
        found = client.get(reverse(f"{base}:{name}", args=[text.pk]))
        # Wagtail sends who may not to its front page.
        assert (name, found.status_code) == (name, 302)
    assert text.body not in client.get(reverse(f"{base}:list")).content.decode()
    assert client.get(reverse(f"{base}:list")).context["object_list"].count() == 0
    bulk = reverse("wagtail_bulk_action", args=["wagtail_senoffer", "trusttext", "delete"])
    client.post(f"{bulk}?id={text.pk}")
    assert TrustText.objects.filter(pk=text.pk).exists()


def test_a_trusts_editor_edits_the_own_texts(home: Any, draft: Any) -> None:
    text = trust_text(home)
    client = Client()
    client.force_login(editor("trust", home))
    url = reverse("wagtailsnippets_wagtail_senoffer_trusttext:edit", args=[text.pk])
    found = client.get(url)
    assert (found.status_code, "How schools use it" in found.content.decode()) == (200, True)
