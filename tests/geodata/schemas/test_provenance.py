"""The day a run speaks for: the newest its sources name."""

from __future__ import annotations

import pytest

from geodata.schemas.provenance import SourceUse, newest_day


def use(vintage: str | None) -> SourceUse:
    return SourceUse("s", "S", "P", "t", "folder", file=f"{vintage}.csv", vintage=vintage)


@pytest.mark.parametrize(
    ("vintages", "day"),
    [
        (["2023-07-10", "2020-10-27", "2024", None], "2023-07-10"),
        (["2025-03", "2025-02-11"], "2025-03-01"),
        (["2022", "2020"], "2022-12-31"),
        ([None], None),
        ([], None),
    ],
)
def test_the_newest_dated_source_gives_the_day(vintages: list[str | None], day: str | None) -> None:
    assert newest_day(map(use, vintages)) == day


def test_columns_nobody_reads_are_stored_with_the_use() -> None:
    one = SourceUse("s", "S", "P", "t", "folder", unread={"DCFC Ports": "units_dc_fast", "Host": ""})
    assert SourceUse.from_dict(one.to_dict()) == one
