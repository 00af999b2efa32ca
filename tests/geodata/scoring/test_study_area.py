"""The study area of the grid: what it takes in, what it leaves out, and how it is cut by state."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import OnrampError
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.study_area import StudyArea, areas_of, reach_of, study_area, supplied, universe
from geodata.settings import Settings
from tests.geodata.scoring import grid


def two_states(canonical: CanonicalTables) -> CanonicalTables:
    """The last row of the grid lies in a second state."""
    beyond = grid.GEOIDS[6:]

    def moved(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(state=table["state"].mask(table["geoid"].isin(beyond), "XS"))

    return CanonicalTables(
        {name: moved(table) if "geoid" in table else table for name, table in canonical.tables.items()}
    )


def test_population_is_the_surveys_where_it_is_known(canonical: CanonicalTables) -> None:
    measures = canonical.table("measures")
    silent = measures[measures["geoid"] != grid.GEOIDS[0]]
    centers = canonical.table("centers").assign(population=7)
    known = universe(CanonicalTables({**canonical.tables, "measures": silent, "centers": centers})).set_index("geoid")
    assert known.loc[grid.GEOIDS[0], "population"] == 7
    assert known.loc[grid.GEOIDS[1], "population"] == 1000
    assert not known["has_polygon"].any()


def test_people_beyond_the_border_compete(canonical: CanonicalTables, settings: Settings) -> None:
    area = study_area(two_states(canonical), ["XS"], settings, grid.AS_OF)
    assert area.tracts["geoid"].tolist() == grid.GEOIDS[6:]
    assert set(area.origins["geoid"]) == set(grid.GEOIDS)
    assert area.demand["demand"].sum() == pytest.approx(100 * sum(range(1, 10)))
    assert area.reference["geoid"].tolist() == grid.GEOIDS[6:]


def test_a_state_cut_from_many_is_the_state_alone(canonical: CanonicalTables, settings: Settings) -> None:
    tables = two_states(canonical)
    both = areas_of(study_area(tables, ["XL", "XS"], settings, grid.AS_OF), tables, settings)
    assert list(both) == ["XL", "XS"]
    for state, cut in both.items():
        alone = study_area(tables, [state], settings, grid.AS_OF)
        for part in fields(StudyArea):
            pd.testing.assert_frame_equal(getattr(cut, part.name), getattr(alone, part.name), obj=part.name)


def test_what_is_far_from_every_tract_supplies_none(canonical: CanonicalTables, settings: Settings) -> None:
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    assert supplied(area, area.sites, settings).all()
    assert not supplied(area, area.sites.assign(latitude=-60.0), settings).any()
    # Half an hour at 150 km/h, and the width of a tract.
    assert reach_of(settings) == 75.0 + 100.0


def test_it_is_read_as_it_was_written(canonical: CanonicalTables, settings: Settings, tmp_path: Path) -> None:
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    area.save(tmp_path / "area")
    again = StudyArea.load(tmp_path / "area")
    for part in fields(StudyArea):
        written, read = getattr(area, part.name), getattr(again, part.name)
        # Times come back in milliseconds.
        pd.testing.assert_frame_equal(written, read, check_dtype=False, obj=part.name)


def test_a_state_no_table_knows_is_an_error(canonical: CanonicalTables, settings: Settings) -> None:
    with pytest.raises(OnrampError, match="no tract of XQ"):
        study_area(canonical, ["XQ"], settings, grid.AS_OF)
