"""The error of one-point origins, on a tract whose two towns lie far apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.origin_error import DIFFERENCES, error_summary, one_point_error
from geodata.settings import Access
from geodata.travel.great_circle import GreatCircle

ONE, TWO, THREE = "01001000100", "01001000200", "01001000300"
MINUTE = 1 / 111.195  # degrees of latitude travelled in a minute at 60 km/h
ENGINE = GreatCircle(1.0, 60.0, 60.0)


def origins(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Return origins (geoid, minutes north of the equator, weight)."""
    return pd.DataFrame(
        {
            "geoid": [r[0] for r in rows],
            "latitude": [r[1] * MINUTE for r in rows],
            "longitude": 0.0,
            "weight": [r[2] for r in rows],
            "rural": False,
        }
    )


CELLS = origins((ONE, 0, 0.75), (ONE, 20, 0.25), (TWO, 2, 1.0))
CENTRES = origins((ONE, 5, 1.0), (TWO, 2, 1.0), (THREE, 1, 1.0))
PLACES = pd.DataFrame({"latitude": [0.0], "longitude": [0.0]})


def errors(places: pd.DataFrame = PLACES, **settings: float) -> pd.DataFrame:
    demand = pd.Series({ONE: 100.0, TWO: 50.0})
    table = one_point_error(
        CELLS, CENTRES, places, np.ones(len(places)), demand, ENGINE, Access.model_validate(settings)
    )
    return table.set_index("geoid")


def test_minutes_of_both_kinds_of_origins() -> None:
    table = errors()
    assert table.index.tolist() == [ONE, TWO], "a tract without cells has nothing to compare"
    assert table["nearest_minutes_cells"].tolist() == pytest.approx([0.25 * 20, 2])
    assert table["nearest_minutes_one"].tolist() == pytest.approx([5, 2])
    assert table["minutes_difference"].tolist() == pytest.approx([0, 0], abs=1e-9)


def test_people_beyond_the_catchment_count_in_the_share_not_in_the_minutes() -> None:
    table = errors(catchment_minutes=10)
    assert (table["within_cells"][ONE], table["within_one"][ONE]) == (0.75, 1.0)
    assert table.loc[ONE, "nearest_minutes_cells"] == 0
    assert table.loc[ONE, "minutes_difference"] == pytest.approx(5)


def test_access_is_shared_among_the_same_people() -> None:
    """With all in a flat catchment each person gets the same, so the choice of points does not matter."""
    flat = one_point_error(
        CELLS, CENTRES, PLACES, np.ones(1), pd.Series({ONE: 100.0, TWO: 50.0}), ENGINE,
        Access(measure="2sfca", catchment_minutes=60),
    )  # fmt: skip
    np.testing.assert_allclose(flat[["access_cells", "access_one"]], 1 / 150)
    np.testing.assert_allclose(flat["access_difference"], 0, atol=1e-12)


def test_decay_sees_what_one_point_hides() -> None:
    """A quarter of the first tract lives 20 minutes away, which its centre, 5 minutes away, does not show."""
    table = errors()
    people = np.array([100.0, 50.0])
    assert (table["access_difference"] > 0).tolist() == [True, False]
    assert (table["access_difference"] < 0).tolist() == [False, True]
    assert people @ table["access_one"] == pytest.approx(1.0)
    assert people @ table["access_cells"] == pytest.approx(1.0)


def test_the_summary_tells_every_difference() -> None:
    summary = error_summary(errors(catchment_minutes=10).reset_index()).set_index("difference")
    assert list(summary.index) == list(DIFFERENCES)
    told = {name: summary[name]["minutes_difference"] for name in ("tracts", "mean_absolute", "q50")}
    assert told == pytest.approx({"tracts": 2, "mean_absolute": 2.5, "q50": 2.5})


def test_a_place_nobody_reaches_leaves_no_minutes() -> None:
    far = pd.DataFrame({"latitude": [50.0], "longitude": [0.0]})
    table = errors(far)
    assert table[["nearest_minutes_cells", "nearest_minutes_one"]].isna().all(axis=None)
    assert error_summary(table.reset_index())["tracts"].tolist() == [0, 0, 2]
