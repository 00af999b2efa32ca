import math

import numpy as np
import pytest

from geodata.access.decay import DECAYS, flat, gaussian_decay, step_decay
from geodata.errors import InputError


def test_gaussian_is_one_at_home_zero_at_the_edge_and_as_dai_2010_between():
    # Half-way: (e^-0.125 - e^-0.5) / (1 - e^-0.5) = (0.882497 - 0.606531) / 0.393469 = 0.701366
    np.testing.assert_allclose(gaussian_decay([0, 15, 30, 30.01, 1000], 30), [1, 0.701366, 0, 0, 0], atol=1e-6)


def test_gaussian_follows_the_catchment_of_each_origin():
    np.testing.assert_allclose(gaussian_decay([15.0, 30.0], [30.0, 60.0]), [gaussian_decay(1, 2)] * 2, rtol=1e-15)


def test_gaussian_never_rises():
    weights = gaussian_decay(np.linspace(0, 40, 1001), 30)
    assert (np.diff(weights) <= 0).all()
    assert weights.min() == 0


def test_steps_of_luo_and_qi_in_thirds_with_edges_inside():
    minutes = [0, 10, 10.001, 20, 20.001, 30, 30.001]
    np.testing.assert_array_equal(step_decay(minutes, 30), [1, 1, 0.68, 0.68, 0.22, 0.22, 0])
    np.testing.assert_array_equal(step_decay(np.multiply(minutes, 2), 60), step_decay(minutes, 30))


def test_own_steps():
    np.testing.assert_array_equal(step_decay([5, 7, 9], 10, [(0.5, 0.9), (0.75, 0.1)]), [0.9, 0.1, 0])


@pytest.mark.parametrize(
    "bands", [[(0.5, 1.0), (0.4, 0.5)], [(1.2, 1.0)], [(0.5, -1.0)], [(0.5, 0.0)], [(math.nan, 1.0)], [0.5]]
)
def test_steps_that_are_no_decay_are_refused(bands):
    with pytest.raises(InputError, match="bands"):
        step_decay([5.0], 10.0, bands)


def test_flat_counts_all_within():
    np.testing.assert_array_equal(flat([0, 30, 30.5], 30), [1, 1, 0])


def test_named_decays_are_the_functions():
    t = np.linspace(0, 35, 50)
    np.testing.assert_array_equal(DECAYS["gaussian"](t, 30), gaussian_decay(t, 30))
    np.testing.assert_array_equal(DECAYS["step"](t, 30), step_decay(t, 30))
    np.testing.assert_array_equal(DECAYS["flat"](t, 30), flat(t, 30))


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        # The first edge may be anything above zero and the last anything up to one; weights may be zero and one.
        ([(0.01, 1.0)], [1.0, 0.0, 0.0, 0.0]),
        ([(0.01, 0.0), (1.0, 1.0)], [0.0, 1.0, 1.0, 0.0]),
        ([(0.5, 0.25), (0.9, 0.0)], [0.25, 0.25, 0.0, 0.0]),
    ],
)
def test_steps_may_reach_to_the_bounds_of_share_and_weight(
    bands: list[tuple[float, float]], expected: list[float]
) -> None:
    assert step_decay([0.1, 5.0, 10.0, 10.1], 10.0, bands).tolist() == expected


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ([(0.0, 1.0)], "must rise within 0 to 1"),
        ([(0.5, 1.0), (0.5, 0.5)], "must rise within 0 to 1"),
        ([(0.5, 1.0), (1.1, 0.5)], "must rise within 0 to 1"),
        ([(0.5, 1.1)], "weights of a step decay"),
        ([(0.5, 1.0), (0.6, -0.1)], "weights of a step decay"),
        ([(0.5, 0.0), (0.6, 0.0)], "weights of a step decay"),
        ([(0.5, 1.0, 2.0)], "list of"),
        ([(0.5, math.inf)], "list of"),
        (np.zeros((1, 2, 2)), "list of"),
    ],
)
def test_each_rule_of_steps_is_held_alone(bands: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        step_decay([5.0], 10.0, bands)  # type: ignore[arg-type]
