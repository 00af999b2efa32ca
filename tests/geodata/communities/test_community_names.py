from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.communities.community_names import Around, base_names, english_name, named


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


@pytest.mark.parametrize(
    ("arden", "oxbow", "rest", "name", "basis"),
    [
        (50, 0, 50, "Arden", "place"),
        (0, 50, 50, "Oxbow", "town"),
        (30, 20, 50, "Arden–Oxbow", "place"),
        (29, 20, 51, "Arden area", "near"),
        (45, 19, 36, "Arden area", "near"),
        (20, 0, 80, "Arden area", "near"),
        (19, 0, 81, "East County, rural, 2 tracts", "rural_county"),
        (19, 33, 48, "Oxbow area", "near"),
    ],
)
def test_half_of_the_people_give_a_name_and_a_fifth_lend_one(
    arden: int, oxbow: int, rest: int, name: str, basis: str
) -> None:
    counts = [arden, 5, 0, oxbow, 0, 0, rest, 5]
    people = PLACES.assign(population=counts, rural=True, latitude=[0.0] * 7 + [1.0])
    members = "".join(name for name, count in zip("adg", (arden, oxbow, rest), strict=True) if count)
    assert name_of(members, tracts=people) == (name, basis)


def test_a_county_names_a_community_that_holds_all_of_it_where_people_live() -> None:
    tracts = PLACES.assign(place_name=None, town_name=None, county_geoid=["97001"] * 4 + ["97003"] * 4)
    tracts["county_name"] = ["East County"] * 4 + ["Lone County"] * 4
    tracts["population"] = [9.0, 9.0, 0.0, np.nan, 9.0, 9.0, 9.0, 9.0]
    assert name_of("ab", tracts=tracts) == ("East County", "county")
    assert name_of("abg", tracts=tracts) == ("East County", "county")
    far = tracts.assign(latitude=10.0)
    assert name_of("efg", tracts=far) == ("Lone County, rural, 3 tracts", "rural_county")
    # Half in the country is not most.
    half = far.assign(rural=[None] * 5 + [True, False, None])
    assert name_of("fg", tracts=half) == ("Lone County, 2 tracts", "part_of_county")


def test_a_city_is_the_one_most_sites_name_and_stands_where_the_publisher_puts_it() -> None:
    tracts = PLACES.assign(place_name=None, town_name=None)
    members = tracts[tracts["geoid"].isin(list("dfg"))].assign(community_id="x")
    cities = pd.DataFrame({"geoid": list("dfgg"), "city": ["Fernhollow", "Zeta", " FERNHOLLOW ", "Zeta"]})
    row = base_names(members, Around(tracts, cities, POINTS, 16.0)).iloc[0]
    # Two each: the first by its letters.
    assert row[["place", "name_basis", "frame_latitude", "frame_longitude"]].tolist() == [
        "Fernhollow", "near", 42.05, -71.05,
    ]  # fmt: skip
    assert row[["half_height", "half_width"]].tolist() == [0.0, 0.0]
    elsewhere = cities.assign(city=["Zeta", "", None, "Zeta"])
    row = base_names(members, Around(tracts, elsewhere, POINTS, 16.0)).iloc[0]
    assert (row["place"], row["name_basis"]) == ("Zeta", "near")
    assert row[["frame_latitude", "frame_longitude"]].isna().all()


def test_the_nearest_place_gives_its_name_within_reach_of_the_middle_where_people_live() -> None:
    tracts = PLACES.assign(place_name=None, town_name=None, population=[1.0] * 5 + [3.0, 1.0, 1.0])
    members = tracts[tracts["geoid"].isin(list("fg"))].assign(community_id="x")
    none = pd.DataFrame({"geoid": [], "city": []}, dtype="str")
    # Their middle is at 42.075, three people of four at 42.0: 2.8 km north and 4.1 km east of the place.
    for near_km, basis in ((5.1, "near"), (4.9, "part_of_county")):
        row = base_names(members.assign(rural=False), Around(tracts, none, POINTS, near_km)).iloc[0]
        assert row["name_basis"] == basis
        assert basis != "near" or row[["half_height", "half_width"]].tolist() == [0.0, 0.0]
    assert base_names(members, Around(tracts, none, POINTS.assign(state="YL"), 99.0))["name_basis"][0] == "rural_county"


