"""Sources of a kind become one table: precedence, each key once, Connecticut under one scheme."""

from __future__ import annotations

import pandas as pd

from geodata.ingest.combine import FEEDS, combine
from geodata.schemas.canonical import MEASURES, REJECTS
from geodata.schemas.sourced import Sourced
from geodata.settings import Settings


def measures(source: str, counts: dict[str, float], scheme: str) -> Sourced:
    frame = pd.DataFrame({"geoid": list(counts), "count": list(counts.values())})
    frame = frame.assign(
        state="CT", measure="population", status="value", source=source, tract_vintage=2020, ct_scheme=scheme
    )
    return Sourced(MEASURES.validate(frame), REJECTS.empty())


def test_the_source_that_stands_first_wins_and_connecticut_is_counted_once() -> None:
    assert [name for name in FEEDS["measures"] if name != "relationship"][:2] == ["acs", "acs_summary"]
    acs = measures("acs", {"09001010101": 10.0, "09001010102": 20.0}, "counties")
    svi = measures("svi", {"09190010101": 11.0, "09190010102": 21.0, "09190010201": 31.0}, "planning_regions")
    made = combine(MEASURES, {"acs": acs, "svi_measures": svi}, Settings()).table.set_index("geoid")
    # 1010.01 and 1010.02 are known to both and counted once, as ACS has them. The bridge knows no county code of
    # 1020.01, so it keeps its own and joins nothing rather than something wrong.
    assert made["count"].to_dict() == {"09001010101": 10.0, "09001010102": 20.0, "09190010201": 31.0}


def test_a_table_without_any_source_has_no_rows_and_keeps_its_account() -> None:
    made = combine(MEASURES, {"acs": Sourced(MEASURES.empty(), REJECTS.empty())}, Settings())
    assert list(made.table.columns) == MEASURES.names
    assert made.table.empty and made.uses == []
