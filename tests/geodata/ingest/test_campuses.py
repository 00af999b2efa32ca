from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.ingest.campuses import institutions_of, with_campuses, with_points_of
from geodata.schemas.canonical import CAMPUSES, INSTITUTIONS, PROVIDERS
from geodata.settings import Training

SETTINGS = Training()
COLLEGE = "Harbor Community College"


def directory(*rows: dict[str, object]) -> pd.DataFrame:
    plain = {"unitid": "100001", "name": COLLEGE, "state": "RI", "zip": "02886", "city": "Warwick"}
    return INSTITUTIONS.validate(pd.DataFrame([plain | {"latitude": 41.7, "longitude": -71.4} | row for row in rows]))


def campuses(*rows: dict[str, object]) -> pd.DataFrame:
    plain = {"source": "dapip", "family_id": "dapip:1", "family_name": COLLEGE, "kind": "branch", "state": "RI"}
    named = [plain | {"location_quality": "unknown", "campus_id": f"dapip:{i}"} | row for i, row in enumerate(rows)]
    return CAMPUSES.validate(pd.DataFrame(named))


def provider(**over: object) -> pd.DataFrame:
    row = {"provider_id": "ipeds:100001", "unitid": "100001", "name": COLLEGE, "entry_stage": "entry", "zip": "02886"}
    row |= {"kind": "community_college", "state": "RI", "location_quality": "point", "seats": 30.0, "share": 1.0}
    row |= {"seats_basis": "completions", "sources": "ipeds", "latitude": 41.7, "longitude": -71.4}
    return PROVIDERS.validate(pd.DataFrame([row | {"seats_by_program": "46.0302=20 15.0303=10"} | over]))


MAIN = {"name": COLLEGE, "kind": "main", "unitid": "100001", "zip": "02886"}
NORTH = {"name": "North Campus", "zip": "02865", "latitude": 41.9, "longitude": -71.5, "location_quality": "zip"}
ISLAND = {
    "name": f"{COLLEGE} - Island",
    "zip": "02840",
    "latitude": 41.5,
    "longitude": -71.3,
    "location_quality": "point",
}


def test_a_family_belongs_to_the_institution_of_its_main_place() -> None:
    assert institutions_of(campuses(MAIN, NORTH), directory({})).tolist() == ["100001", "100001"]


def test_a_family_whose_main_place_is_not_in_the_directory_belongs_to_its_one_member_there() -> None:
    # Colleges that were merged keep their old identifier in one list and have a new one in the other.
    old = MAIN | {"unitid": "100900", "family_name": "Old Harbor College", "name": "Old Harbor College"}
    member = NORTH | {"unitid": "100001", "family_name": "Old Harbor College"}
    rows = campuses(old, member, ISLAND | {"family_name": "Old Harbor College"})
    assert institutions_of(rows, directory({})).tolist() == ["100001", "100001", "100001"]


def test_the_name_decides_where_no_identifier_does_and_the_longest_one_wins() -> None:
    two = directory({}, {"unitid": "100002", "name": f"{COLLEGE} of the North"})
    rows = campuses(
        {"name": "HARBOR COMMUNITY COLLEGE-ISLAND", "family_name": None, "family_id": None},
        {"name": "HARBOR COMMUNITY COLLEGE OF THE NORTH-BAY", "family_name": None, "family_id": None},
        {"name": "HARBOR BEAUTY", "family_name": None, "family_id": None},
    )
    assert institutions_of(rows, two).fillna("").tolist() == ["100001", "100002", ""]


@pytest.mark.parametrize(
    "over",
    [{"kind": "other_place"}, {"state": "MA"}, {"unitid": "100002"}],
    ids=["somebody else's place", "another state", "an institution of its own"],
)
def test_what_is_no_branch(over: dict[str, object]) -> None:
    two = directory({}, {"unitid": "100002", "name": "Island School of Trades"})
    assert institutions_of(campuses(MAIN, NORTH | over), two).isna().tolist() == [False, True]


