"""The study area of the grid: what it takes in, what it leaves out, and how it is cut by state."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from geodata.errors import OnrampError
from geodata.geography.coordinates import Points
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.study_area import (
    StudyArea,
    _drawn_near,
    _land,
    _listed,
    all_origins,
    areas_of,
    reach_of,
    study_area,
    supplied,
    universe,
    water_around,
)
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


def test_the_one_state_of_an_area_is_the_area_itself(canonical: CanonicalTables, settings: Settings) -> None:
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    assert areas_of(area, canonical, settings) == {"XL": area}


def test_shapes_are_kept_whose_box_lies_within_the_margin_of_the_centers() -> None:
    middle = pd.DataFrame({"latitude": [40.0, 41.0], "longitude": [-71.0, -70.0]})
    inside = {"west": (-71.9, 40.5), "east": (-69.1, 40.5), "south": (-70.5, 39.1), "north": (-70.5, 41.9)}
    beyond = {"west": (-72.1, 40.5), "east": (-68.9, 40.5), "south": (-70.5, 38.9), "north": (-70.5, 42.1)}
    shapes = pd.DataFrame({"geometry": [Point(*at) for at in (*beyond.values(), *inside.values())]})
    kept = _drawn_near(shapes, middle, 1.0)
    assert kept.index.tolist() == [0, 1, 2, 3] and kept.columns.tolist() == ["geometry"]
    assert [(point.x, point.y) for point in kept["geometry"]] == list(inside.values())
    assert len(_drawn_near(shapes, middle.iloc[:0], 1.0)) == len(_drawn_near(shapes.iloc[:0], middle, 1.0)) == 0


def test_land_is_that_of_counties_and_of_tracts_only_where_none_lacks_its_polygon(canonical: CanonicalTables) -> None:
    middle = canonical.table("centers")
    there = Point(middle["longitude"].iloc[0], middle["latitude"].iloc[0])
    tracts = pd.DataFrame({"geoid": middle["geoid"], "geometry": [there] * len(middle)})
    counties = pd.DataFrame({"geometry": [there]})
    for known, shapes in (
        ({"tracts": tracts}, 9),
        ({"tracts": tracts.iloc[1:]}, 0),
        ({"tracts": tracts, "counties": counties}, 1),
        ({}, 0),
    ):
        assert len(_land(CanonicalTables({**canonical.tables, **known}), middle)) == shapes


def test_what_has_no_point_is_listed_with_its_state_alone() -> None:
    table = pd.DataFrame(
        {
            "name": ["near", "far", "no latitude", "no longitude", "elsewhere"],
            "state": ["YL", "XL", "XL", "XL", "YL"],
            "latitude": [40.1, 60.0, np.nan, 40.0, np.nan],
            "longitude": [-71.0, -71.0, -71.0, np.nan, np.nan],
        }
    )
    middle = pd.DataFrame({"latitude": [40.0], "longitude": [-71.0]})
    found = _listed(table, middle, 50.0, ["XL"])
    assert found["name"].tolist() == ["near", "no latitude", "no longitude"]
    assert found.index.tolist() == [0, 1, 2]
    placed = _listed(table.iloc[:2], middle, 50.0, ["XL"])
    assert placed["name"].tolist() == ["near"]


def test_open_water_is_what_is_not_land_and_the_water_among_landmarks(canonical: CanonicalTables) -> None:
    settings = Settings(travel={"engine": "great_circle", "open_water_km": 1.0})
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    assert water_around(area, settings) is None
    land = pd.DataFrame({"geometry": [box(-140, 35, -130, 45)]})
    lakes = pd.DataFrame({"kind": ["water", "park"], "geometry": [box(-135, 40, -134, 41), box(-133, 40, -132, 41)]})
    water = water_around(replace(area, land=land, landmarks=lakes), settings)
    assert water is not None
    start, end = (Points(np.full(2, 40.5), np.array(at)) for at in ([-135.5, -133.5], [-133.5, -131.5]))
    assert water.crossed(start, end).tolist() == [True, False]


def test_origins_are_of_the_tracts_asked_for_or_of_all(canonical: CanonicalTables, settings: Settings) -> None:
    every = all_origins(canonical, settings)
    assert set(every["geoid"]) == set(grid.GEOIDS)
    two = all_origins(canonical, settings, pd.Series(grid.GEOIDS[:2], dtype="str"))
    assert set(two["geoid"]) == set(grid.GEOIDS[:2])
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    assert area.job_centers.columns.tolist() == area.all_job_centers.columns.tolist()
    assert area.tracts.columns.tolist() == universe(canonical).columns.tolist()
    assert set(area.tracts["county_geoid"]) == {"97001"} and "index" not in area.demand.columns
