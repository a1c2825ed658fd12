"""What is refused before a document is opened, and that each refusal says what to do."""

import io
import struct
import zipfile

import docx
import pytest

from tests.word.documents import body, changed, make, saved
from wagtail_senoffer.word import NotReadable, package, read

TOO_LARGE = (
    "The document is too large to be read here. Copy the part that you need into a new Word "
    "document, save it and try again."
)
BROKEN = (
    "The document is damaged, or is not what Word writes. Open it in Word, save it again as "
    "“Word Document (.docx)” and try again."
)
NOT_WORD = (
    "This is not a Word document, whatever its name says. Open it in Word, save it as "
    "“Word Document (.docx)” and try again."
)
OLD = (
    "This is an old kind of Word document (.doc). Open it in Word, save it as "
    "“Word Document (.docx)” and try again."
)
LOCKED = (
    "The document is locked with a password. Open it in Word, take the password off, save it "
    "and try again."
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)
PARAGRAPH = "<w:p><w:r><w:t>Words.</w:t></w:r></w:p>"


def refusal(data: bytes) -> str:
    with pytest.raises(NotReadable) as caught:
        read(data)
    return caught.value.message


def zipped(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty. Choose another one."),
        (b"Dear parents, ...", NOT_WORD),
        (rb"{\rtf1 Words}", NOT_WORD),
        (
            b"%PDF-1.7 ...",
            "This is a PDF. Open it in Word, save it there as “Word Document (.docx)” and try "
            "again.",
        ),
        (OLE, OLD),
        (OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
        (zipped(photo=b"..."), NOT_WORD),
        (b"PK\x03\x04 and nothing more", BROKEN),
        (make("Words.")[:2000], BROKEN),
    ],
)
def test_another_kind_of_file_is_named(data: bytes, message: str) -> None:
    assert refusal(data) == message


def test_a_file_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "The file is larger than 10 MB. Take its pictures out, save it and try again."
    assert refusal(b"PK" + bytes(package.MAX_FILE_BYTES)) == message


def test_a_document_with_macros_is_refused() -> None:
    data = changed(make("Words."), "word/vbaProject.bin", b"...")
    assert refusal(data).startswith("This document has macros (small programs) in it")


@pytest.mark.parametrize("name", ["[Content_Types].xml", "word/document.xml"])
def test_a_zip_without_a_document_is_no_document(name: str) -> None:
    assert refusal(changed(make("Words."), name, None)) == NOT_WORD


def test_a_zip_entry_under_a_password_is_told() -> None:
    data = bytearray(make("Words."))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = data.find(signature)
        data[start + offset] |= 1
    assert refusal(bytes(data)) == LOCKED


def test_a_bomb_is_refused_by_its_ratio() -> None:
    data = changed(make("Words."), "word/styles.xml", b"<a>" + b" " * 15_000_000 + b"</a>")
    assert len(data) < 100_000
    assert refusal(data) == TOO_LARGE


def test_a_bomb_of_pictures_is_refused_by_what_it_says_itself() -> None:
    size = package.MAX_UNPACKED_BYTES + 1
    assert refusal(changed(make("Words."), "word/media/image1.bmp", bytes(size))) == TOO_LARGE


def test_a_header_that_lies_is_found_out() -> None:
    """It says that little is packed, and the ratio of what is there would be refused."""
    content = b"<a>" + b" " * 15_000_000 + b"</a>"
    data = bytearray(changed(make("Words."), "word/styles.xml", content))
    size = struct.pack("<I", len(content))
    assert data.count(size) == 2
    lying = bytes(data).replace(size, struct.pack("<I", 2_000))
    assert refusal(lying) == BROKEN


def test_many_files_of_modest_size_are_too_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_XML_BYTES", 30_000)
    assert refusal(make("Words.")) == TOO_LARGE


def test_too_many_entries_are_refused() -> None:
    names = {f"word/media/{number}": b"" for number in range(package.MAX_ENTRIES)}
    with zipfile.ZipFile(io.BytesIO(make("Words."))) as source:
        names |= {name: source.read(name) for name in source.namelist()}
    assert refusal(zipped(**names)) == TOO_LARGE


