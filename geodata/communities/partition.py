"""Splitting a connected group of tracts into connected, compact parts between a floor and a cap of people.

Works on numbers: nodes 0 … n-1 with people, a place in the plane and the border they share with neighbors.
Deterministic: nodes are visited in their order, so callers sort them by identifier. Does not hold tracts.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
DIRECTIONS = 16
MOST_PASSES = 20


@dataclass(frozen=True, eq=False)
class Graph:
    """`people` float64[n], `xy` float64[n, 2] in one length unit, `borders` the shared length by neighbor."""

    people: FloatArray
    xy: FloatArray
    borders: tuple[dict[int, float], ...]

    @classmethod
    def of(cls, people: FloatArray, xy: FloatArray, edges: Iterable[tuple[int, int, float]]) -> Graph:
        """Return the graph of undirected `edges` (a, b, shared length); arrays and units as the class says."""
        borders: list[dict[int, float]] = [{} for _ in people]
        for a, b, length in sorted(edges):
            borders[a][b] = borders[b][a] = length
        return cls(np.asarray(people, dtype=np.float64), np.asarray(xy, dtype=np.float64), tuple(borders))

    def pieces(self, nodes: Iterable[int]) -> list[list[int]]:
        """Return the connected pieces of `nodes`, each rising, ordered by their first node."""
        left = set(nodes)
        found = []
        for node in sorted(left):
            if node not in left:
                continue
            left.discard(node)
            piece, queue = [node], [node]
            while queue:
                for other in self.borders[queue.pop()]:
                    if other in left:
                        left.discard(other)
                        piece.append(other)
                        queue.append(other)
            found.append(sorted(piece))
        return found

    def total(self, nodes: Iterable[int]) -> float:
        """Return the people of `nodes`."""
        return float(sum(self.people[node] for node in nodes))

    def spread(self, nodes: Sequence[int]) -> float:
        """Return Σ people × squared distance from the nodes' center: the less, the more compact."""
        weight = np.maximum(self.people[list(nodes)], 1.0)
        xy = self.xy[list(nodes)]
        center = weight @ xy / weight.sum()
        return float(weight @ ((xy - center) ** 2).sum(axis=1))

    def border(self, node: int, nodes: set[int]) -> float:
        """Return the length of border `node` shares with `nodes`."""
        return sum(length for other, length in self.borders[node].items() if other in nodes)


def split(graph: Graph, nodes: Sequence[int], floor: float, cap: float) -> list[list[int]]:
    """Return connected parts of the connected `nodes`, none above `cap` people unless one node alone is.

    Parts aim at the middle between floor and cap. A part below the floor joins a neighbor when the two fit
    under the cap; where nothing fits it stays small. Parts are rising lists, ordered by their first node.
    """
    total = graph.total(nodes)
    if total <= cap or len(nodes) == 1:
        return [sorted(nodes)]
    aim = max((floor + cap) / 2.0, 1.0)
    waiting = _halved(graph, list(nodes), max(math.ceil(total / cap), round(total / aim)))
    waiting = _smoothed(graph, waiting, floor, cap)
    fit = []
    while waiting:
        part = waiting.pop()
        if graph.total(part) > cap and len(part) > 1:
            waiting.extend(_halved(graph, part, 2))
        else:
            fit.append(part)
    return joined(graph, sorted(fit), floor, cap)


def _halved(graph: Graph, nodes: list[int], count: int) -> list[list[int]]:
    """Return `nodes` cut into about `count` connected parts of like size, by cutting in two again and again."""
    if count <= 1 or len(nodes) == 1:
        return [sorted(nodes)]
    first = count // 2
    target = graph.total(nodes) * first / count
    best: tuple[float, list[int], list[int]] | None = None
    for step in range(DIRECTIONS):
        angle = 2.0 * math.pi * step / DIRECTIONS
        along = graph.xy @ np.array([math.cos(angle), math.sin(angle)])
        a, b = _cut(graph, nodes, along, target)
        if not b:
            continue
        off = abs(graph.total(a) - target) / max(target, 1.0)
        cost = (graph.spread(a) + graph.spread(b) + 1.0) * (1.0 + 4.0 * off * off)
        if best is None or cost < best[0] * (1.0 - 1e-9):
            best = (cost, a, b)
    if best is None:
        return [sorted(nodes)]
    return _halved(graph, best[1], first) + _halved(graph, best[2], count - first)


def _cut(graph: Graph, nodes: list[int], along: FloatArray, target: float) -> tuple[list[int], list[int]]:
    """Grow a connected part of about `target` people from the least `along`; the rest is made connected too."""
    inside = set(nodes)
    start = min(nodes, key=lambda node: (along[node], node))
    heap = [(float(along[start]), start)]
    seen = {start}
    grown: list[int] = []
    people = 0.0
    while heap:
        _, node = heapq.heappop(heap)
        after = people + float(graph.people[node])
        if grown and after - target > target - people:
            break
        grown.append(node)
        people = after
        for other in graph.borders[node]:
            if other in inside and other not in seen:
                seen.add(other)
                heapq.heappush(heap, (float(along[other]), other))
    rest = graph.pieces(inside - set(grown))
    if not rest:
        return sorted(grown), []
    largest = max(rest, key=lambda piece: (graph.total(piece), -piece[0]))
    for piece in rest:
        if piece is not largest:
            grown.extend(piece)
    return sorted(grown), largest


def _smoothed(graph: Graph, parts: list[list[int]], floor: float, cap: float) -> list[list[int]]:
    """Move border nodes to the neighboring part while that makes the two parts more compact."""
    sets = [set(part) for part in parts]
    where = {node: number for number, part in enumerate(sets) for node in part}
    for _ in range(MOST_PASSES):
        moved = False
        for node in sorted(where):
            source = where[node]
            for target in sorted({where[other] for other in graph.borders[node] if other in where} - {source}):
                if _better(graph, node, sets[source], sets[target], floor, cap):
                    sets[source].discard(node)
                    sets[target].add(node)
                    where[node] = target
                    moved = True
                    break
        if not moved:
            break
    return [sorted(part) for part in sets if part]


def _better(graph: Graph, node: int, source: set[int], target: set[int], floor: float, cap: float) -> bool:
    if len(source) == 1:
        return False
    left, more = source - {node}, target | {node}
    if graph.total(more) > cap or graph.total(left) < floor:
        return False
    before = graph.spread(sorted(source)) + graph.spread(sorted(target))
    after = graph.spread(sorted(left)) + graph.spread(sorted(more))
    return after < before * (1.0 - 1e-9) and len(graph.pieces(left)) == 1


def joined(graph: Graph, parts: list[list[int]], floor: float, cap: float) -> list[list[int]]:
    """Return `parts` with those below the floor, smallest first, joined to a neighbor that leaves room.

    The neighbor of the longest common border is taken; a part that fits nowhere stays as it is.
    """
    parts = [list(part) for part in parts]
    stuck: set[int] = set()
    while True:
        small = [part for part in parts if graph.total(part) < floor and part[0] not in stuck]
        if not small:
            return sorted(parts)
        part = min(small, key=lambda nodes: (graph.total(nodes), nodes[0]))
        best: tuple[float, int] | None = None
        for number, other in enumerate(parts):
            if other is part or graph.total(part) + graph.total(other) > cap:
                continue
            length = sum(graph.border(node, set(other)) for node in part)
            if length > 0 and (best is None or length > best[0]):
                best = (length, number)
        if best is None:
            stuck.add(part[0])
            continue
        parts[best[1]] = sorted(parts[best[1]] + part)
        parts.remove(part)
        stuck.clear()
