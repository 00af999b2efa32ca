"""Only a point or a street is a place to travel to."""

from __future__ import annotations

import pandas as pd

from geodata.geography.located import located
from geodata.schemas.canonical import LOCATION_QUALITY


def test_a_point_and_a_street_are_located_and_the_middle_of_an_area_is_not() -> None:
    rows = pd.DataFrame({"location_quality": [*LOCATION_QUALITY, "point"], "latitude": [41.0] * 7 + [None]})
    assert rows.loc[located(rows), "location_quality"].tolist() == ["point", "street"]