def test_awards_are_shared_in_equal_parts_over_the_campuses_that_can_be_placed() -> None:
    lost = {"name": "West Campus", "zip": "02891"}
    made = with_campuses(provider(), directory({}), campuses(MAIN, NORTH, ISLAND, lost), SETTINGS)
    assert made["name"].tolist() == [
        COLLEGE,
        f"{COLLEGE}, North Campus",
        f"{COLLEGE} - Island",
        f"{COLLEGE}, West Campus",
    ]
    assert made["seats"].fillna(-1).tolist() == pytest.approx([10, 10, 10, -1])
    assert made["share"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert (made["seats_basis"] == "shared").all()
    assert made["provider_id"].tolist()[1] == "ipeds:100001/dapip:1"
    assert made["evidence"].iloc[3].endswith("nothing places it, so it takes no part of the awards")


def test_awards_are_shared_by_students_where_those_of_every_campus_are_told() -> None:
    main = {"name": COLLEGE, "zip": "02886", "source": "campus_list", "campus_id": "campus_list:m", "students": 600.0}
    north, island = NORTH | {"students": 300.0}, ISLAND | {"students": 100.0}
    made = with_campuses(provider(), directory({}), campuses(MAIN, main, north, island), SETTINGS)
    assert made["share"].tolist() == pytest.approx([0.6, 0.3, 0.1])
    assert made["seats"].tolist() == pytest.approx([18, 9, 3])
    assert made["evidence"].str.endswith("awards shared over 3 campuses by their students").all()
    # Of one campus unknown, the parts are equal; a campus that nothing places takes none by its students either.
    part = with_campuses(provider(), directory({}), campuses(MAIN, north, island), SETTINGS)
    assert part["share"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    lost = {"name": "West Campus", "zip": "02891", "students": 900.0}
    more = with_campuses(provider(), directory({}), campuses(MAIN, main, north, lost), SETTINGS)
    assert more["share"].tolist() == pytest.approx([2 / 3, 1 / 3, 0])


def test_where_one_campus_alone_can_be_placed_it_has_all_and_is_not_called_shared() -> None:
    made = with_campuses(provider(), directory({}), campuses(MAIN, {"name": "West Campus", "zip": "02891"}), SETTINGS)
    assert made["share"].tolist() == [1, 0]
    assert made["seats_basis"].tolist() == ["completions", "shared"]
    assert made["seats"].fillna(-1).tolist() == [30, -1]


def test_records_of_one_campus_are_one_with_the_better_point() -> None:
    again = {"source": "va_approved", "campus_id": "va:1", "name": "HARBOR COMMUNITY COLLEGE-NORTH", "family_id": None}
    again |= {"family_name": None, "latitude": 41.91, "longitude": -71.51, "location_quality": "point"}
    bare = again | {"campus_id": "va:2", "name": COLLEGE.upper(), "latitude": 41.75, "longitude": -71.45}
    building = ISLAND | {"campus_id": "dapip:9", "name": "Annex Building", "latitude": 41.501}
    made = with_campuses(provider(), directory({}), campuses(MAIN, NORTH, ISLAND, building, again, bare), SETTINGS)
    assert len(made) == 3
    assert made["location_quality"].tolist() == ["point", "point", "point"]
    assert made["latitude"].tolist() == [41.7, 41.91, 41.5]
    assert "va:1" in made["evidence"].iloc[1]


def test_nothing_is_shared_where_nothing_was_awarded_or_the_setting_says_so() -> None:
    places = campuses(MAIN, NORTH, ISLAND)
    assert len(with_campuses(provider(seats=0.0), directory({}), places, SETTINGS)) == 1
    assert len(with_campuses(provider(), directory({}), places, Training(campuses="main"))) == 1
    assert len(with_campuses(provider(), directory({}), CAMPUSES.empty(), SETTINGS)) == 1


def test_unknown_awards_stay_unknown_and_are_expected_by_share() -> None:
    made = with_campuses(
        provider(seats=np.nan, seats_basis="assumed", seats_by_program=None),
        directory({}),
        campuses(MAIN, NORTH),
        SETTINGS,
    )
    assert made["seats"].isna().all()
    assert (made["seats_basis"] == "assumed").all()
    assert made["share"].tolist() == [0.5, 0.5]


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.5, 5_000),
    st.lists(
        st.tuples(st.floats(40, 42), st.sampled_from(["point", "street", "zip", "unknown"]), st.integers(2801, 2899)),
        max_size=8,
    ),
)
def test_awards_in_are_awards_out(seats: float, places: list[tuple[float, str, int]]) -> None:
    rows = [
        {"name": f"Campus {i}", "zip": f"0{code}", "location_quality": quality, "longitude": -71.0}
        | {"latitude": np.nan if quality == "unknown" else latitude}
        for i, (latitude, quality, code) in enumerate(places)
    ]
    made = with_campuses(provider(seats=seats), directory({}), campuses(MAIN, *rows), SETTINGS)
    assert made["seats"].sum() == pytest.approx(seats)
    assert made["share"].sum() == pytest.approx(1)
    assert made["provider_id"].is_unique


LOST = {"provider_id": "etpl:1", "unitid": None, "name": "Jatc Local 9001", "location_quality": "unknown"}
LOST |= {"latitude": np.nan, "longitude": np.nan, "zip": "02921", "sources": "etpl"}
HALL = {"name": "LOCAL 9001 JATC", "campus_id": "almanac:a3", "kind": "other_place", "zip": "02921"}
HALL |= {"latitude": 41.75, "longitude": -71.47, "location_quality": "point"}


def test_a_provider_without_coordinates_takes_the_point_of_its_name_in_its_zip_code() -> None:
    made = with_points_of(provider(**LOST), campuses(NORTH, HALL)).iloc[0]
    assert (made["latitude"], made["longitude"], made["location_quality"]) == (41.75, -71.47, "point")
    assert made["evidence"] == "place of “LOCAL 9001 JATC” by almanac:a3"


@pytest.mark.parametrize(
    "place",
    [
        HALL | {"zip": "02840"},
        HALL | {"name": "LOCAL 9002 JATC"},
        HALL | {"state": "MA"},
        HALL | {"latitude": np.nan, "longitude": np.nan, "location_quality": "unknown"},
        HALL | {"location_quality": "zip"},
    ],
)
def test_another_name_state_or_zip_code_places_nobody(place: dict[str, object]) -> None:
    rows = provider(**LOST)
    pd.testing.assert_frame_equal(with_points_of(rows, campuses(place)), rows)


def test_a_city_stands_in_for_a_zip_code_nobody_gives_and_two_places_of_one_name_place_nobody() -> None:
    rows = provider(**LOST | {"zip": None, "city": "Cranston"})
    in_city = HALL | {"city": "CRANSTON"}
    assert with_points_of(rows, campuses(in_city))["location_quality"].tolist() == ["point"]
    other = in_city | {"campus_id": "almanac:a4", "latitude": 41.80}
    assert with_points_of(rows, campuses(in_city, other))["location_quality"].tolist() == ["unknown"]
    near = in_city | {"campus_id": "almanac:a5", "latitude": 41.751}
    assert with_points_of(rows, campuses(in_city, near))["latitude"].tolist() == [41.75]


def test_what_has_a_point_keeps_it() -> None:
    rows = provider()
    same = campuses(
        {"name": COLLEGE, "zip": "02886", "latitude": 41.0, "longitude": -71.0, "location_quality": "point"}
    )
    assert with_points_of(rows, same) is rows
