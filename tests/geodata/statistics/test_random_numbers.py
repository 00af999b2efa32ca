import numba
import numpy as np
import pytest
from scipy import stats

from geodata.statistics import random_numbers as counter
from tests.geodata.uncertainty import plain_draws


@numba.njit
def _uniforms(seed, purpose, keys, draws):
    out = np.empty((keys.size, draws))
    for k in range(keys.size):
        begin = counter.start(seed, purpose, keys[k])
        for draw in range(draws):
            out[k, draw] = counter.uniform(begin, draw)
    return out


@numba.njit
def _quantiles(p):
    out = np.empty(p.size)
    counter.normal_quantiles(p, out)
    return out


@numba.njit
def _gammas(shape, number):
    out = np.empty(number)
    for k in range(number):
        out[k], _ = counter.gamma(shape, counter.start(7, 3, k), 0)
    return out


@numba.njit
def _dirichlets(weights, concentration, number):
    out = np.empty((number, weights.size))
    for k in range(number):
        counter.dirichlet(weights, concentration, counter.start(7, 4, k), 0, out[k])
    return out


@numba.njit
def _triangles(u, low, mode, high):
    return np.array([counter.triangular(v, low, mode, high) for v in u])


def _truncated(number, mean, se, low, high):
    """Draws 7 of `number` units, and the uniform numbers they were made from."""
    keys = np.arange(number, dtype=np.uint64)
    begins = np.array([plain_draws.begin(20, 100, int(key)) for key in keys], dtype=np.uint64)
    below = counter.normal_share((low - mean) / se) if se else 0.0
    width = counter.normal_share((high - mean) / se) - below if se else 1.0
    full = [np.full(number, value) for value in (mean, se, below, width)]
    work, out = np.empty(number), np.empty(number)
    counter.truncated_normals(begins, 7, full[0], full[1], low, high, full[2], full[3], work, out)
    return out, _uniforms(20, 100, keys, 8)[:, 7]


def test_numbers_are_those_of_splitmix64():
    # The published generator from state 1234567 gives these first numbers (Vigna's reference splitmix64.c).
    state, expected = 1234567, [6457827717110365317, 3203168211198807973, 9817491932198370423]
    for k, number in enumerate(expected):
        assert plain_draws.mix((state + plain_draws.GOLDEN * (k + 1)) & plain_draws.MASK) == number
    mine = _uniforms(20, 100, np.array([44007000101], dtype=np.uint64), 5)[0]
    begin = plain_draws.begin(20, 100, 44007000101)
    np.testing.assert_array_equal(mine, [plain_draws.uniform(begin, draw) for draw in range(5)])


def test_numbers_are_even_and_neighbors_unrelated():
    keys = np.arange(44007000100, 44007000100 + 400, dtype=np.uint64)
    u = _uniforms(20, 100, keys, 500)
    assert u.min() > 0
    assert u.max() < 1
    assert stats.kstest(u.ravel(), "uniform").pvalue > 0.001
    assert stats.chisquare(np.bincount((u * 1024).astype(int).ravel(), minlength=1024)).pvalue > 0.001
    n = u.size
    for other in (
        np.roll(u, 1, axis=0),
        np.roll(u, 1, axis=1),
        _uniforms(20, 101, keys, 500),
        _uniforms(21, 100, keys, 500),
    ):
        assert abs(np.corrcoef(u.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(n)


def test_the_normal_quantile_is_true_to_a_billionth():
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.random(20_000), 10.0 ** -rng.uniform(0, 19, 2000), 1 - 10.0 ** -rng.uniform(0, 15, 2000)])
    p = np.append(p[(p > 0) & (p < 1)], [0.5, 2.0**-64, 1 - 2.0**-53, *(0.5 + k * 2.0**-53 for k in (-2, -1, 2))])
    np.testing.assert_allclose(_quantiles(p), stats.norm.ppf(p), atol=1e-9, rtol=0)
    # A number so near an end that it rounds to it has the quantile of the last piece.
    assert _quantiles(np.array([0.0, 1.0])) == pytest.approx([stats.norm.ppf(2.0**-64), -stats.norm.ppf(2.0**-64)])


def test_work_space_longer_than_the_result_fills_nothing_beyond_it():
    out = np.full(9, 7.0)
    ones = np.ones(4)
    begins = np.arange(4, dtype=np.uint64)
    counter.truncated_normals(begins, 0, ones / 2, ones / 9, 0.0, 1.0, 0 * ones, ones, np.full(9, 0.3), out[:4])
    assert (out[4:] == 7.0).all()


@pytest.mark.parametrize(
    "case", [(0.2, 0.05, 0.0, 1.0), (0.01, 0.03, 0.0, 1.0), (0.0, 0.02, 0.0, 1.0), (3.0, 5.0, 0.0, np.inf)]
)
def test_truncated_normals_are_truncated_normals(case):
    mean, se, low, high = case
    drawn, u = _truncated(5000, mean, se, low, high)
    law = stats.truncnorm((low - mean) / se, (high - mean) / se, mean, se)
    assert drawn.min() >= low
    assert drawn.max() <= high
    np.testing.assert_allclose(drawn, law.ppf(u), atol=1e-8 * se)


def test_an_exact_figure_stays_and_a_missing_one_is_missing():
    assert set(_truncated(50, 0.25, 0.0, 0.0, 1.0)[0]) == {0.25}
    assert np.isnan(_truncated(50, np.nan, 0.1, 0.0, 1.0)[0]).all()


@pytest.mark.parametrize("shape", [0.3, 1.0, 16.7])
def test_gammas_are_gammas(shape):
    assert stats.kstest(_gammas(shape, 4000), stats.gamma(shape).cdf).pvalue > 0.001


def test_dirichlet_has_its_means_and_spread():
    weights, concentration = np.array([0.5, 0.3, 0.2, 0.0]), 50.0
    drawn = _dirichlets(weights * 7, concentration, 20_000)  # weights need not sum to 1
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    np.testing.assert_allclose(drawn.mean(axis=0), weights, atol=0.002)
    np.testing.assert_allclose(drawn.var(axis=0), weights * (1 - weights) / (concentration + 1), rtol=0.05)
    np.testing.assert_array_equal(_dirichlets(weights * 7, np.inf, 1)[0], weights * 7 / 7)


def test_triangles():
    u = (np.arange(2000) + 0.5) / 2000
    np.testing.assert_allclose(_triangles(u, 1.0, 2.0, 5.0), stats.triang(0.25, 1, 4).ppf(u), rtol=1e-12)
    np.testing.assert_allclose(_triangles(u, 1.0, 1.0, 2.0), stats.triang(0, 1, 1).ppf(u), rtol=1e-12)
    assert set(_triangles(u, 3.0, 3.0, 3.0)) == {3.0}


def test_keys_are_geoids_and_stay():
    keys = counter.tract_keys(["44007000101", "01001020100", "cell-7", "Doña Ana"])
    assert keys[:2].tolist() == [44007000101, 1001020100]
    assert (keys[2:] >= 2**63).all()
    np.testing.assert_array_equal(counter.tract_keys(["cell-7"]), keys[2:3])


def test_a_share_that_is_no_number_is_looked_up_within_the_table():
    ends = np.abs(_quantiles(np.full(1000, np.nan)))
    assert set(ends) == {abs(_quantiles(np.zeros(1))[0])}
