"""The sample state gives the tables and products it gave before.

Rhode Island is compared where its result is looked at too, `tests.integration.test_real_states`.
Where a number or a word is meant to change, `python -m tests.golden.digests` records it and the changelog says it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.golden.digests import differing, digests, golden, table_digest

pytestmark = pytest.mark.slow


def test_the_sample_state_is_what_it_was(tmp_path: Path) -> None:
    assert differing(digests("XL", tmp_path), golden("XL")) == []


def test_a_digest_sees_a_changed_value_a_lost_row_and_a_renamed_column() -> None:
    table = pd.DataFrame({"geoid": ["01001020100", "01001020200"], "need": [12.5, float("nan")]})
    known = table_digest(table)
    assert table_digest(table.assign(need=table["need"] * (1 + 1e-12))) == known
    assert table_digest(table.assign(need=table["need"] + 1e-4)) != known
    assert table_digest(table.iloc[:1]) != known
    assert table_digest(table.rename(columns={"need": "needs"})) != known
    assert table_digest(table.fillna(0.0)) != known
