"""What a parser returns: an account that adds up, and each refused row once."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.errors import OnrampError
from geodata.schemas.canonical import REJECTS
from geodata.schemas.parsed import Parsed, RejectLog, all_rejects


def test_an_account_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(OnrampError, match="3 rows came in but 2 are accounted for: 1 kept, 0 rejected, 1 out of scope"):
        Parsed(pd.DataFrame(), REJECTS.empty(), rows_in=3, rows_kept=1, out_of_scope={"closed": 1})


def test_a_row_is_refused_for_its_first_reason_alone() -> None:
    log = RejectLog("towns", "towns.csv")
    frame = pd.DataFrame({"code": ["01", None, "03"], "name": ["Calder", None, None]})
    left = log.take(frame, frame["code"].isna(), "no_code", field="code", remedy="Give a code.")
    left = log.take(left, left["name"].isna(), "no_name", key="code", field="name")
    assert left.index.tolist() == [0]
    rejects = log.table()
    assert rejects["row"].tolist() == [3, 4]
    assert rejects["reason"].tolist() == ["no_code", "no_name"]
    assert rejects["key"].fillna("").tolist() == ["", "03"]
    assert len(all_rejects([Parsed(left, rejects, 3, 1), Parsed(left, REJECTS.empty(), 1, 1)])) == 2


def test_nothing_refused_is_an_empty_table() -> None:
    log = RejectLog("towns", "towns.csv")
    frame = pd.DataFrame({"code": ["01"]})
    assert log.take(frame, pd.Series([pd.NA], dtype="boolean"), "no_code") is not None
    assert log.table().empty
    assert all_rejects([]).columns.tolist() == REJECTS.names
