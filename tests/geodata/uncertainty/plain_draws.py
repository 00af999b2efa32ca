"""The Monte Carlo of ranks of the methodology, one draw at a time, in pandas and Python integers: slow and plain."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm, triang

from geodata.access.decay import DECAYS
from geodata.access.measures import e2sfca, gravity, three_step
from geodata.travel.minutes import TravelMinutes
from geodata.uncertainty.access_draws import DECAY_CODES, Pairs
from geodata.uncertainty.draw_model import AccessModel, DrawModel

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
NAMES = {code: name for name, code in DECAY_CODES.items()}


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


def triangle(u: float, low: float, mode: float, high: float) -> float:
    return low if high == low else float(triang.ppf(u, (mode - low) / (high - low), low, high - low))


def percentile(values: pd.Series, groups: pd.Series) -> pd.Series:
    values = pd.Series([float(f"{v:.12g}") for v in values], index=values.index)
    grouped = values.groupby(groups)
    return 100 * (grouped.rank() - 0.5) / grouped.transform("count")


def truncated(u: float, mean: float, se: float, low: float, high: float) -> float:
    if se == 0 or np.isnan(mean):
        return mean
    a, b = norm.cdf((low - mean) / se), norm.cdf((high - mean) / se)
    return float(mean + se * norm.ppf(a + u * (b - a)))


def plain_access(access: AccessModel, draw: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return access to training and to work of all tracts in one draw, by the measures of the point estimate."""
    tracts = len(access.people)
    people = np.array(
        [
            truncated(uniform(begin(seed, 100 + access.survey_purpose, int(k)), draw), p, se, 0.0, np.inf)
            for k, p, se in zip(access.key, access.people, access.people_se, strict=True)
        ]
    )
    factor = np.empty(tracts)
    for i in range(tracts):
        common, own = begin(seed, 21, int(access.travel.state[i])), begin(seed, 22, int(access.key[i]))
        detour = triangle(uniform(common, 2 * draw), *access.travel.triangles[0])
        speed = triangle(uniform(common, 2 * draw + 1), *access.travel.triangles[1])
        low, high = norm.cdf(-2), norm.cdf(2)
        factor[i] = detour / speed * math.exp(access.travel.own_sd * norm.ppf(low + uniform(own, draw) * (high - low)))
    seats = []
    for family, known, teaches, mean, sd, share, campus, campuses in zip(*access.providers, strict=True):
        if np.isnan(known):
            drawn = math.exp(mean + sd * norm.ppf(uniform(begin(seed, 12, int(family)), draw))) * share
            known = drawn if uniform(begin(seed, 11, int(family)), draw) < teaches else 0.0
        if campuses > 1:
            start = begin(seed, 16, int(family))
            parts = [-math.log(uniform(start, int(campuses * draw + k))) for k in range(campuses)]
            known *= campuses * parts[campus] / sum(parts)
        seats.append(known)
    return (
        _at(access, access.training, np.array(seats), people, factor),
        _at(access, access.work, _job_years(access, draw, seed), people, factor),
    )


def _job_years(access: AccessModel, draw: int, seed: int) -> np.ndarray:
    sites = access.sites
    rates = [triangle(uniform(begin(seed, 15, draw), c), *t) for c, t in enumerate(sites.job_years)]
    work = []
    for j, key in enumerate(sites.key):
        units = sites.units[j]
        if (group := sites.prior[j]) >= 0:
            rows = range(sites.group_start[group], sites.group_start[group + 1])
            u = uniform(begin(seed, 13, int(key)), draw)
            units = sites.profiles[next(row for row in rows if u < sites.cumulative[row])]
        built = uniform(begin(seed, 14, int(key)), draw) < sites.built[j]
        work.append(built * sum(n * (r + sites.upkeep_years * rates[-1]) for n, r in zip(units, rates, strict=False)))
    return np.array(work)


