"""A state whose truth is known: tracts with true measures, a survey that errs as it says, and supply in reach."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.schemas.canonical import DEFINITIONS, INDEX_MEASURES, MEASURES
from geodata.scoring.need import need, need_parts
from geodata.scoring.priority import combine, gate, ranks, unranked_reasons
from geodata.settings import Settings
from geodata.statistics.percentiles import percentile_rank
from geodata.uncertainty.access_draws import GAUSSIAN, Measure, TravelFactors
from geodata.uncertainty.access_model import AccessOfTracts
from geodata.uncertainty.draw_model import AccessModel
from geodata.uncertainty.draws import drawn_access, plan_of, working_order
from geodata.uncertainty.need_draws import index_of_estimates
from geodata.uncertainty.rank_lists import RankedLists
from tests.geodata.uncertainty import models


@dataclass
class Simulated:
    """The tables a survey of the state would give."""

    scores: pd.DataFrame
    parts: pd.DataFrame
    measures: pd.DataFrame
    access: AccessOfTracts


def truth(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return the true shares of all measures of the index, float64[n, m]; deprivation is common to them."""
    deprivation = rng.normal(size=(n, 1))
    return np.clip(0.3 + 0.06 * deprivation + 0.04 * rng.normal(size=(n, len(INDEX_MEASURES))), 0.02, 0.95)


def supply(n: int, seed: int) -> AccessModel:
    """Return what n tracts of one state reach; the people are known, the rest is unsure."""
    known = models.access(n, seed, providers=12, sites=40)
    return known._replace(
        key=97_001_000_000 + np.arange(n, dtype=np.uint64),
        people=800.0 - np.arange(n),
        people_se=np.zeros(n),
        travel=TravelFactors(np.zeros(n, np.uint64), known.travel.triangles, 0.15),
        measure=Measure(GAUSSIAN, True, False),
    )


def observed(shares: np.ndarray, se: float, access: AccessModel, settings: Settings) -> Simulated:
    """Return the tables of a survey that found `shares`, with that standard error, and the point estimates."""
    n = len(shares)
    geoids = [f"97001{k:06d}" for k in range(n)]
    frames = [
        pd.DataFrame({"geoid": geoids, "measure": name, "share": shares[:, k], "share_moe": 1.645 * se})
        for k, name in enumerate(INDEX_MEASURES)
    ]
    measures = pd.concat(frames, ignore_index=True).assign(
        state="XL", count=100.0, count_moe=0.0, status="value", source="test", tract_vintage=2020
    )
    svi = pd.DataFrame({"geoid": geoids, "value": index(shares) / 100, "definition": "svi", "state": "XL"})
    definitions = DEFINITIONS.validate(svi.assign(official=True, archived=False, pooled="state", tract_vintage=2020))
    tracts = pd.DataFrame({"geoid": geoids, "state": "XL", "population": 4000.0})
    parts = need_parts(definitions, MEASURES.validate(measures), tracts, settings.need)
    scores = tracts.merge(need(parts, tracts, settings.need), on="geoid")
    scores["latitude"], scores["longitude"] = 0.0, 0.0
    scores["eligible_adults"] = 800.0 - np.arange(n)
    training, work = access_of_estimates(access)
    scores["training_gap"] = 100.0 - percentile_rank(pd.Series(training))
    scores["opportunity"] = percentile_rank(pd.Series(work))
    scores = pd.concat([scores, gate(scores, settings.priority), combine(scores, settings.priority)], axis=1)
    scores["unranked_reason"] = unranked_reasons(scores.assign(group_quarters_share=0.0), settings.priority)
    scores["rank"] = ranks(scores)
    return Simulated(scores, parts, MEASURES.validate(measures), AccessOfTracts(pd.Index(geoids), access))


def index(shares: np.ndarray) -> np.ndarray:
    """Return the percentile of the index made of `shares` [n, m], as its publisher makes it."""
    every = np.ones(shares.shape[1], dtype=bool)
    return index_of_estimates(np.ascontiguousarray(shares.T), ~every, every, np.zeros(len(shares), np.int32))


def access_of_estimates(access: AccessModel) -> tuple[np.ndarray, np.ndarray]:
    """Return access to training and work where nothing is unsure and seats are as expected."""
    known = access.providers
    expected = known.teaches * np.exp(known.log_mean + known.log_sd**2 / 2) * known.share
    seats = np.where(np.isnan(known.seats), expected, known.seats)
    n = len(access.people)
    given = models.certain(models.model(n, access=access, access_row=np.arange(n)))
    given = dataclasses.replace(
        given,
        access=given.access._replace(providers=known._replace(seats=seats, campuses=np.ones(len(seats), np.int64))),
    )
    order = working_order(given)
    plan = plan_of(given, order, RankedLists(given.scope[order], given.tie_order[order]), 1)
    training, work = drawn_access(plan.seed, 0, 1, plan.access, 1)
    return training[0, 0].astype(float), work[0, 0].astype(float)
