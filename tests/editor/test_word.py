"""Filling a report's draft from a Word document: what is asked, what is written, and who may."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageLogEntry, Revision

from tests import factories
from tests.forms import PUBLISH, form_data
from tests.word.documents import make
from wagtail_senoffer.editor import placing, word
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage, TrustText, Version

pytestmark = pytest.mark.django_db

TRANSITION, TEACH = "Moving on", "How do you teach pupils with SEN?"
LAST_YEAR = make(
    "Dear families.",
    f"# {TRANSITION}",
    "Visits in June.",
    f"# {TEACH}",
    "In small steps.",
    "# Lunch menu",
    "Pasta on Mondays.",
)


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def draft(school: SchoolPage) -> Any:
    """Return a report that was never published and says nothing about moving on."""
    return factories.make_report(school, without="transition")


def editor_of(page: Any) -> User:
    group = Group.objects.create(name=page.title)
    permission = Permission.objects.get(
        codename="change_page", content_type__app_label="wagtailcore"
    )
    GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user = User.objects.create_user(f"editor{page.pk}", password="secret")
    user.groups.add(group)
    return user


def address(page: Any) -> str:
    return reverse("senoffer_word", args=[page.pk])


def upload(client: Client, page: Any, data: bytes = LAST_YEAR, name: str = "2025.docx") -> Any:
    return client.post(address(page), {"file": SimpleUploadedFile(name, data)})


def choices(asked: Any, **changed: str) -> dict[str, str]:
    """Return what the second form posts: what it proposes, but for what is `changed`."""
    form = asked.context["form"]
    # Who is asked leaves out what nobody is sure of.
    data = {
        name: "" if field.initial in (None, word.UNDECIDED) else field.initial
        for name, field in form.fields.items()
    }
    data["carried"] = asked.context["carried"]
    return data | {name.replace("_", "-", 1): value for name, value in changed.items()}


def write(client: Client, page: Any, **changed: str) -> Any:
    """Upload last year's report, choose, and press the button."""
    data = choices(upload(client, page), **changed)
    return client.post(address(page), data, follow=True)


def latest(page: Any) -> Any:
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def said(page: Any, code: str) -> list[str]:
    """Return the bodies of the newest draft's blocks of a type."""
    return [
        block["value"].get("body", "")
        for block in latest(page).body.get_prep_value()
        if block["type"] == code
    ]


def told(response: Any) -> list[str]:
    return [str(message).strip() for message in response.context["messages"]]


# What is asked.


def test_the_form_shows_each_part_with_what_is_proposed(desk: Client, draft: Any) -> None:
    rows = list(upload(desk, draft).context["form"].rows())
    assert [(row["part"].heading, row["field"].value(), row["has_words"]) for row in rows] == [
        ("", word.UNDECIDED, False),
        (TRANSITION, "transition", False),
        (TEACH, "teaching", True),
        ("Lunch menu", word.UNDECIDED, False),
    ]


def test_words_before_all_sections_are_proposed_as_the_introduction_if_there_is_none(
    desk: Client, draft: Any
) -> None:
    draft.introduction = ""
    draft.save_revision(clean=False)
    first, *_rest = upload(desk, draft).context["form"].rows()
    assert first["field"].value() == "introduction"
    write(desk, draft)
    assert latest(draft).introduction == "<p>Dear families.</p>"


def test_every_choice_has_a_label_of_its_own(desk: Client, draft: Any) -> None:
    html = upload(desk, draft).content.decode()
    form = upload(desk, draft).context["form"]
    labels = [html.count(f'for="id_{name}"') for name in form.fields]
    assert labels == [1] * len(form.fields)


def test_nothing_is_written_before_the_editor_confirms(desk: Client, draft: Any) -> None:
    before = Revision.objects.count()
    assert desk.get(address(draft)).status_code == 200
    assert upload(desk, draft).status_code == 200
    assert Revision.objects.count() == before


def test_a_form_that_places_nothing_says_so_and_keeps_the_words(desk: Client, draft: Any) -> None:
    data = choices(upload(desk, draft), part_1="", part_2="")
    response = desk.post(address(draft), data)
    assert response.context["form"].non_field_errors() == [
        "Choose a section for at least one part."
    ]
    assert [part.text for part in response.context["form"].parts] == [
        "Dear families.",
        "Visits in June.",
        "In small steps.",
        "Pasta on Mondays.",
    ]


def test_a_choice_that_there_is_not_is_asked_again(desk: Client, draft: Any) -> None:
    before = Revision.objects.count()
    response = desk.post(address(draft), choices(upload(desk, draft), part_1="local_bus"))
    assert sorted(response.context["form"].errors) == ["part-1"]
    assert Revision.objects.count() == before


