"""Small models of a simulation for tests."""

from __future__ import annotations

import dataclasses

import numpy as np

from geodata.uncertainty.draw_model import DrawModel


def model(n: int = 40, seed: int = 0, **changes) -> DrawModel:
    """A model of n tracts in two areas, with gaps, ties, exact figures and communities."""
    rng = np.random.default_rng(seed)
    area = np.sort(rng.integers(0, 2, n))
    measures = np.round(rng.beta(2, 8, (n, 3)), 3)
    errors = rng.uniform(0, 0.06, (n, 3)) * (rng.random((n, 3)) < 0.9)
    measures[rng.random((n, 3)) < 0.05] = np.nan
    definitions = np.column_stack([rng.random(n), rng.random(n) < 0.3]).astype(float)
    definitions[rng.random(n) < 0.05, 0] = np.nan
    nodes = np.array([0.8, 1.0, 1.3])
    values = {
        "key": 44_000_000_000 + rng.permutation(n),
        "reference": area,
        "scope": area,
        "measures": measures,
        "measures_se": errors,
        "measures_range": [[0, 1]] * 3,
        "definitions": definitions,
        "definition_weights": [1.0, 2.0, 1.0],
        "training": rng.lognormal(0, 1, n)[:, None] / nodes ** rng.uniform(0.5, 2, n)[:, None],
        "opportunity": rng.lognormal(0, 1, (n, 1, 2)) / nodes[None, :, None],
        "travel_nodes": nodes,
        "travel_detour": (0.9, 1.0, 1.1),
        "travel_speed": (0.9, 1.0, 1.2),
        "job_years": [[0.5, 1, 2], [0.1, 0.1, 0.1]],
        "designated": definitions[:, 1] > 0,
        "tie_order": rng.permutation(n),
        "community": np.where(rng.random(n) < 0.6, area * 4 + rng.integers(0, 4, n), -1),
        "community_weight": rng.uniform(1, 9, n),
        "top_count": 3,
    }
    return DrawModel(**{**values, **changes})


def reordered(given: DrawModel, order: np.ndarray) -> DrawModel:
    """The same model with its tracts in another order."""
    per_tract = {
        field.name: getattr(given, field.name)[order]
        for field in dataclasses.fields(given)
        if isinstance(getattr(given, field.name), np.ndarray) and len(getattr(given, field.name)) == len(given)
    }
    return dataclasses.replace(given, **per_tract)
