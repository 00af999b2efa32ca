"""The friction engine on small rasters whose answers can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from pyproj import Geod
from rasterio.transform import from_bounds, from_origin

from geodata.errors import InputError
from geodata.geography.coordinates import Points
from geodata.travel.friction import FrictionEngine
from geodata.travel.friction_raster import metres_per_degree  # codespell:ignore metres
from geodata.travel.minutes import TravelEngine, TravelMinutes

STEP = 1 / 120
WGS84 = Geod(ellps="WGS84")


def write(
    path: Path, values: NDArray[Any], left: float = -100.0, top: float = 40.0, step: float = STEP, **options: Any
) -> Path:
    """Write a raster in degrees whose upper left corner is at (left, top)."""
    profile: dict[str, Any] = {
        "driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1,
        "dtype": values.dtype, "crs": "EPSG:4326", "transform": from_origin(left, top, step, step), "nodata": -9999,
    }  # fmt: skip
    with rasterio.open(path, "w", **(profile | options)) as out:
        out.write(values, 1)
    return path


def center(row: float, column: float, left: float = -100.0, top: float = 40.0) -> tuple[float, float]:
    """Return latitude and longitude of the center of a cell."""
    return top - (row + 0.5) * STEP, left + (column + 0.5) * STEP


def points(*places: tuple[float, float]) -> Points:
    """Return points from (latitude, longitude)."""
    return Points(np.array([p[0] for p in places]), np.array([p[1] for p in places]))


def pairs(found: TravelMinutes) -> dict[tuple[int, int], float]:
    """Return minutes by (origin, destination)."""
    return dict(
        zip(zip(found.origin.tolist(), found.destination.tolist(), strict=True), found.minutes.tolist(), strict=True)
    )


def uniform(rows: int = 120, columns: int = 120, friction: float = 1e-3) -> NDArray[np.float32]:
    """Return a surface of one friction."""
    return np.full((rows, columns), friction, np.float32)


def test_it_is_a_travel_engine(tmp_path: Path) -> None:
    assert isinstance(FrictionEngine(tmp_path / "x.tif"), TravelEngine)


@pytest.mark.parametrize("latitude", [-45.0, 0.0, 40.0, 71.0])
def test_meters_are_those_of_the_ellipsoid(latitude: float) -> None:
    east, north = metres_per_degree(np.array([latitude]))  # codespell:ignore metres
    assert east[0] == pytest.approx(WGS84.inv(-0.005, latitude, 0.005, latitude)[2] * 100, rel=1e-6)
    assert north[0] == pytest.approx(WGS84.inv(0, latitude - 0.005, 0, latitude + 0.005)[2] * 100, rel=1e-6)


def test_uniform_friction_is_distance_times_friction(tmp_path: Path) -> None:
    raster = write(tmp_path / "f.tif", uniform())
    home = center(60, 60)
    ends = [center(60, 90), center(90, 60), center(40, 40)]
    found = pairs(FrictionEngine(raster).minutes(points(home), points(*ends), 60.0))
    for column, end in enumerate(ends):
        meters = WGS84.inv(home[1], home[0], end[1], end[0])[2]
        # Straight and diagonal runs of cells follow the line they join, but for its curvature.
        assert found[0, column] == pytest.approx(meters * 1e-3, rel=2e-4)


def test_a_degree_of_longitude_shrinks_towards_the_pole(tmp_path: Path) -> None:
    low = write(tmp_path / "low.tif", uniform(20, 60), top=0.1)
    high = write(tmp_path / "high.tif", uniform(20, 60), top=60.1)
    ratio = [
        FrictionEngine(path).minutes(
            points((top - 10.5 * STEP, -99.9)), points((top - 10.5 * STEP, -99.6)), 90.0
        ).minutes[0]
        for path, top in ((low, 0.1), (high, 60.1))
    ]  # fmt: skip
    assert ratio[1] / ratio[0] == pytest.approx(0.5, abs=0.003)


def test_a_river_is_crossed_by_its_bridge_alone(tmp_path: Path) -> None:
    surface = uniform()
    surface[:, 60] = -9999
    home, away = center(60, 55), center(60, 65)
    walled = FrictionEngine(write(tmp_path / "walled.tif", surface))
    assert len(walled.minutes(points(home), points(away), 600.0)) == 0
    surface[30, 60] = 1e-3
    bridged = FrictionEngine(write(tmp_path / "bridged.tif", surface)).minutes(points(home), points(away), 600.0)
    south, east = (30 - 5) * 0.92527, 10 * 0.7125  # 5 of the 30 rows are crossed on each diagonal leg
    diagonal = 10 * np.hypot(0.92527, 0.7125)
    assert bridged.minutes[0] == pytest.approx(2 * south + diagonal, rel=0.01)
    assert bridged.minutes[0] > 5 * east


def test_catchments_are_those_of_each_origin(tmp_path: Path) -> None:
    raster = write(tmp_path / "f.tif", uniform())
    homes = points(center(60, 60), center(60, 60))
    places = points(center(60, 70), center(60, 90))
    found = FrictionEngine(raster).minutes(homes, places, np.array([15.0, 30.0]))
    assert list(pairs(found)) == [(0, 0), (1, 0), (1, 1)]
    assert found.minutes[0] == found.minutes[1]


def test_points_on_water_move_to_the_shore_and_say_how_far(tmp_path: Path) -> None:
    surface = uniform()
    surface[:, 50:70] = 0.0
    raster = write(tmp_path / "f.tif", surface)
    homes = points(center(60, 52), center(60, 60), center(60, 40), (10.0, 10.0))
    found = FrictionEngine(raster, max_snap_km=3.0).minutes(homes, points(center(60, 45)), 30.0)
    assert sorted(pairs(found)) == [(0, 0), (2, 0)]
    assert found.snap_km is not None and found.destination_snap_km is not None
    assert found.snap_km[0] == pytest.approx(3 * 0.7125, rel=0.01)
    assert np.isnan(found.snap_km[[1, 3]]).all()
    assert found.snap_km[2] == 0.0
    assert found.destination_snap_km[0] == 0.0
    assert pairs(found)[0, 0] == pytest.approx(pairs(found)[2, 0] * 4 / 5, rel=1e-6)


def world(path: Path, step: float = 0.25, left: float = -180.0, friction: float = 1e-3) -> Path:
    """Write a raster that goes round the globe."""
    values = np.full((round(180 / step), round(360 / step)), friction, np.float32)
    return write(path, values, left=left, top=90.0, step=step)


@pytest.mark.parametrize("left", [-180.0, 0.0])
def test_the_180th_meridian_is_no_barrier(tmp_path: Path, left: float) -> None:
    """Both ends of the grid meet, wherever the file begins (at −180 or at 0)."""
    step = 0.25
    engine = FrictionEngine(world(tmp_path / "world.tif", step, left))
    latitude = 51.875
    seam = [179.375, 179.875, -179.875, -179.375]
    plain = [-0.625 - 90, -0.125 - 90, 0.125 - 90, 0.625 - 90]
    results = [
        pairs(engine.minutes(points((latitude, lon[0])), points(*((latitude, x) for x in lon[1:])), 200.0))
        for lon in (seam, plain)
    ]
    assert sorted(results[0]) == [(0, 0), (0, 1), (0, 2)]
    for key, minutes in results[1].items():
        assert results[0][key] == pytest.approx(minutes, rel=1e-9)
    meters = WGS84.inv(179.375, latitude, -179.375, latitude)[2]
    assert results[0][0, 2] == pytest.approx(meters * 1e-3, rel=1e-3)


def test_a_raster_that_ends_at_the_180th_meridian_does_not_wrap(tmp_path: Path) -> None:
    east = write(tmp_path / "f.tif", uniform(60, 120), left=179.0, top=52.0)
    found = FrictionEngine(east).minutes(points((51.9, 179.98)), points((51.9, -179.98), (51.9, 179.9)), 60.0)
    assert list(pairs(found)) == [(0, 1)]
    beyond = write(tmp_path / "g.tif", uniform(60, 240), left=179.0, top=52.0)
    found = FrictionEngine(beyond).minutes(points((51.9, 179.98)), points((51.9, -179.98), (51.9, 179.9)), 60.0)
    assert list(pairs(found)) == [(0, 0), (0, 1)]


def scattered(seed: int, n: int, box: tuple[float, float, float, float]) -> Points:
    """Return n points in (south, north, west, east)."""
    rng = np.random.default_rng(seed)
    return Points(rng.uniform(box[0], box[1], n), rng.uniform(box[2], box[3], n))


def rough_surface(seed: int, rows: int, columns: int) -> NDArray[np.float32]:
    """Return a rough surface with fast roads and gaps."""
    rng = np.random.default_rng(seed)
    values = np.clip(np.exp(rng.normal(np.log(2e-3), 0.8, (rows, columns))), 6e-4, 0.05)
    values[rng.random((rows, columns)) < 0.05] = -9999
    values[::40] = 5e-4
    return values.astype(np.float32)


def test_neither_tiles_nor_threads_nor_row_order_change_a_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raster = write(tmp_path / "f.tif", rough_surface(5, 360, 480), tiled=True, blockxsize=128, blockysize=128)
    box = (37.2, 39.8, -99.8, -96.2)
    homes, places = scattered(1, 300, box), scattered(2, 120, box)
    whole = FrictionEngine(raster, threads=1).minutes(homes, places, 25.0)
    assert len(whole) > 400
    order = np.random.default_rng(0).permutation(len(places))
    monkeypatch.setattr("geodata.travel.friction.MOST_WINDOW_CELLS", 0)
    monkeypatch.setattr("geodata.travel.friction.LOCATE_BLOCK", 50)
    tiled = FrictionEngine(raster, threads=3).minutes(homes, places.take(order), 25.0)
    back = {(o, int(order[d])): m for (o, d), m in pairs(tiled).items()}
    assert back == pairs(whole)


def test_a_subset_of_origins_keeps_its_minutes(tmp_path: Path) -> None:
    raster = write(tmp_path / "f.tif", rough_surface(5, 240, 240))
    box = (38.2, 39.8, -99.8, -98.2)
    homes, places = scattered(1, 200, box), scattered(2, 50, box)
    whole = pairs(FrictionEngine(raster).minutes(homes, places, 20.0))
    part = pairs(FrictionEngine(raster).minutes(homes.take(np.arange(7)), places, 20.0))
    assert part == {key: minutes for key, minutes in whole.items() if key[0] < 7}


def test_cells_faster_than_assumed_widen_the_window(tmp_path: Path) -> None:
    surface = uniform(40, 600, 2e-3)
    surface[20] = 2e-4
    found = FrictionEngine(write(tmp_path / "f.tif", surface)).minutes(
        points(center(20, 10)), points(center(20, 410)), 60.0
    )
    assert found.minutes[0] == pytest.approx(400 * 0.7147 * 0.2, rel=2e-3)


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


def test_engine_version_and_date_are_recorded(tmp_path: Path) -> None:
    raster = write(tmp_path / "f.tif", uniform())
    with rasterio.open(raster, "r+") as out:
        out.update_tags(TIFFTAG_DATETIME="2019:06:01 00:00:00")
    here = points(center(60, 60))
    found = FrictionEngine(raster).minutes(here, here, 5.0)
    assert (found.engine, found.data_date, found.minutes.tolist()) == ("friction", "2019-06-01", [0.0])
    assert FrictionEngine(raster, data_date="2020").minutes(here, here, 5.0).data_date == "2020"


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
        (lambda p: write(p, uniform(friction=60.0)), "cannot be minutes per metre"),  # codespell:ignore metre
        (lambda p: write(p, uniform(friction=1e-6)), "cannot be minutes per metre"),  # codespell:ignore metre
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
