"""What the interactive map knows of a state: columns of tracts, communities, points and the shapes of land.

`map_payload(result)` gives two blocks: the facts (packed JSON) and the land (packed arcs). Both are the same in
every language; words come from the texts. Scores are whole numbers; what was rounded is rounded for display only.
Does not hold drawing, colors or wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.decisions.evidence import weak_subjects
from geodata.schemas import columns as col
from geodata.schemas.computed import ACTIONS, TIERS
from geodata.schemas.state_result import StateResult
from maps.cartography import class_breaks as breaks
from maps.cartography import metros, topology
from maps.cartography.base_map import Antimeridian
from maps.cartography.extent import inhabited_box, residents
from maps.cartography.frame import Box, Shapes
from maps.interactive.map_points import points, provider_order
from maps.interactive.packing import indexed, packed, packed_json, plain, whole
from maps.wording.rows import codes_in
from maps.wording.trades import seats_by_trade
from maps.wording.words import is_missing

#: Tolerance of simplification (degrees) up to so many tracts; larger states are looked at from farther away.
TOLERANCES = ((400, 0.0004), (2500, 0.0007), (10**9, 0.001))
PLACES_DRAWN = 400


Columns = dict[str, object]


class Layer(NamedTuple):
    """A layer of the land: its shapes as bytes, and what the page knows of each by name."""

    name: str
    coded: bytes
    about: Columns


@dataclass(frozen=True)
class MapPayload:
    """The two inert blocks of a map page, and what the page itself needs to know of them."""

    facts: str
    land: str
    bounds: Box  # west, south, east, north, degrees
    n_tracts: int


def map_payload(result: StateResult) -> MapPayload:
    """Return all that the map of a state shows, packed."""
    scores = result.table("tract_scores").sort_values(col.GEOID).reset_index(drop=True)
    layers, bounds = _land(result, scores)
    communities = result.table("communities").sort_values([col.RANK, col.COMMUNITY_ID])
    facts = {
        "state": {"code": result.state.usps, "name": result.state.name},
        "bounds": [round(value, 4) for value in bounds],
        "step": topology.STEP_DEGREES,
        "layers": [{"name": layer.name, "size": len(layer.coded), **layer.about} for layer in layers],
        "lists": {"tiers": list(TIERS), "actions": list(ACTIONS)},
        "weak": weak_subjects(result.table("evidence")),
        "breaks": breaks.of_state(result),
        "tracts": _tracts(scores, communities, result),
        "communities": _communities(communities, result),
        "points": points(result),
        # A close-up of counties alone would be an empty box.
        "metros": [metro._asdict() for metro in metros.windows(scores)] if len(result.geo("tracts")) else [],
    }
    land = b"".join(layer.coded for layer in layers)
    return MapPayload(packed_json(facts), packed(land), bounds, len(scores))


def _tolerance(count: int) -> float:
    return next(degrees for most, degrees in TOLERANCES if count <= most)


def _aligned(frame: gpd.GeoDataFrame, key: str, order: pd.Series) -> Shapes:
    """Return the polygons of `frame` in `order` of `key`, empty ones where there is none."""
    found = dict(zip(frame[key], frame.geometry, strict=True))
    empty = shapely.MultiPolygon()
    return np.array([found.get(value) or empty for value in order] or [empty], dtype=object)[: len(order)]


def _polygons(name: str, shapes: Shapes, tolerance: float, **about: object) -> Layer:
    shapes = np.array([_areal(shape) for shape in shapes], dtype=object)
    coded = topology.encode(topology.quantised(topology.simplified(shapes, tolerance)), len(shapes))
    return Layer(name, coded, about)


def _areal(shape: shapely.Geometry | None) -> shapely.Geometry:
    """Return the polygons of a shape; sources sometimes mix lines and points into collections."""
    if shape is None or shape.is_empty:
        return shapely.MultiPolygon()
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def _land(result: StateResult, scores: pd.DataFrame) -> tuple[list[Layer], Box]:
    tolerance = _tolerance(len(scores))
    counties = result.geo("counties").sort_values(col.COUNTY_GEOID)
    drawn = _aligned(result.geo("tracts"), "geoid", scores[col.GEOID])
    line = Antimeridian.of(np.asarray([*drawn, *counties.geometry], dtype=object))
    tracts, county_shapes = line.shapes(drawn), line.shapes(counties.geometry.values)
    layers = [
        _polygons("tracts", tracts, tolerance),
        _polygons(
            "counties",
            county_shapes,
            tolerance,
            names=list(counties[col.NAME]),
            ids=list(counties[col.COUNTY_GEOID]),
        ),
    ]
    places = _place_layer(result, scores)
    layers.append(
        _polygons(
            "places",
            line.shapes(places.geometry.values),
            tolerance * 1.5,
            names=list(places[col.NAME]),
            ids=list(places[col.PLACE_GEOID]),
            people=whole(places["people"]),
        )
    )
    layers += _landmark_layers(result.geo("landmarks"), tolerance, line)
    bounds = _bounds(tracts, county_shapes, scores, line.crossed)
    west, south, east, north = (float(value) for value in bounds)
    return layers, (west, south, east, north)


def _bounds(tracts: Shapes, counties: Shapes, scores: pd.DataFrame, wraps: bool) -> NDArray[np.float64]:
    """Return the box of what is drawn where people live, else of the tracts' points, else of the country's middle.

    Outlines of counties, which may reach far into the water, count where a tract has none.
    """
    points, people = residents(scores, wraps)
    bare = shapely.is_empty(tracts)
    drawn = np.concatenate([tracts[~bare], counties]) if bare.any() else tracts
    if len(drawn):
        return inhabited_box(drawn, points, people)
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        known = np.array([[-98.0, 39.0]])
    return np.asarray(np.r_[known.min(axis=0) - 0.5, known.max(axis=0) + 0.5], dtype=float)


def _place_layer(result: StateResult, scores: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the places with the people whose tracts' centers they hold; outlines of the largest only."""
    places = result.geo("places").copy()
    people = scores.groupby(col.PLACE_NAME)[col.POPULATION].sum()
    places["people"] = places[col.NAME].map(people).fillna(0)
    places = places.sort_values(["people", col.PLACE_GEOID], ascending=[False, True]).head(PLACES_DRAWN)
    return gpd.GeoDataFrame(places)


