from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.ingest.provider_priors import kinds_of, provider_priors, stated_priors, with_expectations
from geodata.schemas.canonical import INSTITUTIONS, PROGRAMS, PROVIDERS
from geodata.settings import Training

CHOICES = Training(cip_codes=("46.0302",), award_levels=("2",), least_for_prior=4)


def schools(count: int, first: int = 100_001, **over: object) -> pd.DataFrame:
    values = {"control": "public", "level": "two_year", "mainly_sub_baccalaureate": True} | over
    rows = pd.DataFrame({"unitid": [str(first + i) for i in range(count)], "name": "College", "state": "RI"})
    return INSTITUTIONS.validate(rows.assign(**values))


def awards(seats: list[float], first: int = 100_001, code: str = "46.0302") -> pd.DataFrame:
    rows = pd.DataFrame({"unitid": [str(first + i) for i in range(len(seats))], "awards": seats})
    rows = rows.assign(cip_code=code, award_level="2", status="value", vintage=2024)
    return PROGRAMS.validate(rows)


def priors(institutions: pd.DataFrame, programs: pd.DataFrame, choices: Training = CHOICES) -> pd.DataFrame:
    return provider_priors(institutions, programs, PROVIDERS.empty(), choices).set_index("prior")


def test_the_kind_is_who_runs_it_and_how_long_its_programs_are() -> None:
    table = pd.concat(
        [
            schools(1),
            schools(1, 200_002, level="four_year"),
            schools(1, 200_003, level="four_year", mainly_sub_baccalaureate=False),
            schools(1, 200_004, control="for_profit", level="less_than_two_year"),
            schools(1, 200_005, control=None),
        ],
        ignore_index=True,
    )
    assert kinds_of(table).tolist() == [
        "public_two_year",
        "public_four_year_associates",
        "public_four_year",
        "for_profit_less_than_two_year",
        "other_institution",
    ]


def test_share_and_size_by_hand() -> None:
    # Four colleges report: two teach the work (4 and 16 awards a year), one awarded none, one teaches something else.
    programs = pd.concat([awards([4, 16, 0]), awards([30], 100_004, "51.3901")], ignore_index=True)
    row = priors(schools(4), programs).loc["public_two_year"]
    assert (row["n_institutions"], row["n_teaching"], row["p_teaches"], row["seats_mean"]) == (4, 2, 0.5, 10)
    # Median exp(μ) is the geometric mean 8; the mean exp(μ + σ²/2) is 10, so σ² = 2 ln(10 / 8).
    assert row["seats_log_sd"] == pytest.approx(np.sqrt(2 * np.log(10 / 8)))
    assert np.exp(row["seats_log_mean"]) == pytest.approx(8)
    assert (row["basis"], row["vintage"]) == ("estimated", 2024)


def test_institutions_a_file_leaves_out_say_nothing() -> None:
    programs = pd.concat([awards([4, 16]), awards([9, 9], 100_003, "51.3901")], ignore_index=True)
    assert priors(schools(40), programs).loc["public_two_year", "p_teaches"] == 0.5


def test_too_few_institutions_take_the_stated_prior_and_say_so() -> None:
    row = priors(schools(3), awards([4, 16, 9])).loc["public_two_year"]
    assert row["basis"] == "stated"
    assert "NCES" in row["source"]
    assert row["p_teaches"] == stated_priors()["public_two_year"]["p_teaches"]
    assert priors(INSTITUTIONS.empty(), PROGRAMS.empty())["basis"].unique().tolist() == ["stated"]


def test_listed_programs_are_estimated_from_those_that_state_their_seats() -> None:
    rows = pd.DataFrame({"provider_id": list("abcde"), "name": "JATC", "state": "RI", "kind": "apprenticeship"})
    rows = rows.assign(entry_stage="entry", location_quality="unknown", sources="apprenticeship", seats_basis="seats")
    rows = PROVIDERS.validate(rows.assign(seats=[10, 20, 30, 40, None]))
    table = provider_priors(INSTITUTIONS.empty(), PROGRAMS.empty(), rows, CHOICES).set_index("prior")
    assert table.loc["apprenticeship", ["basis", "seats_mean", "p_teaches"]].tolist() == ["estimated", 25, 1]
    assert table.loc["listed_program", "basis"] == "stated"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=4, max_size=40))
def test_what_is_expected_of_a_kind_adds_up_to_what_it_awards(seats: list[int]) -> None:
    institutions = schools(len(seats))
    table = provider_priors(institutions, awards([float(n) for n in seats]), PROVIDERS.empty(), CHOICES)
    rows = pd.DataFrame({"provider_id": institutions["unitid"], "name": "x", "entry_stage": "entry", "kind": "x"})
    rows = PROVIDERS.validate(
        rows.assign(
            state="RI", location_quality="point", seats_basis="assumed", sources="ipeds", prior="public_two_year"
        )
    )
    made = with_expectations(rows, table, CHOICES)
    assert made["seats_expected"].sum() == pytest.approx(sum(seats))
    assert made["p_teaches"].between(0, 1).all()
    row = table.set_index("prior").loc["public_two_year"]
    if row["seats_mean"] > 0:
        assert np.exp(row["seats_log_mean"] + row["seats_log_sd"] ** 2 / 2) == pytest.approx(row["seats_mean"])
