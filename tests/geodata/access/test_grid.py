import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.access import (
    FLAT,
    GAUSSIAN,
    STEPS,
    catchment_weights,
    e2sfca,
    grid_catchments,
    grid_e2sfca,
    grid_nearest,
    nearest_k,
)
from geodata.errors import InputError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import angle, chord_squared, unit_vectors
from geodata.travel.great_circle import GreatCircle
from geodata.travel.search_grid import bands_of
from tests.geodata.access import plain

ENGINE = GreatCircle(detour_factor=1.3, speed_kmh_urban=40.0, speed_kmh_rural=70.0)
SLOW = {"gaussian": plain.gaussian, "step": plain.steps, "flat": plain.everything}
# Where points lie: a town, ±180°, both poles, everywhere.
PLACES = {
    "town": ((41.0, 42.0), (-72.0, -70.5)),
    "date line": ((51.0, 53.0), (178.5, 181.5)),
    "north pole": ((89.0, 90.0), (-180.0, 180.0)),
    "south pole": ((-90.0, -89.2), (-180.0, 180.0)),
    "equator": ((-0.7, 0.7), (-0.7, 0.7)),
    "globe": ((-90.0, 90.0), (-180.0, 180.0)),
}


def scatter(place: str, n: int, seed: int, rural_share: float = 0.4) -> Points:
    rng = np.random.default_rng(seed)
    (south, north), (west, east) = PLACES[place]
    return Points(rng.uniform(south, north, n), rng.uniform(west, east, n), rng.random(n) < rural_share)


def case(place: str, seed: int, n: int = 120, m: int = 40):
    rng = np.random.default_rng(seed + 1)
    origins, destinations = scatter(place, n, seed), scatter(place, m, seed + 2)
    demand = rng.integers(0, 5, n) * rng.uniform(10, 900, n)
    catchment = np.where(origins.is_rural, 60.0, 30.0)
    if place == "globe":
        catchment = catchment * 200
    return origins, destinations, rng.uniform(0, 90, m), demand, catchment


@pytest.mark.parametrize("decay", [GAUSSIAN, STEPS, FLAT], ids=lambda decay: decay.kind)
@pytest.mark.parametrize("place", PLACES)
def test_grid_equals_matrix_equals_plain_loops(place, decay):
    origins, destinations, supply, demand, catchment = case(place, 3)
    by_grid = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment, decay)
    minutes = ENGINE.minutes(origins, destinations, catchment)
    by_matrix = e2sfca(minutes, supply, demand, catchment, decay)
    assert grid_catchments(ENGINE, origins, destinations, catchment).pairs() == len(minutes) > 100
    np.testing.assert_allclose(by_grid.access, by_matrix.access, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(by_grid.ratio, by_matrix.ratio, rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(by_grid.reached, by_matrix.reached)
    assert by_grid.zero_demand_destinations == by_matrix.zero_demand_destinations

    here = list(zip(origins.latitude, origins.longitude, strict=True))
    there = list(zip(destinations.latitude, destinations.longitude, strict=True))
    pace = [60 * 1.3 / (70 if rural else 40) for rural in origins.is_rural]
    pairs = plain.plain_minutes(here, there, pace)
    access, ratio = plain.plain_e2sfca(pairs, supply, demand, catchment, SLOW[decay.kind])
    np.testing.assert_allclose(by_grid.access, access, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(by_grid.ratio, ratio, rtol=1e-6, atol=1e-12)


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(PLACES)),
    st.integers(0, 10_000),
    st.sampled_from([GAUSSIAN, STEPS, FLAT]),
    st.integers(0, 30),
    st.integers(1, 12),
)
def test_grid_shares_out_all_that_is_reached(place, seed, decay, n, m):
    origins, destinations, supply, demand, catchment = case(place, seed, n, m)
    by_grid = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment, decay)
    np.testing.assert_allclose(by_grid.access @ demand, supply[by_grid.reached].sum(), rtol=1e-10)
    by_matrix = e2sfca(ENGINE.minutes(origins, destinations, catchment), supply, demand, catchment, decay)
    np.testing.assert_allclose(by_grid.access, by_matrix.access, rtol=1e-9, atol=1e-15)


def test_threads_change_nothing():
    origins, destinations, supply, demand, catchment = case("town", 8, 3000, 300)
    with_all = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        with_one = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment)
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(with_all.access, with_one.access)
    np.testing.assert_array_equal(with_all.ratio, with_one.ratio)


@pytest.mark.parametrize("place", ["town", "date line", "north pole"])
def test_order_of_rows_changes_nothing_to_the_last_bit(place):
    origins, destinations, supply, demand, catchment = case(place, 4, 900, 90)
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(900), rng.permutation(90)
    before = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment)
    after = grid_e2sfca(
        ENGINE, origins.take(rows), destinations.take(columns), supply[columns], demand[rows], catchment[rows]
    )
    np.testing.assert_array_equal(after.access, before.access[rows])
    np.testing.assert_array_equal(after.ratio, before.ratio[columns])


def test_moving_the_world_around_changes_nothing():
    origins, destinations, supply, demand, catchment = case("town", 5, 400, 50)
    before = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment)
    for turn in (251.2, -180.0, 90.0):  # the first puts the town across ±180°
        there = [Points(p.latitude, p.longitude + turn, p.rural) for p in (origins, destinations)]
        after = grid_e2sfca(ENGINE, *there, supply, demand, catchment)
        np.testing.assert_allclose(after.access, before.access, rtol=1e-8, atol=1e-12)