def _landmark_layers(landmarks: gpd.GeoDataFrame, tolerance: float, line: Antimeridian) -> list[Layer]:
    layers = []
    ordered = landmarks.sort_values(col.LANDMARK_ID)
    kinds = shapely.get_dimensions(np.asarray(ordered.geometry.values)) if len(ordered) else np.zeros(0)
    for kind in ("state", "water", "tribal", "road", "corridor"):
        chosen = ordered[(ordered[col.KIND] == kind).to_numpy() & (kinds == (1 if kind in ("road", "corridor") else 2))]
        shapes = line.shapes(chosen.geometry.values)
        names = [name if isinstance(name, str) else "" for name in chosen[col.NAME]]
        if kind in ("road", "corridor"):
            coded = topology.lines_encoded(shapely.simplify(shapes, tolerance))
            layers.append(Layer(kind, coded, {"names": names, "lines": True}))
        else:
            layers.append(_polygons(kind, shapes, tolerance, names=names))
    return layers


def _tracts(scores: pd.DataFrame, communities: pd.DataFrame, result: StateResult) -> Columns:
    counties, county = indexed(scores[col.COUNTY_GEOID])
    county_names = scores.drop_duplicates(col.COUNTY_GEOID).set_index(col.COUNTY_GEOID)[col.COUNTY_NAME]
    places, place = indexed(scores[col.PLACE_NAME])
    wheres, where = indexed(scores[col.UNLOCATED_WHERE])
    reasons, reason = indexed(scores[col.UNRANKED_REASON].replace("", None))
    designations, designation = indexed(scores[col.DESIGNATED_BY])
    order = {ident: number for number, ident in enumerate(communities[col.COMMUNITY_ID])}
    providers = {ident: number for number, ident in enumerate(provider_order(result))}
    flags, flag = indexed(scores[col.FLAGS].replace("", None))
    return {
        "county_ids": counties,
        "county_names": [name if isinstance(name, str) else ident for ident, name in county_names[counties].items()],
        "county": county,
        "code": [int(geoid[5:]) for geoid in scores[col.GEOID]],
        "name": [str(name) if isinstance(name, str) else "" for name in scores[col.NAME]],
        "places": places,
        "place": place,
        "people": whole(scores[col.POPULATION]),
        "adults": whole(scores[col.ELIGIBLE_ADULTS]),
        "adults_moe": whole(scores[col.ELIGIBLE_ADULTS_MOE]),
        "need": whole(scores[col.NEED]),
        "gap": whole(scores[col.TRAINING_GAP]),
        "work": whole(scores[col.OPPORTUNITY]),
        "points_need": whole(scores[col.POINTS_NEED], 10),
        "points_gap": whole(scores[col.POINTS_TRAINING_GAP], 10),
        "points_work": whole(scores[col.POINTS_OPPORTUNITY], 10),
        "priority": whole(scores[col.PRIORITY], 10),
        "listed": [int(value) for value in scores[col.GATED].fillna(False)],
        "rank": whole(scores[col.RANK]),
        "low": whole(scores[col.RANK_LOW]),
        "high": whole(scores[col.RANK_HIGH]),
        "chance": whole(scores[col.P_TOP_SHARE], 100),
        "weights": whole(scores[col.TOP_IN_WEIGHT_SETS]),
        "tier": [TIERS.index(tier) if tier in TIERS else 3 for tier in scores[col.TIER]],
        "action": [ACTIONS.index(action) if action in ACTIONS else -1 for action in scores[col.ACTION]],
        "reasons": reasons,
        "reason": reason,
        "agree": whole(scores[col.AGREEMENT_COUNT]),
        "definitions": whole(scores[col.N_INDICES]),
        "designations": designations,
        "designation": designation,
        "community": [order.get(ident, -1) for ident in scores[col.COMMUNITY_ID]],
        "provider": [providers.get(ident, -1) for ident in scores[col.NEAREST_PROVIDER_ID]],
        "minutes": whole(scores[col.NEAREST_PROVIDER_MINUTES]),
        "unlocated": whole(scores[col.UNLOCATED_PROVIDERS]),
        "unlocated_wheres": wheres,
        "unlocated_where": where,
        "far": whole(1.0 - scores[col.SHARE_REACHING_TRAINING].astype("float64"), 100),
        "over_water": whole(scores[col.SHARE_OVER_WATER], 100),
        "providers": whole(scores[col.PROVIDERS_WITHIN]),
        "seats": whole(scores[col.SEATS_WITHIN]),
        "seats_assumed": whole(scores[col.SEATS_WITHIN_ASSUMED]),
        "sites": whole(scores[col.SITES_WITHIN]),
        "sites_assumed": whole(scores[col.SITES_ASSUMED]),
        "jobs_low": whole(scores[col.JOB_YEARS_LOW], 100),
        "jobs_mid": whole(scores[col.JOB_YEARS_MID], 100),
        "jobs_high": whole(scores[col.JOB_YEARS_HIGH], 100),
        "rural": [int(value) for value in scores[col.RURAL].fillna(False)],
        "flags": flags,
        "flag": flag,
        **_barrier_bits(result, scores),
        "unplaced": _unplaced(scores),
    }


