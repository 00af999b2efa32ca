"""The rows of each list of a run, in reading order.

Every format (CSV, XLSX, GeoPackage, GeoParquet, JSON, HTML) is written from the `ListTable`s made here, so all
hold the same rows. Does not hold which lists there are (`list_specs`), nor any format or wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import geopandas as gpd
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.schemas.table import CRS, Column, Kind
from geodata.states import UNITED_STATES
from maps.lists.list_specs import DICTIONARY, LISTS, SOURCES, WHY, ListSpec
from maps.wording.rows import Row, records


@dataclass(frozen=True)
class ListTable:
    """The rows of one list. `rows` has the `columns` and nothing else; `geometry` is in EPSG:4326, row by row."""

    spec: ListSpec
    columns: tuple[Column, ...]
    rows: pd.DataFrame
    geometry: gpd.GeoSeries | None = field(default=None)

    @property
    def name(self) -> str:
        """Name of the list."""
        return self.spec.name

    @property
    def shown(self) -> list[Column]:
        """Columns of the HTML table, in order; of those there may be many of, the ones with a value."""
        found = []
        for wanted in self.spec.shown_columns:
            one = [column for column in self.columns if column.name == wanted]
            if wanted.endswith("*"):
                one = [column for column in self.columns if column.name.startswith(wanted[:-1])]
                one = [column for column in one if self.rows[column.name].notna().any()]
            found += one
        return found


def list_table(
    result: StateResult,
    name: str,
    reasons: Callable[[Row], str] | None = None,
    community_name: Callable[[Row], str] | None = None,
) -> ListTable:
    """Return the rows of the list `name`, in reading order.

    `reasons` turns a row of `tract_scores` into the text of the column `why`; without it that column is
    left out. `community_name` turns a row of `communities` into its name in the reader's language. KeyError
    where there is no such list.
    """
    spec = LISTS[name]
    if name == "sources":
        return ListTable(spec, SOURCES.columns, sources_table(result))
    frame = result.table(spec.table.name)
    # Ranks are taken within each state, so several states stand one after the other.
    order = ["state", *spec.order.split()] if result.state == UNITED_STATES else spec.order.split()
    frame = frame.sort_values(order, na_position="last", kind="stable").reset_index(drop=True)
    geometry = _geometry(result, spec, frame)
    frame = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    # A result of an earlier version may lack a column that was added since.
    columns = spec.table.columns_of(frame.columns)
    columns = [column for column in columns if column.kind != "geometry" and column.name in frame.columns]
    if spec.table.extra:
        columns += [_unknown_column(frame, beyond) for beyond in frame.columns if beyond not in spec.table.names]
    if name == "communities" and community_name is not None:
        frame[col.NAME] = _worded(frame, community_name)
    if WHY in spec.added and reasons is not None:
        frame[WHY.name] = _worded(frame, reasons)
        columns.append(WHY)
    return ListTable(spec, tuple(columns), frame[[column.name for column in columns]], geometry)


def _worded(frame: pd.DataFrame, words: Callable[[Row], str]) -> pd.Series:
    """Return a column of texts made from each row."""
    return pd.Series([words(row) for row in records(frame)], index=frame.index, dtype="str")


def sources_table(result: StateResult) -> pd.DataFrame:
    """Return the files a run used, one row each, without folders of the machine that ran it."""
    rows = []
    for use in result.sources:
        values = use.to_dict()
        values[col.FILE] = None if use.file is None else PurePath(use.file).name
        values["rows_out_of_scope"] = sum(use.rows_out_of_scope.values())
        rows.append(values)
    return SOURCES.validate(pd.DataFrame(rows, columns=SOURCES.names))


def dictionary(tables: Sequence[ListTable], meaning: Callable[[str, Column], str]) -> pd.DataFrame:
    """Return the data dictionary of `tables`; `meaning(list, column)` words it in the reader's language."""
    rows = [
        (table.name, column.name, column.kind, column.unit, meaning(table.name, column))
        for table in tables
        for column in table.columns
    ]
    return DICTIONARY.validate(pd.DataFrame(rows, columns=DICTIONARY.names))


def _unknown_column(frame: pd.DataFrame, name: str) -> Column:
    kind: Kind = "text"
    if pd.api.types.is_bool_dtype(frame[name]):
        kind = "flag"
    elif pd.api.types.is_numeric_dtype(frame[name]):
        kind = "number"
    return Column(name, kind, "Further column of this run")


def _geometry(result: StateResult, spec: ListSpec, frame: pd.DataFrame) -> gpd.GeoSeries | None:
    if spec.geometry == "point":
        points = gpd.GeoSeries(gpd.points_from_xy(frame[col.LONGITUDE], frame[col.LATITUDE]), crs=CRS)
        return points.where(frame[col.LONGITUDE].notna() & frame[col.LATITUDE].notna(), None)
    if spec.geometry == "polygon":
        if "geometry" in frame.columns:
            return gpd.GeoSeries(frame["geometry"], crs=CRS)
        polygons = result.table("tracts")
        by_geoid = dict(zip(polygons[col.GEOID], polygons["geometry"], strict=True))
        return gpd.GeoSeries([by_geoid.get(geoid) for geoid in frame[col.GEOID]], crs=CRS)
    return None
