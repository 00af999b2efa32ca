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


def test_little_demand_is_demand_and_places_beyond_every_catchment_are_not_counted() -> None:
    """Of three places the last lies in nobody's catchment; half a person asks for the others."""
    pairs = travel_minutes([0, 0], [0, 1], [10.0, 20.0], 1, 3)
    weights = catchment_weights(pairs, 30.0, flat)
    found = weights.share([2.0, 3.0, 5.0], [0.5])
    assert found.access.tolist() == [10.0] and found.ratio.tolist() == [4.0, 6.0, 0.0]
    assert (found.reached.tolist(), found.zero_demand_destinations) == ([True, True, False], 0)
    nobody = weights.share([2.0, 3.0, 5.0], [0.0])
    assert (nobody.access.tolist(), nobody.zero_demand_destinations) == ([0.0], 2)
    # Where every weight is nil an origin chooses nothing, and small weights choose like large ones.
    nil = catchment_weights(pairs, 30.0, lambda minutes, limit: np.zeros_like(minutes)).selective().matrix
    assert nil.data.tolist() == [0.0, 0.0]
    small = catchment_weights(pairs, 30.0, lambda minutes, limit: np.array([0.1, 0.3])).selective().matrix
    assert small.data.tolist() == pytest.approx([0.01 / 0.4, 0.09 / 0.4])


def test_amounts_must_be_as_many_as_places_in_one_column_or_several_where_these_are_meant() -> None:
    weights = catchment_weights(PAIRS, 30.0, flat)
    for demand in ([1.0], [1.0, 2.0, 3.0], [[1.0], [2.0]], 5.0):
        with pytest.raises(InputError, match=r"demand has . rows where 2"):
            weights.demand_on(demand)
    for supply in ([1.0], [[[1.0]], [[2.0]]]):
        with pytest.raises(InputError, match=r"supply has . rows where 2"):
            weights.reachable(supply)
    wide = catchment_weights(travel_minutes([0], [2], [1.0], 1, 3), 30.0, flat)
    assert wide.demand_on([4.0]).tolist() == [0, 0, 4] and wide.reachable([1.0, 2.0, 3.0]).tolist() == [3]
    assert wide.reachable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).tolist() == [[5.0, 6.0]]
    with pytest.raises(InputError, match=r"seats is -1\.0, which is not an amount") as refused:
        amounts([[1.0, 2.0], [0.0, 3.0], [4.0, -1.0]], 3, "seats", columns=True)
    assert "row 2" in str(refused.value)
    with pytest.raises(InputError, match="seats is inf"):
        amounts([np.inf], 1, "seats")


def test_weights_of_zero_are_within_reach_and_ones_that_are_no_numbers_are_refused() -> None:
    at_the_edge = catchment_weights(PAIRS, 30.0, lambda minutes, limit: 1.0 - minutes / limit)
    assert at_the_edge.matrix.nnz == 3 and at_the_edge.matrix.toarray()[0, 1] == 0.0
    with pytest.raises(InputError, match="finite weights"):
        catchment_weights(PAIRS, 30.0, lambda minutes, limit: np.full(len(minutes), np.inf))
