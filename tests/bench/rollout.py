"""What ninety schools cost from the register, beside the same pages through Wagtail alone; and
what publishing costs with ninety sites beside one."""

import time
from typing import Any

from django.db import connection
from wagtail.models import Page, Site

from example_site import content, trust_of_many
from tests import factories
from tests.bench.measure import at_most, interleaved, milliseconds
from tests.bench.publishing import _publisher
from wagtail_senoffer.models import SchoolPage
from wagtail_senoffer.trust import reading, rollout

SCHOOLS, ROUNDS = 90, 40
MAX_SETUP, MAX_PUBLISH = 1.2, 1.1


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    home = factories.make_home()
    report = factories.make_report(factories.make_school(home))
    content.publish(report)
    before = interleaved({"one site": _publisher(report)}, ROUNDS)
    seconds = _set_up(home)
    print(f"{connection.vendor}, {SCHOOLS} schools, " + milliseconds(seconds))
    # At once: each by itself would look at what stands below it.
    Site.objects.bulk_create(
        Site(hostname=f"{school.slug}.example", root_page_id=school.pk)
        for school in SchoolPage.objects.filter(url_path__contains="/register/")
    )
    Site.clear_site_root_paths_cache()
    after = interleaved({"ninety sites": _publisher(report)}, ROUNDS)
    print(milliseconds(before | after))
    held = (
        at_most(
            "set up from the register, time against add_child and publish",
            seconds["register"] / seconds["plain"],
            MAX_SETUP,
        ),
        at_most(
            "publish with ninety sites, time against one",
            after["ninety sites"] / before["one site"],
            MAX_PUBLISH,
        ),
    )
    return int(not all(held))


def _set_up(home: Page) -> dict[str, float]:
    """Return the seconds of all schools either way, school by school in turns."""
    schools = reading.alone(trust_of_many._table(SCHOOLS)).schools
    places = {}
    for name in ("register", "plain"):
        places[name] = Page(title=name, slug=name)
        Page.objects.get(pk=home.pk).add_child(instance=places[name])
    spent = dict.fromkeys(places, 0.0)
    for school in schools:
        start = time.perf_counter()
        (outcome,) = rollout.run([school], places["register"], publish=True)
        spent["register"] += time.perf_counter() - start
        made = SchoolPage.objects.get(urn=school.urn)
        start = time.perf_counter()
        _plain(Page.objects.get(pk=places["plain"].pk), made, outcome)
        spent["plain"] += time.perf_counter() - start
    return spent


def _plain(place: Page, made: Any, outcome: Any) -> None:
    """Make the same pages by add_child, publish the school's, and save the drafts of the others."""
    fields = {name: getattr(made, name) for name in rollout_fields(made)}
    school = SchoolPage(**fields, title=made.title, slug=made.slug, live=False)
    place.add_child(instance=school)
    content.publish(school)
    for page in made.get_children().specific():
        copy = type(page)(title=page.title, slug=page.slug, live=False)
        copy.academic_year = page.academic_year
        copy.body = page._meta.get_field("body").stream_block.to_python(page.body.get_prep_value())
        school.add_child(instance=copy)
        copy.save_revision()


def rollout_fields(made: Any) -> list[str]:
    """Return the fields that the register fills."""
    own = [field.name for field in made._meta.local_concrete_fields]
    return [name for name in own if name not in ("page_ptr", "document_key")]
