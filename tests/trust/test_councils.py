"""Which schools publish what is kept for their council, and who may see that (P9)."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from example_site import content
from tests import factories
from tests.office import person
from tests.test_councils import OFFER, bare, keep
from wagtail_senoffer.trust.councils import usage

pytestmark = pytest.mark.django_db


def test_p9_p11_a_change_shows_which_schools_still_publish_the_old_entry(
    home: Any, admin: Any, client: Any
) -> None:
    entry = keep("Westmarch")
    counts = []
    for slug in ("ash", "beech"):
        school = factories.make_school(home, slug, title=slug.title(), la_name="WESTMARCH")
        content.publish(bare(school))
        usage(entry, admin)
        with CaptureQueriesContext(connection) as queries:
            rows = usage(entry, admin)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert [(row["school"], row["la_local_offer"]) for row in rows] == [
        ("Ash", "as it is here"),
        ("Beech", "as it is here"),
    ]
    entry.local_offer_url = f"{OFFER}/new"
    entry.save()
    user = person("beech", school)
    (row,) = usage(entry, user)
    old = "an older entry, until the school publishes again"
    assert (row["school"], row["la_local_offer"], row["support_contacts"]) == (
        "Beech",
        old,
        "as it is here",
    )
    url = reverse("wagtailsnippets_wagtail_senoffer_councilcontacts:usage", args=[entry.pk])
    client.force_login(user)
    assert client.get(url).status_code == 302
    user.groups.get().permissions.add(Permission.objects.get(codename="change_councilcontacts"))
    html = client.get(url).content.decode()
    assert (html.count(old), "Beech" in html, "Ash" in html) == (1, True, False)
