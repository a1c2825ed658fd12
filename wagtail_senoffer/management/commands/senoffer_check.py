"""Says what is missing from every school's documents, as the gate would."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from wagtail_senoffer import publishing
from wagtail_senoffer.models import DocumentMixin


class Command(BaseCommand):
    """Checks the newest draft of each page; ends with status 1 if one has an error."""

    help = "List what is missing from every school's documents (the newest drafts)."

    def add_arguments(self, parser: Any) -> None:
        """Take the form of the output, and what to leave out."""
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line, a page each"
        )
        parser.add_argument("--errors-only", action="store_true", help="leave the warnings out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the problems of each page. Raises CommandError if one could not be published."""
        incomplete = 0
        for page in _newest_drafts():
            problems = publishing.problems_of(page)
            errors = [problem for problem in problems if problem.is_error]
            incomplete += bool(errors)
            shown = errors if options["errors_only"] else problems
            self._print(page, shown, as_json=options["json"])
        if incomplete:
            raise CommandError(f"Pages that can't be published as they are: {incomplete}")

    def _print(self, page: Any, problems: list[Any], *, as_json: bool) -> None:
        if as_json:
            record = {"page": page.pk, "url": page.full_url, "title": page.title, "kind": page.kind}
            record["problems"] = [asdict(problem) for problem in problems]
            self.stdout.write(json.dumps(record, ensure_ascii=False))
        elif problems:
            self.stdout.write(f"{page.full_url or page.title}")
            for problem in problems:
                where = f" [{problem.section}]" if problem.section else ""
                self.stdout.write(f"  {problem.severity}{where}: {problem.message}")


def _newest_drafts() -> Iterator[Any]:
    """Yield every document page, aliases apart, as its editors left it."""
    for model in apps.get_models():
        if issubclass(model, DocumentMixin):
            for page in model.objects.filter(alias_of=None).order_by("path").iterator():
                yield page.get_latest_revision_as_object()
