"""CalEnviroScreen, as table and layer, versions 4.0 and 5.0."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse, parse_text


def test_calenviroscreen_in_its_forms(tmp_path: Path) -> None:
    rows = {"Census Tract": [6001400100, 6001400200], "CES 4.0 Score": [4.85, None], "CES 4.0 Percentile": [2.8, None]}
    pd.DataFrame(rows).to_excel(tmp_path / "calenviroscreen40resultsdatadictionary.xlsx", index=False, startrow=1)
    table = parse("calenviroscreen", tmp_path / "calenviroscreen40resultsdatadictionary.xlsx").table
    assert table["geoid"].tolist() == ["06001400100", "06001400200"]
    assert table[["tract_vintage", "vintage"]].to_numpy().tolist() == [[2010, 2021]] * 2
    assert table["value"].isna().tolist() == [False, True]
    assert table["designated"].isna().all()
    layer = gpd.GeoDataFrame(
        {"tract": ["06001400100", "06001400300"], "CIscore": [4.85, -999.0]}, geometry=[box(0, 0, 1, 1)] * 2, crs=4326
    )
    layer.to_file(tmp_path / "calenviroscreen50results.geojson", driver="GeoJSON")
    table = parse("calenviroscreen", tmp_path / "calenviroscreen50results.geojson").table
    assert table["tract_vintage"].tolist() == [2020, 2020]
    assert table["value"].isna().tolist() == [False, True]


def test_an_unknown_version_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"version 3\.0, 4\.0 or 5\.0"):
        parse_text("calenviroscreen", tmp_path, "scores.csv", "tract,CIscore\n06001400100,4\n")


def test_an_older_edition_is_read_as_what_it_is(tmp_path: Path) -> None:
    content = "FIPS,County,Score,CES 3.0 Percentile\n06001400100,Alameda,3.1,2\n"
    table = parse_text("calenviroscreen", tmp_path, "calenviroscreen3_tracts.csv", content).table
    assert table[["value", "tract_vintage", "vintage"]].to_numpy().tolist() == [[3.1, 2010, 2018]]