def test_columns_of_supply():
    origins, destinations, supply, demand, catchment = case("town", 6)
    both = grid_e2sfca(ENGINE, origins, destinations, np.column_stack([supply, supply[::-1]]), demand, catchment)
    one = grid_e2sfca(ENGINE, origins, destinations, supply[::-1], demand, catchment)
    np.testing.assert_allclose(both.access[:, 1], one.access, rtol=1e-14)
    assert both.ratio.shape == (40, 2)


def test_a_crowd_in_one_cell_and_points_on_points():
    # All at one place: everyone has the supply over everyone, at any size of cell.
    here, there = Points([45.0] * 500, [7.0] * 500), Points([45.0] * 3, [7.0] * 3)
    result = grid_e2sfca(ENGINE, here, there, [1.0, 2.0, 3.0], np.full(500, 2.0), 30)
    np.testing.assert_allclose(result.access, 6 / 1000, rtol=1e-12)


def test_too_many_reaches_and_foreign_decays_are_refused():
    origins, destinations, supply, demand, _ = case("town", 7)
    with pytest.raises(InputError, match="at most 64"):
        grid_e2sfca(ENGINE, origins, destinations, supply, demand, np.linspace(20, 60, 120))
    with pytest.raises(InputError, match="decay"):
        grid_e2sfca(ENGINE, origins, destinations, supply, demand, 30, lambda t, T: t * 0)
    with pytest.raises(InputError, match="row 0"):
        grid_e2sfca(ENGINE, origins, destinations, supply, np.full(120, np.nan), 30)


@pytest.mark.parametrize("place", PLACES)
def test_bands_hold_every_point_once(place):
    points = scatter(place, 500, 1)
    bands = bands_of(points, 0.003)
    assert sorted(bands.order) == list(range(500))
    np.testing.assert_array_equal(np.column_stack([bands.x, bands.y, bands.z]), unit_vectors(points)[bands.order])
    assert bands.cell_start[-1] == 500


def test_no_search_grid_is_larger_than_its_bound():
    bands = bands_of(scatter("globe", 10, 2), 1e-5)
    assert len(bands.cell_start) < 5_000_000


@pytest.mark.parametrize("place", PLACES)
def test_nearest_is_nearest_however_far(place):
    origins, destinations, *_ = case(place, 9)
    found = grid_nearest(ENGINE, origins, destinations, 3)
    here, there = unit_vectors(origins), unit_vectors(destinations)
    every = angle(chord_squared(here[:, None, :], there[None, :, :])) * 6371.0088
    every *= ENGINE.minutes_per_km(origins)[:, None]
    np.testing.assert_array_equal(found.destination, np.argsort(every, axis=1, kind="stable")[:, :3])
    np.testing.assert_allclose(found.minutes, np.sort(every, axis=1)[:, :3], rtol=1e-9)
    within = nearest_k(ENGINE.minutes(origins, destinations, 20_000.0), 1)
    np.testing.assert_array_equal(found.destination[:, :1], within.destination)


def test_nearest_of_too_few():
    found = grid_nearest(ENGINE, scatter("town", 3, 1), scatter("town", 1, 2), 2)
    assert found.destination.tolist() == [[0, -1]] * 3
    assert np.isnan(found.minutes[:, 1]).all()


def test_nearest_of_places_at_one_spot_is_the_lower_row():
    spot = Points([41.5] * 30 + [41.6], [-71.5] * 30 + [-71.5])
    found = grid_nearest(ENGINE, Points([41.5, 41.55, 41.59], [-71.4, -71.5, -71.5]), spot, 2)
    assert found.destination.tolist() == [[0, 1], [0, 1], [30, 0]]


def test_prepared_catchments_sum_demand_and_supply_like_the_matrix():
    origins, destinations, supply, demand, catchment = case("town", 12)
    searched = grid_catchments(ENGINE, origins, destinations, catchment, STEPS)
    matrix = catchment_weights(ENGINE.minutes(origins, destinations, catchment), catchment, STEPS)
    np.testing.assert_allclose(searched.demand_on(demand), matrix.demand_on(demand), rtol=1e-12)
    np.testing.assert_allclose(searched.reachable(supply), matrix.reachable(supply), rtol=1e-12)


def test_parts_of_the_origins_add_up_to_the_whole():
    # What lets work be spread over machines: demand adds up over parts, and access needs the ratios alone.
    origins, destinations, supply, demand, catchment = case("town", 13, 600, 80)
    whole = grid_e2sfca(ENGINE, origins, destinations, supply, demand, catchment)
    parts = np.array_split(np.arange(600), 3)
    searched = [grid_catchments(ENGINE, origins.take(rows), destinations, catchment[rows]) for rows in parts]
    competing = sum(part.demand_on(demand[rows]) for part, rows in zip(searched, parts, strict=True))
    ratio = np.divide(supply, competing, out=np.zeros(80), where=competing > 0)
    np.testing.assert_allclose(np.concatenate([part.reachable(ratio) for part in searched]), whole.access, rtol=1e-12)
