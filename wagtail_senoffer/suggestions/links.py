"""Links: whether their words say where they lead, and whether they lead anywhere."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..completeness import Problem
from ..document import Document, Link
from .texts import Part, parts_of, suggestion

_VAGUE = frozenset(
    {
        *("here", "click", "click here", "click this", "click this link", "click on this link"),
        *("please click here", "press here", "tap here", "see here", "look here", "go here"),
        *("link", "this link", "the link", "this page", "this website", "this site", "website"),
        *("web page", "page", "more", "read more", "find out more", "learn more", "see more"),
        *("more info", "more information", "for more information", "further information"),
        *("details", "more details", "download", "view", "open", "this document", "document"),
        *("this", "pdf", "file", "attachment", "visit", "visit website", "visit site"),
    }
)
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Names that only a network of one's own knows.
_INNER_NAMES = (".local", ".internal", ".lan", ".localhost", ".intranet", ".home.arpa")
_SHOWN = 80


class Fault(StrEnum):
    """What is wrong with an address."""

    GONE = "gone"
    SILENT = "silent"
    MOVED = "moved"
    UNPUBLISHED = "unpublished"


_CODES = {
    Fault.GONE: "link-dead",
    Fault.SILENT: "link-dead",
    Fault.UNPUBLISHED: "link-unpublished",
    Fault.MOVED: "link-moved",
}
_MESSAGES = {
    Fault.GONE: gettext_lazy(
        "“%(text)s” in “%(title)s” leads to a page that is not there any more (%(url)s). "
        "Correct the link or take it out."
    ),
    Fault.SILENT: gettext_lazy(
        "“%(text)s” in “%(title)s” did not open when we tried it on different days "
        "(%(url)s). Open it yourself, and correct the link or take it out."
    ),
    Fault.MOVED: gettext_lazy(
        "“%(text)s” in “%(title)s” has moved to %(new)s. Link to that address."
    ),
    Fault.UNPUBLISHED: gettext_lazy(
        "“%(text)s” in “%(title)s” leads to a page of this website that is not published. "
        "Publish that page, or link to another one."
    ),
}


@dataclass(frozen=True)
class LinkFault:
    """What is wrong with an address; `leads_to` is where one that moved is now."""

    fault: Fault
    leads_to: str = ""


class _Links(HTMLParser):
    """Collects the links of clean HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Link] = []
        # Links whose page or document is gone lose their address as a Document is built.
        self.lost: list[str] = []
        self._url, self._text = "", [""]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link."""
        if tag == "a":
            self._url, self._text = dict(attrs).get("href") or "", []

    def handle_data(self, data: str) -> None:
        """Take the words of a link."""
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag != "a":
            return
        text = " ".join("".join(self._text).split())
        if self._url:
            self.found.append(Link(text=text, url=self._url))
        elif text:
            self.lost.append(text)


def _inside(part: Part) -> list[_Links]:
    """Return the links inside each text of a part."""
    return [_Links(words.html) for words in part.rich if "<a" in words.html]


def worded_links(part: Part) -> list[Link]:
    """Return the links of a part that have words of their own."""
    inner = [link for text in _inside(part) for link in text.found]
    return [*inner, *(part.section.links if part.section else ())]


def _web_links(part: Part) -> Iterator[Link]:
    """Yield every link of a part to the web; its documents are the website's own."""
    links = worded_links(part)
    if section := part.section:
        plan = section.accessibility_plan
        links += [Link(text=each.name, url=each.url) for each in section.contacts]
        for url in (section.local_offer_url, plan.url if plan else ""):
            links.append(Link(text=url, url=url))
    yield from (link for link in links if link.url.startswith(("http:", "https:")))


def addresses(document: Document) -> list[str]:
    """Return every address of the web that a Document links to, once."""
    links = (link for part in parts_of(document) for link in _web_links(part))
    return list(dict.fromkeys(link.url for link in links))


def vague_links(document: Document) -> Iterator[Problem]:
    """Yield links whose words don't say where they lead."""
    for part in parts_of(document):
        for text in dict.fromkeys(link.text for link in worded_links(part)):
            words = {"title": part.title, "text": _short(text)}
            if _ADDRESS.fullmatch(text):
                message = _(
                    "A link in “%(title)s” shows its address: “%(text)s”. Write what it leads "
                    "to, for example “Our admissions policy”."
                )
                yield suggestion("link-text-address", message % words, part.code)
            elif " ".join(_WORD.findall(text.casefold())) in _VAGUE:
                message = _(
                    "A link in “%(title)s” is called “%(text)s”, which says nothing by itself. "
                    "Write what it leads to, for example “Our admissions policy”."
                )
                yield suggestion("link-text-vague", message % words, part.code)


def faulty_links(document: Document, faults: Mapping[str, LinkFault]) -> Iterator[Problem]:
    """Yield links that lead nowhere, elsewhere, or only where the school's own network is."""
    for part in parts_of(document):
        for text in (lost for each in _inside(part) for lost in each.lost):
            yield lost_link(text, part.title, part.code)
        for url, text in {link.url: link.text for link in _web_links(part)}.items():
            words = {"title": part.title, "text": _short(text or url), "url": _short(url)}
            if fault := faults.get(url):
                words["new"] = _short(fault.leads_to)
                yield suggestion(
                    _CODES[fault.fault], str(_MESSAGES[fault.fault]) % words, part.code
                )
            elif _is_inner(url):
                message = _(
                    "“%(text)s” in “%(title)s” leads to %(url)s, which only works inside the "
                    "school. Link to a page that families can open, or take the link out."
                )
                yield suggestion("link-private", message % words, part.code)


def lost_link(text: str, title: str, section: str) -> Problem:
    """Return what to say of a link or a document of the website that was deleted."""
    message = _(
        "“%(text)s” in “%(title)s” leads to a page or a document of this website that was "
        "deleted, so readers don't see the link. Choose another one, or take the link out."
    )
    words = {"title": title, "text": _short(text)}
    return suggestion("link-lost", message % words, section)


def _is_inner(url: str) -> bool:
    """Say whether an address is one of a network of one's own, as far as its name tells."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_INNER_NAMES))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
