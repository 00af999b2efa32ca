from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.communities.community_names import base_names, named


def test_names_come_from_the_place_with_most_people_else_the_county():
    members = pd.DataFrame(
        {
            "community_id": ["x", "x", "x", "y", "y"],
            "population": [3000, 1000, 500, 900, 1100],
            "place_name": ["Arden", "Brook", None, "Brook", None],
            "county_geoid": ["97001", "97001", "97003", "97003", "97001"],
            "county_name": ["East County", "East County", "West County", "West County", "East County"],
        }
    )
    table = base_names(members).set_index("community_id")
    assert table.loc["x", "place"] == "Arden"
    assert table.loc["y", "place"] == table.loc["y", "county_name"] == "East County"


def units(n: int, place: str = "Arden") -> pd.DataFrame:
    angle = 2 * np.pi * np.arange(n) / n
    return pd.DataFrame(
        {
            "community_id": [f"c{k:02d}" for k in range(n)],
            "state": "XL",
            "place": place,
            "latitude": np.sin(angle) * 0.1,
            "longitude": np.cos(angle) * 0.1,
            "population": 10_000.0,
        }
    )


def test_repeated_names_take_the_part_of_the_compass_they_lie_in():
    assert named(units(1))["name"].tolist() == ["Arden"]
    assert named(units(4))["compass"].tolist() == ["east", "north", "west", "south"]
    assert named(units(4))["name"].tolist()[0] == "Arden (east)"


@pytest.mark.parametrize("n", [2, 5, 9, 10, 31])
def test_names_are_unique_however_often_a_place_repeats(n):
    assert named(units(n))["name"].is_unique


def test_names_stay_while_a_community_keeps_id_and_place():
    first = named(units(4))
    more = pd.concat([units(4), units(1).assign(community_id="new", latitude=0.001, longitude=0.09)])
    second = named(more, first).set_index("community_id")
    assert second.loc[first["community_id"], "name"].tolist() == first["name"].tolist()
    assert second["name"].is_unique
