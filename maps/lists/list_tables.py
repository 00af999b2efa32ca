"""The lists people download: which there are, their columns and the rows of a run, in reading order.

Every format (CSV, XLSX, GeoPackage, GeoParquet, JSON, HTML) is written from the `ListTable`s made here, so all
hold the same rows. Does not hold any format or wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import geopandas as gpd
import pandas as pd

from geodata.schemas import canonical as schemas
from geodata.schemas import columns as col
from geodata.schemas import computed as result_tables
from geodata.schemas.state_result import StateResult
from geodata.schemas.table import CRS, Column, Kind, Table
from geodata.states import UNITED_STATES
from maps.wording.rows import Row, records

WHY = Column("why", "text", "Why the tract is where it is in the list, in plain words")
SOURCES = Table(
    "sources",
    "Every file the numbers rest on, with its vintage and what became of its rows",
    (
        Column("source", "text", "Short name of the source", nullable=False),
        Column("title", "text", "Title of the data", nullable=False),
        Column("publisher", "text", "Who publishes it", nullable=False),
        Column("table", "text", "Table it was read into", nullable=False),
        Column("vintage", "text", "What period or release it speaks of"),
        Column("freshness", "text", "live, cached, stale, folder, sample or missing", nullable=False),
        Column("retrieved_at", "text", "When it was fetched, UTC"),
        Column("age_days", "number", "Age of the copy at the time of the run", "days", least=0),
        Column("archived", "flag", "Withdrawn by its publisher; used from an archive", nullable=False),
        Column("file", "text", "Name of the file"),
        Column("url", "text", "Address it was fetched from"),
        Column("page", "text", "Page that describes it"),
        Column("licence", "text", "Terms of use"),
        Column("sha256", "text", "SHA-256 of the file"),
        Column("size_bytes", "integer", "Size of the file", "bytes", least=0),
        Column("rows_in", "integer", "Rows of the file", "rows", least=0),
        Column("rows_kept", "integer", "Rows used", "rows", least=0),
        Column("rows_rejected", "integer", "Rows refused, listed with their reasons in the rejects", "rows", least=0),
        Column("rows_out_of_scope", "integer", "Sound rows of other places or kinds, not asked for", "rows", least=0),
        Column("note", "text", "What to know of this copy"),
    ),
)
DICTIONARY = Table(
    "dictionary",
    "What each column of each list means",
    (
        Column("list", "text", "List the column is in", nullable=False),
        Column("column", "text", "Name of the column", nullable=False),
        Column("kind", "text", "text, number, integer, flag or date", nullable=False),
        Column("unit", "text", "Unit of its values"),
        Column("meaning", "text", "What it means", nullable=False),
    ),
    key=("list", "column"),
)


@dataclass(frozen=True, kw_only=True)
class ListSpec:
    """One list: its name, the table behind it, and the order of its rows. Names of columns are joined by blanks.

    `shown` are the columns of the HTML table (the others are in the downloads); `filters` those of few values
    that a reader may choose from; `row_header` the column that names a row; `geometry` polygon, point or none.
    """

    name: str = field(kw_only=False)
    table: Table = field(kw_only=False)
    shown: str
    row_header: str
    order: str = ""
    filters: str = ""
    geometry: str = ""
    added: tuple[Column, ...] = ()

    @property
    def shown_columns(self) -> list[str]:
        """Names of the columns of the HTML table, in order."""
        return self.shown.split()


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


_SPECS = (
    ListSpec(
        "communities",
        result_tables.COMMUNITIES,
        order="rank community_id",
        shown="rank name county_name tier action rank_low rank_high p_top_share eligible_adults eligible_adults_moe "
        "nearest_provider_name nearest_provider_minutes job_years_mid priority need training_gap opportunity barriers",
        row_header="name",
        filters="tier county_name action",
        geometry="polygon",
    ),
    ListSpec(
        "tracts",
        result_tables.TRACT_SCORES,
        order="rank geoid",
        shown="rank geoid place_name county_name tier action rank_low rank_high eligible_adults eligible_adults_moe "
        "nearest_provider_minutes priority need training_gap opportunity unranked_reason",
        row_header="geoid",
        filters="tier county_name action",
        geometry="polygon",
        added=(WHY,),
    ),
    ListSpec(
        "areas",
        result_tables.ROLLUPS,
        order="area_kind rank area_id",
        shown="rank area_name area_kind n_tracts n_gated n_tier_a n_tier_b eligible_adults eligible_adults_gated need "
        "training_gap opportunity providers planned_sites job_years_mid",
        row_header="area_name",
        filters="area_kind",
    ),
    ListSpec(
        "sites",
        schemas.SITES,
        order="status expected_date site_id",
        shown="name city status expected_date units_* power_kw program location_quality source as_of",
        row_header="name",
        filters="status program",
        geometry="point",
    ),
    ListSpec(
        "providers",
        schemas.PROVIDERS,
        order="entry_stage name provider_id",
        shown="name city entry_stage kind seats seats_basis cip_codes location_quality url",
        row_header="name",
        filters="entry_stage kind",
        geometry="point",
    ),
    ListSpec(
        "job_centers",
        schemas.JOB_CENTERS,
        order="name center_id",
        shown="name kind address city zip location_quality as_of",
        row_header="name",
        filters="kind",
        geometry="point",
    ),
    ListSpec(
        "hubs",
        result_tables.HUBS,
        order="p order candidate_id",
        shown="p order name kind covered_adults covered_share gap",
        row_header="name",
        filters="p kind",
        geometry="point",
    ),
    ListSpec(
        "barriers",
        result_tables.BARRIERS,
        order="unit_kind unit_id measure",
        shown="unit_id unit_kind measure share share_moe state_median clearly_above",
        row_header="unit_id",
        filters="unit_kind measure clearly_above",
    ),
    ListSpec(
        "work_by_quarter",
        result_tables.WORK_BY_QUARTER,
        order="unit_kind unit_id quarter",
        shown="unit_id unit_kind quarter sites units job_years_low job_years_mid job_years_high",
        row_header="unit_id",
        filters="unit_kind quarter",
    ),
    ListSpec(
        "need_parts",
        result_tables.NEED_PARTS,
        order="geoid definition",
        shown="geoid definition value percentile weight designated archived vintage",
        row_header="geoid",
        filters="definition",
    ),
    ListSpec(
        "rejects",
        schemas.REJECTS,
        order="source file row",
        shown="source file row key field value reason remedy",
        row_header="source",
        filters="source reason",
    ),
    ListSpec(
        "sources",
        SOURCES,
        shown="title publisher vintage freshness retrieved_at rows_in rows_kept rows_rejected archived licence page "
        "sha256 note",
        row_header="title",
        filters="freshness",
    ),
)
LISTS: dict[str, ListSpec] = {spec.name: spec for spec in _SPECS}
#: Lists too long for a workbook that is mailed: they are downloads of their own.
LONG_LISTS = ("barriers", "work_by_quarter", "need_parts")


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
