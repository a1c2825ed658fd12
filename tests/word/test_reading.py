"""Which lines are headings, what stays of the text, and that none of it is lost."""

import io
import re

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn

from tests.word.documents import body, changed, make, saved, table
from wagtail_senoffer.document import MAX_HTML_BYTES, MAX_HTML_TAGS
from wagtail_senoffer.word import NotReadable, Part, read
from wagtail_senoffer.word.headings import TITLE
from wagtail_senoffer.word.reading import MAX_PARTS

KINDS, FIND = "What kinds of need do you provide for?", "How do you find out?"


def headings(data: bytes) -> list[str]:
    return [part.heading for part in read(data)]


def words(parts: list[Part]) -> list[str]:
    """Return every word of some parts, headings too."""
    return " ".join(f"{part.heading} {part.text}" for part in parts).split()


# Headings.


@pytest.mark.parametrize("style", ["headings", "bold", "numbered", "caps", "plain"])
def test_a_heading_is_known_however_it_was_made(style: str) -> None:
    data = make(f"# {KINDS}", "Many kinds.", f"# {FIND}", "- By tests.", style=style)
    wanted = [KINDS, FIND]
    found = read(data)
    assert [part.heading for part in found] == (
        [each.upper() for each in wanted] if style == "caps" else wanted
    )
    assert [part.html for part in found] == ["<p>Many kinds.</p>", "<ul><li>By tests.</li></ul>"]


def test_a_table_of_two_columns_is_questions_and_answers() -> None:
    found = read(table((KINDS, "Many kinds."), (FIND, "By tests, and by asking.")))
    assert [(part.heading, part.text) for part in found] == [
        (KINDS, "Many kinds."),
        (FIND, "By tests, and by asking."),
    ]


def test_a_table_that_draws_a_box_is_what_stands_in_the_box() -> None:
    document = docx.Document()
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = KINDS
    document.add_paragraph("Many kinds.")
    assert [(part.heading, part.text) for part in read(saved(document))] == [(KINDS, "Many kinds.")]


def test_another_table_becomes_a_list() -> None:
    data = table(("Need", "All", "Some"), ("Speech", "Songs", "Small groups"))
    assert [part.html for part in read(data)] == [
        "<ul><li>Need – All – Some</li><li>Speech – Songs – Small groups</li></ul>"
    ]


def test_a_heading_that_word_numbers_is_a_list_of_one() -> None:
    document = docx.Document()
    document.add_paragraph(KINDS, style="List Number")
    document.add_paragraph("Many kinds.")
    document.add_paragraph(FIND, style="List Number")
    document.add_paragraph("By tests.")
    assert headings(saved(document)) == [KINDS, FIND]


def test_a_number_within_a_heading_stays() -> None:
    heading = "Kinds of need in Key Stage 2: what we provide for"
    assert headings(make(f"# {heading}", "Many kinds.")) == [heading]


def test_a_list_of_questions_is_no_row_of_headings() -> None:
    document = docx.Document()
    document.add_heading("Contents", 2)
    for each in (KINDS, FIND):
        document.add_paragraph(each, style="List Number")
    (part,) = read(saved(document))
    assert (part.heading, part.text) == ("Contents", f"{KINDS}\n{FIND}")


def test_a_table_of_contents_is_left_out() -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph(f"{KINDS} 3", style="toc 1")
    document.add_heading(KINDS, 2)
    document.add_paragraph("Many kinds.")
    assert [(part.heading, part.text) for part in read(saved(document))] == [(KINDS, "Many kinds.")]


@pytest.mark.parametrize(
    "line",
    [
        "Please ring the office if you want to look around the school before you apply for it.",
        "office@larkfield.example",
        "We have 12 pupils. Do you want to know more? Then ask us.",
        "3 teaching assistants",
        "1-to-1 help",
    ],
)
def test_a_line_of_text_is_no_heading(line: str) -> None:
    found = read(make(f"# {KINDS}", line, "More words."))
    assert [(part.heading, part.text) for part in found] == [(KINDS, f"{line}\nMore words.")]


def test_numbered_lines_one_after_the_other_are_a_list() -> None:
    found = read(make(f"# {KINDS}", "1. Speech", "2. Hearing", "3. Sight"))
    assert [part.heading for part in found] == [KINDS, "Sight"]
    assert words(found)[-5:] == ["1.", "Speech", "2.", "Hearing", "Sight"]


def test_a_document_all_in_bold_has_no_bold_headings() -> None:
    document = docx.Document()
    for line in ("Speech and language", "Hearing and sight", "We help with many kinds of need"):
        document.add_paragraph().add_run(line).bold = True
    assert headings(saved(document)) == [""]


def test_a_bold_beginning_of_a_line_is_no_heading() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("Speech:").bold = True
    paragraph.add_run(" songs and small groups")
    assert [(part.heading, part.html) for part in read(saved(document))] == [
        ("", "<p><b>Speech:</b> songs and small groups</p>")
    ]


def test_levels_begin_at_one_and_a_title_stands_above_them() -> None:
    found = read(make("# Title", "## One", "a", "### One a", "b", "## Two", "c", "## Three", "d"))
    assert [(part.heading, part.level) for part in found] == [
        ("Title", TITLE),
        ("One", 1),
        ("One a", 2),
        ("Two", 1),
        ("Three", 1),
    ]


def test_a_heading_style_on_running_text_makes_no_heading() -> None:
    long = "This is a sentence that goes on and on. " * 10
    found = read(make(f"# {KINDS}", f"# {long}"))
    assert [(part.heading, part.text) for part in found] == [(KINDS, long.strip())]


# The text.


