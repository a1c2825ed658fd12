"""Writes the whole feed to a file, or makes its rows anew."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm
from wagtail.models import Site

from wagtail_senoffer import changes, publishing
from wagtail_senoffer.feed import dump, offers_csv, wire
from wagtail_senoffer.feed.scope import Scope
from wagtail_senoffer.models.feed import ItemKind, State
from wagtail_senoffer.tree import documents_below


class Command(BaseCommand):
    """Exports every service that is on offer, whole, one at a time."""

    help = "Write all services of the feed to a file, or make the feed's rows anew."

    def add_arguments(self, parser: Any) -> None:
        """Take the form and the place of the dump, or --rebuild."""
        parser.add_argument(
            "--format",
            choices=tuple(_FORMS),
            help="ndjson: a service a line; json: one list; csv: a school a line, for a "
            "spreadsheet. Without it, as the file's name ends, else ndjson",
        )
        parser.add_argument("--out", help="the file to write; it is replaced when all is written")
        parser.add_argument(
            "--gzip", action="store_true", help="compress the file, as if its name ended in .gz"
        )
        parser.add_argument(
            "--site", help="only the schools of the site with this host name, or host:port"
        )
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="make the feed anew from the versions, after an upgrade or a new ruleset; only "
            "what differs gets a new change number",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked. Raises CommandError if that is nothing, or can't be done."""
        if not (options["rebuild"] or options["out"]):
            raise CommandError("Say where to write: --out FILE. Or make the feed anew: --rebuild.")
        if options["rebuild"]:
            self._rebuild()
        if options["out"]:
            self._write(Path(options["out"]), options)

    def _rebuild(self) -> None:
        before = changes.newest()[0]
        publishing.relocate(documents_below(None))
        turns = changes.turns()
        for turn in tqdm(turns, disable=None, unit="schools", leave=False):
            publishing.refresh(*turn)
        changes.arrange()
        told = f"{len(turns)} schools and languages, {changes.newest()[0] - before} changes"
        self.stdout.write(f"The feed agrees with the versions: {told}.")

    def _write(self, path: Path, options: dict[str, Any]) -> None:
        changes.settle()
        scope = _scope(options["site"])
        form, zipped = _form(path, options["format"]), options["gzip"] or path.suffix == ".gz"
        total = scope.changes(ItemKind.SERVICE).filter(state=State.ACTIVE).count()
        with tqdm(total=total, disable=None, unit="services", leave=False) as bar:
            try:
                dump.write(path, _FORMS[form](scope, bar), zipped=zipped)
            except OSError as error:
                raise CommandError(f"{path} can't be written: {error.strerror}.") from error
        self.stdout.write(f"Written as {form}{', compressed' if zipped else ''}: {path}.")


def _form(path: Path, asked: str | None) -> str:
    """Return the form of a file: the one that was asked for, or the one that its name says."""
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    return asked or (ending[1:] if ending[1:] in _FORMS else "ndjson")


def _scope(host: str | None) -> Scope:
    if host is None:
        return Scope(0, "", everywhere=True)
    sites = list(Site.objects.order_by("hostname", "port"))
    found = [site for site in sites if host in (site.hostname, f"{site.hostname}:{site.port}")]
    if len(found) != 1:
        names = ", ".join(f"{site.hostname}:{site.port}" for site in sites)
        count = "No site has" if not found else "More than one site has"
        raise CommandError(f"{count} the host name {host}. Sites: {names or 'none'}.")
    return Scope(found[0].pk, found[0].root_url)


def _counted(pieces: Iterable[Any], bar: tqdm) -> Iterator[Any]:
    for piece in pieces:
        yield piece
        bar.update()


def _ndjson(scope: Scope, bar: tqdm) -> Iterator[bytes]:
    return wire.lines(_counted(dump.services(scope), bar))


def _json(scope: Scope, bar: tqdm) -> Iterator[bytes]:
    """Yield one JSON array, a service a line."""
    separator = b"[\n"
    for pieces in _counted(dump.services(scope), bar):
        yield b"".join((separator, *pieces))
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def _csv(scope: Scope, bar: tqdm) -> Iterator[bytes]:
    return _counted(offers_csv.pieces(scope), bar)


_FORMS = {"ndjson": _ndjson, "json": _json, "csv": _csv}
