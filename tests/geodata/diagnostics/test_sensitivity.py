from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.diagnostics.other_choices import Alternative
from geodata.diagnostics.sensitivity import sensitivity, spearman, top_tracts
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


def test_tracts_and_communities_that_stay():
    before = scores([*range(40, 20, -1), *range(20)])
    members = pd.DataFrame({"geoid": before["geoid"][:4], "community_id": ["x", "x", "y", "y"]})
    units = pd.DataFrame({"community_id": ["x", "y"], "state": "XL", "rank": [1, 2], "priority": [39.5, 37.5]})
    # Of the top four (a tenth of forty) the third and fourth fall out.
    after = scores([40, 39, 1.5, 2.5, *range(36, 0, -1)])
    made = sensitivity(before, units, members, [Alternative("s", "a")], lambda choice: after, SETTINGS)
    tract = made[made["unit_kind"] == "tract"].iloc[0]
    community = made[made["unit_kind"] == "community"].iloc[0]
    assert (tract["top"], tract["kept"]) == (4, 2)
    assert (community["top"], community["kept"], community["left_top"]) == (2, 1, "y")
    same = sensitivity(before, units, members, [Alternative("s", "a")], lambda choice: before, SETTINGS)
    assert same["kept"].tolist() == [4, 2]
    assert same["left_top"].isna().all()
    assert same["rank_correlation"].iloc[0] == pytest.approx(1)


def test_a_community_leaves_where_others_pass_it_by():
    # Three communities of one tract each, all in the top; only the first two are followed.
    before = scores([*range(40, 0, -1)])
    members = pd.DataFrame({"geoid": before["geoid"][:3], "community_id": ["x", "y", "z"]})
    units = pd.DataFrame(
        {"community_id": ["z", "x", "y"], "state": "XL", "rank": [3, 1, 2], "priority": [38.0, 40.0, 39.0]}
    )
    settings = Settings(diagnostics={"top_communities": 2})
    after = scores([38, 39, 40, *range(37, 0, -1)])
    made = sensitivity(before, units, members, [Alternative("s", "a")], lambda choice: after, settings)
    community = made[made["unit_kind"] == "community"].iloc[0]
    assert (community["top"], community["kept"], community["left_top"]) == (2, 1, "x")


def test_a_community_with_few_in_the_top_stays_when_nothing_changes():
    # A third of its adults live in tracts of the top share: nothing changes, so nothing leaves.
    before = scores([*range(40, 0, -1)])
    members = pd.DataFrame({"geoid": before["geoid"][3:6], "community_id": "x"})
    units = pd.DataFrame({"community_id": ["x"], "state": "XL", "rank": [1], "priority": [36.0]})
    made = sensitivity(before, units, members, [Alternative("s", "a")], lambda choice: before, SETTINGS)
    assert made["kept"].tolist() == [4, 1]


def test_the_correlation_is_that_of_listed_tracts():
    before = scores([*range(40, 0, -1)])
    before.loc[20:, "rank"] = pd.NA
    before.loc[20:, "unranked_reason"] = "not_gated"
    after = before.assign(priority=[*range(40, 20, -1), *range(20)])
    made = sensitivity(before, units_of(), members_of(), [Alternative("s", "a")], lambda choice: after, SETTINGS)
    assert made["rank_correlation"].iloc[0] == pytest.approx(1)


def units_of() -> pd.DataFrame:
    return pd.DataFrame({"community_id": pd.Series(dtype="str"), "state": "", "rank": 0, "priority": 0.0})


def members_of() -> pd.DataFrame:
    return pd.DataFrame({"community_id": pd.Series(dtype="str"), "geoid": pd.Series(dtype="str")})


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
