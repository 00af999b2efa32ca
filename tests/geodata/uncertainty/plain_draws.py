"""The Monte Carlo of ranks of the methodology, one draw at a time, in pandas and Python integers: slow and plain."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import norm, triang

from geodata.uncertainty.draw_model import DrawModel

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def begin(seed: int, purpose: int, key: int) -> int:
    z = mix((seed + GOLDEN) & MASK)
    z = mix(((z ^ purpose) + GOLDEN) & MASK)
    return mix(((z ^ key) + GOLDEN) & MASK)


def uniform(start: int, draw: int) -> float:
    return ((mix((start + GOLDEN * (draw + 1)) & MASK) >> 11) + 0.5) * 2.0**-53


def gammas(shapes: list[float], start: int) -> list[float]:
    """Marsaglia and Tsang's gammas, one after another from one stream."""
    numbers = (uniform(start, k) for k in range(10**6))
    out = []
    for shape in shapes:
        if shape <= 0:
            out.append(0.0)
            continue
        boost = next(numbers) ** (1 / shape) if shape < 1 else 1.0
        d = (shape + (shape < 1)) - 1 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            x = math.sqrt(-2 * math.log(next(numbers))) * math.cos(2 * math.pi * next(numbers))
            u, v = next(numbers), (1 + c * x) ** 3
            if v > 0 and math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
                out.append(boost * d * v)
                break
    return out


def dirichlet(weights, concentration: float, start: int) -> np.ndarray:
    share = np.asarray(weights, dtype=float) / np.sum(weights)
    if math.isinf(concentration):
        return share
    drawn = np.array(gammas(list(concentration * share), start))
    return drawn / drawn.sum()


def triangle(u: float, low: float, mode: float, high: float) -> float:
    return low if high == low else float(triang.ppf(u, (mode - low) / (high - low), low, high - low))


def percentile(values: pd.Series, groups: pd.Series) -> pd.Series:
    values = pd.Series([float(f"{v:.12g}") for v in values], index=values.index)
    grouped = values.groupby(groups)
    return 100 * (grouped.rank() - 0.5) / grouped.transform("count")


def plain_ranks(model: DrawModel, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ranks of tracts [draws, n], of communities [draws, communities], and who passed the gate [draws, n]."""
    n, m = model.measures.shape
    used = model.reference >= 0
    groups = pd.Series(model.reference).where(used)
    ranks = np.full((draws, n), np.nan)
    count = 0 if model.community is None else int(model.community.max()) + 1
    community_ranks = np.full((draws, count), np.nan)
    passed = np.zeros((draws, n), dtype=bool)
    fixed = [percentile(pd.Series(d).where(used), groups) for d in model.definitions.T]
    for draw in range(draws):
        weights = dirichlet(model.definition_weights, model.definition_concentration, begin(seed, 1, draw))
        pillars = dirichlet(model.pillar_weights, model.pillar_concentration, begin(seed, 2, draw))
        detour = triangle(uniform(begin(seed, 3, draw), 0), *model.travel_detour)
        factor = detour / triangle(uniform(begin(seed, 3, draw), 1), *model.travel_speed)
        jobs = [triangle(uniform(begin(seed, 4, draw), c), *t) for c, t in enumerate(model.job_years)]

        shares = []
        for k in range(m):
            column = []
            for i in range(n):
                mean, se, (low, high) = model.measures[i, k], model.measures_se[i, k], model.measures_range[k]
                if se == 0 or np.isnan(mean):
                    column.append(mean)
                    continue
                a, b = norm.cdf((low - mean) / se), norm.cdf((high - mean) / se)
                u = uniform(begin(seed, 100 + k, int(model.key[i])), draw)
                column.append(mean + se * norm.ppf(a + u * (b - a)))
            shares.append(percentile(pd.Series(column).where(used), groups))
        definitions = list(fixed)
        if m:
            definitions.append(percentile(pd.concat(shares, axis=1).mean(axis=1), groups))
        table = pd.concat(definitions, axis=1)
        weight = table.notna() * weights
        need = percentile((table.fillna(0) * weight).sum(axis=1).where(used) / weight.sum(axis=1), groups)

        def at(values, f=factor):
            return np.array([np.interp(f, model.travel_nodes, row) for row in values])

        training = percentile(pd.Series(at(model.training)).where(used), groups)
        work = sum(j * at(model.opportunity[:, :, c]) for c, j in enumerate(jobs))
        parts = [need, 100 - training, percentile(pd.Series(work).where(used), groups)]
        if model.geometric:
            priority = np.exp(sum(w * np.log(p) for w, p in zip(pillars, parts, strict=True)))
        else:
            priority = sum(w * p for w, p in zip(pillars, parts, strict=True))
        gate = -np.inf if model.gate_need is None else model.gate_need
        passed[draw] = model.designated | (need >= gate)
        frame = pd.DataFrame(
            {"passed": passed[draw], "priority": [float(f"{p:.12g}") for p in priority], "tie": model.tie_order}
        )
        for scope in set(model.scope[model.scope >= 0]):
            ordered = frame[model.scope == scope].sort_values(
                ["passed", "priority", "tie"], ascending=[False, False, True]
            )
            ranks[draw, ordered.index] = np.arange(1, len(ordered) + 1)
        if count:
            inside = pd.DataFrame(
                {
                    "c": model.community,
                    "w": model.community_weight,
                    "p": priority,
                    "scope": model.scope,
                    "tie": model.tie_order,
                }
            )
            inside = inside[inside["c"] >= 0]
            inside["wp"] = inside["w"] * inside["p"]
            means = inside.groupby("c").agg(
                w=("w", "sum"), wp=("wp", "sum"), scope=("scope", "first"), tie=("tie", "min")
            )
            means["mean"] = [float(f"{v:.12g}") for v in means["wp"] / means["w"]]
            for scope in set(means["scope"]):
                ordered = means[means["scope"] == scope].sort_values(["mean", "tie"], ascending=[False, True])
                community_ranks[draw, ordered.index] = np.arange(1, len(ordered) + 1)
    return ranks, community_ranks, passed
