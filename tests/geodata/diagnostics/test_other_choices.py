"""Every other choice differs from the run's, and changes of the supply what they say and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.analysis.step import Walk
from geodata.diagnostics import other_choices as choices
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings
from tests.geodata.small_world import SETTINGS


@pytest.fixture
def area(small_walk: Walk) -> StudyArea:
    found: StudyArea = small_walk.value("study_area")
    return found


def test_each_alternative_is_a_valid_run_that_differs(area: StudyArea) -> None:
    found = choices.alternatives(SETTINGS, area, engines=("friction",))
    names = [(choice.setting, choice.name) for choice in found]
    assert len(set(names)) == len(names)
    assert {
        "priority.aggregation",
        "access.catchment_minutes",
        "access.decay",
        "need.weights",
        "travel.engine",
        "scale",
    } <= {setting for setting, _ in names}
    for choice in found:
        if choice.changes:
            assert SETTINGS.with_changes(choice.changes).digest() != SETTINGS.digest()
    measured = {choice.setting for choice in found if choice.measures_travel}
    assert measured == {"access.catchment_minutes", "travel.engine"}
    one = Settings(need={"weights": {"svi": 1}})
    assert not any(choice.setting == "need.weights" for choice in choices.alternatives(one, area))


def test_supply_is_a_choice_only_where_some_is_assumed(area: StudyArea) -> None:
    def named(table: StudyArea, settings: Settings = SETTINGS) -> set[tuple[str, str]]:
        found = choices.alternatives(settings, table)
        return {(choice.setting, choice.name) for choice in found if choice.setting.startswith("assumed")}

    assert named(_with(area, seats_assumed=False, assumed_units=False)) == set()
    assumed = _with(area, seats_assumed=True, assumed_units=True)
    # No provider has a prior here, so its quartiles are no choice.
    assumed = _replaced(assumed, site_priors=area.site_priors.iloc[:0])
    assert named(_with(assumed, prior=None)) == {("assumed_seats", "none"), ("assumed_units", "none")}
    prior = _with(assumed, prior="kind", seats=np.nan)
    quartiles = {("assumed_seats", "lower_quartile"), ("assumed_seats", "upper_quartile")}
    assert named(prior) == {("assumed_seats", "none"), ("assumed_units", "none")} | quartiles
    # Seats that a setting gives are not those of a prior.
    set_by_hand = SETTINGS.with_changes({"training": {"assumed_seats": 10}})
    assert named(prior, set_by_hand) == {("assumed_seats", "none"), ("assumed_units", "none")}


def test_what_is_assumed_is_taken_for_none_and_what_is_told_stays(area: StudyArea) -> None:
    providers = area.providers.assign(seats_assumed=[True] + [False] * (len(area.providers) - 1))
    made = choices.without_assumed_seats(_replaced(area, providers=providers)).providers["seats_used"]
    assert made.tolist() == [0.0, *area.providers["seats_used"].iloc[1:]]
    sites = area.sites.assign(assumed_units=[True] + [False] * (len(area.sites) - 1))
    after = choices.without_assumed_units(_replaced(area, sites=sites)).sites
    for name in ("units", "job_years_low", "job_years_mid", "job_years_high"):
        assert after[name].tolist() == [0.0, *area.sites[name].iloc[1:]]


def test_expected_seats_move_to_the_quartiles_of_their_prior(area: StudyArea) -> None:
    sd = 0.8
    priors = pd.DataFrame({"prior": ["kind"], "seats_log_sd": [sd]})
    providers = area.providers.assign(
        seats=[np.nan] + [5.0] * (len(area.providers) - 1), prior="kind", seats_used=10.0, seats_assumed=True
    )
    table = _replaced(area, providers=providers, provider_priors=priors)
    low, high = (
        choices.assumed_seats_at(table, z).providers["seats_used"] for z in (-0.6744897501960817, 0.6744897501960817)
    )
    # A log-normal of mean 10 and this deviation: its quartiles, by many draws of it.
    drawn = np.random.default_rng(1).lognormal(np.log(10) - sd**2 / 2, sd, 400_000)
    assert [low.iloc[0], high.iloc[0]] == pytest.approx(np.quantile(drawn, [0.25, 0.75]), rel=0.01)
    # Reported seats are what they are.
    assert low.iloc[1:].tolist() == high.iloc[1:].tolist() == [10.0] * (len(providers) - 1)


def test_expected_units_move_to_the_station_at_a_quartile_of_its_kind(area: StudyArea) -> None:
    # Ten stations: seven have 2 Level 2 ports, two have 8, one has 4 DC ports. The quartiles are 2 and 4 units.
    profiles = {"units_level2": [2, 8, 0], "units_dc_fast": [0, 0, 4], "probability": [0.7, 0.2, 0.1]}
    state, kind = area.sites["state"].iloc[0], "any"
    priors = pd.DataFrame(profiles).assign(state=state, site_kind=kind, profile=[1, 2, 3])
    told = pd.concat([area.sites] * 3, ignore_index=True).assign(state=state, program=None, power_kw=np.nan)
    sites = told.assign(units_level2=pd.array([5, None, None], dtype="Int64"), units_dc_fast=pd.NA, units_level1=pd.NA)
    table = _replaced(area, sites=sites, site_priors=priors)
    low, high = (choices.assumed_units_at(table, share, SETTINGS).sites for share in (0.25, 0.75))
    assert low["units"].tolist() == [5.0] + [2.0] * (len(sites) - 1)
    assert high["units"].tolist() == [5.0] + [4.0] * (len(sites) - 1)
    assert (high["counted_dc_fast"].iloc[1:] == 4).all()
    assert (high["job_years_mid"].iloc[1:] > low["job_years_mid"].iloc[1:]).all()
    assert ("assumed_units", "upper_quartile") in {
        (choice.setting, choice.name) for choice in choices.alternatives(SETTINGS, _with(table, assumed_units=True))
    }


def test_the_scale_from_least_to_greatest_by_hand() -> None:
    table = pd.DataFrame(
        {
            "geoid": ["97001000001", "97001000002", "97001000003"],
            "state": "XL",
            "need": [90.0, 50.0, 10.0],
            "need_ensemble": [80.0, 70.0, 30.0],
            "training_gap": [90.0, 50.0, 10.0],
            "training_access": [0.0, 1.0, 10.0],
            "opportunity": [np.nan] * 3,
            "work_access": [np.nan] * 3,
            "eligible_adults": 100.0,
            "unranked_reason": "",
        }
    )
    made = choices.min_max(table, Settings())
    assert made["need"].tolist() == pytest.approx([100, 80, 0])
    assert made["training_gap"].tolist() == pytest.approx([100, 90, 0])
    assert made["opportunity"].isna().all()
    assert made["priority"].tolist() == pytest.approx([100, (0.5 * 80 + 0.3 * 90) / 0.8, 0])
    assert made["rank"].tolist() == [1, 2, 3]
    alike = choices.min_max(table.assign(training_access=3.0), Settings())
    assert alike["training_gap"].tolist() == [50, 50, 50]


def _with(area: StudyArea, **changed: object) -> StudyArea:
    sites = {name: value for name, value in changed.items() if name == "assumed_units"}
    providers = {name: value for name, value in changed.items() if name != "assumed_units"}
    return _replaced(area, providers=area.providers.assign(**providers), sites=area.sites.assign(**sites))


def _replaced(area: StudyArea, **tables: pd.DataFrame) -> StudyArea:

    return replace(area, **tables)
