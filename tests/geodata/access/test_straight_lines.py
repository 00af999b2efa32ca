"""Access over straight-line minutes, which the great-circle engine finds on a search grid, against plain loops."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.access.catchment_weights import AccessResult, catchment_weights
from geodata.access.decay import DecayFunction, flat, gaussian_decay, step_decay
from geodata.access.measures import e2sfca
from geodata.geography.coordinates import Points
from geodata.travel.great_circle import GreatCircle
from tests.geodata.access import plain
from tests.geodata.scatter import PLACES, scatter

ENGINE = GreatCircle.at_constant_speed(detour_factor=1.3, speed_kmh_urban=40.0, speed_kmh_rural=70.0)
SLOW = {gaussian_decay: plain.gaussian, step_decay: plain.steps, flat: plain.everything}


def case(place: str, seed: int, n: int = 120, m: int = 40):
    rng = np.random.default_rng(seed + 1)
    origins, destinations = scatter(place, n, seed), scatter(place, m, seed + 2)
    demand = rng.integers(0, 5, n) * rng.uniform(10, 900, n)
    catchment = np.where(origins.is_rural, 60.0, 30.0)
    if place == "globe":
        catchment = catchment * 200
    return origins, destinations, rng.uniform(0, 90, m), demand, catchment


def access(origins, destinations, supply, demand, catchment, decay: DecayFunction = gaussian_decay) -> AccessResult:
    return e2sfca(ENGINE.minutes(origins, destinations, catchment), supply, demand, catchment, decay)


@pytest.mark.parametrize("decay", SLOW, ids=lambda decay: decay.__name__)
@pytest.mark.parametrize("place", PLACES)
def test_access_equals_plain_loops(place, decay):
    origins, destinations, supply, demand, catchment = case(place, 3)
    found = access(origins, destinations, supply, demand, catchment, decay)
    here = list(zip(origins.latitude, origins.longitude, strict=True))
    there = list(zip(destinations.latitude, destinations.longitude, strict=True))
    pace = [60 * 1.3 / (70 if rural else 40) for rural in origins.is_rural]
    pairs = plain.plain_minutes(here, there, pace)
    by_origin, ratio = plain.plain_e2sfca(pairs, supply, demand, catchment, SLOW[decay])
    assert sum(minutes <= catchment[i] for (i, _), minutes in pairs.items()) > 100
    np.testing.assert_allclose(found.access, by_origin, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(found.ratio, ratio, rtol=1e-6, atol=1e-12)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(PLACES)),
    st.integers(0, 10_000),
    st.sampled_from(list(SLOW)),
    st.integers(0, 30),
    st.integers(1, 12),
)
def test_all_that_is_reached_is_shared_out(place, seed, decay, n, m):
    origins, destinations, supply, demand, catchment = case(place, seed, n, m)
    found = access(origins, destinations, supply, demand, catchment, decay)
    np.testing.assert_allclose(found.access @ demand, supply[found.reached].sum(), rtol=1e-10)


def test_threads_change_nothing():
    given = case("town", 8, 3000, 300)
    with_all = access(*given)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        with_one = access(*given)
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(with_all.access, with_one.access)
    np.testing.assert_array_equal(with_all.ratio, with_one.ratio)


@pytest.mark.parametrize("place", ["town", "date line", "north pole"])
def test_order_of_rows_changes_nothing(place):
    origins, destinations, supply, demand, catchment = case(place, 4, 900, 90)
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(900), rng.permutation(90)
    before = access(origins, destinations, supply, demand, catchment)
    after = access(origins.take(rows), destinations.take(columns), supply[columns], demand[rows], catchment[rows])
    np.testing.assert_allclose(after.access, before.access[rows], rtol=1e-12, atol=1e-18)
    np.testing.assert_allclose(after.ratio, before.ratio[columns], rtol=1e-12, atol=1e-18)


def test_moving_the_world_around_changes_nothing():
    origins, destinations, supply, demand, catchment = case("town", 5, 400, 50)
    before = access(origins, destinations, supply, demand, catchment)
    for turn in (251.2, -180.0, 90.0):  # the first puts the town across ±180°
        there = [Points(p.latitude, p.longitude + turn, p.rural) for p in (origins, destinations)]
        after = access(*there, supply, demand, catchment)
        np.testing.assert_allclose(after.access, before.access, rtol=1e-8, atol=1e-12)


def test_columns_of_supply():
    origins, destinations, supply, demand, catchment = case("town", 6)
    both = access(origins, destinations, np.column_stack([supply, supply[::-1]]), demand, catchment)
    one = access(origins, destinations, supply[::-1], demand, catchment)
    np.testing.assert_allclose(both.access[:, 1], one.access, rtol=1e-14)
    assert both.ratio.shape == (40, 2)


def test_a_crowd_in_one_cell_and_points_on_points():
    # All at one place: everyone has the supply over everyone, at any size of cell.
    here, there = Points([45.0] * 500, [7.0] * 500), Points([45.0] * 3, [7.0] * 3)
    found = access(here, there, [1.0, 2.0, 3.0], np.full(500, 2.0), 30)
    np.testing.assert_allclose(found.access, 6 / 1000, rtol=1e-12)


def test_parts_of_the_origins_add_up_to_the_whole():
    # What lets work be spread over machines: demand adds up over parts, and access needs the ratios alone.
    origins, destinations, supply, demand, catchment = case("town", 13, 600, 80)
    whole = access(origins, destinations, supply, demand, catchment)
    parts = [
        (rows, catchment_weights(ENGINE.minutes(origins.take(rows), destinations, catchment[rows]), catchment[rows]))
        for rows in np.array_split(np.arange(600), 3)
    ]
    competing = sum(weights.demand_on(demand[rows]) for rows, weights in parts)
    ratio = np.divide(supply, competing, out=np.zeros(80), where=competing > 0)
    found = np.concatenate([weights.reachable(ratio) for _, weights in parts])
    np.testing.assert_allclose(found, whole.access, rtol=1e-12)
