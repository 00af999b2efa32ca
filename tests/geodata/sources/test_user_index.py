"""An index or designation that the operator supplies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.ingest.preflight import DEFINITION_NAMES
from geodata.sources.user_index import RESERVED
from tests.geodata.sources.helpers import parse, parse_text, reasons


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


def test_the_census_is_that_of_the_column_that_is_read(tmp_path: Path) -> None:
    both = parse_text("user_index", tmp_path, "index_x.csv", "GEOID20,GEOID10,value\n44001030102,44001030100,1\n").table
    assert both[["geoid", "tract_vintage"]].to_numpy().tolist() == [["44001030102", 2020]]
    old = parse_text("user_index", tmp_path, "index_y.csv", "GEOID10,value\n44001030100,1\n").table
    assert old["tract_vintage"].tolist() == [2010]


def test_a_designation_that_cannot_be_read_is_refused_though_there_is_a_value(tmp_path: Path) -> None:
    content = "geoid,value,designated\n44001030100,0.4,perhaps\n44001030200,0.5,\n44001030300,0.6,yes\n"
    parsed = parse_text("user_index", tmp_path, "index_x.csv", content)
    assert reasons(parsed) == {"no_designation": 1}
    assert parsed.table["value"].tolist() == [0.5, 0.6]


@pytest.mark.parametrize("name", ["index_workforce.csv", "index_SVI.csv"])
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"the name of one that Onramp reads or computes itself\. Give it a name"):
        parse_text("user_index", tmp_path, name, "geoid,value\n44001030100,1\n")
    own = "geoid,value,definition\n44001030100,1,heat\n"
    assert parse_text("user_index", tmp_path, name, own).table["definition"].tolist() == ["heat"]


def test_every_definition_there_is_is_taken() -> None:
    assert set(DEFINITION_NAMES) == RESERVED
