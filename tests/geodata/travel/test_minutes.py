from __future__ import annotations

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.travel.minutes import per_origin
from tests.geodata.travel_pairs import travel_minutes


def test_rows_begin_where_an_origins_pairs_begin() -> None:
    made = travel_minutes([2, 0, 2], [0, 1, 1], [5, 6, 7], 3, 2)
    assert made.row_start.tolist() == [0, 1, 1, 3]
    assert made.destination.tolist() == [1, 0, 1]
    assert made.minutes.tolist() == [6, 5, 7]
    assert len(made) == 3


def test_catchments_are_of_the_origin() -> None:
    made = travel_minutes([0, 0, 1], [0, 1, 0], [5, 9, 6], 2, 2)
    assert made.within(6).minutes.tolist() == [5, 6]
    assert made.within([9, 5]).minutes.tolist() == [5, 9]
    assert made.within([9, 5]).row_start.tolist() == [0, 2, 2]
    assert made.within(6).engine == made.engine


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf, [30.0], [[30.0, 30.0]]])
def test_a_catchment_is_a_number_above_zero_one_or_one_per_origin(bad: object) -> None:
    with pytest.raises(InputError, match="catchment"):
        per_origin(bad, 2)
