"""Centers of population."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse_text, reasons

CENTERS = "﻿STATEFP,COUNTYFP,TRACTCE,POPULATION,LATITUDE,LONGITUDE\n"


def test_centers(tmp_path: Path) -> None:
    content = CENTERS + "27,001,770100,2244,+46.703130,-093.405963\n27,031,990000,0,+47.538569,-090.290188\n"
    parsed = parse_text("centers", tmp_path, "CenPop2020_Mean_TR27.txt", content)
    table = parsed.table.set_index("geoid")
    assert table.index.tolist() == ["27001770100", "27031990000"]
    assert table["population"].tolist() == [2244, 0]
    assert table.loc["27001770100", ["latitude", "longitude"]].tolist() == [46.70313, -93.405963]
    assert (table["state"] == "MN").all()


def test_centers_with_lost_zeros_and_bad_cells(tmp_path: Path) -> None:
    content = CENTERS + (
        "1,1,20100,1775,+32.476823,-086.486599\n"
        "01,001,020200,,+32.471897,-086.472591\n"
        "01,001,020300,10,0,0\n"
        "00,001,020300,10,1,1\n"
        "01,001,020100,5,1,1\n"
    )
    parsed = parse_text("centers", tmp_path, "CenPop2020_Mean_TR01.txt", content)
    assert parsed.table["geoid"].tolist() == ["01001020100"]
    assert reasons(parsed) == {"no_population": 1, "no_coordinates": 1, "no_tract_code": 1, "repeated": 1}


def test_centers_of_connecticut_are_in_counties(tmp_path: Path) -> None:
    content = CENTERS + "09,001,010101,100,+41.1,-073.6\n44,001,030100,100,+41.7,-071.3\n"
    table = parse_text("centers", tmp_path, "CenPop2020_Mean_TR.txt", content).table
    assert table["ct_scheme"].tolist() == ["counties", "not_applicable"]
    with pytest.raises(InputError, match="mixed"):
        parse_text("centers", tmp_path, "x.txt", content + "09,110,010102,100,+41.1,-073.6\n")