def test_only_the_two_ways_of_packing_that_word_uses_are_unpacked() -> None:
    data = changed(make("Words."), "word/extra.xml", b"<a/>", method=zipfile.ZIP_BZIP2)
    assert refusal(data) == BROKEN


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE w SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE w>",
    ],
)
def test_xml_that_declares_entities_is_refused(before: str) -> None:
    assert refusal(body(PARAGRAPH, before)) == BROKEN


def test_entities_are_refused_in_every_part_and_encoding() -> None:
    bomb = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    data = changed(make("Words."), "customXml/item1.xml", bomb.encode("utf-16"))
    assert refusal(data) == BROKEN


def test_xml_that_is_not_whole_is_refused() -> None:
    assert refusal(body(PARAGRAPH + "<w:p>")) == BROKEN


def test_deep_nesting_is_refused() -> None:
    depth = package.MAX_DEPTH
    assert refusal(body("<w:p>" * depth + "</w:p>" * depth)) == TOO_LARGE


def test_more_elements_than_a_report_has_are_refused() -> None:
    assert refusal(body("<w:p/>" * package.MAX_ELEMENTS)) == TOO_LARGE


def test_what_the_converter_stumbles_over_is_refused_in_words() -> None:
    assert refusal(
        body(
            "<w:p><w:hyperlink r:id='x' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><w:r><w:t>Words.</w:t></w:r></w:hyperlink></w:p>"
        )
    ) == (
        "The document has something in it that can’t be read here. Open it in Word, copy "
        "everything into a new document, save that and try again."
    )


def test_a_style_map_of_the_documents_own_is_not_asked() -> None:
    data = changed(make("# Heading", "Words."), "mammoth/style-map", b"p => script")
    assert [part.html for part in read(data)] == ["<p>Words.</p>"]


def test_a_picture_elsewhere_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("mammoth.docx.files.Files.open", lambda _self, uri: asked.append(uri))
    drawing = (
        "<w:p><w:r><w:t>Words.</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp='http://schemas."
        "openxmlformats.org/drawingml/2006/wordprocessingDrawing'><a:graphic xmlns:a='http://"
        "schemas.openxmlformats.org/drawingml/2006/main'><a:graphicData><pic:pic xmlns:pic='http:"
        "//schemas.openxmlformats.org/drawingml/2006/picture'><pic:blipFill><a:blip xmlns:r='http"
        "://schemas.openxmlformats.org/officeDocument/2006/relationships' r:link='rIdX'/>"
        "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    data = body(drawing)
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        rels = source.read("word/_rels/document.xml.rels")
    link = (
        b'<Relationship Id="rIdX" TargetMode="External" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/image" Target="file:///etc/passwd"/></Relationships>'
    )
    data = changed(data, "word/_rels/document.xml.rels", rels.replace(b"</Relationships>", link))
    assert [part.text for part in read(data)] == ["Words."]
    assert asked == []


def test_word_for_the_web_names_its_text_in_another_way() -> None:
    data = make("# Heading", "Words.")
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        text = source.read("word/document.xml")
        rels = source.read("_rels/.rels").replace(b"word/document.xml", b"word/document2.xml")
        more = source.read("word/_rels/document.xml.rels")
    for name, content in (
        ("word/document.xml", None),
        ("word/document2.xml", text),
        ("word/_rels/document2.xml.rels", more),
        ("_rels/.rels", rels),
    ):
        data = changed(data, name, content)
    assert [part.heading for part in read(data)] == ["Heading"]


def test_two_hundred_pages_are_read() -> None:
    document = docx.Document()
    words = [f"word{number}" for number in range(13)]
    for page in range(200):
        document.add_heading(f"Heading of page {page}", 2)
        for line in range(12):
            turned = words[line:] + words[:line]
            document.add_paragraph(f"On {page} and {line}: " + " ".join(turned * 4))
    parts = read(saved(document))
    assert [part.heading for part in parts] == [f"Heading of page {page}" for page in range(200)]
    assert sum(len(part.text.split()) for part in parts) == 200 * 12 * 56
