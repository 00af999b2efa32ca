"""Each pillar, the gate and the score on a 3 × 3 grid worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from geodata.access.reach import reach, tract_access
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.eligible_adults import demand, eligible_adults
from geodata.scoring.need import need, need_parts
from geodata.scoring.opportunity import site_work
from geodata.scoring.priority import combine, gate
from geodata.scoring.study_area import study_area
from geodata.scoring.tract_scores import demand_of, tract_scores, training_access, travel, work_access
from geodata.settings import Priority, Settings
from tests.geodata.scoring import grid

AS_OF = "2026-09-30"


@pytest.fixture
def canonical() -> CanonicalTables:
    svi = grid.definition("svi", [n / 10 for n in range(1, 10)], [None] * 9, True)
    cejst = grid.definition("cejst", [0, 0, 0, 0, 0, 0, 0, 1, 1], [False] * 7 + [True] * 2, True)
    return CanonicalTables(
        {
            "centers": grid.centers(),
            "measures": grid.measures(),
            "definitions": pd.concat([svi, cejst], ignore_index=True),
            "providers": grid.providers(),
            "sites": grid.sites(),
        }
    )


@pytest.fixture
def settings() -> Settings:
    # Rurality is of no concern on the grid: everybody has the same 30 minutes.
    return Settings(
        need={"weights": {"svi": 1, "cejst": 1}}, access={"rural_catchment_minutes": 30.0, "cells_per_tract": 1}
    )


def weight(minutes: float) -> float:
    """Gaussian decay with T = 30, written out."""
    floor = math.exp(-0.5)
    return (math.exp(-0.5 * (minutes / 30) ** 2) - floor) / (1 - floor)


def test_eligible_adults_are_working_age_times_poverty(canonical: CanonicalTables) -> None:
    adults = eligible_adults(canonical.table("measures")).set_index("geoid")
    # Tract 3: 1,000 of working age × 0.3; margin: √((1000·0.05)² + (0.3·0)²) = 50.
    assert adults.loc[grid.GEOIDS[2], "eligible_adults"] == pytest.approx(300)
    assert adults.loc[grid.GEOIDS[2], "eligible_adults_moe"] == pytest.approx(50)


def test_unmeasured_tracts_compete_with_an_imputed_share_and_say_so() -> None:
    tracts = pd.DataFrame(
        {
            "geoid": ["a", "b", "c", "d"],
            "state": ["XL", "XL", "XS", "XS"],
            "population": [1000.0, 500.0, 2000.0, np.nan],
            "eligible_adults": [200.0, np.nan, np.nan, np.nan],
        }
    )
    table = demand(tracts).set_index("geoid")
    # Share of the measured tract 200/1000; b: 500 × 0.2; c: its state has no measured tract, so the overall 0.2.
    assert table["demand"].to_dict() == pytest.approx({"a": 200, "b": 100, "c": 400, "d": 0})
    assert table["demand_basis"].to_dict() == {"a": "measured", "b": "imputed", "c": "imputed", "d": "unknown"}


def test_need_is_the_rank_of_the_mean_rank(canonical: CanonicalTables, settings: Settings) -> None:
    tracts = canonical.table("centers")
    parts = need_parts(canonical.table("definitions"), canonical.table("measures"), tracts, settings.need)
    table = need(parts, tracts, settings.need).set_index("geoid")
    svi = parts[parts["definition"] == "svi"].set_index("geoid")["percentile"]
    cejst = parts[parts["definition"] == "cejst"].set_index("geoid")["percentile"]
    # Nine values: percentile of the r-th is 100 (r - ½) / 9. CEJST: seven zeros tie at rank 4, two ones at 8½.
    assert svi[grid.GEOIDS[0]] == pytest.approx(100 * 0.5 / 9)
    assert cejst[grid.GEOIDS[0]] == pytest.approx(100 * 3.5 / 9)
    assert cejst[grid.GEOIDS[8]] == pytest.approx(100 * 8.0 / 9)
    assert table.loc[grid.GEOIDS[8], "need_ensemble"] == pytest.approx((100 * 8.5 / 9 + 100 * 8 / 9) / 2)
    # The ensemble rises with n, so Need is the percentile of n.
    assert table["need"].tolist() == pytest.approx([100 * (n - 0.5) / 9 for n in range(1, 10)])
    assert table.loc[grid.GEOIDS[8], "designated_by"] == "cejst"
    # Tracts 8 and 9: designated by CEJST, in the worst quarter of SVI (ranks 83 and 94) and of the composite.
    assert table["agreement_count"].tolist() == [0] * 7 + [3, 3]


def test_work_at_a_site_is_ports_times_the_cited_rate(canonical: CanonicalTables, settings: Settings) -> None:
    work = site_work(canonical.table("sites"), settings.opportunity, AS_OF).iloc[0]
    assert work["job_years_mid"] == pytest.approx(0.06 + 0.002)
    assert work["quarter"] == "2027Q1"
    assert not work["assumed_units"]


def test_a_site_without_ports_takes_the_default_and_is_flagged(canonical: CanonicalTables, settings: Settings) -> None:
    silent = canonical.table("sites").assign(units_dc_fast=pd.array([None], dtype="Int64"))
    work = site_work(silent, settings.opportunity, AS_OF).iloc[0]
    assert work["assumed_units"]
    assert work["units"] == settings.opportunity.default_units["dc_fast"]


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


def test_without_any_provider_the_gap_is_unknown_and_weights_renormalize(
    canonical: CanonicalTables, settings: Settings
) -> None:
    nobody = {name: table for name, table in canonical.tables.items() if name != "providers"}
    nine = scored(CanonicalTables(nobody), settings).set_index("geoid").iloc[8]
    assert pd.isna(nine["training_gap"])
    assert nine["priority"] == pytest.approx((0.5 * nine["need"] + 0.2 * nine["opportunity"]) / 0.7)
    assert "training_unknown" in nine["flags"].split()


def test_the_geometric_mean_by_hand() -> None:
    pillars = pd.DataFrame({"need": [80.0, 0.0], "training_gap": [50.0, 50.0], "opportunity": [20.0, 20.0]})
    table = combine(pillars, Priority(aggregation="geometric"))
    assert table["priority"].tolist() == pytest.approx([80**0.5 * 50**0.3 * 20**0.2, 0.0])
    points = table[["points_need", "points_training_gap", "points_opportunity"]].sum(axis=1)
    assert points.tolist() == pytest.approx(table["priority"].tolist())


def test_the_gate_opens_by_need_or_by_name() -> None:
    scores = pd.DataFrame({"need": [65.0, 64.9, np.nan, 90.0], "designated_by": ["", "cejst", "cejst", None]})
    assert gate(scores, Priority())["gate_reason"].tolist() == ["need", "designation", "designation", "need"]
    assert gate(scores, Priority(gate_designations=False))["gated"].tolist() == [True, False, False, True]
