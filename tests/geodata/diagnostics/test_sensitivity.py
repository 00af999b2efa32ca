from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.diagnostics.sensitivity import alternatives, sensitivity, spearman, top_tracts
from geodata.settings import Settings

SETTINGS = Settings()


def scores(priority: list[float]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "geoid": [f"97001{n:06d}" for n in range(len(priority))],
            "state": "XL",
            "priority": priority,
            "eligible_adults": 100.0,
            "unranked_reason": "",
        }
    )
    table["rank"] = table["priority"].rank(ascending=False).astype("Int64")
    return table


def test_each_alternative_is_a_valid_run_that_differs():
    found = alternatives(SETTINGS, engines=("great_circle",))
    names = [(setting, name) for setting, name, _ in found]
    assert len(set(names)) == len(names)
    assert {setting for setting, _ in names} == {
        "priority.aggregation",
        "access.catchment_minutes",
        "access.decay",
        "need.weights",
        "travel.engine",
    }
    for _, _, changes in found:
        assert SETTINGS.with_changes(changes).digest() != SETTINGS.digest()
    one = Settings(need={"weights": {"svi": 1}})
    assert not any(setting == "need.weights" for setting, _, _ in alternatives(one))


def test_tracts_and_communities_that_stay():
    before = scores([*range(40, 20, -1), *range(20)])
    members = pd.DataFrame({"geoid": before["geoid"][:4], "community_id": ["x", "x", "y", "y"]})
    units = pd.DataFrame({"community_id": ["x", "y"], "state": "XL", "rank": [1, 2], "priority": [39.5, 37.5]})
    # Of the top four (a tenth of forty) the third and fourth fall out.
    after = scores([40, 39, 1.5, 2.5, *range(36, 0, -1)])
    made = sensitivity(before, units, members, [("s", "a", {"k": 1})], lambda changes: after, SETTINGS)
    tract = made[made["unit_kind"] == "tract"].iloc[0]
    community = made[made["unit_kind"] == "community"].iloc[0]
    assert (tract["top"], tract["kept"]) == (4, 2)
    assert (community["top"], community["kept"]) == (2, 1)
    same = sensitivity(before, units, members, [("s", "a", {})], lambda changes: before, SETTINGS)
    assert same["kept"].tolist() == [4, 2]
    assert same["rank_correlation"].iloc[0] == pytest.approx(1)


def test_top_is_a_share_of_scored_tracts_held_by_listed_ones():
    table = scores(list(range(20)))
    table.loc[table.index[:10], "unranked_reason"] = "no_residents"
    assert len(top_tracts(table, SETTINGS)) == 1
    table.loc[table.index[10:], "unranked_reason"] = "not_gated"
    table["rank"] = pd.NA
    assert top_tracts(table, SETTINGS) == set()


def test_spearman_needs_something_to_compare():
    assert np.isnan(spearman(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0])))
    assert np.isnan(spearman(pd.Series([1.0, 1.0, 1.0]), pd.Series([1.0, 2.0, 3.0])))
    assert spearman(pd.Series([1.0, 2.0, 9.0, None]), pd.Series([3.0, 2.0, 1.0, 5.0])) == pytest.approx(-1)
