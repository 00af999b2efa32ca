"""The drivable ways of an OpenStreetMap extract (pyosmium), as arrays: where they run, how fast, which way.

Does not hold the network made of them (see `geodata.travel.road_graph`).
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray

from geodata.errors import InputError, first_line

PER_DEGREE = 10_000_000  # OpenStreetMap keeps coordinates to seven decimals
FILE_ENDINGS = (".osm", ".pbf", ".osm.bz2", ".osm.gz", ".o5m")
LARGE_BYTES = 1_000_000_000  # beyond this the places of nodes are kept on disk while reading
_WKB_HEADER = 18  # hexadecimal digits before the coordinates of a line
_PRIVATE = frozenset({"no", "private"})
_NOT_THROUGH = frozenset({"driveway", "parking_aisle", "drive-through", "emergency_access"})
_ROUND = frozenset({"roundabout", "circular"})


class _Unnumbered(Exception):
    """A way runs along nodes that pyosmium cannot look up."""


@dataclass(frozen=True)
class Ways:
    """Drivable ways: the points of way w are start[w]:start[w + 1].

    `latitude`, `longitude`: float64[points], NaN where the extract lacks the node; `kmh`: float64[ways];
    `direction`: int8[ways], 1 along, −1 against, 0 both; `data_date`: what the extract says of itself.
    """

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    start: NDArray[np.int64]
    kmh: NDArray[np.float64]
    direction: NDArray[np.int8]
    data_date: str | None


def drivable_ways(extract: Path, speeds_kmh: Mapping[str, float]) -> Ways:
    """Read the ways whose `highway` has a speed and that ordinary cars may use; InputError for another kind of file."""
    _check_file(extract)
    try:
        with tempfile.TemporaryDirectory(prefix="onramp-osm-") as folder:
            index = "flex_mem" if extract.stat().st_size < LARGE_BYTES else f"sparse_file_array,{folder}/nodes"
            return _read(extract, speeds_kmh, index)
    except _Unnumbered:
        raise InputError(
            "the extract has ids below 1, which editors give to what was never uploaded",
            file=extract,
            remedy="Renumber it, for example with osmium renumber.",
        ) from None
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise InputError(
            f"not a readable OpenStreetMap extract ({first_line(error)})",
            file=extract,
            remedy="Fetch the extract again.",
        ) from None


def _read(extract: Path, speeds_kmh: Mapping[str, float], index: str) -> Ways:
    lines, points, kmh, direction = _Lines(), array("q", [0]), array("d"), array("b")
    reader = osmium.FileProcessor(extract, osmium.osm.NODE | osmium.osm.WAY).with_locations(index)
    roads = reader.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
        osmium.filter.KeyFilter("highway")
    )
    for way in roads:
        assert isinstance(way, osmium.osm.Way)
        tags = {tag.k: tag.v for tag in way.tags}
        speed = speeds_kmh.get(tags["highway"])
        if speed is None or not _may_drive(tags):
            continue
        points.append(points[-1] + lines.add(way))
        kmh.append(speed)
        direction.append(_direction(tags))
    longitude, latitude = lines.coordinates()
    stamp = reader.header.get("osmosis_replication_timestamp") or reader.header.get("timestamp")
    return Ways(
        latitude,
        longitude,
        np.array(points, np.int64),
        np.array(kmh, np.float64),
        np.array(direction, np.int8),
        stamp[:10] or None,
    )


class _Lines:
    """Collects the coordinates of ways, several times faster than asking for them node by node."""

    def __init__(self) -> None:
        self._factory = osmium.geom.WKBFactory()
        self._digits: list[str] = []
        self._parts: list[NDArray[np.float64]] = []

    def add(self, way: osmium.osm.Way) -> int:
        """Add a way and return its number of points; nodes that are not in the extract count as NaN."""
        try:
            digits = self._factory.create_linestring(way, osmium.geom.use_nodes.ALL)[_WKB_HEADER:]
        except (osmium.InvalidLocationError, RuntimeError):
            if any(node.ref <= 0 for node in way.nodes):
                raise _Unnumbered from None
            pairs = np.array(list(_places(way)), dtype="<f8").reshape(-1, 2)
            digits = pairs.tobytes().hex()
        self._digits.append(digits)
        if len(self._digits) == 50_000:
            self._flush()
        return len(digits) // 32

    def _flush(self) -> None:
        raw = bytes.fromhex("".join(self._digits))
        self._parts.append(np.frombuffer(raw, "<f8").reshape(-1, 2))
        self._digits.clear()

    def coordinates(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitude and latitude of all points added."""
        self._flush()
        both = np.concatenate(self._parts)
        return both[:, 0].copy(), both[:, 1].copy()


def _places(way: osmium.osm.Way) -> Iterator[tuple[float, float]]:
    for node in way.nodes:
        place = node.location
        yield (place.lon, place.lat) if place.valid() else (np.nan, np.nan)


def _may_drive(tags: Mapping[str, str]) -> bool:
    """Return whether ordinary cars may use the way; the most specific access tag decides."""
    if tags.get("area") == "yes" or tags.get("service") in _NOT_THROUGH:
        return False
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        allowed = tags.get(key)
        if allowed is not None:
            return allowed not in _PRIVATE
    return True


def _direction(tags: Mapping[str, str]) -> int:
    oneway = tags.get("oneway")
    if oneway in ("yes", "true", "1"):
        return 1
    if oneway in ("-1", "reverse"):
        return -1
    if oneway is None and (tags.get("junction") in _ROUND or tags["highway"] in ("motorway", "motorway_link")):
        return 1
    return 0


def _check_file(extract: Path) -> None:
    if not extract.name.endswith(FILE_ENDINGS):
        raise InputError(
            "not an OpenStreetMap extract by its name", file=extract, remedy="Give a .osm.pbf or .osm file."
        )
    try:
        with extract.open("rb") as handle:
            start = handle.read(512).lstrip().lower()
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", file=extract, remedy="Check the path."
        ) from None
    if start.startswith((b"<!doctype html", b"<html")):
        raise InputError("a web page, not an OpenStreetMap extract", file=extract, remedy="Fetch the extract again.")
