"""From tables to chances and tiers, on a state whose truth is known."""

from __future__ import annotations

import numba
import numpy as np
import pandas as pd
import pytest

from geodata.scoring.priority import ranks, scored
from geodata.settings import Settings
from geodata.uncertainty.certainty import (
    NONE_FOUND,
    Certainty,
    DrawnTracts,
    _placed_better,
    certainty,
    communities_certainty,
    community_lists,
    community_of,
    convergence,
    draw_model,
    drawn_tracts,
    holding_ranks,
    means_of_groups,
    tiers,
    weights_of,
)
from geodata.uncertainty.draws import Block, fill, plan_of, simulate_ranks, working_order
from geodata.uncertainty.rank_lists import RankedLists
from tests.geodata.simulated import Simulated, index, observed, supply, truth
from tests.geodata.uncertainty import models
from tests.geodata.uncertainty.models import certain

MANY = Settings(uncertainty={"draws": 400}, priority={"gate_need": 40.0})
# Weights under which no two ensembles or scores are equal but for rounding.
UNEQUAL = MANY.with_changes({"need": {"weights": {"svi": 1.0, "workforce": 1.37}}})


def state(settings: Settings = MANY, n: int = 120, se: float = 0.03, seed: int = 1) -> Simulated:
    rng = np.random.default_rng(seed)
    shares = truth(rng, n)
    return observed(np.clip(shares + rng.normal(0, se, shares.shape), 0.001, 1), se, supply(n, seed), settings)


def drawn(made: Simulated, settings: Settings = MANY):
    return drawn_tracts(made.scores, made.parts, made.measures, made.access, settings)


def run(made: Simulated, settings: Settings = MANY) -> Certainty:
    return certainty(drawn(made, settings), settings.uncertainty)


def all_known():
    """Return supply and travel that nothing is drawn of."""
    known = supply(120, 1)
    seats = np.nan_to_num(known.providers.seats, nan=9.0)
    sure = known.providers._replace(seats=seats, campuses=np.ones(12, np.int64))
    sites = known.sites._replace(
        prior=np.full(40, -1), built=np.ones(40), job_years=known.sites.job_years[:, [1, 1, 1]]
    )
    still = known.travel._replace(triangles=np.ones((2, 3)), own_sd=0.0)
    return known._replace(providers=sure, sites=sites, travel=still)


def test_tracts_passed_over_for_group_quarters_are_compared_with_but_not_listed() -> None:
    made = observed(truth(np.random.default_rng(1), 120), 0.0, all_known(), UNEQUAL)
    made.scores.loc[[3, 40, 41], "unranked_reason"] = "group_quarters"
    (part,) = drawn(made, UNEQUAL.with_changes({"uncertainty": {"draws": 4}}))
    assert part.drawn is not None and len(part.used) == 117
    # The percentiles are those of the point estimate, in which all 120 take part.
    listed = part.used.iloc[part.drawn.listed]
    np.testing.assert_allclose(part.drawn.priority[0], listed["priority"].astype(float), rtol=1e-6)
    table = certainty([part], UNEQUAL.uncertainty)
    assert set(table.tracts["geoid"]) == set(part.used["geoid"])
    assert table.facts["XL"]["tracts_in_the_list"] == 117


def test_what_the_draws_place_better_than_its_own_figures_has_no_chance_and_no_tier() -> None:
    # A handful of residents: the survey found nothing of anything there, and would have found little else either way.
    shares = truth(np.random.default_rng(1), 120)
    shares[5] = 0.0
    made = observed(shares, 0.01, supply(120, 1), UNEQUAL)
    made.scores.loc[5, ["gated", "designated_by", "unranked_reason"]] = [True, "cejst", ""]
    made.scores["rank"] = ranks(made.scores)
    few = made.measures["geoid"] == made.scores.loc[5, "geoid"]
    made.measures.loc[few, "share_moe"] = 3.0
    certain = run(made)
    row = certain.tracts.set_index("geoid").loc[made.scores.loc[5, "geoid"]]
    assert row["rank_high"] < made.scores.loc[5, "rank"]
    assert np.isnan(row["p_top_share"]) and np.isnan(row["p_top_count"])
    assert row["tier"] == row["cut_tier"] == "none"
    assert np.isfinite(certain.facts["XL"]["largest_standard_error"])
    listed = certain.tracts[certain.tracts["rank_high"].notna()]
    assert listed.loc[listed["p_top_share"].isna(), "geoid"].tolist() == [made.scores.loc[5, "geoid"]]
    # So few draws do not say so of any tract.
    few_draws = run(made, MANY.with_changes({"uncertainty": {"draws": 10}})).tracts
    assert few_draws["p_top_share"].notna().sum() == few_draws["rank_high"].notna().sum() == len(listed)


