"""What answers of routing servers mean."""

from __future__ import annotations

import numpy as np

from geodata.geography.coordinates import Points
from geodata.travel.routing_protocols import Valhalla
from tests.geodata.travel.loopback import Place


def at(*places: Place) -> Points:
    return Points(np.array([p[0] for p in places]), np.array([p[1] for p in places]))


def test_older_valhalla_answers_are_understood() -> None:
    """Before 3.5 the points came back as asked, in a list of lists; concise answers hold plain rows."""
    one, two = at((40.0, 9.9)), at((40.1, 9.9), (40.2, 9.9))
    nested = {"sources_to_targets": [[{"time": 60}, {"time": None}]], "sources": [[{"lat": 40.0, "lon": 9.9}]]}
    answer = Valhalla().answer(200, nested, one, two)
    np.testing.assert_array_equal(answer.minutes, [[1.0, np.nan]])
    assert answer.source_km.tolist() == [0.0]
    assert np.isnan(answer.target_km).all()
    concise = {"sources_to_targets": {"durations": [[60, None]]}}
    np.testing.assert_array_equal(Valhalla().answer(200, concise, one, two).minutes, [[1.0, np.nan]])
