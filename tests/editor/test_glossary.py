"""The glossary in the admin: who may, and what a school's own words do."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.urls import reverse

from wagtail_senoffer.editor.glossary import glossary
from wagtail_senoffer.models import GlossaryTerm
from wagtail_senoffer.suggestions import Term, shipped_glossary

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_wagtail_senoffer_glossaryterm:{name}", args=args)


def user_with(*codenames: str) -> User:
    group = Group.objects.create(name="Office")
    group.permissions.set(Permission.objects.filter(codename__in=("access_admin", *codenames)))
    user = User.objects.create_user("office", password="secret")
    user.groups.add(group)
    return user


def test_without_words_of_its_own_a_school_has_ours() -> None:
    assert glossary() == shipped_glossary()


def test_a_schools_own_words_stand_beside_ours_or_in_their_place() -> None:
    GlossaryTerm.objects.create(term="Hub", meaning="our quiet room", explained_as="learning hub")
    GlossaryTerm.objects.create(term="Ta", known=True)
    found = {term.term: term for term in glossary()}
    assert found["Hub"] == Term("Hub", "our quiet room", "learning hub")
    assert found["Ta"] == Term("Ta", known=True)
    assert found.keys() - {"Hub", "Ta"} == {each.term for each in shipped_glossary()} - {"TA"}


def test_a_word_has_letters_and_no_blanks_around_it() -> None:
    term = GlossaryTerm(term="  the   Hub ")
    term.full_clean()
    assert (term.term, str(term)) == ("the Hub", "the Hub")
    with pytest.raises(ValidationError) as error:
        GlossaryTerm(term="()").full_clean()
    assert error.value.message_dict == {"term": ["Write a word, with letters in it."]}


def test_a_word_stands_there_once() -> None:
    GlossaryTerm.objects.create(term="Hub")
    with pytest.raises(ValidationError):
        GlossaryTerm(term="Hub").full_clean()


def test_the_office_writes_a_word_in_the_admin(client: Any) -> None:
    client.force_login(user_with("add_glossaryterm", "change_glossaryterm"))
    data = {"term": "Hub", "meaning": "our quiet room", "explained_as": "", "known": ""}
    response = client.post(url("add"), data)
    assert (response.status_code, response.url) == (302, url("list"))
    (term,) = GlossaryTerm.objects.all()
    assert (term.term, term.meaning, term.known) == ("Hub", "our quiet room", False)
    listing = client.get(url("list"))
    assert listing.status_code == 200
    assert "our quiet room" in listing.content.decode()
    assert client.get(url("edit", term.pk)).status_code == 200


def test_who_has_no_permission_can_neither_see_nor_change_it(client: Any) -> None:
    term = GlossaryTerm.objects.create(term="Hub")
    client.force_login(user_with())
    for path in (url("list"), url("add"), url("edit", term.pk), url("delete", term.pk)):
        response = client.post(path, {"term": "Changed"})
        assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))
    assert [each.term for each in GlossaryTerm.objects.all()] == ["Hub"]
