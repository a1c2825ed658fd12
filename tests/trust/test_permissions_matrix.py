"""Who may see and do what, over every address of the site (P9).

The rule: a school's published title and text are public at public addresses and in the feed.
In the admin, even its name is shown only to who may edit it, and in the app's own reports to who
may read how it stands. Drafts and notes are shown nowhere else. Whoever has the right that an
address of a school asks for gets there, nobody else does, and nobody changes another's school.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from functools import partialmethod
from typing import Any

import wagtail
from django.db import transaction
from django.test import Client, TestCase
from wagtail.models import Page, PageViewRestriction, Revision, TaskState, WorkflowState

from tests.trust import world
from tests.trust.matrix import Address, addresses
from wagtail_senoffer.models import DocumentHead, SchoolPage, TrustText

HOST = {"host": "school.example"}
# The schools at which a role tries its luck: one of its own, then another's.
TRIES = {
    "anonymous": ("ash",),
    "editor_a": ("ash", "beech"),
    "moderator_a": ("ash", "beech"),
    "editor_b": ("beech", "ash"),
    "trust_editor": ("ash", "cedar"),
    "trust_reader": ("ash", "cedar"),
    "la_reader": ("ash", "beech"),
    "admin": ("cedar",),
}
# What is of no school in particular looks the same to these as to others, or is all theirs.
ONLY_AT_SCHOOLS = ("moderator_a", "editor_b", "admin")
# Where who reads how schools stand sees them, besides those who edit them: all, or the one.
READING_ALL = ("senoffer_drift", "senoffer_differences", "senoffer_schools")
READING = (*READING_ALL, "senoffer_school")
# What an address that leads to a school asks of who comes there; where it is not named, to edit.
NEEDS = {
    "add": """wagtailadmin_pages:add wagtailadmin_pages:preview_on_add
        wagtailadmin_pages:add_subpage""",
    "add publish": "",
    "publish": """wagtailadmin_pages:delete wagtailadmin_pages:unpublish wagtailadmin_pages:move
        wagtailadmin_pages:move_confirm wagtailadmin_pages:set_privacy
        wagtailadmin_pages:revisions_unschedule wagtailadmin_api:pages:action
        senoffer_publish senoffer_assure senoffer_withdraw
        wagtailapi_v3:pages_actions_publish wagtailapi_v3:pages_actions_unpublish
        wagtailapi_v3:delete_page wagtailapi_v3:pages_actions_delete""",
    "approve": """wagtailadmin_pages:workflow_action wagtailadmin_pages:workflow_preview
        wagtailadmin_pages:collect_workflow_action_data""",
    "texts": "wagtailsnippets_wagtail_senoffer_trusttext",
    "admin": """wagtailsettings
        wagtailadmin_pages:lock wagtailadmin_pages:unlock wagtailadmin_workflows
        wagtailsites wagtailusers_users wagtailusers_groups wagtail_localize
        wagtailapi_v3:detail_site wagtailapi_v3:update_site wagtailapi_v3:delete_site
        wagtailapi_v3:pages_actions_copy_for_translation
        wagtailsnippets_wagtail_senoffer_councilcontacts
        wagtailsnippetchoosers_wagtail_senoffer_trusttext
        senoffer_approval senoffer_redact senoffer_republishing senoffer_resume""",
}
# Who puts pages in order has to have the right to add some as well, since Wagtail 8.
NEEDS["add publish" if wagtail.VERSION >= (8, 0) else "publish"] += (
    " wagtailadmin_pages:set_page_position"
)
# Where nobody gets, or where it says nothing of rights who does.
ANYBODY = {
    "wagtailadmin_pages:revisions_index": "leads on to the history",
    "wagtailadmin_pages:convert_alias": "no document is an alias",
    "wagtail_localize:convert_to_alias": "no document is an alias",
    "wagtail_localize:submit_snippet_translation": "trust texts are not translated there",
    "wagtail_localize:machine_translate": "no translator is set up",
    "wagtail_localize:stop_translation": "says so by a message, and leads home",
    "wagtail_localize:edit_string_translation": "takes neither GET nor POST",
    "wagtail_localize:edit_override": "takes neither GET nor POST",
    "senoffer_override": "is switched off",
    "wagtailsettings:preview_on_edit": "settings have no preview",
    "wagtailadmin_explore": "leads to the user's own pages",
    "wagtailadmin_explore_results": "leads to the user's own pages",
    "wagtailapi_v3:detail_page": "what is public is for everyone",
    "wagtailapi_v3:update_site": "looks at what is sent before it asks who sends it",
    "wagtailapi_v3:pages_actions_convert_alias": "no document is an alias",
    "wagtailapi_v3:pages_actions_create_alias": "a document may stand nowhere else",
    "wagtailapi_v3:pages_actions_copy": "a document may stand nowhere else",
    "wagtailapi_v3:pages_actions_move": "a document may stand nowhere else",
    **{
        f"wagtailapi_v3:{name}": "trust texts are not in that API"
        for name in (
            *("detail_snippet", "update_snippet", "delete_snippet"),
            *("list_snippet_revisions", "detail_snippet_revision"),
            *(f"snippets_actions_{each}" for each in ("delete", "publish", "unpublish", "revert")),
            "snippets_actions_copy_for_translation",
        )
    },
    "wagtailsnippetchoosers_wagtail_senoffer_councilcontacts:chosen": "councils are no schools",
}
# What Wagtail itself shows, and gives no hook to mend: to whom, and what.
KNOWN = {
    # Its form offers all groups, and theirs have the names of schools.
    "wagtailadmin_pages:set_privacy": ("moderator_a", "trust_editor"),
}


def need(address: Address) -> set[str]:
    """Return the rights at a school that its address asks for."""
    for rights, names in NEEDS.items():
        if {address.label, address.namespace} & set(names.split()):
            return set(rights.split())
    return {"edit"}


class TestEveryAddress(TestCase):
    """A test for each role."""

    world: world.World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = world.make()
        cls.ids = [pk for each in cls.world.arguments.values() for pk in each["ids"]]
        # An address with a parameter that nobody has thought of ends it here.
        cls.paths = [
            (each, {slug: each.path(values) for slug, values in cls.world.arguments.items()})
            for each in addresses()
            if not each.is_exempt
        ]

    def check(self, role: str) -> None:
        self.rights, self.reads = self.world.rights[role], self.world.reads[role]
        self.client, self.headers = self.client_of(role)
        self.before = rows()
        found = [wrong for each in self.paths for wrong in self.visit(*each, role)]
        known = [f"{label} shows" for label, roles in KNOWN.items() if role in roles]
        told = [wrong for wrong in found if not wrong.startswith(tuple(known))]
        assert (told, rows() == self.before) == ([], True)
        assert {f"{wrong.partition(' shows')[0]} shows" for wrong in found} == set(known)

    def client_of(self, role: str) -> tuple[Client, dict[str, str]]:
        # Wagtail's own forms fail at an empty POST.
        client, user = Client(raise_request_exception=False), self.world.users[role]
        if user is None:
            return client, HOST
        client.force_login(user)
        if wagtail.VERSION < (8, 0):
            return client, HOST
        from wagtail.models import APIToken

        token = APIToken.create_token(user=user, name="matrix")[1]
        return client, {**HOST, "authorization": f"Bearer {token}"}

    def visit(self, address: Address, paths: dict[str, str], role: str) -> Iterator[str]:
        """Yield what is wrong with what a role sees and does at an address."""
        if len(set(paths.values())) > 1:
            for slug in TRIES[role]:
                yield from self.visit_school(address, slug, paths[slug])
        elif role not in ONLY_AT_SCHOOLS:
            path = paths[TRIES[role][0]]
            yield from self.wrong(address, path, self.get(address, path))
            yield from self.too_much(address, path, self.post(address, path))

    def visit_school(self, address: Address, slug: str, path: str) -> Iterator[str]:
        get, rights = self.get(address, path), self.rights.get(slug, set())
        yield from self.wrong(address, path, get)
        # What comes of a form of one's own school is for other tests.
        is_written = get.status_code == 405 or method_of(address) != "post"
        post = self.post(address, path, slug) if is_written or not rights else get
        yield from self.too_much(address, path, post)
        if re.match("/(admin|api)/", path) and address.label not in ANYBODY:
            may = slug in self.reads if address.label in READING else need(address) <= rights
            if reached(post if is_written else get) is not may:
                yield f"{address.label} {'closed' if may else 'open'} at {slug}"

    def wrong(self, address: Address, path: str, get: Any) -> Iterator[str]:
        yield from self.too_much(address, path, get)
        if address.exports and get.status_code == 200:
            for kind in ("csv", "xlsx"):
                yield from self.too_much(address, path, self.get(address, path, export=kind))
        elif get.status_code == 200 and is_searched(address):
            yield from self.too_much(address, path, self.get(address, path, q=world.WORD))

    def too_much(self, address: Address, path: str, response: Any) -> Iterator[str]:
        words = world.NAMES if path.startswith("/admin/") else world.DRAFTS
        text = body(response)
        shown = {slug for slug, word in words.items() if word in text}
        label = address.label.removesuffix("_results")
        reading = label in READING
        allowed = self.reads if reading else set(self.rights)
        if shown - allowed:
            yield f"{address.label} shows {sorted(shown - allowed)}"
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        is_whole = label in READING_ALL and is_page and response.status_code == 200
        if is_whole and allowed - shown:
            yield f"{address.label} lacks {sorted(allowed - shown)}"

    def get(self, address: Address, path: str, **query: Any) -> Any:
        asked = {"id": self.ids, **query} if address.fixed else query
        return self.client.get(path, asked, headers=self.headers)

    def post(self, address: Address, path: str, slug: str = "cedar") -> Any:
        """Return what a POST (or what the API takes) would answer; nothing of it stays."""
        own = self.world.arguments[slug]
        if path.startswith("/api/"):
            method = method_of(address)
            sent = {"destination_id": own["destination_id"], "locale": "pl", "title": "New"}
            sent |= {"revision_id": own["revision_id"], "recursive": False}
            kwargs = {"data": json.dumps(sent), "content_type": "application/json"}
        else:
            method, kwargs = "post", {"data": {"page": self.ids, "confirmed": "1"}}
            kwargs["query_params"] = {"id": self.ids} if address.fixed else {}
        if not self.rights:
            # Whatever they changed would be seen in the end.
            return getattr(self.client, method)(path, headers=self.headers, **kwargs)
        with transaction.atomic():
            response = getattr(self.client, method)(path, headers=self.headers, **kwargs)
            after = self.before if response.status_code == 405 else rows()
            transaction.set_rollback(True)
        changed = {slug for slug, before in self.before.items() if after.get(slug) != before}
        assert changed <= set(self.rights), f"{address.label} changed {changed}"
        return response


for each in world.ROLES:
    setattr(TestEveryAddress, f"test_p9_{each}", partialmethod(TestEveryAddress.check, each))


def method_of(address: Address) -> str:
    """Return how an address is written to: the API has a method for each thing to be done."""
    if address.namespace != "wagtailapi_v3":
        return "post"
    verb = address.name.removeprefix("pages_actions_").partition("_")[0]
    return {"update": "patch", "delete": "delete"}.get(verb, "post")


def is_searched(address: Address) -> bool:
    """Say whether an address shows what somebody searches for."""
    return bool(re.search("search|choose|listing|index", address.name))


def reached(response: Any) -> bool:
    """Say whether an answer is of somebody who got somewhere."""
    home = re.fullmatch(r"/admin/(login/.*)?", response.headers.get("Location", ""))
    return not home and response.status_code not in (401, 403, 404)


def body(response: Any) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            raw = b"".join(map(book.read, book.namelist()))
    return raw.decode(errors="replace")


def rows() -> dict[str, list[Any]]:
    """Return, by school, what must not change while others are about: a few queries."""
    pages = {str(row["id"]): row for row in Page.objects.filter(depth__gt=2).values()}
    tops = {row["path"]: row["slug"] for row in pages.values() if row["slug"] in world.NAMES}
    school = {
        pk: slug
        for pk, row in pages.items()
        for path, slug in tops.items()
        if row["path"].startswith(path)
    }
    found = {slug: [pages[pk] for pk in school if school[pk] == slug] for slug in world.NAMES}
    for model, key, *fields in (
        (Revision, "object_id", "pk"),
        (WorkflowState, "object_id", "pk", "status"),
        (TaskState, "workflow_state__object_id", "pk", "status"),
        (TrustText, "place", "pk", "live", "latest_revision"),
        (PageViewRestriction, "page", "pk"),
    ):
        for pk, *values in model.objects.order_by("pk").values_list(key, *fields):
            found.get(school.get(str(pk), ""), []).append((model, values))
    slugs = dict(SchoolPage.objects.values_list("document_key", "slug"))
    for key, *values in DocumentHead.objects.values_list("school_key", "latest", "assured_at"):
        found[slugs[key]].append(values)
    return found
