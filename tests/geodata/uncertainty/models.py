"""Small models of a simulation for tests."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from geodata.uncertainty.access_draws import GAUSSIAN, Measure, Pairs, TravelFactors
from geodata.uncertainty.draw_model import AccessModel, DrawModel
from geodata.uncertainty.supply_draws import Providers, Sites

ADULTS = 0  # the people share the draw of the first measure


def pairs(rng: np.random.Generator, tracts: int, places: int) -> Pairs:
    """Two origins a tract, each near some of the places, some of them beyond its catchment at most factors."""
    origins = 2 * tracts
    near = rng.random((origins, places)) < 0.3
    weight = np.repeat(rng.uniform(0.2, 0.8, tracts), 2)
    weight[1::2] = 1 - weight[::2]
    return Pairs(
        np.concatenate(([0], np.cumsum(near.sum(axis=1)))).astype(np.int64),
        np.repeat(np.arange(tracts), 2),
        weight.astype(np.float32),
        np.where(rng.random(origins) < 0.3, 60, 30).astype(np.float32),
        np.nonzero(near)[1].astype(np.int32),
        rng.uniform(0, 50, near.sum()).astype(np.float32),
    )


def access(n: int = 50, seed: int = 0, providers: int = 9, sites: int = 12, **changes: Any) -> AccessModel:
    """n tracts of two states, providers of which some are drawn, sites of which some take a profile of stations."""
    rng = np.random.default_rng([seed, 1])
    drawn = rng.random(providers) < 0.5
    assumed = rng.random(sites) < 0.5
    values = {
        "key": 44_000_000_000 + np.arange(n, dtype=np.uint64),
        "people": rng.uniform(0, 900, n) * (rng.random(n) < 0.9),
        "people_se": rng.uniform(0, 300, n) * (rng.random(n) < 0.8),
        "survey_purpose": ADULTS,
        "training": pairs(rng, n, providers),
        "work": pairs(rng, n, sites),
        "providers": Providers(
            family=(np.arange(providers) // 2).astype(np.uint64),
            seats=np.where(drawn, np.nan, rng.uniform(1, 60, providers)),
            teaches=rng.uniform(0.1, 0.9, providers),
            log_mean=rng.uniform(1, 4, providers),
            log_sd=rng.uniform(0, 1.2, providers),
            share=rng.uniform(0.2, 1, providers),
            campus=np.arange(providers) % 2,
            campuses=np.where(np.arange(providers) % 5 < 2, 3, 1),
        ),
        "sites": Sites(
            key=np.arange(sites, dtype=np.uint64),
            units=rng.integers(0, 9, (sites, 2)).astype(float),
            prior=np.where(assumed, rng.integers(0, 2, sites), -1),
            group_start=np.array([0, 3, 5]),
            profiles=np.array([[2, 0], [0, 4], [8, 1], [1, 1], [0, 12]], dtype=float),
            cumulative=np.array([0.2, 0.7, 1.0, 0.6, 1.0]),
            built=rng.choice([0.5, 0.9, 1.0], sites),
            job_years=np.array([[0.01, 0.03, 0.05], [0.1, 0.1, 0.1], [0.0, 0.002, 0.004]]),
            upkeep_years=2.0,
        ),
        "travel": TravelFactors(
            (np.arange(n) % 2).astype(np.uint64), np.array([(0.9, 1.0, 1.2), (0.9, 1.0, 1.1)]), 0.2
        ),
        "measure": Measure(GAUSSIAN, True, False),
    }
    return AccessModel(**{**values, **changes})


def model(n: int = 40, seed: int = 0, **changes: Any) -> DrawModel:
    """A model of n tracts in two areas, with gaps, ties and exact figures; ten more tracts compete with them."""
    rng = np.random.default_rng(seed)
    area = np.sort(rng.integers(0, 2, n))
    measures = np.round(rng.beta(2, 8, (n, 4)), 3)
    errors = rng.uniform(0, 0.06, (n, 4)) * (rng.random((n, 4)) < 0.9)
    measures[rng.random((n, 4)) < 0.05] = np.nan
    definitions = np.column_stack([rng.random(n), rng.random(n) < 0.3]).astype(float)
    definitions[rng.random(n) < 0.05, 0] = np.nan
    row = rng.permutation(n + 10)[:n]
    values = {
        "key": 44_000_000_000 + row,
        "reference": area,
        "scope": area,
        "measures": measures,
        "measures_se": errors,
        "measures_range": [[0, 1]] * 4,
        "purposes": [0, 3, 5, 8],
        "in_composite": [True, True, True, False],
        "in_index": [True, False, True, True],
        "definitions": definitions,
        "definition_weights": [1.0, 2.0, 1.0],
        "definition_error": [0.8, 0.0],
        "access": access(n + 10, seed),
        "access_row": np.where(rng.random(n) < 0.95, row, -1),
        "designated": definitions[:, 1] > 0,
        "tie_order": rng.permutation(n),
        "top_count": 3,
    }
    return DrawModel(**{**values, **changes})


def certain(given: DrawModel) -> DrawModel:
    """The same model with nothing to be unsure of."""
    known = given.access
    sites = known.sites._replace(
        prior=np.full(len(known.sites.prior), -1), built=np.ones(len(known.sites.built)),
        job_years=np.repeat(known.sites.job_years[:, 1:2], 3, axis=1),
    )  # fmt: skip
    fixed = known._replace(
        people_se=np.zeros_like(known.people_se),
        providers=known.providers._replace(
            seats=np.nan_to_num(known.providers.seats, nan=7.0), campuses=np.ones_like(known.providers.campuses)
        ),
        sites=sites,
        travel=known.travel._replace(triangles=np.ones((2, 3)), own_sd=0.0),
    )
    return dataclasses.replace(given, measures_se=np.zeros_like(given.measures_se), access=fixed)


def reordered(given: DrawModel, order: np.ndarray) -> DrawModel:
    """The same model with its tracts in another order."""
    per_tract = {
        field.name: getattr(given, field.name)[order]
        for field in dataclasses.fields(given)
        if isinstance(getattr(given, field.name), np.ndarray) and len(getattr(given, field.name)) == len(given)
    }
    return dataclasses.replace(given, **per_tract)