def test_a_part_that_nobody_decided_about_is_asked_for_and_nothing_written(
    desk: Client, draft: Any
) -> None:
    before = Revision.objects.count()
    asked = upload(desk, draft)
    assert asked.context["form"].undecided() == ["the first words", "Lunch menu"]
    data = choices(asked, part_0=word.UNDECIDED, part_3=word.UNDECIDED)
    response = desk.post(address(draft), data)
    form = response.context["form"]
    assert form.errors == {
        name: ["Choose a section, or leave this part out."] for name in ("part-0", "part-3")
    }
    assert "2 parts are still to be chosen:" in response.content.decode()
    assert form["part-1"].value() == "transition"
    assert Revision.objects.count() == before


def test_a_doubtful_part_names_the_likeliest_sections_first(desk: Client, draft: Any) -> None:
    data = make("# Skills", "Reading, writing and counting.", "# Moving on", "# Empty")
    form = upload(desk, draft, data).context["form"]
    field = form.fields["part-0"]
    assert field.initial == word.UNDECIDED
    assert [name for name, _label in field.choices] == [
        word.UNDECIDED,
        placing.LEAVE_OUT,
        "Perhaps",
        "All others",
    ]
    assert field.choices[2][1][0][0] == "expertise"
    # A heading without words is nothing that could be lost.
    assert form.undecided() == ["Skills"]


# What is written.


def test_the_words_become_a_draft_and_stay_unpublished(desk: Client, report: Any) -> None:
    response = write(desk, report)
    page = type(report).objects.get(pk=report.pk)
    assert (page.live, page.has_unpublished_changes) == (True, True)
    assert Version.objects.filter(document_key=report.document_key).count() == 1
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[report.pk])
    (entry,) = PageLogEntry.objects.filter(action="wagtail_senoffer.word")
    assert entry.data["sections"] == ["teaching", "transition"]


def test_an_empty_section_is_filled_and_a_full_one_keeps_its_words(
    desk: Client, draft: Any
) -> None:
    (before,) = said(draft, "teaching")
    response = write(desk, draft)
    assert said(draft, "transition") == ["<h3>Moving on</h3><p>Visits in June.</p>"]
    assert said(draft, "teaching") == [f"{before}<h3>{TEACH}</h3><p>In small steps.</p>"]
    assert told(response) == [
        "The words of the document are in your draft, in 2 sections. Nothing is public yet. Read "
        "each section and correct it, fill in the fields that have a place of their own, such as "
        "the SENCO’s name, and then publish.",
        "Left out, as you chose: the first words; Lunch menu.",
    ]


def test_words_are_replaced_only_where_the_editor_chose_it(desk: Client, draft: Any) -> None:
    (before,) = said(draft, "parents")
    write(desk, draft, words_teaching="replace", words_parents="replace")
    # The document's question would stand right below the section's own.
    assert said(draft, "teaching") == ["<p>In small steps.</p>"]
    # Nothing new goes there, so nothing goes.
    assert said(draft, "parents") == [before]


def test_the_other_fields_of_a_section_stay(desk: Client, draft: Any) -> None:
    def senco() -> dict[str, Any]:
        (block,) = (each for each in latest(draft).body.get_prep_value() if each["type"] == "senco")
        return block["value"]

    before = senco()
    write(desk, draft, part_1="senco", words_senco="replace")
    after = senco()
    assert {name for name in before if before[name] != after[name]} <= {"body"}
    assert after["name"] == before["name"] != ""
    assert after["body"] == "<h3>Moving on</h3><p>Visits in June.</p>"


def test_parts_of_one_section_stand_in_the_documents_order(desk: Client, draft: Any) -> None:
    write(desk, draft, part_3="transition")
    assert said(draft, "transition") == [
        "<h3>Moving on</h3><p>Visits in June.</p><h3>Lunch menu</h3><p>Pasta on Mondays.</p>"
    ]


def test_introduction_and_something_else_take_words_too(desk: Client, draft: Any) -> None:
    before = draft.introduction
    write(desk, draft, part_0="introduction", part_3="additional")
    assert latest(draft).introduction == f"{before}<p>Dear families.</p>"
    others = [each for each in latest(draft).body.get_prep_value() if each["type"] == "additional"]
    assert [(each["value"]["heading"], each["value"]["body"]) for each in others][-1] == (
        "Lunch menu",
        "<p>Pasta on Mondays.</p>",
    )


def test_a_heading_that_the_section_has_itself_is_not_said_twice(desk: Client, draft: Any) -> None:
    data = make("# Starting, moving on, adult life", "Visits in June.")
    desk.post(address(draft), choices(upload(desk, draft, data)))
    assert said(draft, "transition") == ["<p>Visits in June.</p>"]


