"""The relationship of 2020 to 2010 tracts."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons

PARTS = (
    "﻿OID_TRACT_20|GEOID_TRACT_20|NAMELSAD_TRACT_20|AREALAND_TRACT_20|AREAWATER_TRACT_20|MTFCC_TRACT_20|"
    "FUNCSTAT_TRACT_20|OID_TRACT_10|GEOID_TRACT_10|NAMELSAD_TRACT_10|AREALAND_TRACT_10|AREAWATER_TRACT_10|"
    "MTFCC_TRACT_10|FUNCSTAT_TRACT_10|AREALAND_PART|AREAWATER_PART\n"
)


def test_relationship(tmp_path: Path) -> None:
    content = PARTS + (
        "|01001020100||9825304|28435||||01001020100||9827271|28435|||9820448|28435\n"
        "|01001020100||9825304|28435||||01001020200||3325674|5669|||4856|0\n"
        "|46102940500||10|0||||46113940500||10|0|||10|0\n"
        "|46102940500||10|0||||46113940500||10|0|||10|0\n"
        "|46102940600||10|0||||||10|0|||10|0\n"
        "|46102940700||10|0||||46113940700||10|0|||-1|0\n"
    )
    parsed = parse_text("relationship", tmp_path, "tab20_tract20_tract10_natl.txt", content)
    assert parsed.table["land_part_m2"].tolist() == [9820448, 4856, 10]
    assert reasons(parsed) == {"repeated": 1, "no_2010_tract": 1, "no_area": 1}
    assert parsed.rows_in == 6
