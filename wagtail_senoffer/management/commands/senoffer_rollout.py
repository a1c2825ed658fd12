"""Sets up a trust's schools from its own table and the public register."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import swapper
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm
from wagtail.models import Site

from wagtail_senoffer.models import SchoolPage
from wagtail_senoffer.trust import comparing, plan, reading, register, rollout
from wagtail_senoffer.trust.links import Links
from wagtail_senoffer.trust.rollout import Outcome, State


class Command(BaseCommand):
    """Ends with status 1 if a row could not be done; the others are, unless --strict."""

    help = "Set up schools from a plan and the register of schools (GIAS), or compare them."

    def add_arguments(self, parser: Any) -> None:
        """Take the tables, where the schools go, and what to do."""
        parser.add_argument(
            "table", metavar="PLAN.csv|GIAS.csv", help="the trust's table, or the register itself"
        )
        parser.add_argument(
            "--register", metavar="GIAS.csv", help="the register, as it was downloaded"
        )
        parser.add_argument(
            "--links",
            metavar="LINKS.csv",
            help="the register's links: a page goes on under the URN that followed its own",
        )
        parser.add_argument("--trust", help="of the register alone: this trust (UID or name)")
        parser.add_argument("--council", help="of the register alone: this council (code or name)")
        parser.add_argument(
            "--below",
            metavar="PAGE",
            help="the page that schools stand below, by number or slug; else the default site's",
        )
        parser.add_argument("--user", help="who does it, for the pages' history: a user name")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done; write nothing"
        )
        parser.add_argument("--strict", action="store_true", help="do all schools, or none")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish a new school's own page; its documents stay drafts",
        )
        parser.add_argument(
            "--compare",
            action="store_true",
            help="keep the register's rows and say where pages differ; change no page",
        )
        parser.add_argument(
            "--out", metavar="FILE", help="write what became of each school, as CSV"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked. Raises CommandError if something of it could not be done."""
        with ExitStack() as files:
            self._files = files
            if options["compare"]:
                return self._compare(options)
            found = self._read(options)
        for name in found.missing:
            self.stderr.write(f"The register has no column {name}; what it tells is left as it is.")
        outcomes = [rollout.refused(problem) for problem in found.problems]
        outcomes += self._do(found.schools, bool(outcomes), options)
        self._tell(sorted(outcomes, key=lambda each: each.line), options)

    def _open(self, name: str) -> BinaryIO:
        try:
            return self._files.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise CommandError(f"{name} can't be read: {error.strerror}.") from error

    def _read(self, options: dict[str, Any]) -> reading.Reading:
        table = self._open(options["table"])
        try:
            links = self._links(options["links"])
            if options["register"]:
                return reading.with_register(table, self._open(options["register"]), links)
            if options["trust"] or options["council"]:
                return reading.of_register(table, _wanted(options), links)
            return reading.alone(table, links)
        except reading.NotATable as error:
            raise CommandError(str(error)) from error

    def _links(self, name: str | None) -> Links | None:
        """Return the links of a file, and say what of it was left out. Raises NotATable."""
        if name is None:
            return None
        links = Links(self._open(name), timezone.localdate())
        for kind, count in links.unknown.items():
            self.stderr.write(f"Links of the kind “{kind}” were left out: {count}.")
        if links.unread:
            lines = ", ".join(map(str, links.unread[:10]))
            self.stderr.write(f"Links without two URNs: {len(links.unread)} (lines {lines}).")
        return links

    def _do(self, schools: list[Any], wrong: bool, options: dict[str, Any]) -> list[Outcome]:
        below, user = _below(options["below"]), _user(options["user"])
        asked = {"publish": options["publish"]}
        if options["dry_run"]:
            return rollout.preview(schools, below, user, **asked)
        if options["strict"] and wrong:
            self.stderr.write("Nothing was written, because not every row can be done.")
            told = rollout.preview(schools, below, user, **asked)
            return [each for each in told if each.state is State.REFUSED]
        with tqdm(total=len(schools), disable=None, unit="schools", leave=False) as bar:
            try:
                return rollout.run(
                    schools,
                    below,
                    user,
                    **asked,
                    strict=options["strict"],
                    each=lambda outcome: bar.update(),
                )
            except rollout.Stopped as stopped:
                self.stderr.write(str(stopped))
                return [each for each in stopped.outcomes if each.state is State.REFUSED]

    def _tell(self, outcomes: list[Outcome], options: dict[str, Any]) -> None:
        for each in outcomes:
            name = f" {each.name}" if each.name else ""
            self.stdout.write(f"Line {each.line}, {each.urn or 'no URN'}{name}: {each.label}")
            for line in (*each.steps, *(f"! {note}" for note in each.notes)):
                self.stdout.write(f"  {line}")
        if options["out"]:
            self._write(Path(options["out"]), outcomes)
        counts = {state: sum(each.state is state for each in outcomes) for state in State}
        told = ", ".join(f"{state} {count}" for state, count in counts.items())
        dry = " Nothing was written." if options["dry_run"] else ""
        self.stdout.write(f"Schools: {told}.{dry}")
        if counts[State.REFUSED]:
            raise CommandError(
                f"Schools not done: {counts[State.REFUSED]}. See above for the reasons."
            )

    def _write(self, path: Path, outcomes: list[Outcome]) -> None:
        try:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                rollout.write_report(outcomes, file)
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from error

    def _compare(self, options: dict[str, Any]) -> None:
        schools = SchoolPage.objects.descendant_of(_below(options["below"]), inclusive=True)
        urns = set(schools.exclude(urn="").values_list("urn", flat=True))
        try:
            links = self._links(options["links"])
            found = register.Register(self._open(options["register"] or options["table"]))
            wanted = urns | (links.ends(urns) if links else set())
            entries = list(found.find(register.by_urn(wanted)))
            news = comparing.refresh(each for each in entries if each.urn in urns)
        except reading.NotATable as error:
            raise CommandError(str(error)) from error
        self._tell_of_closed([x for x in entries if x.is_closed], urns, links)
        count = 0
        for each in comparing.differences(schools):
            count += 1
            said = f"the page says {each.on_page}, the register {each.in_register}"
            self.stdout.write(f"{each.urn} {each.school}: {each.label}: {said}")
        self.stdout.write(f"{len(urns)} schools, {news} changed rows, {count} differences.")

    def _tell_of_closed(self, found: list[Any], urns: set[str], links: Links | None) -> None:
        closed = {each.urn for each in found}
        for each in found:
            if each.urn in urns:
                followed = plan.what_followed(each.urn, links, closed)
                day = f" on {each.closed_on}" if each.closed_on else ""
                self.stdout.write(f"{each.urn} {each.name}: closed{day}. {followed}")


def _wanted(options: dict[str, Any]) -> Any:
    if options["trust"]:
        return register.by_trust(options["trust"])
    return register.by_council(options["council"])


def _below(asked: str | None) -> Any:
    pages = swapper.load_model("wagtailcore", "Page").objects
    if asked is None:
        site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        if site is None:
            raise CommandError("There is no default site. Say where the schools go: --below PAGE.")
        return site.root_page
    found = list(pages.filter(pk=int(asked)) if asked.isdecimal() else pages.filter(slug=asked))
    if len(found) != 1:
        count = "No page has" if not found else "More than one page has"
        raise CommandError(f"{count} the number or slug “{asked}”. Give the page's number.")
    return found[0]


def _user(name: str | None) -> Any:
    if name is None:
        return None
    model = get_user_model()
    try:
        return model._default_manager.get_by_natural_key(name)
    except model.DoesNotExist as error:
        raise CommandError(f"There is no user “{name}”.") from error
