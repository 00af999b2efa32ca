from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.scoring.priority import combine, compared, first_places, gate, points, ranks, scored, unranked_reasons
from geodata.settings import Priority


def test_the_geometric_mean_by_hand() -> None:
    pillars = pd.DataFrame({"need": [80.0, 0.0], "training_gap": [50.0, 50.0], "opportunity": [20.0, 20.0]})
    table = combine(pillars, Priority(aggregation="geometric"))
    assert table["priority"].tolist() == pytest.approx([80**0.5 * 50**0.3 * 20**0.2, 0.0])
    points = table[["points_need", "points_training_gap", "points_opportunity"]].sum(axis=1)
    assert points.tolist() == pytest.approx(table["priority"].tolist())


def test_the_geometric_mean_leaves_a_missing_pillar_out() -> None:
    pillars = pd.DataFrame({"need": [80.0], "training_gap": [50.0], "opportunity": [np.nan]})
    table = combine(pillars, Priority(aggregation="geometric"))
    assert table["priority"].tolist() == pytest.approx([80 ** (5 / 8) * 50 ** (3 / 8)])
    assert table["points_opportunity"].isna().all()


def test_the_gate_opens_by_need_or_by_name() -> None:
    scores = pd.DataFrame({"need": [65.0, 64.9, np.nan, 90.0], "designated_by": ["", "cejst", "cejst", None]})
    assert gate(scores, Priority())["gate_reason"].tolist() == ["need", "designation", "designation", "need"]
    assert gate(scores, Priority(gate_designations=False))["gated"].tolist() == [True, False, False, True]


def test_a_tract_is_passed_over_for_the_first_reason_that_holds() -> None:
    scores = pd.DataFrame(
        [
            # share in group quarters, residents, need, latitude, gated
            (0.9, 0.0, np.nan, np.nan, False),
            (0.9, np.nan, np.nan, np.nan, False),
            (0.9, 1.0, np.nan, np.nan, False),
            (0.9, 1.0, 50.0, np.nan, False),
            (0.9, 1.0, 50.0, 41.0, False),
            (0.5, 1.0, 50.0, 41.0, False),
            (np.nan, 1.0, 50.0, 41.0, True),
        ],
        columns=["group_quarters_share", "population", "need", "latitude", "gated"],
    )
    reasons = ["no_residents", "no_residents", "no_index", "no_origin", "group_quarters", "not_gated", ""]
    for table in (scores, scores.convert_dtypes()):
        assert unranked_reasons(table, Priority(group_quarters_above=0.5)).tolist() == reasons


def test_ranks_are_within_the_state_and_ties_go_to_more_people_then_to_the_lower_number() -> None:
    scores = pd.DataFrame(
        [
            ("f", "XL", 70.0, 10.0, ""),
            ("e", "XL", 80.0, np.nan, ""),
            ("d", "XL", 80.0, 5.0, ""),
            ("c", "XL", 80.0, 9.0, ""),
            ("b", "XL", 80.0, 9.0, ""),
            ("a", "XL", 99.0, 9.0, "not_gated"),
            ("z", "YL", 10.0, 1.0, ""),
        ],
        columns=["geoid", "state", "priority", "eligible_adults", "unranked_reason"],
        index=[7, 6, 5, 4, 3, 2, 1],
    )
    found = ranks(scores)
    assert found.index.tolist() == scores.index.tolist()
    assert found.fillna(0).tolist() == [5, 4, 3, 2, 1, 0, 1]


def test_the_scored_are_compared_with_those_of_group_quarters_and_fill_the_first_places() -> None:
    reasons = ["", "not_gated", "group_quarters", "no_index", None]
    scores = pd.DataFrame({"state": "XL", "unranked_reason": reasons})
    assert scored(scores).tolist() == [True, True, False, False, True]
    assert compared(scores).tolist() == [True, True, True, False, True]
    both = pd.concat([scores, scores.iloc[:1].assign(state="YL")])
    # Half of three is rounded up, and the top of one tract is that tract.
    assert first_places(both, 0.5) == {"XL": 2, "YL": 1}


def test_points_of_a_tract_without_need_or_without_any_weight_are_unknown() -> None:
    pillars = pd.DataFrame(
        {
            "need": [80.0, np.nan, 60.0],
            "training_gap": [50.0, 50.0, np.nan],
            "opportunity": [20.0, 20.0, 30.0],
        },
        index=[4, 2, 9],
    )
    table = combine(pillars, Priority())
    assert table.index.tolist() == [4, 2, 9] and table.columns[0] == "priority"
    assert table["priority"].tolist() == pytest.approx([40 + 15 + 4, np.nan, (30 + 6) / 0.7], nan_ok=True)
    assert table["points_need"].tolist() == pytest.approx([40, np.nan, 30 / 0.7], nan_ok=True)
    assert table["points_training_gap"].tolist() == pytest.approx([15, np.nan, np.nan], nan_ok=True)
    assert table["points_opportunity"].tolist() == pytest.approx([4, np.nan, 6 / 0.7], nan_ok=True)
    # A pillar of no weight adds nothing, and alone it makes no score.
    weights = np.array([0.0, 1.0, 1.0])
    assert points(np.array([[80.0, np.nan, np.nan], [80.0, 50.0, 20.0]]), weights, False).tolist() == [
        [0.0, 0.0, 0.0],
        [0.0, 25.0, 10.0],
    ]
    only_work = Priority(weights={"need": 0.0, "training_gap": 0.0, "opportunity": 1.0})
    assert combine(pillars, only_work)["priority"].tolist() == pytest.approx([20, np.nan, 30], nan_ok=True)
    unknown = pillars.assign(opportunity=np.nan)
    assert combine(unknown, only_work)["priority"].isna().all()


def test_a_need_nobody_knows_opens_no_gate_and_of_nothing_the_geometric_mean_is_nothing() -> None:
    scores = pd.DataFrame({"need": pd.array([None, 70.0], dtype="Float64"), "designated_by": None})
    assert gate(scores, Priority(gate_need=65.0))["gated"].tolist() == [False, True]
    weights = np.array([0.5, 0.3, 0.2])
    assert points(np.zeros((1, 3)), weights, True).tolist() == [[0.0, 0.0, 0.0]]
    assert points(np.full((1, 3), 0.5), weights, True)[0].tolist() == pytest.approx([0.25, 0.15, 0.1])
