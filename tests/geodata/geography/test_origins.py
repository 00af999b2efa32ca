"""Origins and rurality: known answers on squares, sums that must hold, real tracts."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.errors import InputError
from geodata.geography.origins import origins, people_per_km2, rurality
from tests.geodata.geography.square_tracts import ONE, THREE, TWO, frame, square, write


def centers(**places: tuple[float, float, int]) -> pd.DataFrame:
    """Return centers (latitude, longitude, population) by geoid."""
    rows = [(name[1:], *place) for name, place in places.items()]
    return pd.DataFrame(rows, columns=["geoid", "latitude", "longitude", "population"])


def test_the_basis_is_named_and_the_best_available_is_taken(tmp_path: Path) -> None:
    people = np.zeros((20, 20))
    people[2, 2], people[6, 6] = 30.0, 10.0
    raster = write(tmp_path / "p.tif", people)
    tracts = frame(t01001000300=square(15, 15, 4), t01001000100=square(0, 0, 10), t01001000200=square(10, 0, 5))
    known = centers(t01001000200=(39.9, -89.9, 5))
    made = origins(tracts, known, raster, 4)
    assert made["geoid"].tolist() == [ONE, ONE, TWO, THREE]
    assert made["origin_basis"].tolist() == ["raster_cells"] * 2 + ["population_center", "representative_point"]
    np.testing.assert_allclose(made["weight"], [0.75, 0.25, 1.0, 1.0])
    np.testing.assert_allclose(made["latitude"][:3], [39.975, 39.935, 39.9])
    np.testing.assert_allclose(made["longitude"][:3], [-89.975, -89.935, -89.9])
    assert square(15, 15, 4).contains(shapely.Point(made["longitude"][3], made["latitude"][3]))
    one_point = origins(tracts, known, raster, 1)
    assert one_point["origin_basis"].tolist() == ["representative_point", "population_center", "representative_point"]
    assert origins(None, known)["geoid"].tolist() == [TWO]


def test_a_tract_without_polygon_or_center_is_absent() -> None:
    assert len(origins(frame(t01001000100=None), centers())) == 0


def test_tracts_beyond_the_raster_fall_back(tmp_path: Path) -> None:
    raster = write(tmp_path / "p.tif", np.full((10, 10), 5.0))
    tracts = frame(t01001000100=square(8, 0, 4), t01001000200=square(0, 0, 4), t01001000300=square(50, 50, 2))
    made = origins(tracts, centers(t01001000100=(39.98, -89.9, 1)), raster, 2)
    basis = made.drop_duplicates("geoid")["origin_basis"].tolist()
    assert basis == ["population_center", "raster_cells", "representative_point"]


def test_files_that_are_not_rasters_are_refused(tmp_path: Path) -> None:
    page = tmp_path / "people.tif"
    page.write_text("<html>")
    tracts = frame(t01001000100=square(0, 0, 4))
    with pytest.raises(InputError, match=r"people\.tif.*cannot be opened"):
        origins(tracts, centers(), page, 2)
    with pytest.raises(InputError, match="no place on the globe"):
        origins(tracts, centers(), write(tmp_path / "nowhere.tif", np.ones((4, 4)), crs=""), 2)
    with pytest.raises(InputError, match="no coordinate system"):
        origins(tracts.set_crs(None, allow_override=True), centers(), write(tmp_path / "p.tif", np.ones((9, 9))), 2)


def test_two_towns_are_stood_for_by_a_point_each(tmp_path: Path) -> None:
    people = np.zeros((40, 40))
    people[2:5, 2:5] = 10.0
    people[30:33, 35:38] = 20.0
    made = origins(
        frame(t01001000100=square(0, 0, 40)), centers(), write(tmp_path / "p.tif", people), 2
    )  # fmt: skip
    np.testing.assert_allclose(made["latitude"], [39.685, 39.965])
    np.testing.assert_allclose(made["longitude"], [-89.635, -89.965])
    np.testing.assert_allclose(made["weight"], [2 / 3, 1 / 3], rtol=1e-6)


def test_rural_is_below_the_density_of_people_on_land() -> None:
    """One square of 10 × 10 cells of 0.01° at 40° N is about 94 km²; published land area goes first."""
    tracts = frame(t01001000100=square(0, 0, 10), t01001000200=square(10, 0, 10), t01001000300=square(20, 0, 10))
    tracts["land_m2"] = [np.nan, 10e6, 0.0]
    known = centers(
        t01001000100=(39.95, -89.95, 9400), t01001000200=(39.95, -89.85, 9400), t01001000300=(39.95, -89.75, 0)
    )
    density = people_per_km2(tracts, known)
    assert density[ONE] == pytest.approx(100, rel=0.02)
    assert density[TWO] == pytest.approx(940)
    assert density[THREE] == 0.0
    assert rurality(tracts, known).to_dict() == {ONE: True, TWO: False, THREE: True}
    assert rurality(tracts, known, 1000).all()


def test_without_polygons_the_neighbors_tell() -> None:
    """A lattice of centers 2 km apart means about 4 km² each; two centers alone tell nothing."""
    step = 2 / 111.2
    y, x = np.mgrid[0:15, 0:15] * step
    known = pd.DataFrame(
        {
            "geoid": [f"01001{i:06d}" for i in range(225)],
            "latitude": y.ravel(),
            "longitude": x.ravel(),
            "population": 4000,
        }
    )
    middle = people_per_km2(None, known).iloc[112]
    assert middle == pytest.approx(1000, rel=0.3)
    assert rurality(None, known.head(2)).isna().all()


def read_centers(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    return pd.DataFrame(
        {
            "geoid": raw["STATEFP"] + raw["COUNTYFP"] + raw["TRACTCE"],
            "latitude": raw["LATITUDE"].astype(float),
            "longitude": raw["LONGITUDE"].astype(float),
            "population": raw["POPULATION"].astype(int),
        }
    )


@pytest.mark.realdata
def test_real_tracts_without_a_polygon_are_seen_to_be_rural(realdata: Path) -> None:
    """Georgia's missing polygons are of sparse counties; the neighbors' estimate agrees with land elsewhere."""
    known = read_centers(realdata / "national" / "CenPop2020_Mean_TR.txt")
    tracts = gpd.read_file(realdata / "GA" / "cb_2020_13_tract_500k.zip").rename(columns={"GEOID": "geoid"})
    georgia = known[known["geoid"].str.startswith("13")]["geoid"]
    rural = rurality(tracts, known).reindex(georgia)
    drawn = georgia.isin(tracts["geoid"]).to_numpy()
    assert rural.notna().all()
    assert rural[~drawn].mean() > 0.95
    estimate = rurality(None, known).reindex(georgia)
    assert (rural[drawn] == estimate[drawn]).mean() > 0.88
