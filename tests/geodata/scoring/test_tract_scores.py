"""The score on a 3 × 3 grid worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from geodata.access.reach import reach, tract_access
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.need import need_parts
from geodata.scoring.study_area import study_area
from geodata.scoring.tract_scores import (
    _flags,
    _origin_facts,
    demand_of,
    pillar_percentile,
    tract_scores,
    training_access,
    travel,
    work_access,
)
from geodata.settings import Settings
from geodata.travel.choose_engine import straight_lines
from tests.geodata.scoring import grid
from tests.geodata.scoring.grid import AS_OF


def weight(minutes: float) -> float:
    """Gaussian decay with T = 30, written out."""
    floor = math.exp(-0.5)
    return (math.exp(-0.5 * (minutes / 30) ** 2) - floor) / (1 - floor)


def test_access_to_training_by_hand(canonical: CanonicalTables, settings: Settings) -> None:
    area = study_area(canonical, ["XL"], settings, AS_OF)
    table = training_access(area, travel(area, grid.GridEngine(), settings).training, settings).set_index("geoid")
    # The college in tract 1 reaches, within 30 minutes: tract 1 (0), 2 and 4 (10), 3, 5, 7 (20), 6 and 8 (30 → 0).
    demand_in_reach = 100 * weight(0) + (200 + 400) * weight(10) + (300 + 500 + 700) * weight(20)
    ratio = 90 / demand_in_reach
    assert table.loc[grid.GEOIDS[0], "training_access"] == pytest.approx(1000 * ratio)
    assert table.loc[grid.GEOIDS[4], "training_access"] == pytest.approx(1000 * ratio * weight(20))
    assert table.loc[grid.GEOIDS[5], "training_access"] == pytest.approx(0, abs=1e-9)
    assert table.loc[grid.GEOIDS[4], "nearest_provider_minutes"] == 20
    assert table.loc[grid.GEOIDS[4], "nearest_provider_name"] == "Corner College"
    assert table.loc[grid.GEOIDS[4], "seats_within"] == 90
    assert pd.isna(table.loc[grid.GEOIDS[8], "nearest_provider_minutes"])
    assert table.loc[grid.GEOIDS[8], "providers_within"] == 0


def test_a_straight_line_to_the_nearest_provider_over_water_is_told(canonical: CanonicalTables) -> None:
    settings = Settings(travel={"engine": "great_circle"})
    # The college stands in tract 1. All land but a strip of water, 2 km wide, between the first row and the others.
    latitude, longitude = (np.mean([grid.place(1)[k], grid.place(4)[k]]) for k in (0, 1))
    half = 1.0 / 111.2
    shores = [
        box(longitude - 5, latitude + half, longitude + 5, latitude + 5),
        box(longitude - 5, latitude - 5, longitude + 5, latitude - half),
    ]
    land = pd.DataFrame({"geometry": shores})
    area = replace(study_area(canonical, ["XL"], settings, AS_OF), land=land)
    found = travel(area, straight_lines(settings.travel), settings).training
    share = training_access(area, found, settings).set_index("geoid")["share_over_water"]
    assert share[grid.GEOIDS[0]] == 0.0
    assert share[grid.GEOIDS[3]] == 1.0
    # Other engines know the way around, and without land nothing is known.
    by_other = travel(area, grid.GridEngine(), settings).training
    assert training_access(area, by_other, settings)["share_over_water"].isna().all()
    nowhere = replace(area, land=land.iloc[:0])
    assert training_access(nowhere, found, settings)["share_over_water"].isna().all()


def test_what_is_shared_out_is_what_there_is(canonical: CanonicalTables, settings: Settings) -> None:
    area = study_area(canonical, ["XL"], settings, AS_OF)
    reached = reach(area.origins, area.providers, grid.GridEngine(), settings.access)
    people = demand_of(reached, area)
    access = tract_access(reached, np.array([90.0]), people, settings.access)
    assert (access * people).sum() == pytest.approx(90.0)


def test_the_score_is_the_sum_of_its_points_and_ranks_follow(canonical: CanonicalTables, settings: Settings) -> None:
    scores = scored(canonical, settings).set_index("geoid")
    points = scores[["points_need", "points_training_gap", "points_opportunity"]].sum(axis=1)
    assert points.to_numpy() == pytest.approx(scores["priority"].to_numpy())
    nine = scores.loc[grid.GEOIDS[8]]
    # Tract 9: Need 94.4; no training in reach, like 6 and 8 (three tie at the bottom: rank 2) → gap 100 - 16.7;
    # work at its door: the highest of nine → 94.4.
    assert nine["need"] == pytest.approx(100 * 8.5 / 9)
    assert nine["training_gap"] == pytest.approx(100 - 100 * 1.5 / 9)
    assert nine["opportunity"] == pytest.approx(100 * 8.5 / 9)
    assert nine["priority"] == pytest.approx(0.5 * 100 * 8.5 / 9 + 0.3 * (100 - 100 * 1.5 / 9) + 0.2 * 100 * 8.5 / 9)
    # The gate: Need ≥ 65 holds from tract 7 (72.2) on; 8 and 9 are designated as well.
    assert scores["gated"].tolist() == [False] * 6 + [True] * 3
    assert scores["gate_reason"].tolist()[6:] == ["need", "both", "both"]
    assert scores.loc[grid.GEOIDS[8], "rank"] == 1
    assert scores["unranked_reason"].tolist()[:6] == ["not_gated"] * 6


def scored(canonical: CanonicalTables, settings: Settings) -> pd.DataFrame:
    area = study_area(canonical, ["XL"], settings, AS_OF)
    parts = need_parts(canonical.table("definitions"), canonical.table("measures"), area.tracts, settings.need)
    reached = travel(area, grid.GridEngine(), settings)
    training = training_access(area, reached.training, settings)
    return tract_scores(area, parts, training, work_access(area, reached.work, settings), settings)


def test_a_tract_without_residents_is_listed_with_the_reason(canonical: CanonicalTables, settings: Settings) -> None:
    measures = canonical.table("measures").copy()
    empty = measures["geoid"] == grid.GEOIDS[4]
    measures.loc[empty, ["count", "share"]] = [0.0, np.nan]
    measures.loc[empty & (measures["measure"] != "population"), "status"] = "missing"
    scores = scored(CanonicalTables({**canonical.tables, "measures": measures}), settings).set_index("geoid")
    assert scores.loc[grid.GEOIDS[4], "unranked_reason"] == "no_residents"
    assert pd.isna(scores.loc[grid.GEOIDS[4], "rank"])
    assert len(scores) == 9


def test_a_tract_of_group_quarters_is_listed_unranked_and_still_competes(
    canonical: CanonicalTables, settings: Settings
) -> None:
    rows = grid.measures(group_quarters=[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.51])
    there = CanonicalTables({**canonical.tables, "measures": rows})
    scores, before = (scored(tables, settings).set_index("geoid") for tables in (there, canonical))
    eight, nine = grid.GEOIDS[7:]
    assert (before.loc[nine, "rank"], scores.loc[nine, "unranked_reason"]) == (1, "group_quarters")
    assert pd.isna(scores.loc[nine, "rank"]) and scores.loc[nine, "priority"] == before.loc[nine, "priority"]
    # Half is not over half.
    assert (scores.loc[eight, "rank"], scores.loc[eight, "unranked_reason"]) == (1, "")
    pd.testing.assert_series_equal(scores["training_access"], before["training_access"])
    wide = settings.with_changes({"priority": {"group_quarters_above": 0.6}})
    assert scored(there, wide).set_index("geoid").loc[nine, "rank"] == 1


def test_without_any_provider_the_gap_is_unknown_and_weights_renormalize(
    canonical: CanonicalTables, settings: Settings
) -> None:
    nobody = {name: table for name, table in canonical.tables.items() if name != "providers"}
    nine = scored(CanonicalTables(nobody), settings).set_index("geoid").iloc[8]
    assert pd.isna(nine["training_gap"])
    assert nine["priority"] == pytest.approx((0.5 * nine["need"] + 0.2 * nine["opportunity"]) / 0.7)
    assert "training_unknown" in nine["flags"].split()


def test_flags_say_what_is_unknown_of_a_tract_and_nothing_else(canonical: CanonicalTables, settings: Settings) -> None:
    plain = scored(canonical, settings)
    # No table of polygons was given, so every tract lacks one, and nothing else is amiss.
    assert set(plain["flags"]) == {"no_polygon"}
    area = study_area(canonical, ["XL"], settings, AS_OF)
    table = plain.assign(
        has_polygon=True,
        need=[np.nan, *plain["need"][1:]],
        training_gap=[np.nan] * 2 + [1.0] * 7,
        opportunity=[np.nan, 1.0, np.nan] + [1.0] * 6,
        eligible_adults_basis=["counted"] * 3 + ["below_100", None] + ["capped"] * 4,
    )
    demand = area.demand.assign(demand_basis=["measured"] * 5 + ["imputed"] + ["unknown"] * 3)
    said = _flags(table, replace(area, demand=demand)).tolist()
    assert said == ["", "training_unknown", "work_unknown", "adults_below_100", "", "adults_imputed", "", "", ""]
    both = _flags(table.assign(training_gap=np.nan, opportunity=np.nan, has_polygon=False), area)
    assert both.iloc[8] == "no_polygon training_unknown work_unknown"


def test_a_tract_lies_in_the_weighted_middle_of_its_origins(canonical: CanonicalTables, settings: Settings) -> None:
    area = study_area(canonical, ["XL"], settings, AS_OF)
    origins = pd.DataFrame(
        {
            "geoid": ["a", "a", "b"],
            "latitude": [40.0, 42.0, 10.0],
            "longitude": [-70.0, -74.0, -20.0],
            "weight": [0.75, 0.25, 1.0],
            "origin_basis": ["cells", "cells", "center"],
            "rural": [True, True, False],
        }
    )
    facts = _origin_facts(replace(area, origins=origins)).set_index("geoid")
    assert facts[["latitude", "longitude"]].to_numpy().tolist() == [[40.5, -71.0], [10.0, -20.0]]
    assert facts["origin_basis"].tolist() == ["cells", "center"] and facts["rural"].tolist() == [True, False]


def test_seats_that_are_assumed_are_counted_apart_and_people_nobody_knows_ask_for_none(
    canonical: CanonicalTables, settings: Settings
) -> None:
    area = study_area(canonical, ["XL"], settings, AS_OF)
    two = pd.concat([area.providers, area.providers.assign(provider_id="test:2", seats_used=30.0, seats_assumed=True)])
    area = replace(area, providers=two.reset_index(drop=True), demand=area.demand.iloc[1:])
    found = travel(area, grid.GridEngine(), settings).training
    assert demand_of(found, area).tolist() == [0.0, *(100.0 * n for n in range(2, 10))]
    first = training_access(area, found, settings).iloc[0]
    assert first[["providers_within", "seats_within", "seats_within_assumed"]].tolist() == [2, 120, 30]


def test_pillars_are_ranked_within_the_state_among_tracts_with_residents_that_count() -> None:
    tracts = pd.DataFrame({"state": ["XL"] * 4 + ["YL"], "population": [1.0, 10.0, 0.0, 10.0, 10.0]})
    access = pd.Series([3.0, 1.0, 9.0, 5.0, 7.0])
    counted = pd.Series([True, True, True, False, True])
    assert pillar_percentile(access, tracts, counted).fillna(-1).tolist() == [75, 25, -1, -1, 50]


def test_only_points_of_zip_codes_tell_where_training_without_an_address_is(
    canonical: CanonicalTables, settings: Settings
) -> None:
    lost = grid.providers().assign(location_quality="zip", zip="02840")
    area = study_area(CanonicalTables({**canonical.tables, "providers": lost}), ["XL"], settings, AS_OF)
    latitude, longitude = grid.place(9)
    parts = need_parts(canonical.table("definitions"), canonical.table("measures"), area.tracts, settings.need)
    reached = travel(area, grid.GridEngine(), settings)
    tables = training_access(area, reached.training, settings), work_access(area, reached.work, settings)
    for kind, expected in (("zip", "ZIP 02840"), ("town", "County 97001")):
        point = pd.DataFrame({"kind": [kind], "state": ["XL"], "latitude": [latitude], "longitude": [longitude]})
        scores = tract_scores(replace(area, place_points=point), parts, *tables, settings)
        assert set(scores["unlocated_where"]) == {expected}


def test_all_work_within_reach_is_shared_out_a_thousand_people_at_a_time(
    canonical: CanonicalTables, settings: Settings
) -> None:
    area = study_area(canonical, ["XL"], settings, AS_OF)
    found = travel(area, grid.GridEngine(), settings).work
    table = work_access(area, found, settings)
    people = demand_of(found, area)
    for bound, column in (("low", "work_access_low"), ("mid", "work_access"), ("high", "work_access_high")):
        shared = (table[column].to_numpy() * people).sum() / 1000
        assert shared == pytest.approx(area.sites[f"job_years_{bound}"].sum())