def test_words_before_the_first_heading_are_a_part() -> None:
    found = read(make("Dear families.", f"# {KINDS}", "Many."))
    assert [(part.heading, part.text) for part in found] == [
        ("", "Dear families."),
        (KINDS, "Many."),
    ]


def test_bold_italics_and_lists_stay() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Some ")
    paragraph.add_run("bold").bold = True
    paragraph.add_run(" and ")
    paragraph.add_run("slanted").italic = True
    paragraph.add_run().add_break()
    paragraph.add_run("words.")
    document.add_paragraph("One", style="List Bullet")
    document.add_paragraph("Within", style="List Bullet 2")
    document.add_paragraph("Two", style="List Bullet")
    (part,) = read(saved(document))
    assert part.html.startswith("<p>Some <b>bold</b> and <i>slanted</i><br>words.</p><ul>")
    assert part.text == "Some bold and slanted\nwords.\nOne\nWithin\nTwo"


@pytest.mark.parametrize(
    ("address", "html"),
    [
        (
            "https://larkfield.example/a?b=1&c=2",
            '<a href="https://larkfield.example/a?b=1&amp;c=2">here</a>',
        ),
        ("mailto:senco@larkfield.example", '<a href="mailto:senco@larkfield.example">here</a>'),
        ("javascript:alert(1)", "here"),
        ("JaVaScRiPt:alert(1)", "here"),
        ("data:text/html,<script>alert(1)</script>", "here"),
        ("file:///C:/Users/senco/policy.docx", "here"),
        ("..\\policy.docx", "here"),
        ("http://[broken", "here"),
    ],
)
def test_only_links_that_lead_somewhere_safe_stay(address: str, html: str) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Read it ")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    key = document.part.relate_to(address, kind, is_external=True)
    link = paragraph._p.makeelement(qn("w:hyperlink"), {qn("r:id"): key})
    link.append(paragraph.add_run("here")._r)
    paragraph._p.append(link)
    assert [part.html for part in read(saved(document))] == [f"<p>Read it {html}</p>"]


def test_mark_up_that_was_typed_is_text() -> None:
    (part,) = read(make('<script>alert(1)</script> <a href="javascript:x">y</a> & <b>'))
    assert part.html == (
        '<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;a href="javascript:x"&gt;y&lt;/a&gt; '
        "&amp; &lt;b&gt;</p>"
    )


def test_deleted_words_of_a_tracked_change_are_gone_and_new_ones_there() -> None:
    data = body(
        '<w:p><w:del w:id="1" w:author="a"><w:r><w:delText>Old.</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>New.</w:t></w:r></w:ins></w:p>'
    )
    assert [part.text for part in read(data)] == ["New."]


def test_pictures_are_left_out_and_words_beside_them_stay() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Before ")
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d494844520000000100000001080600000"
        "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
    paragraph.add_run().add_picture(io.BytesIO(pixel))
    paragraph.add_run(" after.")
    assert [part.html for part in read(saved(document))] == ["<p>Before after.</p>"]


def test_footnotes_are_a_part_of_their_own() -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = (
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:id="5"><w:p><w:r>'
        "<w:t>Until July.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    data = body('<w:p><w:r><w:t>Words.</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r></w:p>')
    found = read(changed(data, "word/footnotes.xml", notes.encode()))
    assert [(part.heading, part.text) for part in found] == [
        ("", "Words.[1]"),
        ("Footnotes", "Until July. ↑"),
    ]


# Nothing is lost, and nothing is too long.


def test_a_document_without_words_is_refused() -> None:
    with pytest.raises(NotReadable) as caught:
        read(make("", " "))
    assert caught.value.message == (
        "There are no words in this document. If its pages are pictures, such as a scan, type "
        "the words into the page instead."
    )


def test_more_headings_than_anybody_places_are_refused() -> None:
    lines = [line for number in range(MAX_PARTS + 1) for line in (f"# Heading {number}", "a")]
    with pytest.raises(NotReadable) as caught:
        read(make(*lines))
    assert caught.value.message == (
        "The document has more than 400 headings. Split it, and try again."
    )


@pytest.mark.parametrize(
    "lines",
    [
        [f"Sentence {number} of a long text about what we do." for number in range(3_000)],
        [f"- Item {number}" for number in range(3_000)],
        [" ".join(f"word{number}" for number in range(20_000))],
        ["unbroken" * 10_000],
    ],
)
def test_a_text_that_is_too_long_for_an_answer_is_split_and_whole(lines: list[str]) -> None:
    found = read(make(f"# {KINDS}", *lines))
    assert len(found) > 1
    assert [part.heading for part in found[:2]] == [KINDS, f"{KINDS} (part 2)"]
    assert all(len(part.html.encode()) <= MAX_HTML_BYTES for part in found)
    assert all(part.html.count("<") <= MAX_HTML_TAGS for part in found)
    kept = "".join(re.sub(r"\s", "", part.text) for part in found)
    assert kept == "".join(re.sub(r"^- |\s", "", line) for line in lines)


def test_all_of_five_thousand_words_is_there_in_order() -> None:
    rows = [range(start, start + 50) for start in range(0, 5_000, 50)]
    lines = [" ".join(f"word{number}" for number in row) for row in rows]
    found = read(make(f"# {KINDS}", *lines))
    kept = [word for part in found for word in part.text.split()]
    assert kept == [f"word{number}" for number in range(5_000)]


def test_a_heading_as_long_as_a_text_is_kept_whole() -> None:
    long = " ".join(f"Word{number}" for number in range(60))
    found = read(table((long[:299], "The answer to that is a longer text. " * 20)))
    assert found[0].heading == long[:299]
