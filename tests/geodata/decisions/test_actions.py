from __future__ import annotations

import pandas as pd

from geodata.decisions.actions import actions, state_medians


def test_actions_by_quadrant_and_the_median_is_not_near():
    units = pd.DataFrame({"opportunity": [60, 60, 40, 40, 50, None], "training_gap": [40, 60, 40, 60, 50, 40]})
    units["state"] = "XL"
    medians = pd.DataFrame({"opportunity": [50.0, None], "training_gap": [50.0, 50.0]}, index=["XL", "XM"])
    chosen = actions(units, medians)
    assert chosen[:5].tolist() == ["recruit_now", "bring_training", "connect_to_work", "build_both", "build_both"]
    assert pd.isna(chosen[5])
    assert actions(units.assign(state="XM"), medians).isna().all()
    assert state_medians(units).loc["XL"].tolist() == [50.0, 45.0]
    # A mean of tracts at the median may lie above it by its last digit.
    hair = pd.DataFrame({"opportunity": [50 + 7e-15], "training_gap": [50 - 7e-15], "state": ["XL"]})
    assert actions(hair, medians).tolist() == ["build_both"]
    clear = pd.DataFrame({"opportunity": [50.4], "training_gap": [49.6], "state": ["XL"]})
    assert actions(clear, medians).tolist() == ["recruit_now"]
    assert actions(units.iloc[:0], medians).empty
