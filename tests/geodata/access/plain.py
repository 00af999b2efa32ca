"""Access measures written out in plain Python loops: slow, and easy to check against the papers."""

from __future__ import annotations

import math
from collections.abc import Sequence

Pairs = dict[tuple[int, int], float]


def gaussian(t: float, catchment: float) -> float:
    if t > catchment:
        return 0.0
    floor = math.exp(-0.5)
    return (math.exp(-0.5 * (t / catchment) ** 2) - floor) / (1 - floor)


def steps(t: float, catchment: float) -> float:
    for share, weight in ((1 / 3, 1.0), (2 / 3, 0.68), (1.0, 0.22)):
        if t / catchment <= share:
            return weight
    return 0.0


def everything(t: float, catchment: float) -> float:
    return 1.0 if t <= catchment else 0.0


def plain_minutes(
    origins: Sequence[tuple[float, float]], destinations: Sequence[tuple[float, float]], pace: Sequence[float]
) -> Pairs:
    """Minutes of every pair by the haversine formula; `pace` in minutes per km, by origin."""
    pairs = {}
    for i, (lat1, lon1) in enumerate(origins):
        for j, (lat2, lon2) in enumerate(destinations):
            a, b = math.radians(lat1), math.radians(lat2)
            h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
            pairs[i, j] = 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h))) * pace[i]
    return pairs


def plain_e2sfca(pairs: Pairs, supply: Sequence[float], demand: Sequence[float], catchment: Sequence[float], decay):
    """Return (access by origin, ratio by destination)."""
    competing = [0.0] * len(supply)
    for (i, j), t in pairs.items():
        if t <= catchment[i]:
            competing[j] += demand[i] * decay(t, catchment[i])
    ratio = [s / c if c > 0 else 0.0 for s, c in zip(supply, competing, strict=True)]
    access = [0.0] * len(demand)
    for (i, j), t in pairs.items():
        if t <= catchment[i]:
            access[i] += ratio[j] * decay(t, catchment[i])
    return access, ratio


def plain_three_step(pairs: Pairs, supply: Sequence[float], demand: Sequence[float], catchment: Sequence[float], decay):
    """Return access by origin of the three-step floating catchment."""
    weight = {(i, j): decay(t, catchment[i]) for (i, j), t in pairs.items() if t <= catchment[i]}
    total = [sum(w for (i, _), w in weight.items() if i == o) for o in range(len(demand))]
    chosen = {(i, j): w * w / total[i] if total[i] > 0 else 0.0 for (i, j), w in weight.items()}
    competing = [sum(demand[i] * w for (i, k), w in chosen.items() if k == j) for j in range(len(supply))]
    ratio = [s / c if c > 0 else 0.0 for s, c in zip(supply, competing, strict=True)]
    return [sum(ratio[j] * w for (i, j), w in chosen.items() if i == o) for o in range(len(demand))]
