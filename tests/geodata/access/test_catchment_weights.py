"""The matrix of weights on two origins and two places."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.access.catchment_weights import amounts, catchment_weights
from geodata.access.decay import flat
from geodata.errors import InputError
from tests.geodata.travel_pairs import travel_minutes

# The first origin reaches both places, the second only the second place.
PAIRS = travel_minutes([0, 0, 1], [0, 1, 1], [10.0, 30.0, 20.0], 2, 2)


def test_demand_and_supply_meet_in_the_matrix() -> None:
    weights = catchment_weights(PAIRS, 30.0, flat)
    assert weights.demand_on([100, 50]).tolist() == [100, 150]
    assert weights.reachable([7, 3]).tolist() == [10, 3]
    found = weights.share([200, 300], [100, 50])
    assert found.ratio.tolist() == [2, 2]
    assert found.access.tolist() == [4, 2]


def test_a_place_in_reach_of_nobody_who_asks_is_counted() -> None:
    found = catchment_weights(PAIRS, 30.0, flat).share([200, 300], [0, 50])
    assert found.reached.tolist() == [False, True]
    assert (found.ratio.tolist(), found.zero_demand_destinations) == ([0, 6], 1)


def test_several_supplies_share_one_demand() -> None:
    weights = catchment_weights(PAIRS, 30.0, flat)
    found = weights.share([[10, 0], [0, 30]], [100, 50])
    np.testing.assert_allclose(found.access, [[10 / 100, 30 / 150], [0, 30 / 150]])


def test_each_origin_has_its_own_catchment() -> None:
    weights = catchment_weights(PAIRS, [15.0, 20.0], flat)
    assert weights.matrix.toarray().tolist() == [[1, 0], [0, 1]]


def test_a_choice_among_places_divides_the_weights_once_more() -> None:
    weights = catchment_weights(PAIRS, 30.0, lambda minutes, limit: minutes / limit)
    # First origin: 1/3 and 1, of 4/3 together; second: 2/3 alone.
    chosen = weights.selective().matrix.toarray()
    np.testing.assert_allclose(chosen, [[1 / 9 / (4 / 3), 1 / (4 / 3)], [0, 2 / 3]])


def test_a_decay_without_weights_and_amounts_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="finite weights"):
        catchment_weights(PAIRS, 30.0, lambda minutes, limit: -minutes)
    with pytest.raises(InputError, match="seats has 1 rows where 2"):
        amounts([1.0], 2, "seats")
    with pytest.raises(InputError, match="which is not an amount"):
        amounts([1.0, np.nan], 2, "seats")
