"""Numbers, dates and certainty as people read them."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.settings import Uncertainty
from maps.texts import load_texts
from maps.wording.words import Words, chance_key, rounded


@pytest.fixture(scope="module")
def en() -> Words:
    return Words(load_texts("en"))


@pytest.fixture(scope="module")
def es() -> Words:
    return Words(load_texts("es"))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, float("inf")])
def test_a_missing_value_is_never_zero(en: Words, missing: object) -> None:
    assert en.number(missing) == "no value"
    if missing is pd.NA or missing != float("inf"):
        assert {en.percent(missing), en.minutes(missing), en.date(missing), en.job_years(missing)} == {"no value"}


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(0, 0, "0"), (1234567, 0, "1,234,567"), (-4.26, 1, "−4.3"), (-0.2, 0, "0"), (999.95, 1, "1,000.0"), (0.5, 0, "0")],
)
def test_numbers(en: Words, value: float, digits: int, written: str) -> None:
    assert en.number(value, digits) == written


def test_dates_and_quarters_in_both_languages(en: Words, es: Words) -> None:
    assert en.date("2026-11-22") == "November 22, 2026"
    assert es.date(datetime.date(2026, 1, 3)) == "3 de enero de 2026"
    assert en.date("2026-11-20T04:00:00Z") == "November 20, 2026"
    assert en.quarter("2027Q1") == "January–March 2027"
    assert es.quarter("2027Q4") == "octubre–diciembre de 2027"
    assert en.quarter("unknown") == "No date given"
    assert en.quarter("2027Q9") == "2027Q9"
    assert en.date("yesterday") == "yesterday"


def test_small_work_is_not_rounded_away(en: Words) -> None:
    assert [en.job_years(value) for value in (0.034, 0.26, 3.14, 31.4, 0)] == ["0.03", "0.3", "3.1", "31", "0"]


def test_lists_in_sentences(en: Words, es: Words) -> None:
    assert en.listed(["a"]) == "a"
    assert en.listed(["a", "b", "c"]) == "a, b and c"
    assert es.listed(["a", "b"]) == "a y b"
    assert en.listed(["Fallow, south", "Calder"]) == "Fallow, south; and Calder"


def test_certainty_follows_the_tiers_of_the_run(en: Words) -> None:
    assert en.chance(0.83) == "very likely among the top tenth"
    assert en.chance(0.83, Uncertainty(tier_a=0.9, tier_b=0.6, tier_c=0.3, top_share=0.05)) == "likely among the top 5%"
    assert [chance_key(p) for p in (1.0, 0.8, 0.5, 0.2, 0.0)] == [
        "certain",
        "very_likely",
        "likely",
        "possible",
        "unlikely",
    ]


def test_a_community_is_called_in_the_readers_language(en: Words, es: Words) -> None:
    row = {"name": "Northgate (south-east 2)", "place": "Northgate", "compass": "south_east#2"}
    assert en.community(row) == "Northgate (southeast 2)"
    assert es.community(row) == "Northgate (sureste 2)"
    assert en.community({"name": "x", "place": "Northgate", "compass": None}) == "Northgate"
    assert en.community({"name": "Old name", "place": None, "compass": None}) == "Old name"


@given(st.floats(0, 1e9))
def test_rounding_to_two_figures_stays_within_five_percent(value: float) -> None:
    assert abs(rounded(value) - value) <= max(0.5, 0.05 * value) + 1e-6


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_written_numbers_can_be_read_back(value: int, digits: int) -> None:
    written = Words(load_texts("en")).number(value / 7, digits)
    assert float(written.replace(",", "").replace("−", "-")) == pytest.approx(
        value / 7, abs=0.5 * 10**-digits + 1e-9, rel=1e-12
    )


@pytest.mark.parametrize(
    ("language", "basis", "tracts", "name"),
    [
        ("en", "place", 3, "Arden (north)"),
        ("en", "near", 3, "Arden area (north)"),
        ("en", "rural_county", 4, "Arden, rural, 4 tracts (north)"),
        ("en", "part_of_county", 1, "Arden, 1 tract (north)"),
        ("es", "near", 3, "Zona de Arden (norte)"),
        ("es", "rural_county", 4, "Arden, rural, 4 secciones (norte)"),
    ],
)
def test_a_community_is_called_by_what_it_lies_in_or_near(language: str, basis: str, tracts: int, name: str) -> None:
    row = {"name": "x", "place": "Arden", "compass": "north", "name_basis": basis, "n_tracts": tracts}
    assert Words(load_texts(language)).community(row) == name
