"""Factors on minutes and access at them; access as a whole is held to the plain method in `test_draws`."""

import numpy as np
import pytest

from geodata.access.catchment_weights import catchment_weights
from geodata.access.decay import DECAYS
from geodata.uncertainty.access_draws import (
    DECAY_CODES,
    WIDEST_SD,
    Measure,
    Pairs,
    TravelFactors,
    access_of_draws,
    factors_of_draws,
)
from tests.geodata.travel_pairs import travel_minutes

SEED = np.uint64(20)


@pytest.mark.parametrize("name", DECAY_CODES)
def test_decay_at_any_factor_is_the_point_estimates(name: str) -> None:
    # One origin and one place of one seat for nobody else: access is the decay itself.
    minutes, factors = 20.0, np.linspace(0.05, 2.0, 400).astype(np.float32)
    pairs = Pairs(
        np.array([0, 1]), np.array([0]), np.ones(1, np.float32), np.full(1, 30, np.float32),
        np.zeros(1, np.int32), np.full(1, minutes, np.float32),
    )  # fmt: skip
    out = np.empty((1, 1, 400), np.float32)
    ones = np.ones((1, 400), np.float32)
    access_of_draws(pairs, ones[None].copy(), ones, factors[None], Measure(DECAY_CODES[name], False, False), out)
    np.testing.assert_allclose(out[0, 0], DECAYS[name](minutes * factors.astype(float), np.full(400, 30.0)), atol=2e-6)


def test_what_is_supplied_is_shared_out_in_every_draw() -> None:
    # Σ A P = Σ S over the places anybody reaches (Mao & Nekorchuk 2013), draw by draw.
    rng = np.random.default_rng(3)
    pairs = Pairs(
        np.array([0, 2, 4, 5]), np.array([0, 1, 1]), np.array([1, 0.4, 0.6], np.float32), np.full(3, 30, np.float32),
        np.array([0, 1, 0, 1, 1], np.int32), rng.uniform(1, 9, 5).astype(np.float32),
    )  # fmt: skip
    people, seats = (rng.uniform(10, 90, (2, 16)).astype(np.float32) for _ in range(2))
    factor = rng.uniform(0.5, 1.5, (2, 16)).astype(np.float32)
    supplies = np.stack([seats, 3 * seats])
    out = np.empty((2, 2, 16), np.float32)
    access_of_draws(pairs, supplies.copy(), people, factor, Measure(DECAY_CODES["gaussian"], True, False), out)
    np.testing.assert_allclose((out * people).sum(axis=1), supplies.sum(axis=1), rtol=1e-5)


def test_states_share_a_factor_and_tracts_have_their_own() -> None:
    keys = np.arange(4, dtype=np.uint64)
    state = np.array([1, 1, 2, 2], dtype=np.uint64)
    triangles = np.array([(0.8, 1.0, 1.2), (1.0, 1.0, 1.0)])
    out = np.empty((4, 5000), np.float32)
    factors_of_draws(SEED, 0, keys, TravelFactors(state, triangles, 0.0), out)
    np.testing.assert_array_equal(out[0], out[1])
    assert abs(np.corrcoef(out[0], out[2])[0, 1]) < 0.05
    assert 0.8 <= out.min() < 0.82 and 1.18 < out.max() <= 1.2
    factors_of_draws(SEED, 0, keys, TravelFactors(state, np.ones((2, 3)), 0.2), out)
    assert np.log(out).std() == pytest.approx(0.2 * 0.88, abs=0.01)  # a normal cut at two deviations
    assert np.abs(np.log(out)).max() <= 0.2 * WIDEST_SD + 1e-6
    assert abs(np.corrcoef(out[0], out[1])[0, 1]) < 0.05


@pytest.mark.parametrize("name", DECAY_CODES)
@pytest.mark.parametrize("choosing", [False, True])
@pytest.mark.parametrize("competing", [False, True])
def test_where_nothing_is_drawn_access_is_that_of_the_point_estimate(
    name: str, choosing: bool, competing: bool
) -> None:
    """Four origins of three tracts and four places, one of them beyond everybody's reach."""
    rng = np.random.default_rng(5)
    origin, place = np.repeat(np.arange(4), 4), np.tile(np.arange(4), 4)
    minutes = np.where(place == 3, 70.0, rng.uniform(1, 40, 16)).round(1)
    tract, weight = np.array([0, 1, 1, 2]), np.array([1.0, 0.25, 0.75, 1.0])
    catchment = np.array([30.0, 20.0, 30.0, 60.0])
    people, seats = np.array([90.0, 40.0, 0.0]), np.array([10.0, 20.0, 30.0, 40.0])
    pairs = Pairs(
        np.arange(0, 17, 4), tract, weight.astype(np.float32), catchment.astype(np.float32),
        place.astype(np.int32), minutes.astype(np.float32),
    )  # fmt: skip
    capacity = np.repeat(np.stack([seats, 2 * seats])[:, :, None], 2, axis=2).astype(np.float32)
    drawn = np.repeat(people[:, None], 2, axis=1).astype(np.float32)
    out = np.empty((2, 3, 2), np.float32)
    access_of_draws(
        pairs, capacity, drawn, np.ones((3, 2), np.float32), Measure(DECAY_CODES[name], competing, choosing), out
    )
    weights = catchment_weights(travel_minutes(origin, place, minutes, 4, 4), catchment, DECAYS[name])
    weights = weights.selective() if choosing else weights
    demand = people[tract] * weight
    found = weights.share(seats, demand).access if competing else weights.reachable(seats)
    expected = np.bincount(tract, weights=weight * found)
    np.testing.assert_allclose(out[0, :, 0], expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(out[:, :, 0], out[:, :, 1])
    np.testing.assert_allclose(out[1], 2 * out[0], rtol=1e-6)


def test_travel_draws_are_the_same_in_any_block_and_speed_divides() -> None:
    keys, state = np.arange(2, dtype=np.uint64), np.zeros(2, dtype=np.uint64)
    travel = TravelFactors(state, np.array([(1.0, 1.0, 1.0), (2.0, 2.0, 2.0)]), 0.0)
    out = np.empty((2, 3), np.float32)
    factors_of_draws(SEED, 0, keys, travel, out)
    assert (out == 0.5).all()
    wide = TravelFactors(state, np.array([(0.5, 1.0, 2.0), (0.8, 1.0, 1.5)]), 0.1)
    whole, part = np.empty((2, 50), np.float32), np.empty((2, 20), np.float32)
    factors_of_draws(SEED, 0, keys, wide, whole)
    factors_of_draws(SEED, 30, keys, wide, part)
    np.testing.assert_array_equal(whole[:, 30:], part)
    # Detour and speed of one draw are drawn apart.
    both = TravelFactors(state, np.array([(0.5, 1.0, 2.0), (0.5, 1.0, 2.0)]), 0.0)
    factors_of_draws(SEED, 0, keys, both, whole)
    assert len(np.unique(whole[0])) == 50
