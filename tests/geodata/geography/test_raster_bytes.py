"""Rasters that are cut short or lie about themselves are reported before, or where, their cells are read."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rasterio.shutil
import shapely
from rasterio.transform import Affine, from_origin

from geodata.errors import InputError, OnrampError
from geodata.fetching.client.content import check_end
from geodata.fetching.client.http_errors import FetchError
from geodata.geography import raster_bytes
from geodata.geography.population_raster import populated_cells
from geodata.geography.raster_bytes import check_whole, open_raster
from geodata.settings import Settings
from geodata.sources.rasters import POPULATION_RASTER
from geodata.sources.spec import ParseContext
from geodata.travel.friction_raster import FrictionRaster
from tests.robustness.fuzz_maps import tiff_damaged

AT = from_origin(-73, 43, 0.01, 0.01)
TRACTS = gpd.GeoDataFrame({"geoid": ["44001030100"]}, geometry=[shapely.box(-72, 41, -71, 42)], crs=4326)


def raster(path: Path, transform: Affine = AT, **how: object) -> Path:
    """A raster of cells that do not compress, in strips or tiles."""
    profile = {"driver": "GTiff", "width": 300, "height": 300, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", **profile, transform=transform, **how) as out:
        out.write(np.random.default_rng(3).random((300, 300), dtype=np.float32) / 100 + 0.001, 1)
    return path


@pytest.mark.parametrize("how", [{}, {"tiled": True, "blockxsize": 128, "blockysize": 128}, {"compress": "deflate"}])
def test_a_raster_cut_short_is_no_whole_one(tmp_path: Path, how: dict[str, object]) -> None:
    path = raster(tmp_path / "population.tif", **how)
    check_whole(path)
    check_end(path, "tiff", "x")
    path.write_bytes(path.read_bytes()[:-1])
    with rasterio.open(path):
        pass  # The header says nothing of it.
    with pytest.raises(InputError, match=r"population\.tif: the raster breaks off: it has [\d,]+ bytes, and cells up"):
        check_whole(path)
    with pytest.raises(FetchError, match="x sent a raster that is not whole: the raster breaks off"):
        check_end(path, "tiff", "x")
    with pytest.raises(InputError, match="the raster breaks off"):
        POPULATION_RASTER.parse(path, ParseContext(Settings()))
    with pytest.raises(InputError, match=r"population\.tif: the population raster cannot be read"):
        populated_cells(TRACTS, raster_cut_in_half(path))


def raster_cut_in_half(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize(
    "beside", ["population.tif.ovr", "population.tif.msk", "population.tif.aux.xml", "population.aux"]
)
def test_what_lies_beside_a_raster_is_not_read(tmp_path: Path, beside: str) -> None:
    """Overviews, masks and metadata may be of any form, a virtual raster of another file among them."""
    path, other = raster(tmp_path / "population.tif"), raster(tmp_path / "other.tif")
    shown = open_raster(path).read(1, out_shape=(3, 3))
    virtual = tmp_path / "virtual.vrt"
    rasterio.shutil.copy(other, virtual, driver="VRT")
    named = f"<PAMDataset><Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>{other}</MDI></Metadata></PAMDataset>"
    (tmp_path / beside).write_text(named if beside.endswith(".xml") else virtual.read_text())
    with open_raster(path) as alone:
        assert alone.files == [str(path)]
        assert alone.overviews(1) == []
        assert (alone.read(1, out_shape=(3, 3)) == shown).all()
        assert alone.read_masks(1).all()


@pytest.mark.parametrize("driver", ["PNG", "VRT"])
def test_a_raster_of_another_form_is_refused(tmp_path: Path, driver: str) -> None:
    other = raster(tmp_path / "other.tif")
    path = tmp_path / "population.tif"
    if driver == "VRT":
        rasterio.shutil.copy(other, path, driver="VRT")
    else:
        with rasterio.open(path, "w", driver="PNG", width=3, height=3, count=1, dtype="uint8") as out:
            out.write(np.ones((1, 3, 3), np.uint8))
    with pytest.raises(InputError, match=r"population\.tif: the raster cannot be opened"):
        open_raster(path)


def test_a_raster_cut_into_too_many_pieces_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster_bytes, "MOST_BLOCKS", 2)
    with pytest.raises(InputError, match=r"its cells are cut into [\d,]+ pieces, more than 2"):
        check_whole(raster(tmp_path / "x.tif"))


def test_cells_of_no_size_are_refused(tmp_path: Path) -> None:
    path = raster(tmp_path / "friction.tif", Affine(1e-12, 0, -73, 0, -1e-12, 43))
    with pytest.raises(InputError, match=r"friction\.tif: its cells are no size on the globe"):
        FrictionRaster(path)


def test_a_directory_that_lies_is_one_sentence(tmp_path: Path) -> None:
    path = raster(tmp_path / "population.tif", tiled=True, blockxsize=128, blockysize=128)
    whole, dice, refused = path.read_bytes(), random.Random(4), 0
    for _ in range(40):
        path.write_bytes(tiff_damaged(whole, dice))
        try:
            populated_cells(TRACTS, path)
        except OnrampError as problem:
            refused += 1
            assert str(problem).startswith("population.tif: ")
            assert "\n" not in str(problem)
    assert refused > 10


def test_ten_thousand_bands_are_refused_at_once(tmp_path: Path) -> None:
    path = raster(tmp_path / "friction.tif", tiled=True, blockxsize=128, blockysize=128)
    data = path.read_bytes()
    bands = struct.pack("<HHIHH", 277, 3, 1, 1, 0)
    assert data.count(bands) == 1
    path.write_bytes(data.replace(bands, struct.pack("<HHIHH", 277, 3, 1, 10_000, 0)))
    for read in (check_whole, FrictionRaster, lambda path: populated_cells(TRACTS, path)):
        with pytest.raises(InputError, match=r"friction\.tif: the raster has 10,000 bands, more than 64"):
            read(path)  # type: ignore[operator]