def test_a_frame_is_the_middle_of_a_place_s_people_and_how_far_its_tracts_reach() -> None:
    tracts = PLACES.assign(
        population=[1000.0, 2000.0, 1000.0] + [1.0] * 5, longitude=[-71.0, -71.2, -71.0] + [-71.0] * 5
    )
    tracts.loc[0, "latitude"] = 40.9
    members = tracts[tracts["geoid"].isin(["a"])].assign(community_id="x")
    none = pd.DataFrame({"geoid": [], "city": []}, dtype="str")
    row = base_names(members, Around(tracts, none, POINTS, 16.0)).iloc[0]
    frame = row[["frame_latitude", "frame_longitude", "half_height", "half_width"]].astype(float)
    assert frame.tolist() == pytest.approx([41.075, -71.1, 0.175, 0.1])
    both = base_names(tracts.iloc[[0, 3]].assign(community_id="x"), Around(tracts, none, POINTS, 16.0)).iloc[0]
    assert both["place"] == "Arden" and row["county_geoid"] == "97001"


def test_names_in_english() -> None:
    assert english_name("Arden", "place", None, 3) == "Arden"
    assert english_name("Arden", "near", "north_east", 3) == "Arden area (northeast)"
    assert english_name("Lee", "rural_county", None, 1) == "Lee, rural, 1 tract"
    assert english_name("Lee", "rural_county", "north#2", 2) == "Lee, rural, 2 tracts (north 2)"
    assert english_name("Lee", "part_of_county", None, 0) == "Lee, 0 tracts"


def placed(spots: list[tuple[float, float]], latitude: float = 0.0, half: float = 0.2) -> list[str]:
    """Return the parts of the compass of communities so many degrees north and east of the middle of their place."""
    frame = {"frame_latitude": latitude, "frame_longitude": 10.0, "half_height": half, "half_width": half / 2}
    rows = units(len(spots)).assign(**frame)
    rows["latitude"], rows["longitude"] = latitude + np.array(spots)[:, 0], 10.0 + np.array(spots)[:, 1]
    return named(rows)["compass"].tolist()


def test_parts_of_the_compass_by_hand() -> None:
    assert named(units(8))["compass"].tolist() == [
        "east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east",
    ]  # fmt: skip
    # Within a third of the way to the edge a place is central; where that is taken it is named by its direction.
    assert placed([(0.06, 0.0), (-0.19, 0.0)]) == ["central", "south"]
    assert placed([(0.06, 0.0), (0.02, 0.0)]) == ["north", "central"]
    assert placed([(0.08, 0.0), (-0.19, 0.0)]) == ["north", "south"]
    # Beyond half of the way nothing is central, however many are in the north.
    assert sorted(placed([(0.15, 0.0)] * 5)) == ["north", "north#2", "north#3", "north_east", "north_west"]
    # Degrees of longitude are short in the far north.
    assert placed([(0.1, 0.1), (-0.19, 0.0)], latitude=75.0) == ["north", "south"]
    assert placed([(0.1, 0.1), (-0.19, 0.0)]) == ["north_east", "south"]


def test_without_a_frame_the_middle_is_that_of_the_people() -> None:
    heavy = units(3).assign(latitude=[0.0, 0.1, 0.3], longitude=0.0, population=[9000.0, np.nan, 0.0])
    words = named(heavy)["compass"].tolist()
    assert words[0] == "central" and "north" in words[1:] and words[1][:5] == words[2][:5] == "north"
    nowhere = units(2).assign(latitude=[0.0, np.nan], longitude=[0.0, np.nan])
    assert named(nowhere)["name"].is_unique


