"""Which dense windows of a state deserve an inset."""

from __future__ import annotations

import numpy as np

from maps.cartography import metros
from tests.maps.synthetic import synthetic_result


def test_insets_show_the_dense_places_and_only_where_there_are_some() -> None:
    assert metros.windows(synthetic_result(60).table("tract_scores")) == []
    scores = synthetic_result(1500).table("tract_scores")
    found = metros.windows(scores)
    assert 1 <= len(found) <= 3
    west, south, east, north = found[0].box
    inside = scores["longitude"].between(west, east) & scores["latitude"].between(south, north)
    assert inside.mean() > 0.04
    even = scores.assign(longitude=np.linspace(-160, -150, len(scores)), latitude=np.tile([20.0, 21, 22], 500))
    assert metros.windows(even) == []
