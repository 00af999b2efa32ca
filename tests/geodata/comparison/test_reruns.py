"""The grid run again with something changed."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.comparison.reruns import run_scenario
from geodata.comparison.scenarios import scenario_of
from tests.geodata.scoring import grid
from tests.geodata.small_world import AS_OF, SETTINGS, canonical

COLLEGE = {"name": "New College", "latitude": grid.place(9)[0], "longitude": grid.place(9)[1], "seats": 30}


def test_a_new_program_raises_access_and_the_difference_says_for_whom(small_result):
    scenario = scenario_of({"name": "x", "providers": {"add": [COLLEGE]}})
    before, after, found = run_scenario(canonical(), "XL", SETTINGS, AS_OF, scenario, small_result)
    changed = found.tracts.set_index("geoid")
    # Steps north are 22.5 minutes and steps east 17, so the far corner alone lies beyond 50 minutes (57).
    gaining = set(grid.GEOIDS[1:])
    assert set(changed.index[changed["access_change"] > 1e-9]) == gaining
    assert (changed["access_change"] >= -1e-12).all()
    assert found.summary["adults_whose_training_access_rises"] == pytest.approx(4400)
    # The old provider stands in tract 1 and is out of reach of tract 9 alone.
    assert found.summary["adults_who_gain_a_first_provider"] == pytest.approx(900)
    assert found.summary["adults_whose_training_access_falls"] == 0
    equity = found.equity[found.equity["scope_kind"] == "state"].set_index(["subject", "metric"])
    assert equity.loc[("training_access", "without_any"), "change"] == pytest.approx(-900 / 4500)
    assert equity.loc[("training_access", "fgt1"), "change"] < 0
    # Against the baseline's line, not one that rose with the mean.
    line = before.table("equity").set_index(["scope_kind", "subject", "metric"])["line"]
    assert np.isclose(
        line["state", "training_access", "fgt1"],
        after.table("equity").set_index(["scope_kind", "subject", "metric"])["line"][
            "state", "training_access", "fgt1"
        ],
    )


def test_a_scenario_that_moves_nothing_differs_in_nothing(small_result):
    scenario = scenario_of({"name": "x", "settings": {"hubs": {"most": 9}}})
    _, _, found = run_scenario(canonical(), "XL", SETTINGS, AS_OF, scenario, small_result)
    assert found.summary["tracts_whose_rank_moves"] == 0
    assert set(found.communities["change"]) == {"same"}
    assert (found.equity["change"].dropna() == 0).all()
    assert found.summary["communities_entered"] == found.summary["communities_left"] == 0
