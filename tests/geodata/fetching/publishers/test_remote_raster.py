"""A window of a remote raster: the same cells as the whole file has there, for a small part of its bytes."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.sources.rasters import FRICTION
from tests.support.publisher_server import Reply, Seen, file_of


@pytest.fixture(scope="module")
def raster(tmp_path_factory):
    """A raster of 24 MB over a hundred degrees, in tiles, whose cells do not compress."""
    path = tmp_path_factory.mktemp("raster") / "world.tif"
    cells = np.random.default_rng(7).random((2000, 3000), dtype=np.float32)
    cells[:, :50] = -9999
    profile = {
        "driver": "GTiff", "width": 3000, "height": 2000, "count": 1, "dtype": "float32", "crs": "EPSG:4326",
        "transform": from_origin(-150, 80, 1 / 30, 1 / 30), "nodata": -9999, "tiled": True,
        "blockxsize": 256, "blockysize": 256,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(cells, 1)
    return path


def spans(content: bytes, etag: str = '"1"'):
    def answer(seen: Seen) -> Reply:
        first, last = map(int, re.fullmatch(r"bytes=(\d+)-(\d+)", seen.headers["range"]).groups())
        part = content[first : last + 1]
        headers = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(content)}", "ETag": etag}
        return Reply(part, 206, headers)

    return answer


@pytest.fixture
def live(fetcher, tmp_path):
    options = LiveOptions(environ={}, optional=frozenset({"friction_raster"}))
    return LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=options)


def spec_at(publisher, box: str = "-100,30,-95,35"):
    return replace(FRICTION, urls=(f"{publisher.url}/friction_2019_cog.tif?box={box}",), transport="raster_window")


def test_a_window_has_the_cells_of_the_whole_and_costs_a_part_of_it(publisher, live, raster, fake_time):
    content = raster.read_bytes()
    publisher.script("/friction_2019_cog.tif", spans(content))
    acquired = live.obtain(spec_at(publisher))
    with rasterio.open(acquired.path) as cut, rasterio.open(raster) as whole:
        assert cut.bounds == pytest.approx((-100, 30, -95, 35))
        assert (cut.crs, cut.nodata, cut.res) == (whole.crs, whole.nodata, whole.res)
        np.testing.assert_array_equal(cut.read(1), whole.read(1, window=whole.window(-100, 30, -95, 35)))
    asked = len(publisher.seen)
    assert asked * (1 << 20) < len(content) / 2
    fake_time.forward(days=7)
    assert live.obtain(spec_at(publisher)).status == "live"
    assert len(publisher.seen) == asked + 1


def test_a_box_beyond_the_raster_is_cut_at_its_edge_and_one_outside_is_reported(publisher, live, raster):
    publisher.script("/friction_2019_cog.tif", spans(raster.read_bytes()))
    with rasterio.open(live.obtain(spec_at(publisher, "-60,70,-40,90")).path) as cut:
        assert cut.bounds == pytest.approx((-60, 70, -50, 80))
    live.cache.prune(1, now=live.clock.now())
    outside = replace(spec_at(publisher, "10,10,20,20"), name="elsewhere", optional=False)
    with pytest.raises(SourceUnavailable, match="sent a raster that cannot be read here"):
        live.obtain(outside)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (file_of(b"II*\0" + b"x" * 100), "does not serve parts of its files."),
        (Reply(b"<html><title>Moved</title>", 206, {"Content-Range": "bytes 0-25/26"}), "a web page that says “Moved”"),
        (spans(b"II*\0" + b"x" * 2000), "sent a raster that cannot be read here"),
        (Reply(b"", 404), "has no such file (HTTP 404)"),
    ],
)
def test_what_is_no_raster_in_parts_is_reported(publisher, live, answer, sentence):
    publisher.script("/friction_2019_cog.tif", answer)
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(spec_at(publisher))
    assert sentence in str(caught.value)


def test_a_file_that_changes_while_it_is_read_is_not_mixed(publisher, live, raster):
    content = raster.read_bytes()
    publisher.script("/friction_2019_cog.tif", spans(content), spans(content), spans(content, etag='"2"'))
    with pytest.raises(SourceUnavailable, match="changed the file while it was read"):
        live.obtain(spec_at(publisher, "-150,20,-60,80"))
