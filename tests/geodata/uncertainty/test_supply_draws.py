"""What is drawn of the supply, against its own expectations."""

import numpy as np
import pytest

from geodata.uncertainty.supply_draws import Providers, job_years_of_draws, seats_of_draws
from tests.geodata.uncertainty.models import access

SEED = np.uint64(20)


def providers(**changes) -> Providers:
    base = {
        "family": np.array([7, 7, 8], dtype=np.uint64),
        "seats": np.array([np.nan, np.nan, 12.0]),
        "teaches": np.array([0.3, 0.3, 1.0]),
        "log_mean": np.full(3, 3.0),
        "log_sd": np.full(3, 0.5),
        "share": np.array([1.0, 0.25, 1.0]),
        "campus": np.array([0, 1, 0]),
        "campuses": np.array([1, 1, 1]),
    }
    return Providers(**{**base, **changes})


def test_seats_average_to_what_is_expected_and_reported_ones_never_move() -> None:
    out = np.empty((3, 40_000), np.float32)
    seats_of_draws(SEED, 0, providers(), out)
    assert (out[2] == 12).all()
    assert (out[0] > 0).mean() == pytest.approx(0.3, abs=0.01)
    assert out[0].mean() == pytest.approx(0.3 * np.exp(3 + 0.5**2 / 2), rel=0.03)
    # Campuses of one institution teach together, and share its seats.
    np.testing.assert_allclose(out[1], 0.25 * out[0], rtol=1e-6)


def test_a_split_nobody_knows_is_drawn_and_gives_out_what_there_is() -> None:
    # Three campuses of one institution that awards 90, 30 each for want of knowledge; a fourth provider stands apart.
    family = np.array([7, 7, 7, 8], dtype=np.uint64)
    every = providers(
        family=family, seats=np.array([30.0, 30.0, 30.0, 12.0]), teaches=np.ones(4), log_mean=np.zeros(4),
        log_sd=np.zeros(4), share=np.full(4, 1 / 3), campus=np.array([0, 1, 2, 0]), campuses=np.array([3, 3, 3, 1]),
    )  # fmt: skip
    out = np.empty((4, 40_000), np.float32)
    seats_of_draws(SEED, 0, every, out)
    np.testing.assert_allclose(out[:3].sum(axis=0), 90, rtol=1e-5)
    assert out[:3].mean(axis=1) == pytest.approx([30, 30, 30], rel=0.02)
    # A part of a flat Dirichlet of three: its distribution function is 1 - (1 - x)².
    assert np.mean(out[0] / 90 < 0.2) == pytest.approx(1 - 0.8**2, abs=0.01)
    assert (out[3] == 12).all()
    # A campus draws the same where its siblings are out of reach.
    alone = every._replace(**{name: getattr(every, name)[1:2] for name in every._fields})
    one = np.empty((1, 40_000), np.float32)
    seats_of_draws(SEED, 0, alone, one)
    np.testing.assert_array_equal(one[0], out[1])


def test_a_draw_is_the_same_whichever_block_it_stands_in() -> None:
    whole, part = np.empty((3, 50), np.float32), np.empty((3, 20), np.float32)
    seats_of_draws(SEED, 0, providers(), whole)
    seats_of_draws(SEED, 30, providers(), part)
    np.testing.assert_array_equal(whole[:, 30:], part)


def test_sites_take_profiles_by_their_chance_and_are_built_by_theirs() -> None:
    sites = access().sites._replace(
        key=np.arange(2, dtype=np.uint64), units=np.array([[3.0, 0.0], [0.0, 0.0]]), prior=np.array([-1, 0]),
        built=np.array([1.0, 0.5]), job_years=np.array([[1, 1, 1], [10, 10, 10], [0, 0, 0]], dtype=float),
    )  # fmt: skip
    out = np.empty((2, 40_000), np.float32)
    job_years_of_draws(SEED, 0, sites, out)
    assert (out[0] == 3).all()
    shares = {value: (out[1] == value).mean() for value in (0.0, 2.0, 40.0, 18.0)}
    assert shares == pytest.approx({0.0: 0.5, 2.0: 0.1, 40.0: 0.25, 18.0: 0.15}, abs=0.01)


def test_upkeep_adds_its_years_to_every_unit_and_rates_stay_within_their_range() -> None:
    sites = access().sites._replace(
        key=np.arange(2, dtype=np.uint64), units=np.array([[3.0, 2.0], [0.0, 0.0]]), prior=np.array([-1, 1]),
        built=np.ones(2), job_years=np.array([[1, 1, 1], [10, 10, 10], [0.5, 0.5, 0.5]]), upkeep_years=4.0,
    )  # fmt: skip
    out = np.empty((2, 4000), np.float32)
    job_years_of_draws(SEED, 0, sites, out)
    assert (out[0] == 3 * (1 + 2) + 2 * (10 + 2)).all()
    # The second group of profiles: one of either kind in six of ten draws, else twelve of the second.
    assert set(out[1]) == {15.0, 144.0} and (out[1] == 15).mean() == pytest.approx(0.6, abs=0.03)
    wide = sites._replace(job_years=np.array([[0, 1, 2], [0, 0, 0], [0, 0, 0]], dtype=float))
    job_years_of_draws(SEED, 0, wide, out)
    assert out[0].min() >= 0 and out[0].max() <= 6 and out[0].mean() == pytest.approx(3, abs=0.1)


def test_two_campuses_share_by_chance_and_keep_their_sum_where_seats_are_drawn() -> None:
    two = providers(campuses=np.array([2, 2, 1]), share=np.array([0.5, 0.5, 1.0]), log_sd=np.zeros(3))
    out = np.empty((3, 2000), np.float32)
    seats_of_draws(SEED, 0, two, out)
    sums = out[0] + out[1]
    assert sums[sums > 0] == pytest.approx(np.exp(3), rel=1e-5)
    # Any split of two is as likely as any other.
    assert np.quantile(out[0][sums > 0] / np.exp(3), [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.5, 0.75], abs=0.06)
