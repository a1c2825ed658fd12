"""Who followed whom: chains to their end; splits, mergers and circles are told, not guessed."""

import io
import os
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trust.tables import followed, links
from wagtail_senoffer.trust.links import Before, Doubt, Ending, Links
from wagtail_senoffer.trust.tables import NotATable

TODAY = date(2026, 11, 26)
A, B, C, D = "190001", "190002", "190003", "190004"


def read(*rows: tuple[str, ...], **form: Any) -> Links:
    return Links(links(*rows, **form), TODAY)


def ending(found: Links, urn: str = A, closed: Any = ()) -> tuple[str, Doubt | None]:
    said = found.ending(urn, closed)
    return said.urn, said.doubt


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_chain_is_followed_to_its_end_whatever_saved_the_file(
    encoding: str, delimiter: str
) -> None:
    rows = [*followed(A, B), *followed(B, C)]
    found = read(*rows, encoding=encoding, delimiter=delimiter)
    assert found.ending(A) == Ending((A, B, C), (C,))
    assert found.ending(C) == Ending((C,), (C,))
    assert found.before(C) == (Before(B), Before(A))
    assert found.names == {each: f"School {each}" for each in (A, B, C)}


def test_a_file_that_is_no_links_says_what_it_lacks() -> None:
    with pytest.raises(NotATable, match="there is no column LinkURN, LinkType"):
        Links(io.BytesIO(b"URN,EstablishmentName\r\n190001,Oak\r\n"), TODAY)


def test_one_side_is_enough_and_twice_is_once() -> None:
    one, other = followed(A, B)
    for rows in ((one,), (other,), (one, one, other, other)):
        found = read(*rows)
        assert (ending(found), found.before(B)) == ((B, None), (Before(A),))
    assert [read(one).one_sided, read(one, other).one_sided] == [1, 0]


def test_a_school_that_follows_itself_follows_nobody() -> None:
    found = read(*followed(A, A))
    assert (ending(found), found.before(A)) == ((A, None), ())


def test_a_merger_ends_in_one_school_and_does_not_say_whose_page_goes_on() -> None:
    found = read(*followed(A, C), *followed(B, C))
    assert [ending(found, each) for each in (A, B)] == [(C, None), (C, None)]
    assert found.before(C) == (Before(A, Doubt.MERGED, (B,)), Before(B, Doubt.MERGED, (A,)))


@pytest.mark.parametrize("kind", ["merged", "amalgamated"])
def test_a_merger_is_one_where_the_file_has_but_one_of_the_schools(kind: str) -> None:
    found = read(*followed(A, B, kind))
    assert (ending(found), found.before(B)) == ((B, None), (Before(A, Doubt.MERGED),))


def test_a_split_is_told_with_all_that_it_led_to() -> None:
    found = read(*followed(A, B), *followed(A, C), *followed(C, D))
    assert found.ending(A) == Ending((A, B, C, D), (B, D), Doubt.SPLIT)
    assert found.before(D) == (Before(C), Before(A, Doubt.SPLIT, (B,)))
    half = read(*followed(A, B, "Split School"))
    assert (ending(half), half.before(B)) == (("", Doubt.SPLIT), (Before(A, Doubt.SPLIT),))


def test_a_link_that_skips_a_step_is_neither_split_nor_merger() -> None:
    found = read(*followed(A, B), *followed(B, C), *followed(A, C))
    assert ending(found) == (C, None)
    assert set(found.before(C)) == {Before(A), Before(B)}


def test_a_split_that_comes_together_again_is_both() -> None:
    found = read(*followed(A, B), *followed(A, C), *followed(B, D), *followed(C, D))
    assert ending(found) == (D, None)
    assert found.before(B) == (Before(A, Doubt.SPLIT, (C,)),)
    assert {each.doubt for each in found.before(D)} == {None, Doubt.MERGED}


def test_a_circle_is_told_by_those_in_it_and_those_who_lead_to_it() -> None:
    found = read(*followed(A, B), *followed(B, C), *followed(C, B), *followed(C, D))
    assert [ending(found, each) for each in (A, B, C)] == [("", Doubt.CIRCLE)] * 3
    assert ending(found, D) == (D, None)
    assert {each.doubt for each in found.before(D)} == {Doubt.CIRCLE}
    assert read(*followed(A, B), *followed(B, A)).before(B) == (Before(A, Doubt.CIRCLE, (B,)),)


def test_who_became_one_without_a_word_on_who_goes_on_is_unclear() -> None:
    both = [(A, B, "Result of Amalgamation", ""), (B, A, "Result of Amalgamation", "")]
    assert ending(read(*both)) == ("", Doubt.UNCLEAR)
    assert read(*both).partners(A) == (B,)
    # Another row tells.
    assert ending(read(*both, *followed(A, B))) == (B, None)


