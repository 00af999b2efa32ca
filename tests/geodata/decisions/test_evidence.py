"""How much of a pillar is measured is counted in what the pillar is made of, and the verdict follows the setting."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.analysis.checks import evidence_measured
from geodata.analysis.decision_steps import evidence_figures
from geodata.analysis.step import Walk
from geodata.decisions.evidence import Amounts, evidence, judged, margins, people, places, weak_subjects, weights
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings
from geodata.uncertainty.certainty import DrawnTracts
from tests.geodata.small_world import SETTINGS

AMOUNT = st.floats(0, 1e6, allow_nan=False)


def of_changed(walk: Walk, area: StudyArea) -> pd.DataFrame:
    scores, parts, drawn = (walk.value(name) for name in ("ranked_tracts", "need_parts", "drawn_tracts"))
    return evidence(scores, parts, area, drawn, SETTINGS)


def test_everything_in_the_grid_is_measured(small_walk: Walk) -> None:
    table = small_walk.value("evidence").set_index(["pillar", "subject"])
    assert (table["verdict"] == "measured").all() and (table["measured"] == 1).all()
    assert table.loc[("training", "seats"), "total"] == 90 and table.loc[("need", "people"), "total"] == 9000
    assert table["settled_by"].isna().all()


def test_seats_and_units_that_stand_in_are_assumed_and_named_what_settles_them(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    providers = pd.concat([area.providers.assign(seats_used=2.0), area.providers.assign(seats_assumed=True)])
    changed = area.__class__(**{**vars(area), "providers": providers, "sites": area.sites.assign(assumed_units=True)})
    table = of_changed(small_walk, changed).set_index("subject")
    seats = table.loc["seats"]
    assert seats["measured"] == pytest.approx(2 / 92) and seats["assumed"] == pytest.approx(90 / 92)
    assert (seats["verdict"], seats["settled_by"]) == ("weak", "completions seats_list")
    assert (table.loc["units", "assumed"], table.loc["units", "verdict"]) == (1, "weak")
    assert weak_subjects(table.reset_index()) == ["seats", "units"]
    verdict = evidence_measured(table.reset_index())
    assert not verdict.passed and "training: 2% of seats measured" in verdict.sentence
    assert "completions" in verdict.sentence
    assert evidence_figures(table.reset_index())["verdicts"] == {"seats": "weak", "units": "weak"}


def test_a_supply_of_which_there_is_nothing_is_unknown_and_asks_for_its_list(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    changed = area.__class__(
        **{**vars(area), "providers": area.providers.iloc[:0], "all_providers": area.all_providers.iloc[:0]}
    )
    table = of_changed(small_walk, changed)
    row = table.set_index("subject").loc["seats"]
    assert (row["verdict"], row["settled_by"], row["total"]) == ("unknown", "provider_list", 0)
    assert np.isnan(row["measured"]) and weak_subjects(table) == []
    assert "training: seats unknown" in evidence_measured(table).sentence


def test_providers_without_a_point_are_unknown_places_and_irrelevant_ones_are_no_evidence(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    one = area.all_providers[area.all_providers["entry_stage"] == "entry"].iloc[:1]
    nowhere = one.assign(location_quality="unknown", latitude=np.nan, longitude=np.nan)
    county = one.assign(location_quality="county")
    other = nowhere.assign(cip_codes="51.0000")
    listed = pd.concat([one, county, nowhere, nowhere, other], ignore_index=True)
    changed = area.__class__(**{**vars(area), "all_providers": listed})
    table = of_changed(small_walk, changed)
    row = table.set_index("subject").loc["providers"]
    assert (row["total"], row["measured"], row["assumed"], row["unknown"]) == (4, 0.25, 0.25, 0.5)
    assert (row["verdict"], row["settled_by"]) == ("weak", "coordinates")
    # Where the list is at hand and has addresses, the command that looks them up settles it.
    use = {"source": "training_list", "title": "t", "publisher": "p", "table": "providers", "freshness": "folder"}
    uses = pd.DataFrame({"use": [json.dumps(use | {"file": "training_providers.csv"})]})
    addressed = listed.assign(sources="training_list", address="1 Main St")
    changed = area.__class__(**{**vars(area), "all_providers": addressed, "uses": uses})
    table = of_changed(small_walk, changed)
    assert table.set_index("subject").loc["providers", "settled_by"] == "geocode"


@given(AMOUNT, AMOUNT, AMOUNT, st.floats(0, 1))
def test_shares_sum_to_one_and_the_verdict_follows_the_least_share(
    measured: float, assumed: float, unknown: float, least: float
) -> None:
    row = judged("seats", Amounts(measured, assumed, unknown), Settings(evidence={"least_measured": least}))
    total = measured + assumed + unknown
    if not total > 0:
        assert row["verdict"] == "unknown"
        return
    assert row["measured"] + row["assumed"] + row["unknown"] == pytest.approx(1)
    assert row["verdict"] == ("measured" if measured / total >= least else "weak")
    assert (row["settled_by"] is None) == (row["verdict"] == "measured")


def test_people_margins_definitions_and_places_are_told_from_what_is_missing() -> None:
    tracts = pd.DataFrame(
        {
            "population": [1000.0, 3000.0, np.nan],
            "eligible_adults": [100.0, np.nan, np.nan],
            "eligible_adults_moe": [np.nan, np.nan, np.nan],
        }
    )
    assert people(tracts) == (1000, 0, 3000) and margins(tracts) == (0, 0, 100)
    assert people(tracts.assign(eligible_adults=np.nan)) == (0, 0, 0)
    parts = pd.DataFrame({"definition": ["svi", "cejst"], "percentile": [50.0, np.nan]})
    assert weights(parts, {"svi": 1.0, "cejst": 2.0, "workforce": 1.0}) == (1, 0, 3)
    rows = pd.DataFrame(
        {"location_quality": ["point", "street", "zip", "unknown", "point"], "latitude": [1, 1, 1, np.nan, np.nan]}
    )
    assert places(rows) == (2, 1, 2)


BOTH = "completions seats_list planned_sites_list"


@pytest.mark.parametrize(
    ("share", "seats", "verdict", "settled"),
    [(0.6, True, "weak", BOTH), (0.6, False, "weak", "planned_sites_list"), (0.4, True, "measured", None)],
)
def test_priority_is_weak_where_most_of_what_is_unsure_is_assumed(
    small_walk: Walk, share: float, seats: bool, verdict: str, settled: str | None
) -> None:
    area = small_walk.value("study_area")
    providers = area.providers.assign(seats_assumed=seats)
    changed = area.__class__(**{**vars(area), "providers": providers, "sites": area.sites.assign(assumed_units=True)})
    scores, parts = small_walk.value("ranked_tracts"), small_walk.value("need_parts")
    spread = pd.DataFrame({"variance": [40.0], "assumed": [share]}, index=scores["state"].unique())
    table = evidence(scores, parts, changed, [DrawnTracts(scores, None, spread)], SETTINGS).set_index("subject")
    row = table.loc["supply"]
    assert (row["total"], row["verdict"]) == (pytest.approx(40), verdict)
    assert (row["measured"], row["assumed"]) == (pytest.approx(1 - share), pytest.approx(share))
    assert (None if pd.isna(row["settled_by"]) else row["settled_by"]) == settled


def test_supply_of_another_state_is_evidence_only_where_a_state_has_none(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    beyond = area.providers.assign(state="XM", seats_used=7.0)
    for providers, total in ((pd.concat([area.providers, beyond], ignore_index=True), 90), (beyond, 7)):
        table = of_changed(small_walk, area.__class__(**{**vars(area), "providers": providers}))
        assert table.set_index("subject").loc["seats", "total"] == total