def test_a_section_that_is_not_in_the_draft_gets_its_place(desk: Client, draft: Any) -> None:
    raw = [each for each in draft.body.get_prep_value() if each["type"] != "transition"]
    draft.body = draft._meta.get_field("body").stream_block.to_python(raw)
    draft.save_revision()
    write(desk, draft)
    order = list(placing.ReportBlock.base_blocks)
    kinds = [order.index(each["type"]) for each in latest(draft).body.get_prep_value()]
    assert order.index("transition") in kinds
    assert kinds == sorted(kinds)


def test_what_has_no_room_in_a_section_stands_under_something_else(
    desk: Client, draft: Any
) -> None:
    lines = [" ".join(f"word{number}" for number in range(1_000)) for _row in range(10)]
    data = make(f"# {TRANSITION}", *lines)
    response = desk.post(address(draft), choices(upload(desk, draft, data)), follow=True)
    page = latest(draft)
    kept = [
        word
        for each in page.body.get_prep_value()
        if each["type"] in ("transition", "additional")
        for word in placing.clean_html(each["value"]["body"], "").text.split()
        if word.startswith("word")
    ]
    assert kept == [f"word{number}" for _row in range(10) for number in range(1_000)]
    assert told(response)[1] == (
        "There was not room for all in: Starting, moving on, adult life. The rest is under "
        "“Something else”."
    )


def test_the_draft_can_be_edited_and_published(desk: Client, report: Any) -> None:
    write(desk, report, part_0="introduction", part_3="additional")
    page = latest(report)
    edit = reverse("wagtailadmin_pages:edit", args=[report.pk])
    assert desk.get(edit).status_code == 200
    desk.post(edit, form_data(page, **PUBLISH))
    version = Version.objects.filter(document_key=report.document_key).latest("number")
    assert version.number == 2
    assert version.document().section("teaching").body.text.endswith(f"{TEACH}\nIn small steps.")


def test_what_a_hostile_document_says_is_only_text(desk: Client, draft: Any) -> None:
    data = make("# Moving on", "<script>alert(1)</script>", "# <img src=x onerror=y> teaching", "a")
    asked = upload(desk, draft, data)
    assert "<script>alert(1)" not in asked.content.decode()
    assert "<img src=x" not in asked.content.decode()
    desk.post(address(draft), choices(asked, part_1="transition"))
    assert said(draft, "transition") == [
        "<h3>Moving on</h3><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
        "<h3>&lt;img src=x onerror=y&gt; teaching</h3><p>a</p>"
    ]


# Meanwhile.


def test_a_draft_that_changed_meanwhile_loses_nothing(desk: Client, draft: Any) -> None:
    data = choices(upload(desk, draft), words_teaching="replace")
    content_now = factories.say(latest(draft), "teaching", "<p>A colleague’s.</p>")
    content_now.save_revision()
    response = desk.post(address(draft), data, follow=True)
    assert said(draft, "teaching") == [
        f"<p>A colleague’s.</p><h3>{TEACH}</h3><p>In small steps.</p>"
    ]
    assert told(response)[1] == (
        "Somebody changed the draft while you chose. Nothing of it was replaced: the new words "
        "stand below those that were there."
    )


def test_a_button_pressed_twice_adds_nothing_twice(desk: Client, draft: Any) -> None:
    data = choices(upload(desk, draft))
    desk.post(address(draft), data)
    before = Revision.objects.count()
    response = desk.post(address(draft), data, follow=True)
    assert told(response)[-1] == "These words are in your draft already."
    assert Revision.objects.count() == before


@pytest.mark.parametrize("carried", ["", "x", "e30:1abc:def"])
def test_words_that_we_did_not_sign_are_not_written(desk: Client, draft: Any, carried: str) -> None:
    before = Revision.objects.count()
    data = {**choices(upload(desk, draft)), "carried": carried}
    response = desk.post(address(draft), data, follow=True)
    assert told(response) == ["That took too long. Choose the document once more."]
    assert Revision.objects.count() == before


def test_words_for_one_page_are_not_written_into_another(
    desk: Client, home: Any, draft: Any
) -> None:
    other = factories.make_report(factories.make_school(home, "other"))
    before = Revision.objects.count()
    desk.post(address(other), choices(upload(desk, draft)))
    assert Revision.objects.count() == before


def test_words_that_another_user_uploaded_are_not_written(
    client: Client, admin: User, draft: Any
) -> None:
    client.force_login(admin)
    data = choices(upload(client, draft))
    client.force_login(editor_of(draft.get_parent()))
    before = Revision.objects.count()
    client.post(address(draft), data)
    assert Revision.objects.count() == before


