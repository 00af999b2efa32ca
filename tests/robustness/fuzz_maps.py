"""What `fuzz` spoils beside the files of publishers: cells of rasters, rasters read in parts, extracts of roads.

Each is read to the end, as a run would: the cells of a raster and not its header alone, the network of an extract.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import rasterio
import shapely

from geodata.fetching.client.exchange import Download, Request
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.publishers.remote_raster import _BLOCK, RemoteFile, copy_window
from geodata.geography.coordinates import Points
from geodata.geography.population_raster import populated_cells
from geodata.travel.friction import FrictionEngine
from geodata.travel.road_graph import road_graph

Read = Callable[[Path], object]
_TYPES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8, 17: 8, 18: 8}


def targets(folder: Path, sample: Path) -> Iterator[tuple[str, Path, Read]]:
    """Yield name, whole file and reader of each; files that the sample lacks are written to `folder`."""
    friction, population = sample / "friction.tif", sample / "population.tif"
    with rasterio.open(friction) as raster:
        box = raster.bounds
    middle = np.array([(box.bottom + box.top) / 2]), np.array([(box.left + box.right) / 2])
    tracts = gpd.GeoDataFrame(
        {"geoid": ["97001000100"]}, geometry=[shapely.box(box.left, box.bottom, box.right, box.top)], crs=4326
    )

    def minutes(path: Path) -> object:
        points = Points(*middle)
        return FrictionEngine(path, threads=1).minutes(points, points, 30.0)

    yield "friction_cells", friction, minutes
    yield "population_cells", population, lambda path: populated_cells(tracts, path)
    west, south, east, north = box
    part = (
        west + (east - west) / 4,
        south + (north - south) / 4,
        west + (east - west) / 2,
        south + (north - south) / 2,
    )
    yield (
        "raster_in_parts",
        friction,
        lambda path: copy_window(
            RemoteFile(_Spans(path), Request("http://x/friction.tif", media="tiff")),  # type: ignore[arg-type]
            part,
            path.with_suffix(".cut.tif"),
            "x",
        ),
    )
    for path in extracts(folder):
        name = "roads_" + path.name.removesuffix(".bz2").split(".", 1)[1].replace(".", "_")
        yield name, path, road_graph


class _Spans:
    """A publisher that serves parts of a file, and one file in three wrongly."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self._dice = random.Random(len(self._data) + sum(self._data[:64]))
        self._wrong = self._dice.choice([None, None, "short", "long", "other", "whole", "gone", "size"])

    def read(self, request: Request) -> tuple[Download, bytes]:
        assert request.span is not None
        first, last = request.span
        data, total = self._data[first : last + 1], len(self._data)
        wrong = self._wrong if first or self._dice.random() < 0.3 else None
        if wrong == "gone":
            raise FetchError("x broke off.", "truncated")
        if wrong == "short":
            data = data[: len(data) // 2]
        if wrong == "long":
            data += b"x" * _BLOCK
        if wrong == "other":
            data = data[::-1]
        if wrong == "whole":
            data = self._data
        return Download("new", url=request.url, total=10**12 if wrong == "size" else total), data


def extracts(folder: Path) -> list[Path]:
    """Write a grid of streets as an extract in each form that is read; the packed forms unpacked too, to get deeper."""
    plain = folder / "roads.osm"
    side = 12
    lines = ['<?xml version="1.0"?>', '<osm version="0.6" timestamp="2026-01-01T00:00:00Z">']
    for node in range(side * side):
        at = f'lat="{41 + node // side / 100}" lon="{-71 + node % side / 100}"'
        lines.append(f'<node id="{node + 1}" version="1" {at}/>')
    for row in range(side):
        for number, step, start in ((row + 1, 1, row * side), (row + 101, side, row)):
            refs = "".join(f'<nd ref="{start + i * step + 1}"/>' for i in range(side))
            kind = ("residential", "motorway", "primary", "service")[row % 4]
            tags = f'<tag k="highway" v="{kind}"/><tag k="oneway" v="{("no", "yes", "-1")[row % 3]}"/>'
            lines.append(f'<way id="{number}" version="1">{refs}{tags}</way>')
    plain.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    out = [plain]
    for name, form in (
        ("roads.osm.pbf", "pbf"),
        ("plain.unpacked.osm.pbf", "pbf,pbf_compression=none,pbf_dense_nodes=false"),
    ):
        path = folder / name
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(osmium.io.File(str(path), form)) as writer:
            for entity in osmium.FileProcessor(str(plain)):
                writer.add(entity)
        out.append(path)
    return out


def tiff_damaged(data: bytes, dice: random.Random) -> bytes:
    """A TIFF whose directory lies: loops, huge counts, other types, offsets beyond the end, tags swapped or gone."""
    out = bytearray(data)
    if out[:4] != b"II*\0" or len(out) < 16:
        return data
    (start,) = struct.unpack_from("<I", out, 4)
    if start + 2 > len(out):
        return data
    (many,) = struct.unpack_from("<H", out, start)
    entries = [place for i in range(many) if (place := start + 2 + 12 * i) + 12 <= len(out)]
    for _ in range(dice.choice([1, 1, 2, 4])):
        if not entries:
            break
        entry = dice.choice(entries)
        tag, kind, count, value = struct.unpack_from("<HHII", out, entry)
        how = dice.randrange(8)
        odd = dice.choice(
            [0, 1, 2, 255, 65535, 0x7FFFFFFF, 0xFFFFFFFF, len(data), len(data) - 1, start, dice.randrange(2**32)]
        )
        if how == 0:
            count = odd
        elif how == 1:
            value = odd
        elif how == 2:
            kind = dice.choice([*_TYPES, 0, 99])
        elif how == 3:
            tag = dice.choice(
                [256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 322, 323, 324, 325, 339, 33550, 34735]
            )
        elif how == 4:
            struct.pack_into("<H", out, start, min(65535, odd))
        elif how == 5 and entries[-1] + 16 <= len(out):
            # The next directory is this one, or in the middle of nowhere.
            struct.pack_into("<I", out, entries[-1] + 12, dice.choice([start, odd]))
        elif how == 6 and value + 4 <= len(out) and count * _TYPES.get(kind, 1) > 4:
            # What the entry points at: places and lengths of tiles, size of cells, the key of the projection.
            place = value + 4 * dice.randrange(max(1, min(count, (len(out) - value) // 4)))
            struct.pack_into("<I", out, min(place, len(out) - 4), odd)
        else:
            count, value = value, count
        struct.pack_into("<HHII", out, entry, tag, kind, count, value)
    return bytes(out)
