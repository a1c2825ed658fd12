"""Works out what the feed should say, from Versions and pages, by other means than the feed."""

import json
from collections import Counter
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps
from wagtail.models import PageViewRestriction, Site

from wagtail_senoffer.feed.taxonomies import NAMESPACE
from wagtail_senoffer.models import DocumentMixin, Version
from wagtail_senoffer.models.feed import Change, FeedHead, Listing

REGISTER = (
    "https://www.get-information-schools.service.gov.uk/Establishments/Establishment/Details/"
)
# Site, kind, id, language: what of the item its row has to say.
Expected = dict[tuple[int, str, UUID, str], dict[str, Any]]


def school_id(urn: str) -> UUID:
    """Return the id of the school that has a URN."""
    return uuid5(NAMESPACE_URL, REGISTER + urn)


def live_rows() -> Expected:
    """Return what the live rows should be."""
    found: Expected = {}
    by_school: dict[str, dict[str, Any]] = {}
    for page, version in _public():
        url, text = page.full_url, json.loads(version.text.text)
        key = (page.get_site().pk, "document", page.document_key, page.language)
        found[key] = {"url": url, "version": version.number, "sha256": version.text_id}
        if page.language == "en":
            own = by_school.setdefault(text["school"]["key"], {})
            own[text["kind"]] = {"url": url, "number": version.number, "text": text}
            own["site"] = page.get_site().pk
    for own in by_school.values():
        found |= _of_school(own) if "school" in own else {}
    return found


def _public() -> list[tuple[Any, Version]]:
    """Return the pages that everyone can read, each with the Version that is offered."""
    Site.clear_site_root_paths_cache()
    found = []
    for model in apps.get_models():
        for page in model._default_manager.all() if issubclass(model, DocumentMixin) else ():
            versions = Version.objects.filter(document_key=page.document_key, locale=page.language)
            newest = versions.order_by("-number").select_related("text").first()
            offered = newest and not hasattr(newest, "withdrawal")
            if offered and page.get_site() and _can_be_read(page):
                found.append((page, newest))
    return found


def _can_be_read(page: Any) -> bool:
    way = page.get_ancestors(inclusive=True)
    private = PageViewRestriction.objects.filter(page__in=way)
    return not way.filter(live=False).exists() and not private.exists()


def _of_school(own: dict[str, Any]) -> Expected:
    school, site = own["school"]["text"]["school"], own["site"]
    key = school_id(school["urn"])
    trust = school.get("trust_name")
    found: Expected = {(site, "organization", key, ""): {"name": school["name"]}}
    if trust:
        trust_key = uuid5(NAMESPACE, f"trust:{trust.lower()}")
        found[0, "organization", trust_key, ""] = {"name": trust}
    report, offer = own.get("sen-information-report"), own.get("school-offer")
    if not (report or offer):
        return found
    main = report or offer
    services = {uuid5(key, "service"): f"SEN support at {school['name']}"}
    for name in _listed(report):
        services[uuid5(key, f"provision:{name.lower()}:1")] = f"{name} at {school['name']}"
    for each, name in services.items():
        found[site, "service", each, ""] = {"name": name, "url": main["url"], "status": "active"}
    for what in ["service", *(f"provision:{name.lower()}:1" for name in _listed(report))]:
        found[site, "service_at_location", uuid5(key, f"{what}:at-location"), ""] = {
            "service_id": str(uuid5(key, what))
        }
    return found


def _listed(report: Any) -> list[str]:
    sections = report["text"].get("sections", []) if report else []
    lines = (line for section in sections for line in section.get("provisions", []))
    return [line["name"] for line in lines if line.get("listed")]


def said(row: Change, names: Any) -> dict[str, Any]:
    """Return what a row says of some members."""
    summary = json.loads(row.summary)
    return {name: summary.get(name) for name in names}


def key_of(row: Change) -> tuple[int, str, UUID, str]:
    """Return what makes a row the only one of its kind."""
    return row.site_pk, row.kind, row.item_id, row.locale


def assert_feed_is_right() -> None:
    """Assert that live rows, bodies, numbers and lists are what they should be."""
    expected = live_rows()
    rows = list(Change.objects.all())
    live = {key_of(row): row for row in rows if row.state == "active"}
    assert {key: said(row, expected.get(key, ())) for key, row in live.items()} == expected
    for row in rows:
        assert row.number is not None
        assert not row.pending
        assert bool(row.body) == (row.state == "active")
        if row.state == "active" and row.kind == "document":
            _assert_document(row)
    assert len({row.number for row in rows}) == len(rows)
    assert FeedHead.objects.get().number == max(row.number for row in rows)
    assert FeedHead.objects.get().modified == max(row.modified for row in rows)
    by_number = sorted(rows, key=lambda row: row.number)
    assert [row.modified for row in by_number] == sorted({row.modified for row in rows})
    _assert_once_everywhere(rows)
    assert_lists_are_dense(live)


def _assert_document(row: Change) -> None:
    body = json.loads(row.body)
    version = Version.objects.get(
        document_key=row.item_id, locale=row.locale, number=body["version"]
    )
    assert body["document"] == json.loads(version.text.text)
    assert body["chain"]["record_hash"] == version.record_hash


def _assert_once_everywhere(rows: list[Change]) -> None:
    """Assert that one row at most speaks for an item over all Sites."""
    items = Counter(key_of(row)[1:] for row in rows if row.state != "moved")
    assert [item for item, count in items.items() if count > 1] == []


def assert_lists_are_dense(live: dict[Any, Change]) -> None:
    """Assert that each list holds exactly what is on offer, at 1 to n."""
    schools = [row for row in live.values() if row.kind == "organization" and row.site_pk]
    wanted: dict[tuple[int, str], set[int]] = {}
    for row in live.values():
        scopes = {0, row.site_pk} | {x.site_pk for x in schools if x.organization_id == row.item_id}
        for scope in scopes:
            wanted.setdefault((scope, row.kind), set()).add(row.pk)
    found: dict[tuple[int, str], set[int]] = {}
    for place in Listing.objects.all():
        found.setdefault((place.scope, place.kind), set()).add(place.change_id)
    assert found == wanted
    for (scope, kind), members in wanted.items():
        places = Listing.objects.filter(scope=scope, kind=kind).order_by("position")
        assert list(places.values_list("position", flat=True)) == list(range(1, len(members) + 1))


def snapshot() -> dict[Any, tuple[Any, ...]]:
    """Return number and words of each row, and what it is found by."""
    names = ("number", "state", "summary", "body", "words", "terms")
    return {
        key_of(row): tuple(getattr(row, name) for name in names) for row in Change.objects.all()
    }


def changed_since(before: dict[Any, tuple[Any, ...]]) -> set[tuple[str, str]]:
    """Return kind and state of what changed; assert that just that has new numbers."""
    newest = max((number for number, *_words in before.values()), default=0)
    after = snapshot()
    assert set(before) <= set(after)
    for key, (number, *words) in after.items():
        same = key in before and list(before[key][1:]) == words
        assert (number == before[key][0]) if same else (number > newest), key
    return {
        (key[1], after[key][1]) for key in after if key not in before or before[key] != after[key]
    }