def test_an_end_that_is_closed_is_told() -> None:
    found = read(*followed(A, B))
    assert [ending(found, closed={A}), ending(found, closed={A, B})] == [
        (B, None),
        ("", Doubt.CLOSED),
    ]


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        *(("", B), ("26-11-2026", B), ("27-11-2026", A), ("2026-12-01", A), ("01/12/2026", A)),
        *(("01/12/2026 00:00", A), ("some day", B), ("31-02-2027", B)),
    ],
)
def test_what_is_dated_later_has_not_happened_and_what_has_no_date_has(day: str, ends: str) -> None:
    found = read(*followed(A, B, day=day))
    assert ending(found) == (ends, None)
    assert found.coming == ([(A, B)] if ends == A else [])
    assert found.before(B)[0].doubt is (Doubt.COMING if ends == A else None)
    assert found.undated == (2 if day in ("some day", "31-02-2027") else 0)


def test_kinds_that_say_nothing_of_it_are_left_out_and_new_ones_counted() -> None:
    kinds = ["Sixth Form Centre Link", "Other", "Expansion", "Federated"]
    found = read(*((A, B, kind) for kind in kinds), ("A", B, "Successor"))
    assert (ending(found), found.unknown, found.unread) == ((A, None), {"Federated": 1}, [6])


# --- whatever a file says -----------------------------------------------------------------

URNS = st.integers(190001, 190012).map(str)
KINDS = st.sampled_from(
    ["Successor", "Predecessor", "Successor - merged", "Successor - Split School", "Closure", "?"]
)
ROWS = st.lists(st.tuples(URNS, URNS, KINDS, st.sampled_from(["", "01-09-2012", "x"])), max_size=30)


@settings(deadline=None)
@given(rows=ROWS)
def test_every_way_ends_in_one_school_or_in_a_doubt(rows: list[tuple[str, ...]]) -> None:
    found = read(*rows)
    named = {row[side] for row in rows for side in (0, 1)}
    assert found.urns <= named
    for urn in named:
        said = found.ending(urn)
        reached = _reached(urn, found.successors)
        assert set(said.ends) <= reached
        assert set(said.way) <= reached
        circular = any(x in _reached_after(x, found.successors) for x in reached)
        assert (said.doubt is Doubt.CIRCLE) == circular
        if said.urn:
            # Where it ends, nothing goes on, and there is no other end.
            assert {x for x in reached if not found.successors.get(x)} == {said.urn}
            assert (said.way[0], said.way[-1]) == (urn, said.urn)


@settings(deadline=None)
@given(rows=ROWS)
def test_a_past_without_doubt_is_a_future_without_doubt(rows: list[tuple[str, ...]]) -> None:
    found = read(*rows)
    for urn in found.urns:
        past = _reached(urn, found.predecessors) - {urn}
        # None is lost, and none is made up.
        assert {each.urn for each in found.before(urn)} == past
        for each in found.before(urn):
            if each.doubt is None:
                assert each.urn not in _reached(urn, found.successors)
                assert _lines_pass(each.urn, urn, found.successors, found.predecessors)
                assert _lines_pass(urn, each.urn, found.predecessors, found.successors)


def _lines_pass(
    start: str, urn: str, ahead: dict[str, list[str]], back: dict[str, list[str]]
) -> bool:
    """Say whether all who are reached from a school before another one are in line with that."""
    found, todo = {start}, [start]
    while todo:
        for each in () if (at := todo.pop()) == urn else ahead.get(at, ()):
            if each not in found:
                found.add(each)
                todo.append(each)
    return found <= _reached(urn, ahead) | _reached(urn, back)


def _reached(urn: str, ahead: dict[str, list[str]]) -> set[str]:
    return {urn} | _reached_after(urn, ahead)


def _reached_after(urn: str, ahead: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    while new := {x for y in (found or {urn}) for x in ahead.get(y, ())} - found:
        found |= new
    return found


def test_a_chain_as_long_as_the_file_is_no_trouble() -> None:
    urns = [str(100000 + number) for number in range(20_000)]
    rows = [(old, new, "Successor") for old, new in pairwise(urns)]
    found = read(*rows)
    assert found.ending(urns[0]) == Ending(tuple(urns), (urns[-1],))


# --- the register's own file --------------------------------------------------------------

FOLDER = os.environ.get("GIAS_DATA", "")


@pytest.mark.skipif(not FOLDER, reason="GIAS_DATA does not name a folder with the register's files")
def test_each_school_of_the_registers_own_links_ends_in_one_place_or_in_a_doubt() -> None:
    with (Path(FOLDER) / "links_edubasealldata.csv").open("rb") as file:
        found = Links(file, date.max)
    assert (found.unknown, found.unread, found.undated) == ({}, [], 0)
    for urn in found.urns:
        said = found.ending(urn)
        ends = {x for x in _reached(urn, found.successors) if x not in found.successors}
        assert (ends == {said.urn}) if said.urn else said.doubt
        assert {each.urn for each in found.before(urn)} == (
            _reached(urn, found.predecessors) - {urn}
        )
