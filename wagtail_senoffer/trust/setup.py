"""What setting one school up takes: a list of steps, which can be shown or done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Site

from .. import publishing
from ..models.pages import (
    InclusionStrategyPage,
    SchoolOfferPage,
    SchoolPage,
    SENInformationReportPage,
)
from ..models.reports import current_academic_year
from ..models.rollout import RegisterEntry, Role, RolledOutSchool
from ..models.settings import starting_question_set
from ..rulesets import Kind
from ..vocabularies import Mode, duty_of
from . import people, succession
from .drafts import draft_urn, draft_values, former_urns, label_of, shown, write
from .known import Known
from .plan import Refusal, School


@dataclass(frozen=True)
class Step:
    """One thing that changes: what to say of it, and what does it."""

    told: str
    do: Callable[[], None]


class Setup:
    """The steps that bring one school to what the plan and the register say.

    `kept` says what the school edited, or somebody else, and stays as it is. Nothing is
    written before a step is done. Raises Refusal for a school that can't be set up here.
    """

    def __init__(
        self, school: School, known: Known, below: Any, user: Any = None, *, publish: bool = False
    ) -> None:
        self.school, self.known, self.below, self.user = school, known, below, user
        self.publish = publish
        self.kept: list[str] = list(school.notes)
        self.page = self._find()
        self.kept += succession.pages_left(school, known, self.page)
        self.is_new = self.page is None
        memory = known.memories.get(self.page.pk) if self.page else None
        self.memory = memory or RolledOutSchool()
        self.written, self.done = dict(self.memory.written), dict(self.memory.done)
        self.values = self._usable()

    def _find(self) -> Any:
        pages = self.known.pages.get(self.school.urn, [])
        if len(pages) > 1:
            message = _("Two pages have the URN %(urn)s. Delete one, or correct its URN.")
            raise Refusal(message % {"urn": self.school.urn})
        page = pages[0] if pages else succession.page_before(self.school, self.known)
        if page is None:
            return None
        if draft_urn(page) != self.school.urn and self.school.urn in former_urns(page):
            message = _("Its page has gone on under the URN %(urn)s. Name that one.")
            raise Refusal(message % {"urn": draft_urn(page)})
        if not page.is_child_of(self.below):
            message = _("A page with the URN %(urn)s stands elsewhere, on another site perhaps.")
            raise Refusal(message % {"urn": page.urn})
        if self.user and not page.permissions_for_user(self.user).can_edit():
            raise Refusal(_("You may not edit the page of this school."))
        return page

    def _usable(self) -> dict[str, Any]:
        """Return the register's values without those that no page can have."""
        values = {}
        for name, value in self.school.values.items():
            try:
                values[name] = SchoolPage._meta.get_field(name).clean(value, None)
            except ValidationError as error:
                words = {"field": name, "value": value, "reason": " ".join(error.messages)}
                self.kept.append(_("%(field)s “%(value)s” was left out: %(reason)s") % words)
        return values

    def steps(self) -> list[Step]:
        """Return what changes, in order; nothing for a school that is as it should be."""
        return [
            *(self._new_page() if self.page is None else self._changes()),
            *self._documents(),
            *self._people(),
            *self._workflow(),
            *self._site(),
            *self._publication(),
        ]

    def remember(self) -> None:
        """Write down what was written, if that is news."""
        known = self.known.entries.get(self.school.urn) or RegisterEntry(urn=self.school.urn)
        if known.pk is None or known.values != self.school.values:
            known.values, known.read_at = self.school.values, timezone.now()
            known.save()
        if (self.written, self.done) != (self.memory.written, self.memory.done):
            self.memory.page_id = self.page.pk
            self.memory.written, self.memory.done = self.written, self.done
            self.memory.save()

    # --- the school's own page

    def _new_page(self) -> Iterator[Step]:
        slug = self.school.slug
        if slug in self.known.slugs and not self.school.named:
            slug = f"{slug}-{self.school.urn}"
        if slug in self.known.slugs:
            message = _("Another page has the address “%(slug)s” already. Choose another slug.")
            raise Refusal(message % {"slug": slug})

        def do() -> None:
            page = SchoolPage(**self.values, slug=slug, live=False, owner=self.user)
            self.below.add_child(instance=page)
            page.save_revision(user=self.user, log_action=True, clean=False)
            self.page = page
            self.written = dict(self.values)

        yield Step(_("New page at “%(slug)s”") % {"slug": slug}, do)

    def _changes(self) -> Iterator[Step]:
        draft = draft_values(self.page, self.values)
        changed = succession.changes(self.school, self.page)
        draft |= changed
        for name, value in self.values.items():
            if draft[name] == value:
                self.written[name] = value
            elif self._is_ours(name, draft[name]):
                changed[name] = value
            else:
                words = {"field": label_of(name), "page": shown(name, draft[name])}
                words["register"] = shown(name, value) or _("nothing")
                self.kept.append(
                    _("%(field)s stays “%(page)s”; the register says “%(register)s”.") % words
                )
        if self.school.named and self.page.slug != self.school.slug:
            words = {"slug": self.page.slug}
            self.kept.append(_("Stays at “%(slug)s”. Change the slug on its page.") % words)
        if changed and (reason := self._held()):
            self.kept.append(reason)
        elif changed:
            if "former_urns" in changed and self.page.live:
                self.kept.append(_("Publish its page, so that the public knows the new URN."))
            yield Step(_told(changed), lambda: self._write(changed))

    def _is_ours(self, name: str, value: Any) -> bool:
        """Say whether a value is what the roll-out wrote, or what nobody wrote."""
        if name in self.written:
            return bool(self.written[name] == value)
        return bool(value == SchoolPage._meta.get_field(name).get_default() or not value)

    def _write(self, changed: dict[str, Any]) -> None:
        write(self.page, changed, self.user)
        self.written |= changed

    def _held(self) -> str:
        """Return why the page's draft is not to be written to now, or ""."""
        if self.page.locked:
            return _("The page is locked, so the register's news was not written.")
        if self.page.pk in self.known.waiting:
            return _("The page waits for approval, so the register's news was not written.")
        return ""

    # --- the pages below it

    def _documents(self) -> Iterator[Step]:
        there = self.known.kinds.get(self.page.pk, set()) if self.page else set()
        made = set(self.done.get("pages", ()))
        wanted = [model for model in self._models() if str(model.kind) not in there]
        for model in wanted:
            title = model._meta.verbose_name
            if str(model.kind) in made:
                self.kept.append(_("%(page)s was deleted, and stays so.") % {"page": title})
                continue
            yield Step(_("Draft: %(page)s") % {"page": title}, self._adds(model))

    def _models(self) -> list[Any]:
        mode, _duty = duty_of(self.values.get("school_type", "")) or (None, None)
        strategy = [InclusionStrategyPage] if mode is Mode.MAINSTREAM else []
        return [SENInformationReportPage, SchoolOfferPage, *strategy]

    def _adds(self, model: Any) -> Callable[[], None]:
        def do() -> None:
            title = str(model._meta.verbose_name)
            title = title[:1].upper() + title[1:]
            page = model(title=title, slug=slugify(title), live=False, owner=self.user)
            page.academic_year = current_academic_year()
            if model.kind is Kind.OFFER:
                page.question_set = starting_question_set(self.page)
            block = model._meta.get_field("body").stream_block
            page.body = block.to_python(page.starting_sections(self.page))
            self.page.add_child(instance=page)
            page.save_revision(user=self.user, log_action=True, clean=False)
            self.done["pages"] = sorted({*self.done.get("pages", ()), str(model.kind)})

        return do

    # --- whose it is

    def _people(self) -> Iterator[Step]:
        for role, told, emails in (
            (Role.EDITORS, _("Group of its editors"), self.school.editors),
            (Role.MODERATORS, _("Group of those who publish"), self.school.moderators),
        ):
            if not (self.page and (self.page.pk, role) in self.known.groups):
                yield Step(told, self._makes_group(role))
            before = self.done.get(role.value, [])
            for email in emails:
                if email not in before:
                    yield from self._lets_in(role, email)
            for email in before:
                # A plan that names nobody, or has no such column, says nothing of people.
                if emails and email not in emails:
                    told = _("%(email)s is no longer one of them: %(role)s")
                    words = {"email": email, "role": role.label}
                    yield Step(told % words, self._lets_out(role, email))

    def _group(self, role: Role) -> Any:
        return self.known.groups[self.page.pk, role]

    def _makes_group(self, role: Role) -> Callable[[], None]:
        names = {
            Role.EDITORS: _("%(school)s editors"),
            Role.MODERATORS: _("%(school)s moderators"),
        }

        def do() -> None:
            name = names[role] % {"school": self.page.title}
            self.known.groups[self.page.pk, role] = people.make_group(self.page, role, name)

        return do

    def _lets_in(self, role: Role, email: str) -> Iterator[Step]:
        found = self.known.users.get(email, [])
        if len(found) > 1 or any(not user.is_active for user in found):
            message = _("%(email)s has no sign-in that can be used: it is switched off, or double.")
            self.kept.append(message % {"email": email})
            return

        def do() -> None:
            if not self.known.users.get(email):
                self.known.users[email] = [people.make_user(email)]
            self.known.users[email][0].groups.add(self._group(role))
            self.done[role.value] = [*self.done.get(role.value, []), email]

        words = {"email": email, "role": role.label}
        told = _("%(email)s: %(role)s") if found else _("New sign-in %(email)s: %(role)s")
        yield Step(told % words, do)

    def _lets_out(self, role: Role, email: str) -> Callable[[], None]:
        def do() -> None:
            field = self._group(role).user_set.model.get_email_field_name()
            gone = self._group(role).user_set.filter(**{f"{field}__iexact": email})
            self._group(role).user_set.remove(*gone)
            self.done[role.value] = [each for each in self.done[role.value] if each != email]

        return do

    def _workflow(self) -> Iterator[Step]:
        # Without anybody who approves, what is submitted would lie there for ever.
        if not self.school.moderators or self.done.get("workflow"):
            return

        def do() -> None:
            if not people.has_workflow(self.page):
                people.ask_to_approve(self.page, self._group(Role.MODERATORS))
            self.done["workflow"] = True

        yield Step(_("Approval by those who publish"), do)

    # --- where it is

    def _site(self) -> Iterator[Step]:
        host = self.school.hostname
        if not host:
            return
        port = self.school.port or self.known.port
        key = self.page.pk if self.page else None
        taken = next((s for s in self.known.sites if (s.hostname, s.port) == (host, port)), None)
        if taken and taken.root_page_id != key:
            message = _("The host name %(host)s is another site's. Choose another.")
            raise Refusal(message % {"host": host})
        own = next((s for s in self.known.sites if key and s.root_page_id == key), None)
        if own is None:
            yield Step(_("Site %(host)s") % {"host": host}, lambda: self._make_site(host, port))
        elif taken:
            self.done["host"] = [host, port]
        elif [own.hostname, own.port] == self.done.get("host"):
            told = _("Site %(host)s, in place of %(old)s") % {"host": host, "old": own.hostname}
            yield Step(told, lambda: self._move_site(own, host, port))
        else:
            words = {"old": own.hostname, "host": host}
            self.kept.append(_("Its site stays %(old)s; the plan says %(host)s.") % words)

    def _make_site(self, host: str, port: int) -> None:
        Site.objects.create(
            hostname=host, port=port, site_name=self.page.title[:255], root_page_id=self.page.pk
        )
        self.done["host"] = [host, port]

    def _move_site(self, site: Any, host: str, port: int) -> None:
        site.hostname, site.port = host, port
        site.save()
        self.done["host"] = [host, port]

    def _publication(self) -> Iterator[Step]:
        if not (self.publish and self.is_new):
            return

        def do() -> None:
            self.page.refresh_from_db()
            try:
                self.page.latest_revision.publish(user=self.user)
            except publishing.Refused as refused:
                self.kept.append(" ".join(refused.messages))

        yield Step(_("Publish the school's own page"), do)


def _told(changed: dict[str, Any]) -> str:
    """Return in words what changes on a school's page."""
    gone_on, more = succession.told(changed)
    if gone_on and not more:
        return gone_on
    names = ", ".join(label_of(name) for name in more)
    return f"{gone_on} {_('From the register: %(fields)s') % {'fields': names}}".strip()