def test_places_counted_in_bins_are_no_reason_to_give_no_chance() -> None:
    # In a list of 1,500 places beyond the 256th are counted in bins, and nothing here is uncertain.
    sure = models.certain(models.model(1500, reference=np.zeros(1500), scope=np.zeros(1500), gate_need=None))
    drawn_ranks = simulate_ranks(sure, 128).tracts
    rank = pd.Series(drawn_ranks.rank_median).rank(method="first")
    assert (rank > drawn_ranks.rank_high).any()
    assert not _placed_better(rank, pd.Series(drawn_ranks.rank_high), 128).any()


def test_without_anything_uncertain_every_draw_gives_the_point_ranks():
    made = observed(truth(np.random.default_rng(1), 120), 0.0, all_known(), UNEQUAL)
    table = run(made, UNEQUAL.with_changes({"uncertainty": {"draws": 8}})).tracts.set_index("geoid")
    listed = made.scores[made.scores["rank"].notna()].set_index("geoid")
    for name in ("rank_median", "rank_low", "rank_high"):
        assert (table.loc[listed.index, name] == listed["rank"].astype(float)).all()
    assert set(table["p_top_share"].dropna()) <= {0.0, 1.0}
    # A tenth of the 120 scored tracts, not of the listed ones.
    assert table["p_top_share"].sum() == 12
    assert (table["tier"] == "A").sum() == 12


def test_chances_add_up_to_the_places_there_are():
    table = run(state()).tracts
    listed = table["rank_median"].notna()
    assert (table.loc[~listed, ["tier", "cut_tier"]] == "none").all(axis=None)
    assert (table.loc[listed, "rank_low"] <= table.loc[listed, "rank_median"]).all()
    assert (table.loc[listed, "rank_median"] <= table.loc[listed, "rank_high"]).all()
    # Tracts that only some draws list may hold a place too, so the listed ones hold at most all.
    assert 0.9 * 12 <= table["p_top_share"].sum() <= 12 + 1e-9


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


def test_communities_are_graded_by_the_draws_that_did_not_cut_them():
    made = state()
    parts = drawn(made)
    first = certainty(parts, MANY.uncertainty)
    listed = first.tracts.loc[first.tracts["cut_tier"].isin(["A", "B"]), "geoid"].tolist()
    grouping = pd.DataFrame({"geoid": listed, "community_id": [f"c{k % 3}" for k in range(len(listed))]})
    communities = communities_certainty(parts, grouping, MANY.uncertainty).set_index("community_id")
    assert communities["rank_median"].between(1, 3).all()
    weight = made.scores.set_index("geoid")["eligible_adults"]
    used, simulated = parts[0].used, parts[0].drawn
    rest = pd.Series(simulated.p_of_rest(), index=used["geoid"])
    own = grouping.loc[grouping["community_id"] == "c1", "geoid"]
    assert communities.loc["c1", "p_top_share"] == pytest.approx(np.average(rest[own], weights=weight[own]))
    assert set(communities["tier"]) <= {"A", "B", "C"}
    none = communities_certainty(
        drawn(made, MANY.with_changes({"uncertainty": {"draws": 0}})), grouping, MANY.uncertainty
    )
    assert none["rank_median"].isna().all()


def test_convergence_is_reported():
    facts = run(state()).facts["XL"]
    assert facts["draws"] == 400
    assert 0 < facts["largest_standard_error"] <= 0.5 / 20
    assert facts["largest_difference_between_halves"] < 0.25
    few = run(state(), MANY.with_changes({"uncertainty": {"draws": 50}})).facts["XL"]
    assert few["largest_standard_error"] > facts["largest_standard_error"]


