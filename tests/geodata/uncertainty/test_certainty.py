from __future__ import annotations

import numba
import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from geodata.settings import Settings
from geodata.uncertainty.certainty import certainty, draw_model, tiers
from geodata.uncertainty.travel_range import TravelAccess, job_years, travel_triangles
from tests.geodata.simulated import NODES, Simulated, observed, truth

MANY = Settings(uncertainty={"draws": 400}, priority={"gate_need": 40.0})


# Weights under which no two ensembles or scores are equal but for rounding.
SURE = Settings(
    need={"weights": {"svi": 1.0, "workforce": 1.37}},
    uncertainty={"draws": 8, "weight_concentration": float("inf")},
    opportunity={
        "job_years_per_unit": {
            "level1": {"low": 0.005, "mid": 0.005, "high": 0.005},
            "level2": {"low": 0.02, "mid": 0.02, "high": 0.02},
            "dc_fast": {"low": 0.06, "mid": 0.06, "high": 0.06},
        },
        "maintenance_job_years_per_unit_year": {"low": 0.002, "mid": 0.002, "high": 0.002},
    },
    travel={"curve_range": (1.0, 1.0)},
)


def state(settings: Settings = MANY, n: int = 120, se: float = 0.03, seed: int = 1) -> Simulated:
    rng = np.random.default_rng(seed)
    true = truth(rng, n, settings)
    return observed(true, np.clip(true["shares"] + rng.normal(0, se, true["shares"].shape), 0, 1), se, settings)


def run(made: Simulated, settings: Settings = MANY, grouping: pd.DataFrame | None = None):
    return certainty(made.scores, made.parts, made.measures, made.access, settings, grouping)


def test_without_anything_uncertain_every_draw_gives_the_point_ranks():
    made = state(SURE, se=0.0)
    table = run(made, SURE).tracts.set_index("geoid")
    listed = made.scores[made.scores["rank"].notna()].set_index("geoid")
    for name in ("rank_median", "rank_low", "rank_high"):
        assert (table.loc[listed.index, name] == listed["rank"].astype(float)).all()
    assert set(table["p_top_share"].dropna()) <= {0.0, 1.0}
    # A tenth of the 120 scored tracts, not of the listed ones.
    assert table["p_top_share"].sum() == 12
    assert (table["tier"] == "A").sum() == 12


def test_chances_add_up_to_the_places_there_are():
    made = state()
    table = run(made).tracts
    listed = table["rank_median"].notna()
    assert (table.loc[~listed, "tier"] == "none").all()
    assert (table.loc[listed, "rank_low"] <= table.loc[listed, "rank_median"]).all()
    assert (table.loc[listed, "rank_median"] <= table.loc[listed, "rank_high"]).all()
    # Tracts that only some draws list may hold a place too, so the listed ones hold at most all.
    assert 0.95 * 12 <= table["p_top_share"].sum() <= 12 + 1e-9


def test_order_of_rows_threads_and_other_tables_do_not_matter():
    made = state()
    once = run(made).tracts
    mixed = Simulated(
        made.scores.sample(frac=1, random_state=1),
        made.parts.sample(frac=1, random_state=2),
        made.measures.sample(frac=1, random_state=3),
        made.access,
    )
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        again = run(mixed).tracts
    finally:
        numba.set_num_threads(before)
    pd.testing.assert_frame_equal(once, again)
    assert not once.equals(run(made, MANY.with_changes({"uncertainty": {"seed": 5}})).tracts)


def test_scaling_all_seats_or_all_job_years_changes_no_rank():
    made = state()
    scaled = TravelAccess(
        made.access.geoids, NODES, 4 * made.access.training, 2 * made.access.opportunity, made.access.engine
    )
    other = Simulated(made.scores, made.parts, made.measures, scaled)
    pd.testing.assert_frame_equal(run(made).tracts, run(other).tracts)


