"""Communities: listed tracts that touch, grouped into neighborhoods people recruit in, stable from run to run.

Holds the grouping and its identifiers. Does not hold names (`geodata.communities.community_names`) or what is known
of a community (`geodata.communities.community_table`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geodata.communities.partition import Graph, joined, split
from geodata.geography.contiguity import KM_PER_DEGREE, planar_m
from geodata.schemas import columns as col
from geodata.settings import Communities

# A previous split is kept where it still speaks for this share of the people of a group.
SPLIT_KEPT = 0.8
# A community is the same as one of the previous run when they share this part of the people of either.
SAME = 0.5


@dataclass(frozen=True, eq=False)
class Previous:
    """The grouping of an earlier run: its tables community_tracts and communities."""

    community_tracts: pd.DataFrame
    communities: pd.DataFrame


def group(
    scores: pd.DataFrame,
    tracts: gpd.GeoDataFrame,
    contacts: pd.DataFrame,
    settings: Communities,
    previous: Previous | None = None,
) -> pd.DataFrame:
    """Return [community_id, geoid, state, kind, single_reason], a row for each tract to be grouped.

    `scores` is [geoid, state, gated, cut_tier, population, latitude, longitude]; `tracts` [geoid, geometry];
    `contacts` the table of `geodata.geography.contiguity.contacts` over all tracts of the state, listed or not.

    Grouped are the gated tracts of the tiers in the settings, by the half of the draws that grades no community, within
    their state. Tracts that share a border belong together; a tract that touches no other (an island) joins the nearest
    one to be
    grouped within `water_gap_m`; nothing else is bridged. A group above the cap is split into compact
    connected parts; one below the floor stays as small as it is, for its neighbors are not underserved.

    Each tract is in exactly one community. One that stands alone is a "single", and says why: "no_neighbor"
    (touches none to be grouped), "island", "no_polygon" (contact is not known), "above_cap" (alone holds
    more people than the cap) or "left_over" (no part it touches had room).
    """
    chosen = scores[scores[col.GATED] & scores[col.CUT_TIER].isin(settings.tiers)].sort_values(col.GEOID)
    chosen = chosen.reset_index(drop=True)
    if not len(chosen):
        columns = [col.COMMUNITY_ID, col.GEOID, col.STATE, col.KIND, col.SINGLE_REASON]
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    polygons = tracts.set_index(col.GEOID).geometry.reindex(chosen[col.GEOID])
    has_polygon = ~(polygons.isna() | polygons.is_empty).to_numpy()
    alone = ~chosen[col.GEOID].isin(set(contacts["geoid_a"]) | set(contacts["geoid_b"])).to_numpy()
    edges = _edges(chosen, contacts)
    edges += _bridges(chosen, polygons, has_polygon & alone, settings)
    graph = Graph.of(chosen[col.POPULATION].fillna(0.0).to_numpy(dtype=float), _plane(chosen), edges)
    before = _before(chosen, previous)
    parts = [part for nodes in _components(graph) for part in _parts(graph, nodes, before, settings)]
    rows: list[tuple[int, int, str, str | None]] = []
    for part in parts:
        reason = None
        if len(part) == 1:
            reason = _reason(graph, part[0], bool(has_polygon[part[0]]), bool(alone[part[0]]), settings)
        rows.extend((node, part[0], "single" if reason else "community", reason) for node in part)
    table = pd.DataFrame(rows, columns=["node", "first", col.KIND, col.SINGLE_REASON])
    table = table.join(chosen[[col.GEOID, col.STATE]], on="node")
    people = scores.set_index(col.GEOID)[col.POPULATION].fillna(0.0).astype("float64")
    table[col.COMMUNITY_ID] = table["first"].map(_ids(table, previous, people))
    out = table[[col.COMMUNITY_ID, col.GEOID, col.STATE, col.KIND, col.SINGLE_REASON]]
    return out.sort_values(col.GEOID).reset_index(drop=True)


def _edges(chosen: pd.DataFrame, contacts: pd.DataFrame) -> list[tuple[int, int, float]]:
    index = pd.Index(chosen[col.GEOID])
    state = chosen[col.STATE].to_numpy()
    a, b = index.get_indexer(contacts["geoid_a"]), index.get_indexer(contacts["geoid_b"])
    known = (a >= 0) & (b >= 0)
    a, b, length = a[known], b[known], contacts["shared_m"].to_numpy()[known]
    within = state[a] == state[b]
    return list(zip(a[within].tolist(), b[within].tolist(), length[within].tolist(), strict=True))


def _bridges(
    chosen: pd.DataFrame, polygons: gpd.GeoSeries, islands: np.ndarray, settings: Communities
) -> list[tuple[int, int, float]]:
    """Return an edge from each island to the nearest other tract of its state across at most `water_gap_m`."""
    if not islands.any():
        return []
    shapes = planar_m(polygons)
    state = chosen[col.STATE].to_numpy()
    edges: list[tuple[int, int, float]] = []
    for node in np.flatnonzero(islands).tolist():
        distance = shapely.distance(shapes[node], shapes)
        distance[(state != state[node]) | np.isnan(distance)] = np.inf
        distance[node] = np.inf
        nearest = int(np.argmin(distance))
        if distance[nearest] <= settings.water_gap_m:
            edges.append((min(node, nearest), max(node, nearest), 1.0))
    return edges


def _plane(chosen: pd.DataFrame) -> np.ndarray:
    latitude = chosen[col.LATITUDE].fillna(chosen[col.LATITUDE].mean()).to_numpy(dtype=float)
    longitude = chosen[col.LONGITUDE].fillna(chosen[col.LONGITUDE].mean()).to_numpy(dtype=float)
    scale = np.cos(np.radians(latitude.mean()))
    return np.column_stack([longitude * scale, latitude]) * KM_PER_DEGREE


def _components(graph: Graph) -> list[list[int]]:
    n = len(graph.people)
    pairs = [(a, b) for a, others in enumerate(graph.borders) for b in others]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    count, label = connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
    return [np.flatnonzero(label == number).tolist() for number in range(count)]


def _before(chosen: pd.DataFrame, previous: Previous | None) -> list[str | None]:
    if previous is None:
        return [None] * len(chosen)
    earlier = previous.community_tracts.set_index(col.GEOID)[col.COMMUNITY_ID]
    found = chosen[col.GEOID].map(earlier)
    return [None if pd.isna(value) else str(value) for value in found]


def _parts(graph: Graph, nodes: list[int], before: list[str | None], settings: Communities) -> list[list[int]]:
    """Split one connected group, along the previous run's lines where most of its people were grouped then."""
    floor, cap = float(settings.residents_floor), float(settings.residents_cap)
    total = graph.total(nodes)
    if total <= cap:
        return [nodes]
    known = [node for node in nodes if before[node] is not None]
    if graph.total(known) < SPLIT_KEPT * total:
        return split(graph, nodes, floor, cap)
    earlier: dict[str, list[int]] = {}
    for node in known:
        earlier.setdefault(str(before[node]), []).append(node)
    parts = [piece for name in sorted(earlier) for piece in graph.pieces(earlier[name])]
    return _kept(graph, parts, [node for node in nodes if before[node] is None], floor, cap)


