"""Reminds the editors of each school of what is due: an e-mail a person, each thing once.

With --summary, tells those whom a Site's settings name how its schools stand, once a period.
"""

import json
from argparse import ArgumentTypeError
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from wagtail_senoffer.editor.reminders.sending import (
    DUE,
    Occasion,
    Outcome,
    UnknownMessage,
    plan,
    remind,
)
from wagtail_senoffer.letters import Letter
from wagtail_senoffer.trust import summary

SUMMARY = Occasion(summary.people, summary.SummaryLetter)


class Command(BaseCommand):
    """Meant for cron, once a day; ends with status 1 if an e-mail could not be sent."""

    help = (
        "Send each editor one e-mail with what is due; with --summary, those who look after many "
        "schools how these stand. Run it once a day."
    )

    def add_arguments(self, parser: Any) -> None:
        """Take what to do, and the form of the output."""
        parser.add_argument(
            "--summary",
            action="store_true",
            help="send the summaries that Sites' settings ask for, once a week or a month",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be sent; send and store nothing"
        )
        parser.add_argument(
            "--on",
            type=_day,
            metavar="DATE",
            help="with --dry-run: what would be sent on that day, such as 2026-12-01",
        )
        parser.add_argument(
            "--resend",
            nargs="*",
            metavar="MESSAGE-ID",
            help="send again what a crash left unsure: these e-mails, or all of them",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="one JSON object an e-mail, and a summary at the end",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send what is due. Raises CommandError if something could not be sent, or be asked."""
        dry = options["dry_run"]
        if options["on"] and not dry:
            raise CommandError("--on DATE only goes with --dry-run: e-mails are sent for today.")
        if dry and options["resend"] is not None:
            raise CommandError("--resend sends e-mails, so it does not go with --dry-run.")
        occasion = SUMMARY if options["summary"] else DUE
        moment = _moment(options["on"])
        outcome = plan(moment, occasion) if dry else self._remind(occasion, options["resend"])
        for state, letter, more in _told(outcome, dry=dry):
            self._print(state, letter, more, as_json=options["json"])
        self._sum_up(outcome, dry=dry, as_json=options["json"])
        if not (dry or outcome.is_well):
            raise CommandError("Not everything was sent. The next run tries what was not.")

    def _remind(self, occasion: Occasion, resend: list[str] | None) -> Outcome:
        with tqdm(total=0, disable=None, unit="e-mails", leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                return remind(occasion=occasion, resend=resend, progress=progress)
            except UnknownMessage as error:
                raise CommandError(f"Nothing is unsure of these e-mails: {error}") from error

    def _print(self, state: str, letter: Letter, more: str, *, as_json: bool) -> None:
        if as_json:
            record = {"state": state, "to": letter.to, "more": more, "items": letter.records()}
            self.stdout.write(json.dumps(record, ensure_ascii=False))
            return
        self.stdout.write(f"{state} {letter.to}{': ' if more else ''}{more}")
        for line in letter.lines():
            self.stdout.write(f"  {line}")

    def _sum_up(self, outcome: Outcome, *, dry: bool, as_json: bool) -> None:
        names = ("sent", "failed", "untried", "unsure")
        counts = {name: len(getattr(outcome, name)) for name in names}
        if as_json:
            self.stdout.write(json.dumps({"summary": counts}))
        elif dry:
            told = f"E-mails that would be sent: {counts['untried']}. Nothing was sent or stored."
            self.stdout.write(told)
        else:
            told = ", ".join(f"{name} {count}" for name, count in counts.items())
            self.stdout.write(f"E-mails: {told}.")


def _told(outcome: Outcome, *, dry: bool) -> list[tuple[str, Letter, str]]:
    """Return what to say of each e-mail: what became of it, and the reason or what to do."""
    look = "look for {} in the mail server's log; if it is not there: --resend '{}'"
    return [
        *(("sent to", each, "") for each in outcome.sent),
        *(("not sent to", each, reason) for each, reason in outcome.failed),
        *(("would go to" if dry else "not tried for", each, "") for each in outcome.untried),
        *(
            ("perhaps sent to", each.letter, look.format(each.message_id, each.message_id))
            for each in outcome.unsure
        ),
    ]


def _moment(day: date | None) -> datetime:
    """Return noon of a day; now, without one."""
    return timezone.make_aware(datetime.combine(day, time(12))) if day else timezone.now()


def _day(text: str) -> date:
    """Return a date as it is typed. Raises ArgumentTypeError for one that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is no date; write it like 2026-12-01") from error
