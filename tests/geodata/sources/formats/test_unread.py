"""Columns nobody reads: which are named, and what each is taken to be meant for."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.schemas.parsed import Unread
from geodata.sources import afdc, training_list
from geodata.sources.formats.text_tables import Wanted, positions_of
from geodata.sources.formats.unread import likeness, unread_columns, unread_sentence, words_of
from geodata.sources.planned_sites import columns_of

SITES = columns_of(("level1", "level2", "dc_fast"))


def found(headers: list[str], columns: list[Wanted]) -> dict[str, str]:
    chosen = positions_of(headers, columns)
    return {one.header: one.like for one in unread_columns(headers, chosen, columns)}


@pytest.mark.parametrize(
    ("header", "like"),
    [
        ("DCFC Ports", "units_dc_fast"),
        ("In-service", "expected_operational_date"),
        ("L2 Plugs", "units_level2"),
        ("# of chargers", "unit_count"),
        ("Town", "location_city"),
        ("Lat (deg)", "latitude"),
        ("adress", "address"),  # codespell:ignore adress
        ("Phase", "current_status"),
        ("Comments", ""),
        ("Host contact", ""),
    ],
)
def test_a_header_of_an_office_is_taken_for_the_column_it_means(header: str, like: str) -> None:
    assert found(["site_id", header], SITES) == {header: like}


def test_what_is_read_is_not_proposed_again_and_each_column_once() -> None:
    assert found(["latitude", "Lat (deg)"], SITES) == {"Lat (deg)": ""}
    assert found(["DCFC Ports", "DC fast plugs"], SITES) == {"DCFC Ports": "units_dc_fast", "DC fast plugs": ""}


def test_the_columns_a_publisher_adds_are_no_misspellings_of_ours() -> None:
    headers = [column.spellings[0] for column in afdc.COLUMNS]
    others = ["Groups With Access Code", "BD Blends", "NG PSI", "Cards Accepted", "Plus4", "Owner Type Code"]
    assert set(found([*headers, *others], list(afdc.COLUMNS)).values()) == {""}


def test_the_sentence_names_each_column_and_asks() -> None:
    columns = (Unread("Annual capacity", "seats"), Unread("Tuition"))
    assert unread_sentence(columns) == "Columns not used: “Annual capacity” (did you mean seats?), “Tuition”."
    assert found(["name", "Annual capacity", "Tuition"], list(training_list.COLUMNS)) == {
        "Annual capacity": "seats",
        "Tuition": "",
    }


def test_words_are_ours() -> None:
    assert words_of("DCFC Ports") == words_of("units_dc_fast") == {"dc", "fast", "units"}
    assert words_of("powerKw") == {"power", "kw"}


WRITTEN = st.text("ab1_ ", max_size=12)


@given(WRITTEN, WRITTEN)
def test_a_bound_that_is_asked_first_changes_no_likeness(header: str, spelling: str) -> None:
    one, other = ("".join(filter(str.isalnum, text)) for text in (header, spelling))
    letters = difflib.SequenceMatcher(None, one, other).ratio()
    words, others = words_of(header), words_of(spelling)
    shared = 2 * len(words & others) / max(1, len(words) + len(others))
    by_hand = max(shared, letters if letters >= 0.85 else 0.0)
    assert likeness(header, Wanted(spelling, (spelling,), required=False)) == by_hand


def test_hundreds_of_columns_that_nobody_reads_are_not_compared_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []
    ratio = difflib.SequenceMatcher.ratio
    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", lambda one: compared.append(one.a) or ratio(one))
    wanted = [Wanted(f"adults_{n}", (f"adults_{n}",), required=False) for n in range(100, 300)]
    assert found([f"B25003_{n}E" for n in range(100, 300)], wanted) == {f"B25003_{n}E": "" for n in range(100, 300)}
    assert compared == []
