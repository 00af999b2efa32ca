"""The hidden fields that make need, age and newcomers differ from place to place, and alike next door.

Every survey figure, designation and choice of site follows these, so that the sample is segregated as real
states are: each metropolis has a side in need, one rural region is poor, suburbs are better off.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geodata.sample.terrain import Terrain

#: How many times its spread a city is felt.
REACH = 15.0


def hidden_fields(terrain: Terrain, tracts: pd.DataFrame) -> pd.DataFrame:
    """Return the fields behind all counts, about zero mean and unit spread: need, density, newcomers, age, rural."""
    spots = tracts[["x", "y"]].to_numpy()
    rng = np.random.default_rng([terrain.seed, 20])
    need = 0.45 * terrain.ripple(spots, 45.0, 2) + 0.25 * terrain.ripple(spots, 14.0, 3)
    newcomers = 0.4 * terrain.ripple(spots, 30.0, 4)
    tree = cKDTree(spots)
    for city in terrain.cities:
        here = np.sort(np.array(tree.query_ball_point((city.x, city.y), REACH * city.spread_km), dtype=int))
        weight = city.contrast
        away = spots[here] - (city.x, city.y)
        far = np.hypot(away[:, 0], away[:, 1]) / city.spread_km
        toward = np.cos(np.arctan2(away[:, 1], away[:, 0]) - city.poor_side) * np.minimum(far, 1)
        need[here] += weight * (2.6 * toward * np.exp(-far / 2.4) + 0.5 * np.exp(-((far / 0.6) ** 2)))
        need[here] -= weight * 0.55 * np.exp(-(((far - 2.2) / 1.1) ** 2)) * (toward < 0.2)
        turn = city.poor_side + 0.8
        enclave = away - 0.8 * city.spread_km * np.array([np.cos(turn), np.sin(turn)])
        newcomers[here] += weight * 2.4 * np.exp(-np.hypot(*enclave.T) / (0.55 * city.spread_km))
    for state in terrain.states:
        x0, y0, x1, y1 = state.box
        rough = np.array([x0 + 0.16 * (x1 - x0), y0 + 0.28 * (y1 - y0)])
        need += 1.1 * np.exp(-((np.hypot(*(spots - rough).T) / (0.17 * (x1 - x0))) ** 2))
    density = np.log10(np.maximum(tracts["population"], 1) / np.maximum(tracts["land_m2"], 1) * 1e6 + 0.1)
    rural = 1 / (1 + np.exp(4 * (density - 1.6)))
    age = 0.5 * terrain.ripple(spots, 25.0, 5) + 0.9 * rural - 0.3
    fields = pd.DataFrame({"need": need, "density": density, "newcomers": newcomers, "age": age})
    lived = (tracts["population"] > 0).to_numpy()
    for name in fields:
        values = fields[name] - fields[name][lived].mean()
        fields[name] = values / values[lived].std() + rng.normal(0, 0.18, len(values))
    fields["rural"] = rural
    return fields
