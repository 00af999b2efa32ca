"""Reading of friction surfaces: units, projections, and files that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_bounds, from_origin

from geodata.errors import InputError
from geodata.travel.friction import FrictionEngine
from geodata.travel.friction_raster import meters_per_degree
from tests.geodata.travel.small_surfaces import WGS84, center, points, uniform, write


@pytest.mark.parametrize("latitude", [-45.0, 0.0, 40.0, 71.0])
def test_meters_are_those_of_the_ellipsoid(latitude: float) -> None:
    east, north = meters_per_degree(np.array([latitude]))
    assert east[0] == pytest.approx(WGS84.inv(-0.005, latitude, 0.005, latitude)[2] * 100, rel=1e-6)
    assert north[0] == pytest.approx(WGS84.inv(0, latitude - 0.005, 0, latitude + 0.005)[2] * 100, rel=1e-6)


def test_a_projected_raster_is_warped_and_says_so(tmp_path: Path) -> None:
    meters = uniform(200, 200)
    raster = write(
        tmp_path / "utm.tif", meters, crs="EPSG:32614", transform=from_origin(400_000, 4_500_000, 1000, 1000)
    )  # fmt: skip
    home, away = (39.9, -99.5), (39.9, -99.2)
    found = FrictionEngine(raster).minutes(points(home), points(away), 60.0)
    meters_apart = WGS84.inv(home[1], home[0], away[1], away[0])[2]
    assert found.minutes[0] == pytest.approx(meters_apart * 1e-3, rel=0.06)
    assert "EPSG:32614" in found.engine_version


def test_scaled_integers_are_unpacked(tmp_path: Path) -> None:
    raster = write(tmp_path / "f.tif", np.full((60, 60), 100, np.int16))
    with rasterio.open(raster, "r+") as out:
        out.scales = (1e-5,)
    found = FrictionEngine(raster).minutes(points(center(30, 30)), points(center(31, 30)), 60.0)
    assert found.minutes[0] == pytest.approx(0.925, rel=1e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: p.write_bytes(b"<ows:ExceptionReport>"), "web page or service message"),
        (lambda p: p.write_bytes(b""), "not a GeoTIFF"),
        (lambda p: p.write_bytes(b"II*\x00" + b"\x00" * 40), "cannot be opened"),
        (lambda p: None, "cannot be read"),
        (lambda p: write(p, uniform(), crs=None), "no coordinate system"),
        (lambda p: write(p, uniform(friction=60.0)), "cannot be minutes per meter"),
        (lambda p: write(p, uniform(friction=1e-6)), "cannot be minutes per meter"),
        (lambda p: write(p, uniform(), left=4e5, top=4e6, step=1000), "not degrees"),
        (lambda p: write(p, uniform(), left=20.0), "none of the 1 origins"),
        (lambda p: write(p, uniform(friction=-9999)), "none of the 1 origins"),
        (lambda p: write(p, uniform(), transform=from_bounds(-99, 39, -100, 40, 120, 120)), "mirrored"),
    ],
)  # fmt: skip
def test_files_that_are_not_friction_rasters_are_refused_in_one_sentence(
    tmp_path: Path, make: Any, message: str
) -> None:
    path = tmp_path / "raster.tif"
    make(path)
    with pytest.raises(InputError, match=message) as caught:
        FrictionEngine(path).minutes(points(center(60, 60)), points(center(60, 60)), 10.0)
    assert "raster.tif" in str(caught.value)


def test_a_missing_band_is_named(tmp_path: Path) -> None:
    raster = write(tmp_path / "f.tif", uniform())
    with pytest.raises(InputError, match="no band 2"):
        FrictionEngine(raster, band=2).minutes(points(center(60, 60)), points(center(60, 60)), 10.0)
