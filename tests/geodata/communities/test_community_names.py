from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.communities.community_names import Around, base_names, named


def test_names_come_from_the_place_with_most_people_else_the_county():
    members = pd.DataFrame(
        {
            "community_id": ["x", "x", "x", "y", "y"],
            "geoid": list("abcde"),
            "population": [3000, 1000, 500, 200, 1100],
            "place_name": ["Arden", "Brook", None, "Brook", None],
            "county_geoid": ["97001", "97001", "97003", "97003", "97001"],
            "county_name": ["East County", "East County", "West County", "West County", "East County"],
        }
    )
    table = base_names(members).set_index("community_id")
    assert table.loc["x", "place"] == "Arden"
    assert table.loc["y", "place"] == table.loc["y", "county_name"] == "East County"
    assert table.loc["y", "name_basis"] == "part_of_county"


def test_two_places_name_a_community_of_which_nothing_around_is_known():
    members = pd.DataFrame(
        {
            "community_id": "x", "geoid": list("abc"), "population": [400, 400, 300],
            "place_name": ["Arden", "Brook", None], "county_geoid": "97001", "county_name": "East County",
        }
    )  # fmt: skip
    assert base_names(members).loc[0, "place"] == "Arden–Brook"


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


PLACES = pd.DataFrame(
    {
        "geoid": list("abcdefgh"),
        "state": "XL",
        "population": 1000.0,
        "place_name": ["Arden", "Arden", "Arden", None, None, None, None, None],
        "town_name": [None, None, None, "Oxbow", "Oxbow", None, None, None],
        "neighborhood": None,
        "county_geoid": ["97001"] * 7 + ["97003"],
        "county_name": ["East County"] * 7 + ["Lone County"],
        "rural": [False] * 5 + [True] * 3,
        "latitude": [41.0, 41.1, 41.2, 41.5, 41.6, 42.0, 42.3, 43.5],
        "longitude": -71.0,
    }
)
POINTS = pd.DataFrame({"state": ["XL"], "name": ["Fernhollow"], "latitude": [42.05], "longitude": [-71.05]})


def name_of(
    members: str,
    cities: dict[str, str] | None = None,
    tracts: pd.DataFrame = PLACES,
    designated: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[str, str]:
    rows = pd.Series(cities or {}, dtype="str").rename_axis("geoid").reset_index(name="city")
    part = tracts[tracts["geoid"].isin(list(members))].assign(community_id="x")
    row = named(
        base_names(part, Around(tracts, rows, POINTS, 16.0, designated)).merge(
            pd.DataFrame(
                {
                    "community_id": ["x"],
                    "state": "XL",
                    "latitude": part["latitude"].mean(),
                    "longitude": -71.0,
                    "population": 1.0,
                    "n_tracts": len(members),
                }
            ),
            on="community_id",
        )
    ).iloc[0]
    return row["name"], row["name_basis"]


@pytest.mark.parametrize(
    ("members", "cities", "name", "basis"),
    [
        ("bad", {}, "Arden", "place"),
        ("de", {}, "Oxbow", "town"),
        ("badef", {}, "Arden–Oxbow", "place"),
        # A third of its people live in Oxbow; its sites have the postal address of the city beyond.
        ("dfg", {"g": "FERNHOLLOW"}, "Oxbow area", "near"),
        # Its sites write FERNHOLLOW; the publisher of places spells it.
        ("g", {"g": "FERNHOLLOW"}, "Fernhollow area", "near"),
        ("f", {}, "Fernhollow area", "near"),
        ("g", {}, "East County, rural, 1 tract", "rural_county"),
        ("h", {}, "Lone County", "county"),
    ],
)
def test_a_community_bears_the_name_people_use(members: str, cities: dict[str, str], name: str, basis: str) -> None:
    assert name_of(members, cities) == (name, basis)


def test_of_two_places_the_larger_one_stands_first_though_fewer_of_its_people_live_there() -> None:
    # Of the community 2,000 people live in Oxbow and 1,000 in Arden, which has 3,000 in all.
    assert name_of("adefg") == ("Arden–Oxbow", "place")
    # A place without a government stands behind one that has it, however many live there.
    assert name_of("adefg", designated=frozenset({("XL", "Arden")})) == ("Oxbow–Arden", "place")
    assert name_of("adefg", designated=frozenset({("YL", "Arden")})) == ("Arden–Oxbow", "place")


def test_a_neighborhood_names_a_part_of_a_city_where_a_layer_of_them_is_given() -> None:
    quarters = PLACES.assign(neighborhood=["Mill End", "Mill End", None, *[None] * 5])
    assert name_of("ab", tracts=quarters) == ("Mill End, Arden", "neighborhood")


def test_a_part_of_the_compass_is_where_it_lies_in_the_place_not_among_the_communities() -> None:
    # Both lie in the north of Arden, one a little more to the east: neither is its south.
    frame = {"frame_latitude": 41.0, "frame_longitude": -71.0, "half_height": 0.2, "half_width": 0.2}
    both = units(2).assign(latitude=[41.15, 41.10], longitude=[-71.0, -70.95], **frame)
    assert named(both)["compass"].tolist() == ["north", "north_east"]
    third = pd.concat([both, both.assign(community_id=["c2", "c3"])])
    words = named(third)["compass"]
    assert words.is_unique
    assert {word.split("#")[0] for word in words} <= {"north", "north_east", "north_west", "east"}


def test_a_part_that_is_no_longer_true_is_not_kept() -> None:
    frame = {"frame_latitude": 41.0, "frame_longitude": -71.0, "half_height": 0.2, "half_width": 0.2}
    both = units(2).assign(latitude=[41.15, 40.85], longitude=-71.0, **frame)
    before = pd.DataFrame({"community_id": ["c00", "c01"], "place": "Arden", "compass": ["south", "south"]})
    assert named(both, before)["compass"].tolist() == ["north", "south"]
