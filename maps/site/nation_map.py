"""The interactive map of the nation by county: its outlines, what it shows first, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geodata.schemas import columns as col
from maps.cartography import topology
from maps.interactive.map_view import NATIONAL_SCRIPTS, MapFragments, assembled
from maps.interactive.packing import packed, packed_json, whole
from maps.site.addresses import file_of
from maps.site.state_entry import StateEntry
from maps.wording.words import Words

#: Shares of eligible adults (in hundredths) at which a county takes the next color; a tenth is a state's average.
EDGES = (5, 10, 20, 40)
#: Degrees by which an outline may be moved to leave points out, and the step of its coordinates.
TOLERANCE, STEP = 0.004, 0.001
#: West, south, east and north in degrees.
Box = tuple[float, float, float, float]
#: The contiguous states: what is shown first where anything lies there.
CONTIGUOUS: Box = (-125.0, 24.3, -66.7, 49.5)
#: So many contiguous states are shown before the rest of the nation.
MANY_STATES = 5
FIGURES = ("adults", "first", "gated", "tracts")


@dataclass(frozen=True)
class Land:
    """The outlines of all counties as packed topology, and the box around them (west, south, east, north)."""

    outlines: bytes
    bounds: Box


def land_of(entries: Sequence[StateEntry]) -> Land:
    """Return the counties of all states, those beyond 180° moved beside the others."""
    frames = [np.asarray(entry.counties.geometry.values) for entry in entries]
    shapes = np.concatenate(frames) if frames else np.zeros(0, dtype=object)
    if not len(shapes):
        return Land(topology.encode(topology.quantised(shapes), 0), CONTIGUOUS)
    if np.ptp(shapely.bounds(shapes)[:, [0, 2]]) > 180:
        shapes = topology.moved_west(shapes)
    coded = topology.encode(topology.quantised(topology.simplified(shapes, TOLERANCE), STEP), len(shapes))
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return Land(coded, (west, south, east, north))


def nation_map(
    entries: Sequence[StateEntry], land: Land, words: Words, folders: Mapping[str, str | None]
) -> MapFragments:
    """Return the map; `folders` are the addresses of the states' sites by postal code, None where there is none."""
    facts = {
        "bounds": [round(value, 4) for value in land.bounds],
        "home": [round(value, 4) for value in _shown_first(entries, land.bounds)],
        "step": STEP,
        "edges": list(EDGES),
        "layers": [{"name": "counties", "size": len(land.outlines)}],
        "counties": _counties(entries),
        "states": [
            {
                "name": entry.state.name,
                "communities": entry.communities,
                "first": None if entry.first is None else words.community(entry.first),
                "href": inside(folders[entry.state.usps], file_of("overview")),
                "county": inside(folders[entry.state.usps], "county-{county}.html"),
            }
            for entry in entries
        ],
    }
    blocks = {"map-facts": packed_json(facts), "map-land": packed(land.outlines)}
    return assembled(land.bounds, words.texts, NATIONAL_SCRIPTS, blocks, settings={})


def inside(folder: str | None, name: str) -> str:
    """Return the address of a page of a state's site; empty where there is none."""
    return "" if folder is None else folder + name


def _counties(entries: Sequence[StateEntry]) -> dict[str, object]:
    """Return the counties as columns, each with the place of its state among `entries`."""
    if entries:
        counties = pd.concat([entry.counties.drop(columns="geometry") for entry in entries])
    else:
        counties = pd.DataFrame({name: [] for name in (col.COUNTY_GEOID, col.NAME, *FIGURES)})
    owner = np.repeat(np.arange(len(entries)), [len(entry.counties) for entry in entries]).tolist()
    return {
        "id": list(counties[col.COUNTY_GEOID]),
        "name": list(counties[col.NAME]),
        "state": owner,
        **{name: whole(counties[name]) for name in FIGURES},
    }


def _shown_first(entries: Sequence[StateEntry], bounds: Box) -> Box:
    """Return what is shown first: the contiguous states, or all there is where little of it lies there."""
    contiguous = shapely.box(*CONTIGUOUS)
    drawn = [entry.counties.total_bounds for entry in entries if len(entry.counties)]
    within = [box for box in drawn if contiguous.intersects(shapely.box(*box))]
    if len(within) < MANY_STATES:
        return bounds
    boxes = np.array(within)
    west, south = np.maximum(boxes[:, :2].min(axis=0), CONTIGUOUS[:2])
    east, north = np.minimum(boxes[:, 2:].max(axis=0), CONTIGUOUS[2:])
    return (float(west), float(south), float(east), float(north))
