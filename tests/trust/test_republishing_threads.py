"""Two workers on one run publish each school once."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.office import school
from tests.trust.test_republishing import drift, newest, outcomes
from tests.trust.test_trust_text import trust_text
from wagtail_senoffer.models import Republishing, Version
from wagtail_senoffer.trust import republishing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.databases
def test_two_workers_on_one_run_publish_each_school_once(home: Any) -> None:
    pages = [school(home, name)[1] for name in ("Ash", "Beech", "Cedar")]
    trust_text(home)
    admin = User.objects.create_superuser("admin")
    run = Republishing.objects.create(user=admin)
    for pk, found in drift().items():
        run.documents.create(page_id=pk, title=republishing.name_of(found[0].page))
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        republishing.republish.call(run.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcomes() == dict.fromkeys(("Ash", "Beech", "Cedar"), "published")
    assert [newest(page).number for page in pages] == [2, 2, 2]
    assert Version.objects.filter(kind="sen-information-report").count() == 6
