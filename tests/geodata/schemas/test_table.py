"""Tables: what `validate` coerces, adds, drops and refuses."""

from __future__ import annotations

import math

import geopandas as gpd
import pandas as pd
import pytest
from pandera.errors import SchemaErrors
from shapely import Point

from geodata.errors import OnrampError
from geodata.schemas.table import DTYPES, Column, Table

TABLE = Table(
    "towns",
    "Made-up towns",
    (
        Column("code", "text", "Code", nullable=False, pattern=r"^\d{2}$"),
        Column("people", "integer", "People", least=0),
        Column("share", "number", "Share", least=0, most=1),
        Column("kind", "text", "Kind", one_of=("city", "town")),
        Column("units_*", "integer", "Units of a kind"),
    ),
    key=("code",),
)


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"code": ["01", "02"], **columns})


def test_types_order_and_absent_columns() -> None:
    found = TABLE.validate(frame(share=["0.5", None], people=[1.0, 2.0], other=[1, 2]))
    assert found.columns.tolist() == ["code", "people", "share", "kind"]
    assert found["people"].dtype == "Int64"
    assert found["share"].tolist()[0] == 0.5
    assert found["kind"].isna().all()


def test_a_family_has_the_members_of_the_frame() -> None:
    found = TABLE.validate(frame(units_b=[1, 2], units_a=[None, 3]))
    assert found.columns.tolist() == ["code", "people", "share", "kind", "units_b", "units_a"]
    assert found["units_a"].dtype == "Int64"
    assert TABLE.empty().columns.tolist() == TABLE.names


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"people": [-1, 2]}, "column “people” breaks “greater_than_or_equal_to"),
        ({"share": [0.1, 1.5]}, "column “share” breaks “less_than_or_equal_to"),
        ({"kind": ["city", "hamlet"]}, "column “kind” breaks “isin"),
        ({"people": ["many", 2]}, "Table “towns”, column “people” is not integer"),
        ({"people": [1.5, 2]}, "Table “towns”, column “people” is not integer"),
        ({"code": ["01", "01"]}, "Table “towns” is not valid"),
        ({"code": ["1", "02"]}, "column “code” breaks “str_matches"),
        ({"code": [None, "02"]}, "column “code” breaks “not_nullable”"),
    ],
)
def test_what_a_table_refuses(columns: dict[str, list[object]], sentence: str) -> None:
    with pytest.raises(OnrampError) as caught:
        TABLE.validate(frame(**columns))
    assert sentence in str(caught.value)


def test_a_column_that_must_be_there_is_named() -> None:
    with pytest.raises(OnrampError, match=r"Table “towns” lacks the columns code\."):
        TABLE.validate(pd.DataFrame({"people": [1]}))


def test_geometry_comes_back_in_degrees() -> None:
    places = Table("places", "Places", (Column("code", "text", "Code"), Column("geometry", "geometry", "Shape")))
    planar = gpd.GeoDataFrame({"code": ["01"]}, geometry=[Point(-150.0, 36.0)], crs="EPSG:4326").to_crs("EPSG:3857")
    found = places.validate(planar)
    assert found.crs == "EPSG:4326"
    assert found.geometry.iloc[0].x == pytest.approx(-150.0)
    assert places.spatial
    assert not TABLE.spatial


COLUMNS = (
    Column("one", "text", "Text"),
    Column("one", "text", "Text", nullable=False),
    Column("one", "text", "Text", pattern=r"^\d{2}$"),
    Column("one", "text", "Text", one_of=("01", "02")),
    Column("one", "text", "Text", nullable=False, pattern=r"^\d+", one_of=("01", "02", "3")),
    Column("one", "number", "Number", least=0),
    Column("one", "number", "Number", nullable=False, most=1),
    Column("one", "number", "Number", least=0, most=1),
    Column("one", "integer", "Integer", least=0, most=9),
    Column("one", "integer", "Integer", nullable=False),
    Column("one", "flag", "Flag"),
    Column("one", "flag", "Flag", nullable=False),
    Column("one", "date", "Date", nullable=False),
)
VALUES = {
    "text": [None, "", "01", "02", "3", "01\n", " 01", "001"],
    "number": [None, -math.inf, -1.0, -1e-300, -0.0, 0.0, 0.5, 1.0, math.nextafter(1.0, 2.0), math.inf],
    "integer": [None, -1, 0, 9, 10],
    "flag": [None, True, False],
    "date": [None, "2026-11-30"],
}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_the_quick_check_of_a_column_says_what_its_schema_says(column: Column) -> None:
    """For no values, each alone, each beside a missing one, and of another kind of column."""
    table = Table("one", "One column", (column,))
    other = "number" if column.kind == "integer" else "integer"
    for kind, values in {column.kind: VALUES[column.kind], other: VALUES[other][-1:]}.items():
        for given in ([], *([value] for value in values), *([value, None] for value in values)):
            series = pd.Series(given, dtype="object").astype(DTYPES[kind])
            try:
                table.schema.validate(series.to_frame("one"), lazy=True)
                valid = True
            except SchemaErrors:
                valid = False
            assert column.holds(series) == valid, given


@pytest.mark.parametrize("codes", [[], ["01"], ["01", "02"], ["01", "01"], ["01", "02", "01"]])
def test_a_key_that_repeats_is_found_as_by_the_schema(codes: list[str]) -> None:
    table = Table("one", "One column", (Column("one", "text", "Text"),), key=("one",))
    if len(set(codes)) == len(codes):
        table.schema.validate(table.validate(pd.DataFrame({"one": codes})))
    else:
        with pytest.raises(OnrampError, match="is not valid"):
            table.validate(pd.DataFrame({"one": codes}))


def test_an_empty_table_is_the_callers_own() -> None:
    mine = TABLE.empty()
    mine["people"] = pd.Series([], dtype="float64")
    mine.loc[0, "code"] = "01"
    assert len(TABLE.empty()) == 0 and TABLE.empty()["people"].dtype == "Int64"
