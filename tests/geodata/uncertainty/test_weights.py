"""Stability under other weights, by hand, against a plain count, and whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.analysis.step import Walk
from geodata.scoring.priority import combine, ranks
from geodata.settings import Settings
from geodata.uncertainty.weights import tracts_among_first, weight_sets
from tests.geodata.small_world import SETTINGS as SMALL


def settings(**changed: object) -> Settings:
    return Settings(uncertainty={"top_share": 0.5, "weight_sets": 200, **changed})


def scores(rows: list[tuple[float, float, float]], state: str = "XL", adults: float = 100.0) -> pd.DataFrame:
    fips = {"XL": "97", "XM": "98"}[state]
    table = pd.DataFrame(rows, columns=["need", "training_gap", "opportunity"])
    table["geoid"] = [f"{fips}001{n:06d}" for n in range(len(rows))]
    return table.assign(state=state, eligible_adults=adults, unranked_reason="")


@pytest.mark.parametrize("pillars", [1, 2, 3])
@given(seed=st.integers(-(2**31), 2**31), least=st.floats(0, 0.3), sets=st.integers(1, 300))
def test_weights_sum_to_one_and_none_is_below_the_least(pillars: int, seed: int, least: float, sets: int) -> None:
    made = weight_sets(pillars, sets, least, seed)
    assert made.shape == (sets, pillars)
    assert made.sum(axis=1) == pytest.approx(1.0)
    assert (made >= least - 1e-12).all()


def test_sets_are_flat_over_all_that_are_allowed() -> None:
    made = weight_sets(3, 3000, 0.1, seed=20)
    # The triangle of allowed sets cut into 16 of equal area: each has a sixteenth of the sets.
    corner = np.clip((made - 0.1) / 0.7, 0, 1 - 1e-12)
    cell = np.floor(corner * 4).astype(int)
    upside_down = 4 - cell.sum(axis=1)
    _, counts = np.unique(np.column_stack([cell, upside_down]), axis=0, return_counts=True)
    assert len(counts) == 16
    assert counts / 3000 == pytest.approx(1 / 16, abs=0.006)
    two = np.sort(weight_sets(2, 1000, 0.1, seed=20)[:, 0])
    assert two == pytest.approx(np.linspace(0.1, 0.9, 1000), abs=0.005)


def test_another_seed_gives_other_sets_and_the_same_seed_the_same() -> None:
    assert (weight_sets(3, 5, 0.1, 20) == weight_sets(3, 5, 0.1, 20)).all()
    assert (weight_sets(3, 5, 0.1, 20) != weight_sets(3, 5, 0.1, 21)).all()


def test_a_hundred_sets_tell_a_share_within_a_few() -> None:
    # Half of all allowed sets give need more than training gap; pure chance would be off by 5 of 100, two times in six.
    off = [abs((weight_sets(3, 100, 0.1, seed) @ [1, -1, 0] > 0).mean() - 0.5) for seed in range(200)]
    assert np.sqrt(np.mean(np.square(off))) < 0.03


def test_the_first_place_goes_to_whom_the_weights_favor_by_hand() -> None:
    # Of two tracts one has more need, the other more of a gap by as much: each is ahead where its pillar weighs more,
    # which is half of all sets. A third is behind in all, and the fourth ahead in all.
    table = scores([(80, 50, 50), (50, 80, 50), (10, 10, 10), (90, 90, 90)])
    made = tracts_among_first(table, settings(weight_sets=1000))
    assert made.iloc[0] + made.iloc[1] == 1000
    assert made.iloc[0] == pytest.approx(500, abs=20)
    assert made.iloc[2:].tolist() == [0, 1000]
    # Need is ahead by twice as much: it is behind only where the gap weighs more than twice what need does,
    # w2 > 2·w1, in the triangle w1 = 0.1 + 0.7·a: (1 - 3·0.1)² is the whole, (1 - 0.3 - 0.1)²·2/3·… by counting below.
    table = scores([(80, 50, 50), (65, 80, 50), (10, 10, 10), (90, 90, 90)])
    grid = [(a, b) for a in np.arange(0.1, 0.9, 0.002) for b in np.arange(0.1, 0.9, 0.002) if 1 - a - b >= 0.1]
    ahead = np.mean([15 * a > 30 * b for a, b in grid])
    made = tracts_among_first(table, settings(weight_sets=1000))
    assert made.iloc[0] == pytest.approx(1000 * ahead, abs=20)


def test_ties_go_to_more_eligible_adults_and_then_to_the_lower_geoid() -> None:
    table = scores([(50, 50, 50)] * 4)
    assert tracts_among_first(table, settings()).tolist() == [200, 200, 0, 0]
    table["eligible_adults"] = [np.nan, 1.0, 2.0, 3.0]
    assert tracts_among_first(table, settings()).tolist() == [0, 0, 200, 200]


def test_a_pillar_nobody_knows_has_no_weight() -> None:
    # Without work, need and gap alone are weighed, flat between a tenth and nine tenths.
    table = scores([(80, 50, np.nan), (50, 60, np.nan)])
    made = tracts_among_first(table, settings(weight_sets=1000))
    # The second is ahead where 10·(1 - w) > 30·w, so below a quarter: 0.15 of the 0.8.
    assert made.iloc[1] == pytest.approx(1000 * 0.15 / 0.8, abs=5)
    alone = scores([(80, np.nan, np.nan), (50, np.nan, np.nan)])
    assert tracts_among_first(alone, settings()).isna().all()
    assert tracts_among_first(table, settings(weight_sets=0)).isna().all()


def test_a_tract_below_the_gate_counts_in_the_list_and_has_no_number() -> None:
    table = scores([(80, 50, 50), (50, 80, 50), (99, 99, 99), (99, 99, 99)])
    table.loc[2:, "unranked_reason"] = ["not_gated", "no_residents"]
    made = tracts_among_first(table, settings(weight_sets=1000))
    # Three tracts are scored, so two of them count as the top half: both that are listed.
    assert made.iloc[:2].tolist() == [1000, 1000]
    assert made.iloc[2:].isna().all()


@given(st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_another_state_changes_anything(random) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(random.randrange(2**32))
    one = scores(rng.uniform(0, 100, (12, 3)).round().tolist())
    other = scores([(*row, np.nan) for row in rng.uniform(0, 100, (9, 2)).round().tolist()], "XM")
    alone = tracts_among_first(one, settings())
    rows = list(range(21))
    random.shuffle(rows)
    both = pd.concat([one, other], ignore_index=True)
    shuffled = tracts_among_first(both.iloc[rows], settings()).reindex(range(21))
    assert shuffled.iloc[:12].tolist() == alone.tolist()
    assert shuffled.iloc[12:].tolist() == tracts_among_first(other, settings()).tolist()


def test_a_plain_count_over_the_whole_walk_agrees(small_walk: Walk) -> None:
    table, sets = small_walk.value("ranked_tracts"), SMALL.uncertainty
    every = weight_sets(3, sets.weight_sets, sets.least_weight, sets.seed)
    scored = table["unranked_reason"].isin(["", "not_gated"]).sum()
    places = int(np.ceil(sets.top_share * scored))
    of_tracts = dict.fromkeys(table["geoid"], 0)
    for need, gap, work in every:
        weights = {"need": need, "training_gap": gap, "opportunity": work}
        priority = combine(table, SMALL.priority.model_copy(update={"weights": weights}))["priority"]
        rank = ranks(table.assign(priority=priority))
        for geoid in table["geoid"][rank <= places]:
            of_tracts[geoid] += 1
    listed = table[table["rank"].notna()]
    assert listed["top_in_weight_sets"].tolist() == [of_tracts[geoid] for geoid in listed["geoid"]]
    assert 0 < listed["top_in_weight_sets"].sum() == places * sets.weight_sets
    assert table.loc[table["rank"].isna(), "top_in_weight_sets"].isna().all()
    members = small_walk.value("community_tracts").merge(table.drop(columns="community_id"), on="geoid")
    of_communities = small_walk.value("communities").set_index("community_id")["top_in_weight_sets"]
    for ident, own in members.groupby("community_id"):
        mean = np.average(own["geoid"].map(of_tracts), weights=own["eligible_adults"])
        assert of_communities[ident] == pytest.approx(mean)