def test_without_draws_the_point_ranks_stand_in():
    none = run(state(), MANY.with_changes({"uncertainty": {"draws": 0}}))
    assert none.tracts["rank_low"].isna().all()
    assert (none.tracts["tier"] == "A").sum() == 12
    assert (none.tracts["cut_tier"] == none.tracts["tier"]).all()
    assert none.facts["XL"]["draws"] == 0


def test_a_pillar_nothing_is_known_of_has_no_weight():
    made = state()
    made.scores["opportunity"] = np.nan
    _, model = draw_model(made.scores, made.parts, made.measures, made.access, MANY)
    assert model.pillar_weights == (0.5, 0.3, 0.0)


def test_the_index_is_made_again_only_where_its_parts_are_there():
    made = state()
    _, model = draw_model(made.scores, made.parts, made.measures, made.access, MANY)
    assert model.in_index.sum() == 16
    assert list(model.definition_error) == [1.0, 1.0]  # nothing designates here
    without = made.measures[made.measures["measure"] != "crowding"]
    _, model = draw_model(made.scores, made.parts, without, made.access, MANY)
    assert not model.in_index.any()


def test_what_is_drawn_where_none_was_found_is_what_true_values_are_there():
    rng = np.random.default_rng(1)
    true = rng.uniform(0, 6, 400_000)
    none = true + rng.normal(size=true.size) <= 0
    drawn_there = np.abs(rng.normal(0, NONE_FOUND, 400_000))
    assert drawn_there.mean() == pytest.approx(true[none].mean(), rel=0.02)
    # So is how often they lie far out, which the margin itself would make too often.
    assert np.quantile(drawn_there, 0.9) == pytest.approx(np.quantile(true[none], 0.9), rel=0.05)


def test_no_rank_lies_outside_its_interval():
    ranks = pd.array([6, 4, 9, pd.NA], dtype="Int64")
    table = pd.DataFrame({"rank": ranks, "rank_low": [7.0, 2.0, np.nan, 3.0], "rank_high": [87.0, 3.0, np.nan, 5.0]})
    made = holding_ranks(table)
    assert made["rank_low"].fillna(-1).tolist() == [6, 2, -1, 3] and made["rank_high"].fillna(-1).tolist() == [
        87,
        4,
        -1,
        5,
    ]


def test_a_list_that_designates_does_not_err_and_a_share_of_none_less():
    made = state()
    listed = made.parts[made.parts["definition"] == "svi"].assign(definition="cejst")
    listed["designated"] = listed["value"] > 0.7
    first = made.measures.index[made.measures["measure"] == "mobile_home"][:3]
    made.measures.loc[first, "share"] = 0.0
    _, model = draw_model(made.scores, pd.concat([made.parts, listed]), made.measures, made.access, MANY)
    assert list(model.definition_error) == [0.0, 1.0]
    none = model.measures == 0
    # A share of none errs as far as none is found of it: by π/4 of its margin.
    assert none.sum() == 3 and model.measures_se[none] == pytest.approx(np.pi / 4 * 0.03, rel=1e-6)


def test_tiers_by_chance_and_gate():
    p = pd.Series([0.8, 0.79, 0.5, 0.2, 0.19, 0.9])
    gated = pd.Series([True] * 5 + [False])
    assert tiers(p, gated, MANY.uncertainty).tolist() == ["A", "B", "B", "C", "none", "none"]


