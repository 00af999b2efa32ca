"""What must hold of the whole walk, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.analysis import analyze
from geodata.analysis.rescoring import point_scores
from geodata.comparison.scenarios import apply, scenario_of
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.need import need, need_parts
from geodata.scoring.priority import combine
from geodata.scoring.study_area import study_area
from geodata.scoring.tract_scores import training_access, travel
from geodata.settings import Need, Priority
from geodata.travel.choose_engine import engine_for
from tests.geodata.scoring import grid
from tests.geodata.small_world import AS_OF, SETTINGS, canonical

WORLD = canonical()
shares = st.lists(st.integers(0, 20).map(lambda k: k / 20), min_size=9, max_size=9)


def needs(poverty: list[float], vehicles: list[float], chosen: Need) -> pd.DataFrame:
    measures, tracts = WORLD.table("measures").copy(), WORLD.table("centers")
    for name, values in (("poverty_150", poverty), ("no_vehicle", vehicles)):
        rows = measures["measure"] == name
        measures.loc[rows, "share"] = measures.loc[rows, "geoid"].map(dict(zip(grid.GEOIDS, values, strict=True)))
    parts = need_parts(WORLD.table("definitions"), measures, tracts, chosen)
    return need(parts, tracts, chosen).set_index("geoid")


@settings(deadline=None, max_examples=8)
@given(shares, shares, st.integers(0, 8), st.integers(1, 20).map(lambda k: k / 20))
def test_raising_a_tracts_poverty_never_lowers_its_need(poverty, vehicles, tract, more):
    raised = [min(1.0, share + more) if n == tract else share for n, share in enumerate(poverty)]
    geoid = grid.GEOIDS[tract]
    alone = Need(weights={"workforce": 1.0})
    before, after = needs(poverty, vehicles, alone), needs(raised, vehicles, alone)
    assert after.loc[geoid, "need"] >= before.loc[geoid, "need"]
    # With further definitions a third tract may pass a second one that was overtaken, and so pass this one by less
    # than a rank or two; what the definitions together say of this tract never falls.
    before, after = needs(poverty, vehicles, SETTINGS.need), needs(raised, vehicles, SETTINGS.need)
    assert after.loc[geoid, "need_ensemble"] >= before.loc[geoid, "need_ensemble"] - 1e-9


def access_to_training(tables: CanonicalTables) -> pd.Series:
    area = study_area(tables, ["XL"], SETTINGS, AS_OF)
    reached = travel(area, engine_for(SETTINGS.travel), SETTINGS)
    return training_access(area, reached.training, SETTINGS).set_index("geoid")["training_access"]


@settings(deadline=None, max_examples=6)
@given(st.floats(39.7, 40.1), st.floats(-135.1, -134.7), st.floats(0.5, 500))
def test_adding_an_entry_provider_never_lowers_anyones_access(latitude, longitude, seats):
    new = {"name": "New", "latitude": latitude, "longitude": longitude, "seats": seats}
    more, _ = apply(scenario_of({"name": "x", "providers": {"add": [new]}}), WORLD, SETTINGS)
    before, after = access_to_training(WORLD), access_to_training(more)
    assert (after >= before - 1e-9).all()
    advanced, _ = apply(
        scenario_of({"name": "x", "providers": {"add": [{**new, "entry_stage": "advanced"}]}}), WORLD, SETTINGS
    )
    pd.testing.assert_series_equal(access_to_training(advanced), before)


@pytest.mark.parametrize("factor", [0.1, 7.0])
def test_scaling_all_seats_changes_no_rank(factor):
    second = grid.providers().assign(provider_id="test:2", latitude=grid.place(6)[0], longitude=grid.place(6)[1])
    both = pd.concat([grid.providers(), second.assign(seats=11.0)], ignore_index=True)
    before = point_scores(canonical(providers=both), ["XL"], SETTINGS, AS_OF)
    scaled = point_scores(canonical(providers=both.assign(seats=both["seats"] * factor)), ["XL"], SETTINGS, AS_OF)
    pd.testing.assert_frame_equal(before[["geoid", "rank", "priority"]], scaled[["geoid", "rank", "priority"]])


def test_the_order_of_input_rows_changes_nothing():
    once = analyze(WORLD, ["XL"], SETTINGS, AS_OF)["XL"]
    mixed = {name: table.sample(frac=1, random_state=7) for name, table in WORLD.tables.items()}
    again = analyze(CanonicalTables(mixed), ["XL"], SETTINGS, AS_OF)["XL"]
    for name in (
        "tract_scores",
        "communities",
        "community_tracts",
        "barriers",
        "hubs",
        "equity",
        "clusters",
        "rollups",
    ):
        key = [c for c in ("unit_kind", "unit_id", "geoid", "community_id") if c in once.table(name)]
        one, other = (
            result.table(name).sort_values(key).reset_index(drop=True) if key else result.table(name)
            for result in (once, again)
        )
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), obj=name, rtol=1e-9)
    assert once.facts == again.facts


pillar = st.one_of(st.none(), st.floats(0, 100))


@given(
    st.lists(st.tuples(st.floats(0.1, 100), pillar, pillar), min_size=1, max_size=8),
    st.tuples(st.floats(0.01, 1), st.floats(0, 1), st.floats(0, 1)),
    st.sampled_from(["arithmetic", "geometric"]),
)
def test_contributions_sum_to_the_score(rows, weights, aggregation):
    names = ["need", "training_gap", "opportunity"]
    table = pd.DataFrame(rows, columns=names).astype(float)
    chosen = Priority(weights=dict(zip(names, weights, strict=True)), aggregation=aggregation)
    made = combine(table, chosen)
    points = made[[f"points_{name}" for name in names]].sum(axis=1)
    np.testing.assert_allclose(points, made["priority"], atol=1e-9)
    least, most = table.min(axis=1), table.max(axis=1)
    used = table[[name for name, weight in chosen.weights.items() if weight > 0]]
    assert ((made["priority"] >= used.min(axis=1) - 1e-6) & (made["priority"] <= used.max(axis=1) + 1e-6)).all()
    assert ((made["priority"] >= least - 1e-6) & (made["priority"] <= most + 1e-6)).all()