def test_a_form_that_was_left_open_too_long_asks_again(
    desk: Client, draft: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = choices(upload(desk, draft))
    monkeypatch.setattr(word, "MAX_AGE", -1)
    response = desk.post(address(draft), data, follow=True)
    assert told(response) == ["That took too long. Choose the document once more."]


# Bad input. (What else is refused is in tests/word/test_package.py.)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty. Choose another one."),
        (
            b"Dear parents, ...",
            "This is not a Word document, whatever its name says. Open it in Word, save it as "
            "“Word Document (.docx)” and try again.",
        ),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
            "This is an old kind of Word document (.doc). Open it in Word, save it as “Word "
            "Document (.docx)” and try again.",
        ),
        (
            b"PK" + bytes(10 * 1024 * 1024),
            "The file is larger than 10 MB. Take its pictures out, save it and try again.",
        ),
    ],
)
def test_a_file_that_is_none_is_told_in_the_form(
    desk: Client, draft: Any, data: bytes, message: str
) -> None:
    response = upload(desk, draft, data)
    assert response.status_code == 200
    assert response.context["form"].errors == {"file": [message]}


def test_no_file_at_all_is_told(desk: Client, draft: Any) -> None:
    response = desk.post(address(draft), {})
    assert response.context["form"].errors == {"file": ["This field is required."]}


def test_more_words_than_a_form_may_carry_are_told(desk: Client, draft: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200
    response = upload(desk, draft)
    assert response.context["form"].errors == {
        "file": [
            "The document is too large to be read here. Copy the part that you need into a new "
            "Word document, save it and try again."
        ]
    }


# Who may, and where (P9).


def test_p9_another_schools_editor_is_turned_away(client: Client, home: Any, draft: Any) -> None:
    client.force_login(editor_of(factories.make_school(home, "other")))
    before = Revision.objects.count()
    for response in (client.get(address(draft)), upload(client, draft)):
        assert (response.status_code, response["Location"]) == (302, reverse("wagtailadmin_home"))
    assert Revision.objects.count() == before


def test_the_schools_own_editor_may(client: Client, draft: Any) -> None:
    client.force_login(editor_of(draft.get_parent()))
    response = write(client, draft)
    assert said(draft, "transition") == ["<h3>Moving on</h3><p>Visits in June.</p>"]
    assert response.status_code == 200


def test_who_is_not_logged_in_is_asked_to(client: Client, draft: Any) -> None:
    assert upload(client, draft)["Location"].startswith(reverse("wagtailadmin_login"))


def test_where_the_trusts_text_stands_alone_nothing_is_proposed(
    desk: Client, draft: Any, home: Any
) -> None:
    text = TrustText(place=home, locale=draft.locale, rule="locked", body="<p>As one.</p>")
    text.kind, text.section = "sen-information-report", "teaching"
    text.save()
    form = upload(desk, draft).context["form"]
    row = next(each for each in form.rows() if each["part"].heading == TEACH)
    taught = placing.targets()["teaching"]
    assert (row["theirs"], row["undecided"], row["has_words"]) == (taught, True, False)
    assert "teaching" not in form.names


def test_a_locked_page_is_left_alone(desk: Client, draft: Any) -> None:
    data = choices(upload(desk, draft))
    other = User.objects.create_superuser("locker", password="secret")
    SENInformationReportPage.objects.update(locked=True, locked_by=other, locked_at=timezone.now())
    before = Revision.objects.count()
    for response in (
        desk.get(address(draft), follow=True),
        desk.post(address(draft), data, follow=True),
    ):
        assert told(response)[0] == "The page is locked. Ask whoever locked it to unlock it."
    assert Revision.objects.count() == before


def test_only_a_report_can_be_filled_in(desk: Client, school: SchoolPage, home: Any) -> None:
    offer = factories.make_offer(school)
    for page in (school, offer, home):
        assert desk.get(address(page)).status_code == 404
    assert desk.get(reverse("senoffer_word", args=[99999])).status_code == 404


def test_the_button_stands_where_it_can_be_used(client: Client, draft: Any) -> None:
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    client.force_login(editor_of(draft.get_parent()))
    assert client.get(edit).content.decode().count(address(draft)) > 0
    school = reverse("wagtailadmin_pages:edit", args=[draft.get_parent().pk])
    assert client.get(school).content.decode().count("/senoffer/word/") == 0


def test_p11_queries_do_not_grow_with_the_parts(desk: Client, home: Any) -> None:
    def count(page: Any, data: bytes) -> int:
        asked = choices(upload(desk, page, data))
        with CaptureQueriesContext(connection) as queries:
            desk.post(address(page), asked)
        return len(queries)

    schools = [factories.make_school(home, slug) for slug in ("first", "second", "third")]
    pages = [factories.make_report(school, without="transition") for school in schools]
    one = make(f"# {TRANSITION}", "a")
    many = make(*(line for number in range(60) for line in (f"# Moving on {number}", "a")))
    count(pages[0], one)
    assert count(pages[1], many) == count(pages[2], one)
