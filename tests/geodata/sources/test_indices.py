"""EJScreen, CalEnviroScreen and an office's own index."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse, parse_text, reasons


def test_ejscreen(tmp_path: Path) -> None:
    content = "﻿ID,STATE_NAME,DEMOGIDX_2,DEMOGIDX_5\n44001030100,RI,0.3,0.21\n1001020100,AL,0.4,None\n6601000,GU,,\n"
    parsed = parse_text("ejscreen", tmp_path, "EJScreen_2024_Tract.csv", content)
    assert parsed.table["geoid"].tolist() == ["44001030100", "01001020100"]
    assert parsed.table["value"].tolist()[0] == 0.21
    assert pd.isna(parsed.table["value"].tolist()[1])
    assert parsed.table["archived"].all()
    assert parsed.out_of_scope == {"island area without tract code": 1}
    with pytest.raises(InputError, match="percentiles within states"):
        parse_text("ejscreen", tmp_path, "EJScreen_2024_Tract_StatePct.csv", content)


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


def test_lists_on_which_standing_is_the_designation(tmp_path: Path) -> None:
    rows = [["Designated Qualified Opportunity Zones", None, None], ["State", "County", "Census Tract Number"]]
    rows += [["Alabama", "Autauga", 1001020700], ["Arizona", "Apache", "04019002704"], ["Total", None, None]]
    pd.DataFrame(rows).to_excel(tmp_path / "designated-qozs.12.14.18.xlsx", index=False, header=False)
    parsed = parse("opportunity_zones", tmp_path / "designated-qozs.12.14.18.xlsx")
    assert parsed.table["geoid"].tolist() == ["01001020700", "04019002704"]
    assert parsed.table["designated"].all()
    assert parsed.table["value"].isna().all()
    assert (parsed.table["tract_vintage"] == 2010).all()
    assert reasons(parsed) == {"no_tract_code": 1}
    layer = gpd.GeoDataFrame({"GEOID": ["44001030100"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    layer.to_file(tmp_path / "QUALIFIED_CENSUS_TRACTS_2026.geojson", driver="GeoJSON")
    table = parse("hud_qct", tmp_path / "QUALIFIED_CENSUS_TRACTS_2026.geojson").table
    assert table[["geoid", "tract_vintage", "vintage"]].to_numpy().tolist() == [["44001030100", 2020, 2026]]


def test_a_version_nobody_tells_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"version 4\.0 or 5\.0"):
        parse_text("calenviroscreen", tmp_path, "scores.csv", "tract,CIscore\n06001400100,4\n")


def test_an_index_of_ones_own(tmp_path: Path) -> None:
    content = (
        "GEOID20,score,designated,official\n44001030100,7,yes,true\n44001030200,,no,\n44001030300,,,\n4400103,1,,\n"
    )
    parsed = parse_text("user_index", tmp_path, "index_Equity Zones-2025.csv", content)
    table = parsed.table
    assert table["definition"].unique().tolist() == ["equity_zones_2025"]
    assert table["value"].tolist() == [7, 0]
    assert table["designated"].tolist() == [True, False]
    assert table["official"].tolist() == [True, False]
    assert (table["tract_vintage"] == 2020).all()
    assert reasons(parsed) == {"no_value": 1, "no_tract_code": 1}


def test_several_definitions_vintages_and_new_yorks_words(tmp_path: Path) -> None:
    content = (
        "geoid,dac_designation,definition,tract_vintage\n"
        "36001000100,Designated as DAC,NY DAC,2010\n"
        "36001000200,Not Designated as DAC,NY DAC,2010\n"
        "36001000100,Designated as DAC,other,2015\n"
        "36001000100,Designated as DAC,NY DAC,2010\n"
    )
    parsed = parse_text("user_index", tmp_path, "index_ny.csv", content)
    assert parsed.table["definition"].tolist() == ["ny_dac", "ny_dac"]
    assert parsed.table["designated"].tolist() == [True, False]
    assert parsed.table["tract_vintage"].tolist() == [2010, 2010]
    assert reasons(parsed) == {"unknown_tract_vintage": 1, "repeated": 1}


def test_an_index_as_parquet_and_one_without_anything_to_say(tmp_path: Path) -> None:
    pd.DataFrame({"geoid": ["44001030100"], "value": [0.5]}).to_parquet(tmp_path / "index_x.parquet")
    assert parse("user_index", tmp_path / "index_x.parquet").table["value"].tolist() == [0.5]
    with pytest.raises(InputError, match="neither a column “value” nor a column “designated”"):
        parse_text("user_index", tmp_path, "index_y.csv", "geoid,name\n44001030100,x\n")
