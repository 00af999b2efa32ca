from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.diagnostics.clusters import _weights, clusters, moran
from geodata.geography.contiguity import contacts
from geodata.settings import Diagnostics
from tests.geodata.lattice import scores, tracts

CHOICES = Diagnostics()


def land(values: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    shapes = tracts(values.shape[1], values.shape[0])
    table = scores(shapes).assign(priority=values.ravel())
    return table, contacts(shapes, 50.0)


def patch(seed: int = 3) -> np.ndarray:
    values = np.random.default_rng(seed).uniform(0, 40, (12, 12))
    values[2:6, 2:6] += 55
    return values


def test_against_esda():
    esda = pytest.importorskip("esda")
    libpysal = pytest.importorskip("libpysal")
    values = patch()
    table, touching = land(values)
    ours = moran(values.ravel(), _weights(table, touching), table["geoid"], CHOICES, 1)
    weights = libpysal.weights.lat2W(12, 12)
    weights.transform = "r"
    theirs = esda.Moran(values.ravel(), weights)
    local = esda.Moran_Local(values.ravel(), weights, permutations=0)
    assert ours.value == pytest.approx(theirs.I)
    assert ours.expected == pytest.approx(theirs.EI)
    np.testing.assert_allclose(ours.local, local.Is)


def test_p_values_against_plain_permutation():
    values = patch()[:6, :6].ravel()
    table, touching = land(values.reshape(6, 6))
    weights = _weights(table, touching)
    ours = moran(values, weights, table["geoid"], CHOICES, 1)
    rng = np.random.default_rng(9)
    z = values - values.mean()
    for i in range(0, 36, 5):
        others = np.delete(z, i)
        k = weights.indptr[i + 1] - weights.indptr[i]
        drawn = np.array([rng.choice(others, k, replace=False).mean() for _ in range(4000)])
        lag = weights[i] @ z
        p = min(1.0, 2 * min((drawn >= lag).mean(), (drawn <= lag).mean()))
        assert ours.p_local[i] == pytest.approx(p, abs=0.03 + 0.25 * p)


def test_a_patch_is_found_and_noise_is_not():
    table, touching = land(patch())
    found, facts = clusters(table, touching, CHOICES, 20)
    inside = {(c, r) for c in range(3, 5) for r in range(3, 5)}
    kinds = found.set_index("geoid")["cluster"]
    assert all(kinds[f"97001{r:03d}{c:03d}"] == "high_high" for c, r in inside)
    assert (kinds == "high_high").sum() <= 24
    assert facts["XL"]["moran_p"] < 0.01
    noise, _ = land(np.random.default_rng(5).uniform(0, 100, (12, 12)))
    assert (clusters(noise, touching, CHOICES, 20)[0]["cluster"] != "none").sum() <= 3


def test_order_of_rows_does_not_matter():
    table, touching = land(patch())
    once = clusters(table, touching, CHOICES, 20)
    again = clusters(table.sample(frac=1, random_state=1), touching.sample(frac=1, random_state=2), CHOICES, 20)
    pd.testing.assert_frame_equal(once[0], again[0])
    assert once[1] == again[1]


def test_tracts_without_neighbors_are_reported_not_judged():
    table, touching = land(patch())
    alone = table["geoid"].iloc[0]
    apart = touching[(touching["geoid_a"] != alone) & (touching["geoid_b"] != alone)]
    found, facts = clusters(table, apart, CHOICES, 20)
    row = found.set_index("geoid").loc[alone]
    assert np.isnan(row["local_i"])
    assert row["cluster"] == "none"
    assert facts["XL"]["tracts_without_neighbors"] == 1
    flat, _ = clusters(table.assign(priority=50.0), touching, CHOICES, 20)
    assert set(flat["cluster"]) == {"none"}
