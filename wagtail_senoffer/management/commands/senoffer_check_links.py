"""Tries out what schools' documents link to."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F
from django.utils import timezone
from tqdm import tqdm

from wagtail_senoffer import conf
from wagtail_senoffer.editor import links
from wagtail_senoffer.models import LinkCheck
from wagtail_senoffer.models.desk import LinkState


class Command(BaseCommand):
    """Asks for each link about once a week, for those that fail once a day; for cron."""

    help = "Try out the links of all documents and drafts that are due. Run it daily."

    def add_arguments(self, parser: Any) -> None:
        """Take how many links to try at most."""
        parser.add_argument("--limit", type=int, help="try so many links at most")

    def handle(self, *args: Any, **options: Any) -> None:
        """Try the links out and say what came of it. Raises CommandError for a bad limit."""
        limit = options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit takes a number from 1 on.")
        if not conf.get("CHECK_LINKS"):
            self.stdout.write("CHECK_LINKS is off in WAGTAIL_SENOFFER: no link was tried.")
            return
        self._look_for_links()
        # The ones that nobody has tried yet come first, then the oldest.
        due = LinkCheck.objects.due(timezone.now()).order_by(F("checked_at").asc(nulls_first=True))
        rows = list(due[:limit])
        found = Counter(
            row.state for row in tqdm(links.check(rows), total=len(rows), disable=None, leave=False)
        )
        self._sum_up(found, left=LinkCheck.objects.due(timezone.now()).count())

    def _look_for_links(self) -> None:
        urls: set[str] = set()
        for found in tqdm(links.every_address(), disable=None, unit="pages", leave=False):
            urls.update(found)
        links.note(urls)
        links.forget_all_but(urls)

    def _sum_up(self, found: Counter[str], left: int) -> None:
        told = ", ".join(f"{state.label} {found[state]}" for state in LinkState)
        self.stdout.write(f"Links tried: {found.total()} ({told}). Still due: {left}.")