def test_a_part_is_kept_by_identifier_and_place_and_one_of_two_gives_way() -> None:
    frame = {"frame_latitude": 0.0, "frame_longitude": 0.0, "half_height": 0.2, "half_width": 0.2}
    three = units(3).assign(latitude=[0.15, 0.14, -0.15], longitude=[0.0, 0.05, 0.0], **frame)
    before = pd.DataFrame(
        {"community_id": ["c00", "c01", "c02"], "place": "Arden", "compass": ["north_east", None, "south"]}
    )
    assert named(three, before)["compass"].tolist() == ["north_east", "north", "south"]
    assert named(three)["compass"].tolist() == ["north", "north_east", "south"]
    assert named(three, before.assign(place="Brook"))["compass"].tolist() == ["north", "north_east", "south"]
    twice = before.assign(compass=["north", "north", "south"])
    assert named(three, twice)["compass"].tolist() == ["north", "north_east", "south"]
    # One alone of its name keeps the part it had, and has none of its own.
    alone = three.iloc[:1]
    assert named(alone, before)["compass"].tolist() == ["north_east"] and named(alone)["compass"].tolist() == [None]
    assert named(three, before[["community_id", "place"]])["compass"].tolist() == ["north", "north_east", "south"]


def test_a_name_lent_by_a_place_has_a_middle_and_no_extent() -> None:
    tracts = PLACES.assign(population=[25, 5, 5, 0, 0, 0, 75, 5])
    members = tracts[tracts["geoid"].isin(["a", "g"])].assign(community_id="x")
    none = pd.DataFrame({"geoid": [], "city": []}, dtype="str")
    row = base_names(members, Around(tracts, none, POINTS, 16.0)).iloc[0]
    assert (row["place"], row["name_basis"], row["half_height"], row["half_width"]) == ("Arden", "near", 0.0, 0.0)
    assert row["frame_latitude"] == pytest.approx((25 * 41.0 + 5 * 41.1 + 5 * 41.2) / 35)
    # A city of which the state's list of places knows nothing stands nowhere; of two entries the first counts.
    bare = tracts.assign(place_name=None, town_name=None)
    cities = pd.DataFrame({"geoid": ["g"], "city": ["Fernhollow"]})
    lone = bare[bare["geoid"] == "g"].assign(community_id="x")
    row = base_names(lone, Around(bare, cities, POINTS.assign(state="YL"), 16.0)).iloc[0]
    assert (row["place"], row["name_basis"]) == ("Fernhollow", "near") and np.isnan(row["frame_latitude"])
    twice = pd.concat([POINTS, POINTS.assign(latitude=1.0)], ignore_index=True)
    assert base_names(lone, Around(bare, cities, twice, 16.0)).iloc[0]["frame_latitude"] == 42.05


def test_of_three_places_the_two_largest_lend_their_names() -> None:
    tracts = PLACES.assign(population=[40.0, 5, 5, 35, 5, 5, 25, 5])
    tracts.loc[6, "place_name"] = "Zeta"
    assert name_of("adg", tracts=tracts) == ("Arden–Oxbow", "place")


def test_tracts_of_unknown_position_are_no_part_of_a_frame() -> None:
    tracts = PLACES.assign(latitude=[41.0, np.nan, 41.2, *PLACES["latitude"][3:]])
    none = pd.DataFrame({"geoid": [], "city": []}, dtype="str")
    row = base_names(tracts.iloc[:2].assign(community_id="x"), Around(tracts, none, POINTS, 16.0)).iloc[0]
    assert row[["frame_latitude", "half_height"]].tolist() == pytest.approx([41.1, 0.1])


def test_names_need_no_number_of_tracts_and_add_no_columns() -> None:
    rows = units(1).assign(name_basis="part_of_county")
    made = named(rows)
    assert made["name"].tolist() == ["Arden, 1 tract"]
    assert set(made.columns) == {*rows.columns, "compass", "name"}
