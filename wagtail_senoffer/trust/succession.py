"""Which page goes on as that of a school that followed another one, and what changes on it."""

from typing import Any

from django.utils.translation import gettext as _

from .drafts import draft_urn, former_urns
from .known import Known
from .links import Before, Doubt
from .plan import Refusal, School, why


def page_before(school: School, known: Known) -> Any:
    """Return the page of the school that one followed, or None if there is none.

    Raises Refusal for what is not certain enough to take a page: the trust has to decide.
    """
    found = [each for each in school.before if known.pages.get(each.urn)]
    if not found:
        return None
    if any(each.doubt for each in found) or (len(found) > 1 and not school.decided):
        raise Refusal(_question(found))
    pages = known.pages[found[0].urn]
    if len(pages) > 1:
        message = _("Two pages have the URN %(urn)s. Delete one, or correct its URN.")
        raise Refusal(message % {"urn": found[0].urn})
    return pages[0]


def _question(found: list[Before]) -> str:
    message = _(
        "Is this the school that had the URN %(urns)s? %(why)s Say in your table, in the "
        "column “Predecessor”, the URN whose page is to go on as this school's, or “new”."
    )
    reasons = (_reason(each) for each in found if each.doubt)
    urns = _(" or ").join(each.urn for each in found)
    return message % {"urns": urns, "why": next(reasons, _("Each of them has a page."))}


def _reason(before: Before) -> str:
    own = (before.urn,) if before.doubt is Doubt.MERGED else ()
    return why(before.doubt, (*own, *before.others))


def pages_left(school: School, known: Known, page: Any) -> list[str]:
    """Return what to do about other pages of schools that one followed."""
    message = _(
        "There is a page of %(urn)s, which this school followed. Take it down, and "
        "give the address of this school's page as what takes its place."
    )
    return [
        message % {"urn": each.urn}
        for each in school.before
        if each.doubt in (None, Doubt.MERGED)
        and any(other != page for other in known.pages.get(each.urn, ()))
    ]


def changes(school: School, page: Any) -> dict[str, Any]:
    """Return what changes in the draft of a page that goes on under another URN.

    Nothing where the page has that URN already. What the school followed is known, and no
    value that somebody might have edited: so nobody asks whose it is.
    """
    urn = draft_urn(page)
    before = [each.urn for each in school.before if each.doubt is None]
    if school.urn in (urn, page.urn) or urn not in before:
        return {}
    # The nearest come first; of a line, those from the page's own on are passed through.
    passed = before if school.decided else before[: before.index(urn) + 1]
    former = dict.fromkeys([*former_urns(page), *reversed(passed)])
    return {"urn": school.urn, "former_urns": ", ".join(former)}


def told(changed: dict[str, Any]) -> tuple[str, list[str]]:
    """Return in words that a page goes on, or "", and the names of what else changes."""
    if "former_urns" not in changed:
        return "", list(changed)
    message = _("Goes on under the URN %(urn)s; former ones: %(former)s.")
    words = {"urn": changed["urn"], "former": changed["former_urns"]}
    return message % words, [name for name in changed if name not in ("urn", "former_urns")]
