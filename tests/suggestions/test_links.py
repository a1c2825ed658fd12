"""Links: their words, and where they lead."""

import pytest

from tests.suggestions.helpers import found, linking, suggested
from tests.test_document import document, section
from wagtail_senoffer.document import AccessibilityPlan, Contact, File, Link, Words
from wagtail_senoffer.suggestions import Fault, LinkFault, addresses

URL = "https://council.example/policy"


@pytest.mark.parametrize(
    "text", ["here", "Click here", "click HERE!", "Read more", "this link", "More …", "<b>here</b>"]
)
def test_a_link_that_says_nothing_by_itself_is_suggested(text):
    (problem,) = suggested(linking(f'<p>For it <a href="{URL}">{text}</a>.</p>'))
    plain = text.replace("<b>", "").replace("</b>", "")
    assert (problem.code, problem.section) == ("link-text-vague", "teaching")
    assert problem.message == (
        f"A link in “Teaching” is called “{plain}”, which says nothing by itself. Write what it "
        "leads to, for example “Our admissions policy”."
    )


@pytest.mark.parametrize("text", [URL, "www.council.example", "HTTP://council.example/a?b=c"])
def test_a_link_that_shows_its_address_is_suggested(text):
    (problem,) = suggested(linking(f'<p><a href="{URL}">{text}</a></p>'))
    assert problem.code == "link-text-address"
    assert f"“{text}”" in problem.message


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="{URL}">Our admissions policy</a>',
        f'<a href="{URL}">What to do here</a>',
        f'<a href="{URL}">More about the Lark Room</a>',
        '<a href="mailto:senco@school.example">senco@school.example</a>',
        '<a href="tel:01632960101">01632 960101</a>',
        "here and click here and https://council.example",
        f'<a href="{URL}"></a>',
    ],
)
def test_a_link_with_good_words_is_left_alone(html):
    assert found(linking(f"<p>{html}</p>")) == []


def test_links_in_blocks_count_and_the_same_words_are_said_once():
    links = (Link(text="here", url=URL), Link(text="here", url=f"{URL}/2"))
    assert found(document(section("teaching", links=links))) == ["link-text-vague"]
    bare = Link(text=URL, url=URL)
    assert found(document(section("teaching", links=(bare,)))) == ["link-text-address"]


SAID = {
    Fault.GONE: (
        "link-dead",
        "“Policy” in “Teaching” leads to a page that is not there any more "
        f"({URL}). Correct the link or take it out.",
    ),
    Fault.SILENT: (
        "link-dead",
        "“Policy” in “Teaching” did not open when we tried it on different days "
        f"({URL}). Open it yourself, and correct the link or take it out.",
    ),
    Fault.MOVED: (
        "link-moved",
        "“Policy” in “Teaching” has moved to https://council.example/new. Link to that address.",
    ),
    Fault.UNPUBLISHED: (
        "link-unpublished",
        "“Policy” in “Teaching” leads to a page of this website that is not published. Publish "
        "that page, or link to another one.",
    ),
}


@pytest.mark.parametrize("fault", Fault)
def test_what_is_wrong_with_a_link_is_said_with_what_to_do(fault):
    faults = {URL: LinkFault(fault, "https://council.example/new")}
    about = linking(f'<p><a href="{URL}">Policy</a></p>')
    (problem,) = suggested(about, dead_links=faults)
    assert (problem.code, problem.message) == SAID[fault]


def test_every_place_of_an_address_is_known():
    def at(name):
        return f"https://council.example/{name}"

    plan = AccessibilityPlan(url=at("plan"), curriculum=Words(html=f'<a href="{at("aim")}">A</a>'))
    about = document(
        section("teaching", body=Words(html=f'<p><a href="{at("body")}">B</a></p>', text="B")),
        section("adapt", links=(Link(text="L", url=at("link")), Link(text="B", url=at("body")))),
        section("senco", contacts=(Contact(name="C", url=at("contact")),)),
        section("la_local_offer", local_offer_url=at("offer")),
        section("accessibility_plan", accessibility_plan=plan),
        section("dis_access", documents=(File(title="F", url=at("file.pdf")),)),
        section("progress", body=Words(html='<a href="mailto:a@b.example">M</a>', text="M")),
        introduction=Words(html=f'<a href="{at("first")}">I</a>', text="I"),
    )
    assert [url.rpartition("/")[2] for url in addresses(about)] == [
        *("first", "body", "link", "contact", "offer", "aim", "plan"),
    ]
    faults = {url: LinkFault(Fault.GONE) for url in addresses(about)}
    assert [problem.section for problem in suggested(about, dead_links=faults)] == [
        *("", "teaching", "adapt", "adapt", "senco", "la_local_offer"),
        *("accessibility_plan", "accessibility_plan"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        *("http://intranet/x", "http://10.0.0.5/a", "http://server.local/", "https://localhost/"),
        *("http://[::1]/", "http://files.school.internal/", "http://127.0.0.1:8000/"),
    ],
)
def test_an_address_inside_the_school_is_told_without_any_network(url):
    (problem,) = suggested(linking(f'<p><a href="{url}">Our policy</a></p>'))
    assert problem.code == "link-private"


@pytest.mark.parametrize("url", ["https://8.8.8.8/", "https://local.example/", URL])
def test_an_address_that_everybody_can_open_is_fine(url):
    assert found(linking(f'<p><a href="{url}">Our policy</a></p>')) == []


def test_a_link_whose_page_was_deleted_is_told():
    """A Document is built without its address, so readers see words that are no link."""
    (problem,) = suggested(linking("<p>See <a>our policy</a> and <a></a>.</p>"))
    assert problem.code == "link-lost"
    assert problem.message.startswith("“our policy” in “Teaching” leads to a page or a document")


def test_long_addresses_are_cut_in_messages():
    url = f"https://council.example/{'x' * 500}"
    about = linking(f'<p><a href="{url}">Policy</a></p>')
    (problem,) = suggested(about, dead_links={url: LinkFault(Fault.GONE)})
    assert len(problem.message) < 300
