"""Checks the whole public record: words, hashes, chain, heads, triggers, pages."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, router
from tqdm import tqdm

from wagtail_senoffer.models import Version
from wagtail_senoffer.verification.everything import check_everything, how_much
from wagtail_senoffer.verification.findings import Finding
from wagtail_senoffer.verification.mending import NotMended, mend
from wagtail_senoffer.verification.rows import Reader


class Command(BaseCommand):
    """Names what is wrong by document, language and number; ends with status 1 for an error."""

    help = "Check every published version against its hash, its chain and its page."

    def add_arguments(self, parser: Any) -> None:
        """Take the form of the output, and whether to mend what can be mended."""
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line, and a summary at the end"
        )
        parser.add_argument(
            "--repair",
            action="store_true",
            help="mend heads, triggers, and pages that don't agree with the record; log each",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each finding. Raises CommandError if one that is an error remains."""
        found: Counter[str] = Counter()
        # What was written, not what a replica has of it yet.
        connection = connections[router.db_for_write(Version)]
        with tqdm(total=how_much(), disable=None, unit="rows", leave=False) as bar:
            reader = Reader(connection, bar.update)
            for finding in check_everything(reader):
                done, left = _mended(reader, finding) if options["repair"] else ("", "")
                found["mended" if done else finding.severity.value] += 1
                with bar.external_write_mode():
                    self._print(finding, done, left, as_json=options["json"])
        self._sum_up(reader.checked, found, as_json=options["json"])
        if found["error"]:
            raise CommandError(f"Errors in the public record: {found['error']}")

    def _print(self, finding: Finding, done: str, left: str, *, as_json: bool) -> None:
        if as_json:
            fields = {**asdict(finding), "mended": done, "not_mended": left}
            self.stdout.write(json.dumps(fields, ensure_ascii=False))
            return
        self.stdout.write(str(finding))
        if done or left:
            self.stdout.write(f"  {'Mended' if done else 'Not mended'}: {done or left}")

    def _sum_up(self, checked: Counter[str], found: Counter[str], *, as_json: bool) -> None:
        totals = {name: found[name] for name in ("error", "warning", "mended")}
        if as_json:
            self.stdout.write(json.dumps({"summary": {"checked": dict(checked), "found": totals}}))
            return
        told = ", ".join(f"{name} {count}" for name, count in checked.items() if count)
        self.stdout.write(f"Checked: {told or 'nothing'}.")
        self.stdout.write(f"Found: {', '.join(f'{name} {n}' for name, n in totals.items())}.")


def _mended(reader: Reader, finding: Finding) -> tuple[str, str]:
    """Return what was done about a finding, or why nothing was."""
    if not finding.is_error:
        return "", ""
    try:
        return mend(reader, finding) or "It was in order when looked at again.", ""
    except NotMended as error:
        return "", str(error)