def covered(settings: Settings, surveys: int, truths: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Return how often the interval holds the true rank, and said and true chances of the top of all tracts."""
    rng = np.random.default_rng(11)
    n, se = 100, 0.025
    held, said, true = [], [], []
    for survey in range(surveys):
        shares, access = truth(rng, n), supply(n, survey)
        made = observed(np.clip(shares + rng.normal(0, se, shares.shape), 0.001, 1), se, access, settings)
        table = run(made, settings).tracts
        exact = observed(shares, 0.0, access, settings)
        used, model = draw_model(exact.scores, exact.parts, exact.measures, exact.access, settings)
        assert scored(made.scores).all() and (used["geoid"] == table["geoid"]).all()
        order = working_order(model)
        lists = RankedLists(model.scope[order], model.tie_order[order])
        block = Block.of(truths, n, n)
        fill(block, 0, plan_of(model, order, lists, 1000 + survey))
        ranks = np.empty((truths, n))
        ranks[:, order[lists.rows]] = block.ranks
        low, high = table["rank_low"].to_numpy(), table["rank_high"].to_numpy()
        held.append(((low <= ranks) & (ranks <= high)).mean())
        said.append(table["p_top_share"].to_numpy())
        true.append((ranks <= 10).mean(axis=0))
    return float(np.mean(held)), np.concatenate(said), np.concatenate(true)


@pytest.mark.slow
def test_intervals_hold_the_true_rank_and_tiers_what_they_say():
    """Surveys that err as they say, each against truths of supply and travel; all that rests on a survey errs alike."""
    settings = Settings(uncertainty={"draws": 300}, priority={"gate_need": 0.0})
    held, said, true = covered(settings, surveys=16, truths=12)
    assert held == pytest.approx(0.90, abs=0.025)
    for low, high in ((0.8, 1.01), (0.5, 0.8), (0.2, 0.5)):
        inside = (said >= low) & (said < high)
        assert said[inside].mean() == pytest.approx(true[inside].mean(), abs=0.06)


@pytest.mark.slow
def test_an_index_taken_as_exact_though_it_rests_on_the_survey_claims_too_much():
    weights = {"need": 1.0, "training_gap": 0.0, "opportunity": 0.0}
    settings = Settings(uncertainty={"draws": 300}, priority={"gate_need": 0.0, "weights": weights})
    assert covered(settings, surveys=16, truths=1)[0] == pytest.approx(0.90, abs=0.03)
    blind = settings.with_changes({"uncertainty": {"definition_error": {"svi": 0.0}}})
    assert covered(blind, surveys=16, truths=1)[0] < 0.85


def test_the_index_of_the_measures_is_the_publishers():
    # (rank - 1) / (n - 1), the lowest rank for ties, summed over the measures, and ranked again.
    shares = np.array([[0.1, 0.3], [0.1, 0.2], [0.4, 0.2], [0.5, 0.1]])
    sums = np.array([0 + 3, 0 + 1, 2 + 1, 3 + 0])
    expected = 100 * (pd.Series(sums).rank() - 0.5) / 4
    np.testing.assert_allclose(index(shares), expected)


def test_nothing_unsure_leaves_nothing_to_draw():
    made = state()
    _, model = draw_model(made.scores, made.parts, made.measures, made.access, MANY)
    assert certain(model).measures_se.sum() == 0


def test_the_first_communities_are_all_in_the_set_that_is_said_to_hold_them():
    made = state()
    parts = drawn(made)
    used, simulated = parts[0].used, parts[0].drawn
    grouping = pd.DataFrame({"geoid": used["geoid"], "community_id": [f"c{k // 6:02}" for k in range(len(used))]})
    chances = MANY.uncertainty.model_copy(update={"first_count": 3})
    members = communities_certainty(parts, grouping, chances).set_index("community_id")["in_first_set"]
    priority = pd.DataFrame(simulated.priority[200:], columns=used["geoid"].to_numpy()[simulated.listed])
    weight = made.scores.set_index("geoid")["eligible_adults"].reindex(priority.columns)
    of = grouping.set_index("geoid")["community_id"].reindex(priority.columns)
    means = (priority * weight).T.groupby(of.to_numpy()).sum().T / weight.groupby(of.to_numpy()).sum()
    first = means.rank(axis=1, ascending=False) <= 3
    assert (~first.loc[:, ~members.reindex(first.columns).to_numpy(dtype=bool)].any(axis=1)).mean() >= 0.9
    assert 3 <= members.sum() < 20


def test_convergence_by_hand() -> None:
    """Of 100 draws half are the first: chances of 0.5 and 0.9, of which the first half says 0.4 and 0.9."""
    chances = Settings(uncertainty={"draws": 100}).uncertainty
    p, half = pd.Series([0.5, 0.9, 0.1]), np.array([0.4, 0.9, 0.9])
    gated = pd.Series([True, True, False])
    found = convergence(p, half, 50, gated, chances)
    # The other half says 0.6, tier B where the first says C; 0.9 is 3.3 standard errors from 0.8.
    assert found == pytest.approx(
        {
            "largest_standard_error": 0.05,
            "largest_difference_between_halves": 0.2,
            "tiers_that_differ_between_halves": 0.5,
            "tracts_near_a_tier_bound": 1,
        }
    )
    assert convergence(p, half, 0, gated, chances) == convergence(p, half, 50, ~gated & gated, chances) == {}
    assert convergence(p, half, 1, gated, chances)["tracts_near_a_tier_bound"] == 1


def test_groups_weigh_their_tracts_and_equals_go_by_adults_then_as_listed() -> None:
    group, weight = np.array([0, 1, 0, 2, -1], np.int32), np.array([1.0, 4.0004, 3.0, 4.0, 9.0])
    assert means_of_groups(np.array([1.0, 5.0, 3.0, 7.0, 9.0]), group, weight, 3).tolist() == [2.5, 5.0, 7.0]
    used = pd.DataFrame({"geoid": list("abcde"), "state": ["RI", "MA", "RI", "RI", "MA"]})
    scope, place = community_lists(used, group, weight, 3)
    assert (scope.tolist(), place.tolist()) == ([0, 1, 0], [0, 1, 2])
    scope, place = community_lists(used, group, weight + np.array([0, 1, 0, 2, 0]), 3)
    assert place.tolist() == [2, 1, 0]
    grouping = pd.DataFrame({"geoid": ["e", "a"], "community_id": ["y", "x"]})
    assert community_of(used, grouping, ["x", "y"]).tolist() == [0, -1, -1, -1, 1]
    assert weights_of(pd.DataFrame({"eligible_adults": [2.5, np.nan, 0.0]})).tolist() == [2.5, 1e-6, 1e-6]


def test_what_lies_between_rank_and_interval_must_be_more_than_a_bin() -> None:
    rank, high = pd.Series([102.0, 101.0, 100.0, np.nan]), pd.Series([100.0] * 4)
    assert _placed_better(rank, high, 100).tolist() == [True, False, False, False]
    assert not _placed_better(rank, high, 99).any()


def test_point_ranks_that_stand_in_are_certain() -> None:
    used = pd.DataFrame({"geoid": list("abcd"), "state": "XL", "rank": pd.array([1, 2, 3, None], dtype="Int64")})
    used["gated"] = [True, True, True, False]
    chances = Settings(uncertainty={"draws": 0, "top_share": 0.5, "top_count": 1}).uncertainty
    found = certainty([DrawnTracts(used, None)], chances)
    assert found.tracts["p_top_share"].fillna(-1).tolist() == [1, 1, 0, -1]
    assert found.tracts["p_top_count"].fillna(-1).tolist() == [1, 0, 0, -1]
    assert found.tracts["p_gated"].tolist() == [1, 1, 1, 0] and found.tracts["tier"].tolist() == [
        "A",
        "A",
        "none",
        "none",
    ]
    assert found.facts["XL"]["tracts_that_count_as_top"] == 2 and found.facts["XL"]["tracts_in_the_list"] == 4


def test_with_a_national_area_the_gate_stands_where_it_falls_in_the_state() -> None:
    made = state()
    nation = MANY.with_changes({"need": {"reference_area": "nation"}})
    _, model = draw_model(made.scores, made.parts, made.measures, made.access, nation)
    rows = made.scores[scored(made.scores)]
    assert model.gate_need == pytest.approx(100 * (rows["need"] < 40).sum() / len(rows))
    _, model = draw_model(made.scores, made.parts, made.measures, made.access, MANY)
    assert model.gate_need == 40.0
    named = made.scores.assign(designated_by="cejst")
    _, model = draw_model(named, made.parts, made.measures, made.access, MANY)
    assert model.designated.all()
    off = MANY.with_changes({"priority": {"gate_designations": False}})
    assert not draw_model(named, made.parts, made.measures, made.access, off)[1].designated.any()
