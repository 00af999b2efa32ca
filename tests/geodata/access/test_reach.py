"""Travel and access joined to tables, with tracts that have several origins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.access.decay import DECAYS
from geodata.access.measures import e2sfca, three_step
from geodata.access.reach import (
    GroupReach,
    NearestPlaces,
    Reach,
    TravelResult,
    catchments,
    farthest_km,
    nearest,
    points,
    reach,
    tract_access,
    within_reach,
)
from geodata.settings import Access
from geodata.travel.great_circle import GreatCircle
from tests.geodata.travel_pairs import travel_minutes

SUPPLY = pd.DataFrame({"provider_id": ["p", "q"], "name": ["Near", "Far"], "seats": [30.0, 50.0]})


def reached() -> Reach:
    """Tract a has two origins, of which the second stands for most people; tract b reaches nothing."""
    minutes = travel_minutes([0, 1, 1], [0, 0, 1], [5.0, 25.0, 10.0], 3, 2)
    return Reach(
        pd.Index(["a", "b"]), np.array([0, 0, 1]), np.array([0.25, 0.75, 1.0]), np.full(3, 30.0), minutes, SUPPLY
    )


def test_what_is_within_reach_is_a_mean_over_the_people_and_a_place_counts_once() -> None:
    table = within_reach(reached(), SUPPLY[["seats"]]).set_index("geoid")
    # All of a's people reach 30 seats, three quarters of them 50 more.
    assert table.loc["a"].to_dict() == {"places": 2, "seats": 67.5, "share_reaching": 1.0}
    assert table.loc["b"].to_dict() == {"places": 0, "seats": 0.0, "share_reaching": 0.0}


def test_the_nearest_place_of_most_people_is_named_with_their_median_minutes() -> None:
    table = nearest(reached(), "provider_id").set_index("geoid")
    assert table.loc["a", ["nearest_id", "nearest_name", "nearest_minutes"]].tolist() == ["q", "Far", 10.0]
    assert table.loc["b"].isna().all()


def test_among_equally_near_places_the_first_is_the_nearest() -> None:
    minutes = travel_minutes([0, 0, 0, 2], [2, 0, 1, 1], [5.0, 5.0, 5.0, 0.0], 3, 3)
    supply = pd.DataFrame({"provider_id": list("pqr"), "name": ""})
    here = Reach(pd.Index(list("abc")), np.arange(3), np.ones(3), np.full(3, 30.0), minutes, supply)
    found = NearestPlaces.of(here)
    assert found.place.tolist() == [0, -1, 1]
    np.testing.assert_array_equal(found.minutes, [5.0, np.nan, 0.0])


def test_the_share_out_of_reach_is_said_and_the_minutes_are_those_of_the_others() -> None:
    minutes = travel_minutes([0], [0], [47.0], 3, 2)
    far = Reach(
        pd.Index(["a", "b"]), np.array([0, 0, 1]), np.array([0.085, 0.915, 1.0]), np.full(3, 60.0), minutes, SUPPLY
    )
    table = within_reach(far, SUPPLY[["seats"]]).set_index("geoid")
    assert table.loc["a", "share_reaching"] == 0.085
    assert table.loc["a", "seats"] == pytest.approx(0.085 * 30)
    assert nearest(far, "provider_id").set_index("geoid").loc["a", "nearest_minutes"] == 47.0


@given(st.integers(0, 10_000))
def test_groups_of_people_against_everyone_asked_in_turn(seed: int) -> None:
    """An independent plain implementation: each origin is a crowd of whole people, asked one by one."""
    rng = np.random.default_rng(seed)
    n, m, groups = 12, 5, 3
    pairs = [(i, j) for i in range(n) for j in range(m) if rng.random() < 0.3]
    minutes = rng.integers(1, 60, len(pairs)).astype(float)
    found = travel_minutes([i for i, _ in pairs], [j for _, j in pairs], minutes, n, m)
    people, group = rng.integers(0, 6, n), rng.integers(-1, groups, n)
    supply = pd.DataFrame({"provider_id": [f"p{j}" for j in range(m)], "name": "", "seats": rng.integers(1, 90, m)})
    here = Reach(pd.Index(range(n)), np.arange(n), np.ones(n), np.full(n, 60.0), found, supply)
    made = GroupReach.of(here, group, people.astype(float), groups)
    near = NearestPlaces.of(here).by_group(group, people.astype(float), groups)
    by_pair = dict(zip(pairs, minutes, strict=True))
    for g in range(groups):
        crowd = [i for i in range(n) if group[i] == g for _ in range(people[i])]
        reach_of = [{j: by_pair[i, j] for j in range(m) if (i, j) in by_pair} for i in crowd]
        if not crowd:
            assert np.isnan(made.share[g]) and near.place[g] == -1
            continue
        reaching = [own for own in reach_of if own]
        assert made.share[g] == pytest.approx(len(reaching) / len(crowd))
        assert made.count()[g] == len({j for own in reach_of for j in own})
        mean = np.mean([sum(supply["seats"][j] for j in own) for own in reach_of])
        assert made.mean(supply[["seats"]].to_numpy(dtype=float))[g, 0] == pytest.approx(mean)
        if reaching:
            assert near.minutes[g] == sorted(min(own.values()) for own in reaching)[(len(reaching) - 1) // 2]
            votes = [min(own, key=lambda j: (own[j], j)) for own in reaching]
            assert near.place[g] == max(set(votes), key=lambda j: (votes.count(j), -j))


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


def test_rural_origins_have_the_rural_catchment_and_the_others_the_urban_one() -> None:
    origins = pd.DataFrame({"rural": pd.array([True, False, None], dtype="boolean")})
    limits = Access(catchment_minutes=20.0, rural_catchment_minutes=70.0)
    assert catchments(origins, limits).tolist() == [70.0, 20.0, 20.0]


def test_what_lies_between_the_two_catchments_is_reached_from_rural_tracts_alone() -> None:
    there = pd.DataFrame({"provider_id": ["p"], "name": ["P"], "latitude": [0.0], "longitude": [0.5]})
    homes = pd.DataFrame(
        {
            "geoid": ["rural", "urban"],
            "latitude": 0.0,
            "longitude": 0.0,
            "weight": 1.0,
            "rural": pd.array([True, False], dtype="boolean"),
        }
    )
    # 55.6 km at 60 km/h from either.
    found = reach(homes, there, GreatCircle.at_constant_speed(1.0, 60.0, 60.0), Access())
    assert within_reach(found, there[[]]).set_index("geoid")["places"].to_dict() == {"rural": 1, "urban": 0}


@pytest.mark.parametrize(("measure", "formula"), [("3sfca", three_step), ("e2sfca", e2sfca)])
def test_the_floating_catchment_is_the_one_of_the_settings(measure: str, formula) -> None:
    minutes = travel_minutes([0, 0, 1, 1, 2], [0, 1, 0, 1, 1], [5.0, 20.0, 25.0, 10.0, 15.0], 3, 2)
    people_of = np.array([0, 0, 1]), np.array([0.25, 0.75, 1.0])
    here = Reach(pd.Index(["a", "b"]), *people_of, np.full(3, 30.0), minutes, SUPPLY)
    capacity, demand = np.array([30.0, 50.0]), np.array([100.0, 40.0])
    settings = Access(measure=measure)
    found = tract_access(here, capacity, demand, settings)
    people, decay = here.spread(demand), DECAYS[settings.decay]
    expected = here.collapse(formula(here.minutes, capacity, people, here.catchment, decay).access)
    np.testing.assert_allclose(found, expected)
    other = e2sfca if formula is three_step else three_step
    assert not np.allclose(found, here.collapse(other(here.minutes, capacity, people, here.catchment, decay).access))


def test_the_first_place_of_a_list_has_a_name_like_the_others() -> None:
    minutes = travel_minutes([0, 1], [0, 1], [5.0, 9.0], 3, 2)
    here = Reach(pd.Index(["a", "b", "c"]), np.arange(3), np.ones(3), np.full(3, 30.0), minutes, SUPPLY)
    table = nearest(here, "provider_id").set_index("geoid")
    assert table.loc[["a", "b"], "nearest_name"].tolist() == ["Near", "Far"]
    assert table.loc["c"].isna().all()


def test_gravity_counts_supply_by_its_distance_whatever_the_demand() -> None:
    settings = Access(measure="gravity", decay="step")
    access = tract_access(reached(), SUPPLY["seats"].to_numpy(), np.array([1e9, 1.0]), settings)
    # The first origin reaches p in the first third (weight 1), the second p in the last (0.22) and q in the first.
    np.testing.assert_allclose(access, [0.25 * 30 + 0.75 * (0.22 * 30 + 50), 0.0])


def test_a_group_of_nobody_has_no_share_and_half_a_person_is_somebody() -> None:
    found = GroupReach.of(reached(), np.array([0, 0, 1]), np.array([0.5, 0.0, 0.0]), 3)
    assert found.share.tolist() == pytest.approx([1.0, np.nan, np.nan], nan_ok=True)
    assert found.count().tolist() == [1, 0, 0]
    assert found.count(np.array([False, True])).tolist() == [0, 0, 0]
    np.testing.assert_array_equal(
        found.mean(np.array([[30.0, 1.0], [50.0, 1.0]])), [[30, 1], [np.nan] * 2, [np.nan] * 2]
    )
    half = GroupReach.of(reached(), np.array([0, 0, -1]), np.array([0.25, 0.75, 9.0]), 1)
    assert half.variance(np.array([4.0, 16.0])).tolist() == [1.0 * 4.0 + 0.75**2 * 16.0]
    near = NearestPlaces.of(reached()).by_group(np.array([0, 0, 1]), np.array([0.5, 0.0, 0.0]), 2)
    assert near.place.tolist() == [0, -1] and near.minutes[0] == 5.0 and np.isnan(near.minutes[1])


def test_shares_and_means_are_rounded_to_nine_places_and_equal_votes_go_to_the_first_place() -> None:
    n = 6
    minutes = travel_minutes(list(range(n)), [1, 0] * 3, [5.0] * n, n, 2)
    weight = np.array([0.1, 0.2, 0.2, 0.1, 0.2, 0.2]) + np.array([2e-10, 0, 0, -2e-10, 0, 0])
    here = Reach(pd.Index(["a"]), np.zeros(n, dtype=np.int64), weight, np.full(n, 30.0), minutes, SUPPLY)
    found = GroupReach.of(here, here.tract_of_origin, weight, 1)
    assert found.share.tolist() == [1.0]
    assert found.mean(np.array([[1 / 3], [1 / 3]])).tolist() == [[0.333333333]]
    assert NearestPlaces.of(here).by_group(here.tract_of_origin, weight, 1).place.tolist() == [0]


def test_travel_by_roads_keeps_how_far_origins_are_from_one(tmp_path: Path) -> None:
    here = reached()
    roads = replace(here, minutes=replace(here.minutes, snap_km=np.array([0.1, 0.2, 0.3])))
    roads.save(tmp_path)
    again = Reach.load(tmp_path)
    assert again.minutes.snap_km.tolist() == [0.1, 0.2, 0.3]
    assert again.minutes.row_start.tolist() == here.minutes.row_start.tolist()
    for part in ("geoids", "tract_of_origin", "weight", "catchment"):
        assert list(getattr(again, part)) == list(getattr(here, part))


def test_points_know_the_kind_of_area_only_where_their_table_does() -> None:
    table = pd.DataFrame({"latitude": [1.0, 2.0, 3.0], "longitude": [4.0, 5.0, 6.0]}, index=[7, 8, 9])
    assert points(table).rural is None
    known = points(table.assign(rural=pd.array([True, None, False], dtype="boolean")))
    assert known.rural is not None and known.rural.tolist() == [True, False, False]
    assert (known.latitude.tolist(), known.longitude.tolist()) == ([1, 2, 3], [4, 5, 6])


def test_places_keep_their_numbers_whatever_rows_a_table_came_from() -> None:
    supply = pd.DataFrame(
        {"provider_id": ["p", "q"], "name": "", "latitude": 0.0, "longitude": [0.2, 0.1]}, index=[5, 3]
    )
    homes = pd.DataFrame({"geoid": ["b", "a"], "latitude": 0.0, "longitude": [0.0, 9.0], "weight": 1.0, "rural": False})
    found = reach(homes, supply, GreatCircle.at_constant_speed(1.0, 60.0, 60.0), Access())
    assert found.supply.columns.tolist() == supply.columns.tolist()
    assert found.supply.index.tolist() == [0, 1] and list(found.geoids) == ["a", "b"]
    assert found.tract_of_origin.tolist() == [1, 0]
    assert nearest(found, "provider_id")["nearest_id"].fillna("").tolist() == ["", "q"]


def test_a_place_is_named_where_it_is_the_only_one_and_a_group_of_nobody_reaches_none() -> None:
    minutes = travel_minutes([0], [0], [5.0], 3, 1)
    here = Reach(pd.Index(["a", "b", "c"]), np.arange(3), np.ones(3), np.full(3, 30.0), minutes, SUPPLY.iloc[:1])
    assert nearest(here, "provider_id")["nearest_id"].isna().tolist() == [False, True, True]
    nobody = GroupReach.of(here, np.array([1, 0, 0]), np.array([0.0, 1.0, 1.0]), 2)
    assert nobody.count().tolist() == [0, 0] and nobody.share.tolist() == pytest.approx([0, np.nan], nan_ok=True)
    assert GroupReach.of(here, np.zeros(3, dtype=np.int64), np.ones(3), 1).share.tolist() == [0.333333333]