def _unplaced(scores: pd.DataFrame) -> dict[str, list[float]]:
    """Return where the tracts without a polygon lie, by their place in the order: search can still go there."""
    lost = scores[~scores[col.HAS_POLYGON].fillna(False).astype(bool)].dropna(subset=[col.LONGITUDE, col.LATITUDE])
    spots = lost[[col.LONGITUDE, col.LATITUDE]].to_numpy(dtype=float).round(4).tolist()
    return dict(zip(map(str, lost.index), spots, strict=True))


def _barrier_bits(result: StateResult, scores: pd.DataFrame) -> Columns:
    """Return the measures and for each tract a number whose bits say which lie clearly above the state median."""
    table = result.table("barriers")
    table = table[(table[col.UNIT_KIND] == "tract") & table[col.CLEARLY_ABOVE].fillna(False)]
    measures = sorted(result.table("barriers")[col.MEASURE].unique())
    bits = table[col.MEASURE].map({name: 1 << place for place, name in enumerate(measures)})
    total = bits.groupby(table[col.UNIT_ID]).sum()
    return {"measures": measures, "barrier": whole(scores[col.GEOID].map(total).fillna(0))}


def _text(value: object) -> object:
    return None if is_missing(value) else value


def _communities(table: pd.DataFrame, result: StateResult) -> list[Columns]:
    barriers = result.table("barriers")
    barriers = barriers[barriers[col.UNIT_KIND] == "community"].set_index([col.UNIT_ID, col.MEASURE])
    quarters = result.table("work_by_quarter")
    quarters = quarters[quarters[col.UNIT_KIND] == "community"]
    by_unit = {ident: group.sort_values(col.QUARTER) for ident, group in quarters.groupby(col.UNIT_ID)}
    providers = {ident: number for number, ident in enumerate(provider_order(result))}
    rows = []
    for row in table.to_dict("records"):
        ident = row[col.COMMUNITY_ID]
        rows.append(
            {
                "id": ident,
                "name": row[col.NAME],
                "place": _text(row[col.PLACE]),
                "compass": _text(row[col.COMPASS]),
                "basis": _text(row[col.NAME_BASIS]),
                "tracts": int(row[col.N_TRACTS]),
                "county": _text(row[col.COUNTY_NAME]),
                "single": row[col.KIND] == "single",
                "tier": TIERS.index(row[col.TIER]) if row[col.TIER] in TIERS else 3,
                "action": ACTIONS.index(row[col.ACTION]) if row[col.ACTION] in ACTIONS else -1,
                "rank": plain(row[col.RANK]),
                "low": plain(row[col.RANK_LOW]),
                "high": plain(row[col.RANK_HIGH]),
                "chance": plain(row[col.P_TOP_SHARE], 100),
                "weights": plain(row[col.TOP_IN_WEIGHT_SETS]),
                "people": plain(row[col.POPULATION]),
                "adults": plain(row[col.ELIGIBLE_ADULTS]),
                "adults_moe": plain(row[col.ELIGIBLE_ADULTS_MOE]),
                "need": plain(row[col.NEED]),
                "gap": plain(row[col.TRAINING_GAP]),
                "work": plain(row[col.OPPORTUNITY]),
                "priority": plain(row[col.PRIORITY], 10),
                "minutes": plain(row[col.NEAREST_PROVIDER_MINUTES]),
                "unlocated": plain(row[col.UNLOCATED_PROVIDERS]),
                "unlocated_where": _text(row[col.UNLOCATED_WHERE]),
                "far": plain(1.0 - row[col.SHARE_REACHING_TRAINING], 100),
                "over_water": plain(row[col.SHARE_OVER_WATER], 100),
                "providers": plain(row[col.PROVIDERS_WITHIN]),
                "seats": plain(row[col.SEATS_WITHIN]),
                "seats_assumed": plain(row[col.SEATS_WITHIN_ASSUMED]),
                "trades": [[series, plain(n)] for series, n in seats_by_trade(row[col.SEATS_BY_PROGRAM])],
                "sites": plain(row[col.SITES_WITHIN]),
                "sites_assumed": plain(row[col.SITES_ASSUMED]),
                "jobs_low": plain(row[col.JOB_YEARS_LOW], 100),
                "jobs_mid": plain(row[col.JOB_YEARS_MID], 100),
                "jobs_high": plain(row[col.JOB_YEARS_HIGH], 100),
                "center_minutes": plain(row[col.NEAREST_JOB_CENTER_MINUTES]),
                "provider_at": providers.get(row[col.NEAREST_PROVIDER_ID], -1),
                "provider": _text(row[col.NEAREST_PROVIDER_NAME]),
                "center": _text(row[col.NEAREST_JOB_CENTER_NAME]),
                "at": [round(float(row[col.LONGITUDE]), 4), round(float(row[col.LATITUDE]), 4)]
                if pd.notna(row[col.LONGITUDE])
                else None,
                "barriers": [
                    [name, plain(part[col.SHARE], 100), plain(part[col.STATE_MEDIAN], 100)]
                    for name in codes_in(row["barriers"])
                    if (ident, name) in barriers.index
                    for part in [barriers.loc[(ident, name)]]
                ],
                "tied": codes_in(row[col.TIED_WITH]),
                "quarters": [
                    [
                        item.quarter,
                        plain(item.sites),
                        plain(item.units, 10),
                        plain(item.job_years_mid, 100),
                        plain(item.sites_assumed),
                    ]
                    for item in by_unit.get(ident, quarters.iloc[:0]).itertuples()
                ],
            }
        )
    return rows
