"""The totals of a state are those of its own rows, and say what is not known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.decisions.state_summary import state_summary

TRACTS = pd.DataFrame(
    {
        "geoid": ["44001000100", "44001000200", "44001000300", "20001000100"],
        "state": ["RI", "RI", "RI", "KS"],
        "rank": [1, 2, None, None],
        # The third passes the gate, and stands in no list.
        "gated": [True, True, True, False],
        "tier": ["A", "C", "none", "none"],
        "community_id": ["x", None, None, None],
        "population": [1000.0, 2000.0, 500.0, 800.0],
        "working_age": [600.0, 1100.0, np.nan, np.nan],
        "eligible_adults": [100.0, 50.0, 10.0, np.nan],
        "eligible_adults_moe": [30.0, 40.0, np.nan, np.nan],
        "need": [80.0, 60.0, 40.0, np.nan],
        "share_reaching_training": [0.25, 1.0, 1.0, 1.0],
        "share_reaching_work": [0.5, 0.1, 0.0, 0.0],
        "unlocated_providers": [0, 3, 0, 0],
    }
)
COMMUNITIES = pd.DataFrame({"state": ["RI"], "tier": ["A"]})
PROVIDERS = pd.DataFrame(
    {
        "state": ["RI", "RI", "MA"],
        "seats_used": [20.0, 1.0, 99.0],
        "seats_assumed": [0, 1, 0],
        "seats_by_program": ["46.0302=15 15.0303=5", None, "46.0302=99"],
    }
)
LOST = pd.DataFrame({"state": ["RI", "RI", "MA"]})
SITES = pd.DataFrame(
    {
        "state": ["RI", "MA", "RI"],
        "units": [4.0, 9.0, 2.0],
        "assumed_units": [True, False, False],
        "job_years_low": [0.1, 9.0, 0.2],
        "job_years_mid": [0.2, 9.0, 0.3],
        "job_years_high": [0.3, 9.0, 0.4],
        "units_variance": [1.0, 0.0, 0.0],
        "job_years_variance": [0.01, 0.0, 0.0],
    }
)

LISTED = pd.DataFrame({"state": ["RI", "RI", "MA"], "entry_stage": ["entry", "advanced", "advanced"]})
KNOWN = pd.DataFrame({"state": ["RI", "KS"], "training": True, "work": True, "job_centers": True})


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    return state_summary(TRACTS, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state")


def test_tracts_and_communities_are_counted_by_state(summary: pd.DataFrame) -> None:
    counts = ["n_tracts", "n_ranked", "n_tier_a", "n_tier_b", "n_tier_c", "n_communities"]
    assert summary.loc["RI", counts].tolist() == [3, 2, 1, 0, 1, 1]
    assert summary.loc["KS", counts].tolist() == [1, 0, 0, 0, 0, 0]
    assert summary.loc["RI", "n_communities_tier_a"] == 1 and summary.loc["RI", "n_communities_tier_b"] == 0


def test_a_sum_with_an_unknown_margin_has_an_unknown_margin(summary: pd.DataFrame) -> None:
    rhode_island = summary.loc["RI"]
    assert rhode_island["eligible_adults"] == 160 and pd.isna(rhode_island["eligible_adults_moe"])
    assert (rhode_island["eligible_adults_gated"], rhode_island["eligible_adults_gated_moe"]) == (150, 50)
    assert (rhode_island["eligible_adults_top"], rhode_island["eligible_adults_top_moe"]) == (100, 30)
    assert (rhode_island["eligible_adults_grouped"], rhode_island["population_grouped"]) == (100, 1000)


def test_people_known_of_no_tract_are_unknown_and_of_no_tract_at_all_they_are_none(summary: pd.DataFrame) -> None:
    kansas = summary.loc["KS"]
    assert pd.isna(kansas["eligible_adults"]) and pd.isna(kansas["working_age"]) and kansas["population"] == 800
    assert kansas["eligible_adults_top"] == kansas["eligible_adults_top_moe"] == 0


def test_need_and_reach_in_communities_are_weighted_by_people() -> None:
    tracts = TRACTS.assign(community_id=["x", "x", None, "y"])
    rows = state_summary(tracts, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state")
    rhode_island, kansas = rows.loc["RI"], rows.loc["KS"]
    assert rhode_island["eligible_adults_share_grouped"] == pytest.approx(150 / 160)
    assert rhode_island["need_grouped"] == pytest.approx((100 * 80 + 50 * 60) / 150)
    # Three quarters of the 100 reach none; half of them, and a tenth of the 50, have work.
    assert rhode_island["no_training_share_grouped"] == pytest.approx(75 / 150)
    assert rhode_island["work_share_grouped"] == pytest.approx((50 + 5) / 150)
    assert rhode_island["eligible_adults_tier_a"] == 100 and rhode_island["eligible_adults_tier_a_moe"] == 30
    assert kansas[["eligible_adults_share_grouped", "need_grouped", "work_share_grouped"]].isna().all()


def test_residents_stand_for_adults_where_none_are_known() -> None:
    tracts = TRACTS.assign(community_id=["x", "x", None, None], eligible_adults=np.nan)
    row = state_summary(tracts, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state").loc["RI"]
    assert row["need_grouped"] == pytest.approx((1000 * 80 + 2000 * 60) / 3000)
    assert row["work_share_grouped"] == pytest.approx((500 + 200) / 3000)


def test_providers_and_sites_beyond_the_border_are_not_the_state_s(summary: pd.DataFrame) -> None:
    rhode_island = summary.loc["RI"]
    assert rhode_island[["providers", "providers_assumed", "seats"]].tolist() == [2, 1, 21]
    assert rhode_island["seats_by_program"] == "46.0302=15 15.0303=5"
    assert rhode_island[["planned_sites", "sites_assumed", "units"]].tolist() == [2, 1, 6]
    job_years = rhode_island[["job_years_low", "job_years_mid", "job_years_high"]].astype(float)
    # The range of the rates is 0.2 either way; the spread of the assumed site adds as a square.
    half = (0.2**2 + 1.645**2 * 0.01) ** 0.5
    assert job_years.tolist() == pytest.approx([0.5 - half, 0.5, 0.5 + half])
    assert rhode_island[["units_low", "units_high"]].tolist() == pytest.approx([6 - 1.645, 6 + 1.645])
    assert summary.loc["KS", ["providers", "planned_sites", "job_years_mid"]].tolist() == [0, 0, 0]


def test_what_is_assumed_is_summed_beside_what_it_is_part_of(summary: pd.DataFrame) -> None:
    rhode_island = summary.loc["RI"]
    assert rhode_island[["seats_assumed", "units_assumed", "providers_advanced"]].tolist() == [1, 4, 1]


def test_a_supply_nobody_told_of_is_unknown_and_not_none() -> None:
    silent = KNOWN.assign(training=[True, False], work=[False, True])
    rows = state_summary(TRACTS, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, silent).set_index("state")
    work = ["planned_sites", "sites_assumed", "units", "units_assumed", "job_years_mid", "work_share_grouped"]
    training = ["providers", "providers_assumed", "providers_advanced", "seats", "no_training_share_grouped"]
    assert rows.loc["RI", work].isna().all() and rows.loc["RI", training].notna().all()
    assert rows.loc["KS", training].isna().all() and rows.loc["KS", ["planned_sites", "units"]].tolist() == [0, 0]


def test_without_a_tract_there_is_no_row() -> None:
    assert state_summary(TRACTS.iloc[:0], COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).empty


def test_training_known_without_an_exact_location_is_no_lack_of_training() -> None:
    row = state_summary(TRACTS, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state").loc["RI"]
    assert (row["no_training_share_grouped"], row["unlocated_share_grouped"]) == (0.75, 0.0)
    assert row["unlocated_providers"] == 2
    unknown = TRACTS.assign(unlocated_providers=[np.nan, 3, 0, 0])
    row = state_summary(unknown, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state").loc["RI"]
    assert (row["no_training_share_grouped"], row["unlocated_share_grouped"]) == (0.75, 0.0)
    tracts = TRACTS.assign(unlocated_providers=[1, 3, 0, 0])
    row = state_summary(tracts, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state").loc["RI"]
    # A quarter of the people reach training with an exact location; only the others rest on what has none.
    assert (row["no_training_share_grouped"], row["unlocated_share_grouped"]) == (0.0, 0.75)


def test_less_than_one_person_is_still_somebody() -> None:
    tracts = TRACTS.assign(community_id=["x", None, "x", None], eligible_adults=[0.5, 0.25, 0.0, np.nan])
    row = state_summary(tracts, COMMUNITIES, PROVIDERS, SITES, LOST, LISTED, KNOWN).set_index("state").loc["RI"]
    assert row["eligible_adults_share_grouped"] == pytest.approx(0.5 / 0.75)
    assert (row["need_grouped"], row["work_share_grouped"], row["no_training_share_grouped"]) == (80.0, 0.5, 0.75)


def test_what_is_unknown_is_neither_listed_nor_part_of_a_mean() -> None:
    tracts = TRACTS.assign(
        community_id=["x", "x", None, None], rank=[None, 1, None, None], share_reaching_work=[0.5, np.nan, 0.0, 0.0]
    )
    listed = pd.concat([LISTED, LISTED.iloc[:1]])
    row = state_summary(tracts, COMMUNITIES, PROVIDERS, SITES, LOST, listed, KNOWN).set_index("state").loc["RI"]
    assert (row["n_ranked"], row["n_tier_a"], row["n_tier_c"], row["providers_advanced"]) == (1, 0, 1, 1)
    assert row["work_share_grouped"] == 0.5
