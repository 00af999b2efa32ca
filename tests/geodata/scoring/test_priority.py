from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.scoring.priority import combine, gate
from geodata.settings import Priority


def test_the_geometric_mean_by_hand() -> None:
    pillars = pd.DataFrame({"need": [80.0, 0.0], "training_gap": [50.0, 50.0], "opportunity": [20.0, 20.0]})
    table = combine(pillars, Priority(aggregation="geometric"))
    assert table["priority"].tolist() == pytest.approx([80**0.5 * 50**0.3 * 20**0.2, 0.0])
    points = table[["points_need", "points_training_gap", "points_opportunity"]].sum(axis=1)
    assert points.tolist() == pytest.approx(table["priority"].tolist())


def test_the_geometric_mean_leaves_a_missing_pillar_out() -> None:
    pillars = pd.DataFrame({"need": [80.0], "training_gap": [50.0], "opportunity": [np.nan]})
    table = combine(pillars, Priority(aggregation="geometric"))
    assert table["priority"].tolist() == pytest.approx([80 ** (5 / 8) * 50 ** (3 / 8)])
    assert table["points_opportunity"].isna().all()


def test_the_gate_opens_by_need_or_by_name() -> None:
    scores = pd.DataFrame({"need": [65.0, 64.9, np.nan, 90.0], "designated_by": ["", "cejst", "cejst", None]})
    assert gate(scores, Priority())["gate_reason"].tolist() == ["need", "designation", "designation", "need"]
    assert gate(scores, Priority(gate_designations=False))["gated"].tolist() == [True, False, False, True]
