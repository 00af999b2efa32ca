"""A state whose truth is known: tracts with true measures, a survey that errs as it says, and access of all kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.schemas.canonical import DEFINITIONS, MEASURES
from geodata.scoring.need import need, need_parts
from geodata.scoring.priority import combine, gate, ranks, unranked_reasons
from geodata.settings import Settings
from geodata.statistics.percentiles import percentile_rank
from geodata.uncertainty.travel_range import TravelAccess, job_years

NODES = np.array([0.8, 1.0, 1.25])


@dataclass
class Simulated:
    """The tables a survey of the state would give."""

    scores: pd.DataFrame
    parts: pd.DataFrame
    measures: pd.DataFrame
    access: TravelAccess


def truth(rng: np.random.Generator, n: int, settings: Settings) -> dict[str, np.ndarray]:
    """Return true shares [n, m], a fixed index, and access by factor; deprivation is shared among the measures."""
    deprivation = rng.normal(size=n)
    m = len(settings.need.workforce_measures)
    shares = 0.3 + 0.08 * deprivation[:, None] + 0.04 * rng.normal(size=(n, m))
    training = rng.gamma(2.0, 1.0, n)[:, None] * NODES[::-1] ** rng.uniform(0.2, 2.0, n)[:, None]
    work = rng.gamma(1.0, 1.0, (n, 1, 4)) * (NODES[::-1] ** rng.uniform(0.2, 2.0, n)[:, None])[:, :, None]
    return {
        "shares": np.clip(shares, 0.02, 0.95),
        "svi": deprivation + 0.5 * rng.normal(size=n),
        "training": training,
        "work": work,
    }


def observed(true: dict[str, np.ndarray], shares: np.ndarray, se: float, settings: Settings) -> Simulated:
    """Return the tables of a survey that found `shares`, with that standard error, at the central travel factor."""
    n = len(shares)
    geoids = [f"97001{k:06d}" for k in range(n)]
    frames = [
        pd.DataFrame({"geoid": geoids, "measure": name, "share": shares[:, k], "share_moe": 1.645 * se})
        for k, name in enumerate(settings.need.workforce_measures)
    ]
    measures = pd.concat(frames, ignore_index=True).assign(
        state="XL", count=100.0, count_moe=0.0, status="value", source="test", tract_vintage=2020
    )
    svi = pd.DataFrame({"geoid": geoids, "value": true["svi"], "definition": "svi", "state": "XL"})
    definitions = DEFINITIONS.validate(svi.assign(official=True, archived=False, pooled="state", tract_vintage=2020))
    tracts = pd.DataFrame({"geoid": geoids, "state": "XL", "population": 4000.0})
    parts = need_parts(definitions, MEASURES.validate(measures), tracts, settings.need)
    access = TravelAccess(pd.Index(geoids), NODES, true["training"], true["work"], "great_circle")
    scores = tracts.merge(need(parts, tracts, settings.need), on="geoid")
    scores["latitude"], scores["longitude"] = 0.0, 0.0
    scores["eligible_adults"] = 800.0 - np.arange(n)
    scores["training_gap"] = 100.0 - percentile_rank(pd.Series(true["training"][:, 1]))
    middle = job_years(settings.opportunity)[:, 1]
    scores["opportunity"] = percentile_rank(pd.Series(true["work"][:, 1] @ middle))
    scores = pd.concat([scores, gate(scores, settings.priority), combine(scores, settings.priority)], axis=1)
    scores["unranked_reason"] = unranked_reasons(scores.assign(group_quarters_share=0.0), settings.priority)
    scores["rank"] = ranks(scores)
    return Simulated(scores, parts, MEASURES.validate(measures), access)
