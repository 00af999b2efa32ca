"""Tables: what `validate` coerces, adds, drops and refuses."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from geodata.errors import OnrampError
from geodata.schemas.table import Column, Table

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
