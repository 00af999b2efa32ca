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
