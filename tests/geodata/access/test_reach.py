"""Travel and access joined to tables, with tracts that have several origins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.access.reach import Reach, TravelResult, farthest_km, nearest, tract_access, within_reach
from geodata.settings import Access
from tests.geodata.travel_pairs import travel_minutes

SUPPLY = pd.DataFrame({"provider_id": ["p", "q"], "name": ["Near", "Far"], "seats": [30.0, 50.0]})


def reached() -> Reach:
    """Tract a has two origins, of which the second stands for most people; tract b reaches nothing."""
    minutes = travel_minutes([0, 1, 1], [0, 0, 1], [5.0, 25.0, 10.0], 3, 2)
    return Reach(
        pd.Index(["a", "b"]), np.array([0, 0, 1]), np.array([0.25, 0.75, 1.0]), np.full(3, 30.0), minutes, SUPPLY
    )


def test_a_place_counts_once_however_many_origins_reach_it() -> None:
    table = within_reach(reached(), SUPPLY[["seats"]]).set_index("geoid")
    assert table.loc["a"].to_dict() == {"places": 2, "seats": 80.0}
    assert table.loc["b"].to_dict() == {"places": 0, "seats": 0.0}


def test_the_origin_of_most_people_names_the_nearest_place() -> None:
    table = nearest(reached(), "provider_id").set_index("geoid")
    assert table.loc["a"].tolist() == ["q", "Far", 10.0]
    assert table.loc["b"].isna().all()


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # A quarter of a's people reach 30 seats, three quarters 80.
        ("cumulative", [0.25 * 30 + 0.75 * 80, 0.0]),
        # 100 people: p is shared by all of them, q by 75; 30/100 for all and 50/75 for three quarters.
        ("2sfca", [0.3 + 0.75 * 50 / 75, 0.0]),
    ],
)
def test_access_is_the_mean_over_a_tracts_origins(measure: str, expected: list[float]) -> None:
    access = tract_access(reached(), SUPPLY["seats"].to_numpy(), np.array([100.0, 40.0]), Access(measure=measure))
    np.testing.assert_allclose(access, expected)


def test_travel_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = TravelResult(reached(), reached(), reached())
    made.save(tmp_path / "travel")
    again = TravelResult.load(tmp_path / "travel")
    assert again.facts == made.facts == {"engine": "by hand", "engine_version": "1", "travel_data": None}
    pd.testing.assert_frame_equal(nearest(again.work, "provider_id"), nearest(made.work, "provider_id"))
    np.testing.assert_array_equal(again.training.catchment, made.training.catchment)


def test_nobody_gets_farther_than_the_longer_catchment_at_the_fastest_pace() -> None:
    assert farthest_km(Access(catchment_minutes=30.0, rural_catchment_minutes=60.0)) == 150.0