def _kept(graph: Graph, parts: list[list[int]], new: list[int], floor: float, cap: float) -> list[list[int]]:
    """Return the earlier parts with new nodes added to the part of the longest border; only misfits are redone."""
    waiting = list(new)
    while waiting:
        best: tuple[float, int, int] | None = None
        for node in waiting:
            for number, part in enumerate(parts):
                length = graph.border(node, set(part))
                if length > 0 and (best is None or length > best[0]):
                    best = (length, node, number)
        if best is None:
            parts.append([waiting.pop(0)])
            continue
        parts[best[2]].append(best[1])
        waiting.remove(best[1])
    sound = [part for part in parts if floor <= graph.total(part) <= cap]
    misfits = [part for part in parts if not floor <= graph.total(part) <= cap]
    redone: list[list[int]] = []
    for part in misfits:
        redone.extend(split(graph, part, floor, cap))
    return (
        joined(graph, sorted(sorted(part) for part in sound + redone), floor, cap)
        if redone
        else sorted(map(sorted, sound))
    )


def _reason(graph: Graph, node: int, has_polygon: bool, alone: bool, settings: Communities) -> str:
    if not has_polygon:
        return "no_polygon"
    if graph.people[node] > settings.residents_cap:
        return "above_cap"
    if graph.borders[node]:
        return "left_over"
    return "island" if alone else "no_neighbor"


def _ids(table: pd.DataFrame, previous: Previous | None, people: pd.Series) -> dict[int, str]:
    """Return each part's identifier: that of the earlier community it continues, else a hash of its tracts."""
    taken = _matched(table, previous, people)
    for number, part in table.groupby("first"):
        first = int(str(number))
        if first not in taken:
            text = " ".join(sorted(part[col.GEOID]))
            taken[first] = f"{part[col.STATE].iloc[0]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return taken


def _matched(table: pd.DataFrame, previous: Previous | None, people: pd.Series) -> dict[int, str]:
    """Pair parts with earlier communities one to one, the largest share of common people (Jaccard) first.

    `people` are today's residents by geoid, of all tracts, so that a tract that left the list still counts.
    """
    if previous is None or not len(previous.community_tracts):
        return {}
    earlier = previous.community_tracts[[col.GEOID, col.COMMUNITY_ID, col.STATE]]
    both = table[[col.GEOID, "first", col.STATE]].merge(earlier, on=[col.GEOID, col.STATE], how="outer")
    both["people"] = both[col.GEOID].map(people).fillna(0.0).clip(lower=1.0)
    now = both.groupby("first")["people"].sum()
    then = both.groupby(col.COMMUNITY_ID)["people"].sum()
    pairs = both.groupby(["first", col.COMMUNITY_ID])["people"].sum().rename("common").reset_index()
    # Of no pairs at all the sums would come back as text.
    pairs["now"] = pairs["first"].map(now).astype("float64")
    pairs["then"] = pairs[col.COMMUNITY_ID].map(then).astype("float64")
    pairs[col.JACCARD] = pairs["common"] / (pairs["now"] + pairs["then"] - pairs["common"])
    same = (pairs["common"] >= SAME * pairs["now"]) | (pairs["common"] >= SAME * pairs["then"])
    ordered = pairs[same].sort_values([col.JACCARD, col.COMMUNITY_ID], ascending=[False, True])
    matched: dict[int, str] = {}
    used: set[str] = set()
    for first, name in zip(ordered["first"], ordered[col.COMMUNITY_ID], strict=True):
        if int(first) not in matched and name not in used:
            matched[int(first)] = name
            used.add(name)
    return matched