def _at(access: AccessModel, pairs: Pairs, capacity: np.ndarray, people: np.ndarray, factor: np.ndarray) -> np.ndarray:
    origin = np.repeat(np.arange(len(pairs.tract)), np.diff(pairs.row_start))
    minutes = TravelMinutes(
        origin.astype(np.int32),
        pairs.place,
        pairs.minutes * factor[pairs.tract[origin]],
        n_origins=len(pairs.tract),
        n_destinations=len(capacity),
        engine="test",
        engine_version="1",
    )
    decay = DECAYS[NAMES[access.measure.decay]]
    catchment = pairs.catchment.astype(float)
    if access.measure.competing:
        measure = three_step if access.measure.choosing else e2sfca
        reached = measure(minutes, capacity, people[pairs.tract] * pairs.weight, catchment, decay).access
    else:
        reached = gravity(minutes, capacity, catchment, decay)
    return np.bincount(pairs.tract, weights=reached * pairs.weight, minlength=len(people))


def plain_need(model: DrawModel, draw: int | None, seed: int, groups: pd.Series) -> Mapping[str, pd.Series]:
    """Return the composite and the index of the measures, as percentiles: of a draw, or of the estimates (None)."""
    n, m = model.measures.shape
    composite, index = [], []
    for k in range(m):
        column = []
        for i in range(n):
            se = 0.0 if draw is None else model.measures_se[i, k]
            u = 0.5 if draw is None else uniform(begin(seed, 100 + int(model.purposes[k]), int(model.key[i])), draw)
            column.append(truncated(u, model.measures[i, k], se, *model.measures_range[k]))
        values = pd.Series(column).where(groups.notna())
        if model.in_composite[k]:
            composite.append(percentile(values, groups))
        if model.in_index[k]:
            ranked = values.groupby(groups)
            index.append(100 * (ranked.rank(method="min") - 1) / (ranked.transform("count") - 1).clip(lower=1))
    nothing = pd.Series(np.nan, index=groups.index)
    mean = pd.concat(composite, axis=1).mean(axis=1) if composite else nothing
    total = pd.concat(index, axis=1).sum(axis=1, skipna=False) if index else mean
    return {"composite": percentile(mean, groups), "index": percentile(total, groups)}


def plain_ranks(model: DrawModel, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ranks of tracts [draws, n], their Priority [draws, n] and who passed the gate [draws, n]."""
    n = len(model)
    used = model.reference >= 0
    groups = pd.Series(model.reference).where(used)
    ranks, priorities = np.full((draws, n), np.nan), np.full((draws, n), np.nan)
    passed = np.zeros((draws, n), dtype=bool)
    fixed = [percentile(pd.Series(d).where(used), groups) for d in model.definitions.T]
    estimated = plain_need(model, None, seed, groups)["index"]
    pillars = np.array(model.pillar_weights) / sum(model.pillar_weights)
    for draw in range(draws):
        made = plain_need(model, draw, seed, groups)
        deviation = (made["index"] - estimated).fillna(0.0)
        definitions = [d + e * deviation for d, e in zip(fixed, model.definition_error, strict=True)]
        if model.in_composite.any():
            definitions.append(made["composite"])
        table = pd.concat(definitions, axis=1)
        weight = table.notna() * model.definition_weights
        need = percentile((table.fillna(0) * weight).sum(axis=1).where(used) / weight.sum(axis=1), groups)
        reached = [
            pd.Series(np.where(model.access_row >= 0, values[model.access_row], 0.0)).where(used)
            for values in plain_access(model.access, draw, seed)
        ]
        training, work = (percentile(values, groups) for values in reached)
        parts = [need, 100 - training, work]
        if model.geometric:
            priority = np.exp(sum(w * np.log(p) for w, p in zip(pillars, parts, strict=True)))
        else:
            priority = sum(w * p for w, p in zip(pillars, parts, strict=True))
        gate = -np.inf if model.gate_need is None else model.gate_need
        passed[draw] = model.designated | (need >= gate)
        priorities[draw] = priority
        frame = pd.DataFrame(
            {"passed": passed[draw], "priority": [float(f"{p:.12g}") for p in priority], "tie": model.tie_order}
        )
        for scope in set(model.scope[model.scope >= 0]):
            ordered = frame[model.scope == scope].sort_values(
                ["passed", "priority", "tie"], ascending=[False, False, True]
            )
            ranks[draw, ordered.index] = np.arange(1, len(ordered) + 1)
    return ranks, priorities, passed
