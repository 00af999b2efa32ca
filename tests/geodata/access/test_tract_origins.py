import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.access.tract_origins import collapse, spread
from geodata.errors import InputError


def test_a_tract_is_the_weighted_mean_of_its_origins():
    # Tract 0: 0.25 · 4 + 0.75 · 8 = 7; tract 1 has no origin; tract 2 one.
    result = collapse([4.0, 8.0, 5.0], [0, 0, 2], [0.25, 0.75, 1.0], 3)
    np.testing.assert_array_equal(result, [7.0, np.nan, 5.0])


def test_columns_collapse_apart():
    np.testing.assert_array_equal(collapse([[4.0, 1.0], [8.0, 3.0]], [0, 0], [0.5, 0.5]), [[6.0, 2.0]])


def test_people_are_spread_by_weight():
    np.testing.assert_array_equal(spread([100.0, 7.0], [0, 0, 1], [0.25, 0.75, 1.0]), [25, 75, 7])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20), st.integers(0, 2**32 - 1))
def test_people_times_access_is_the_same_by_origin_and_by_tract(tracts, seed):
    rng = np.random.default_rng(seed)
    index = np.unique(tracts, return_inverse=True)[1]
    weight = rng.uniform(0.1, 1, len(index))
    weight /= np.bincount(index, weights=weight)[index]
    people, access = rng.uniform(0, 1e4, index.max() + 1), rng.uniform(0, 1, len(index))
    by_origin = spread(people, index, weight) @ access
    np.testing.assert_allclose(people @ collapse(access, index, weight), by_origin, rtol=1e-12)


def test_weights_must_sum_to_one():
    with pytest.raises(InputError, match=r"sum to 0.9"):
        collapse([1.0, 2.0], [0, 0], [0.5, 0.4])
    with pytest.raises(InputError, match="does not exist"):
        spread([1.0], [0, 1], [1.0, 1.0])


def test_the_number_of_tracts_is_that_of_the_last_one_named() -> None:
    assert collapse([4.0, 5.0], [0, 2], [1.0, 1.0])[[0, 2]].tolist() == [4.0, 5.0]
    assert len(collapse([4.0, 5.0], [0, 2], [1.0, 1.0])) == 3
    assert len(collapse([], [], [])) == 0
    assert np.isnan(collapse([], [], [], 2)).tolist() == [True, True]
    assert np.isnan(collapse([[4.0, 1.0]], [0], [1.0], 2)[1]).all()


def test_weights_may_miss_one_by_rounding_and_may_be_zero() -> None:
    assert collapse([4.0, 8.0], [0, 0], [0.0, 1.0 + 9e-7]).tolist() == pytest.approx([8.0])
    for off in (1.0 + 1.1e-6, 1.0 - 1.1e-6):
        with pytest.raises(InputError, match="row 1") as refused:
            collapse([4.0, 8.0], [0, 1], [1.0, off])
        assert "not 1" in str(refused.value)


@pytest.mark.parametrize(
    ("index", "weight", "said"),
    [
        ([0, 1], [1.0], "differ in number"),
        ([[0]], [[1.0]], "differ in number"),
        ([-1], [1.0], "does not exist"),
        ([2], [1.0], "does not exist"),
        ([0, 0], [-0.5, 1.5], "at least 0"),
        ([0], [np.nan], "at least 0"),
    ],
)
def test_origins_that_belong_to_no_tract_are_refused(index: object, weight: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        spread([1.0, 1.0], index, weight)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="access and origins"):
        collapse([1.0], [0, 1], [1.0, 1.0])