def test_communities_come_from_the_same_draws():
    made = state()
    first = run(made)
    listed = first.tracts.loc[first.tracts["tier"].isin(["A", "B"]), "geoid"].tolist()
    grouping = pd.DataFrame({"geoid": listed, "community_id": [f"c{k % 3}" for k in range(len(listed))]})
    both = run(made, grouping=grouping)
    pd.testing.assert_frame_equal(first.tracts, both.tracts)
    communities = both.communities.set_index("community_id")
    assert communities["rank_median"].between(1, 3).all()
    weight = made.scores.set_index("geoid")["eligible_adults"]
    p = first.tracts.set_index("geoid")["p_top_share"]
    own = grouping.loc[grouping["community_id"] == "c1", "geoid"]
    assert communities.loc["c1", "p_top_share"] == pytest.approx(np.average(p[own], weights=weight[own]))
    assert set(communities["tier"]) <= {"A", "B"}


def test_convergence_is_reported():
    facts = run(state()).facts["XL"]
    assert facts["draws"] == 400
    assert 0 < facts["largest_standard_error"] <= 0.5 / 20
    assert facts["largest_difference_between_halves"] < 0.25
    few = run(state(), MANY.with_changes({"uncertainty": {"draws": 50}})).facts["XL"]
    assert few["largest_standard_error"] > facts["largest_standard_error"]


def test_without_draws_the_point_ranks_stand_in():
    made = state()
    none = run(made, MANY.with_changes({"uncertainty": {"draws": 0}}))
    assert none.tracts["rank_low"].isna().all()
    assert (none.tracts["tier"] == "A").sum() == 12
    assert none.facts["XL"]["draws"] == 0


def test_a_pillar_nothing_is_known_of_has_no_weight():
    made = state()
    made.scores["opportunity"] = np.nan
    _, model = draw_model(made.scores, made.parts, made.measures, made.access, MANY)
    assert model.pillar_weights == (0.5, 0.3, 0.0)


def test_tiers_by_chance_and_gate():
    p = pd.Series([0.8, 0.79, 0.5, 0.2, 0.19, 0.9])
    gated = pd.Series([True] * 5 + [False])
    assert tiers(p, gated, MANY.uncertainty).tolist() == ["A", "B", "B", "C", "none", "none"]


@pytest.mark.slow
def test_intervals_hold_the_true_rank_at_their_nominal_rate():
    """Twelve surveys that err as they say, each against forty truths of weights, travel and job-years."""
    rng = np.random.default_rng(11)
    settings = Settings(uncertainty={"draws": 300}, priority={"gate_need": 0.0})
    held, widths = [], []
    for _ in range(12):
        n, se = 80, 0.02
        true = truth(rng, n, settings)
        made = observed(true, np.clip(true["shares"] + rng.normal(0, se, true["shares"].shape), 0, 1), se, settings)
        table = run(made, settings).tracts
        for _ in range(40):
            rank = _true_rank(rng, true, settings)
            held.append(((table["rank_low"] <= rank) & (rank <= table["rank_high"])).mean())
        widths.append((table["rank_high"] - table["rank_low"]).mean())
    assert np.mean(held) == pytest.approx(0.90, abs=0.035)
    # Not by being so wide that they say nothing.
    assert np.mean(widths) < 40


def _true_rank(rng: np.random.Generator, true: dict[str, np.ndarray], settings: Settings) -> np.ndarray:
    """Return the ranks under one drawn truth of everything the method calls uncertain, in plain numpy."""
    detour, speed = travel_triangles("great_circle", settings.travel)
    # The curves have one factor; the other triangle is a point then.
    longer, quicker = (rng.triangular(*one) if one[0] < one[2] else one[1] for one in (detour, speed))
    factor = np.clip(longer / quicker, NODES[0], NODES[-1])
    years = np.array([rng.triangular(*row) for row in job_years(settings.opportunity)])
    training = np.array([np.interp(factor, NODES, row) for row in true["training"]])
    work = np.array([np.interp(factor, NODES, row) for row in true["work"] @ years])
    weights = rng.dirichlet(50 * np.array([1.0, 1.0]) / 2)
    pillars = rng.dirichlet(50 * np.array([0.5, 0.3, 0.2]))
    workforce = rankdata(true["shares"], axis=0).mean(axis=1)
    need = rankdata(weights[0] * rankdata(true["svi"]) + weights[1] * rankdata(workforce))
    return rankdata(-(pillars[0] * need - pillars[1] * rankdata(training) + pillars[2] * rankdata(work)))
