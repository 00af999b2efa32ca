"""Which lists people download, and of each the table behind it, its order, and the columns its page shows.

Does not hold the rows of a run (`list_tables`), nor any format or wording.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from geodata.schemas import canonical, computed
from geodata.schemas.table import Column, Table

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


_SPECS = (
    ListSpec(
        "communities",
        computed.COMMUNITIES,
        order="rank community_id",
        shown="rank name county_name tier in_first_set top_in_weight_sets action rank_low rank_high p_top_share "
        "eligible_adults eligible_adults_moe likely_adults nearest_provider_name nearest_provider_minutes "
        "job_years_mid priority need training_gap opportunity barriers",
        row_header="name",
        filters="tier county_name action",
        geometry="polygon",
    ),
    ListSpec(
        "tracts",
        computed.TRACT_SCORES,
        order="rank geoid",
        shown="rank geoid place_name county_name tier top_in_weight_sets action rank_low rank_high eligible_adults "
        "eligible_adults_moe nearest_provider_minutes priority need training_gap opportunity unranked_reason",
        row_header="geoid",
        filters="tier county_name action",
        geometry="polygon",
        added=(WHY,),
    ),
    ListSpec(
        "areas",
        computed.ROLLUPS,
        order="area_kind rank area_id",
        shown="rank area_name area_kind n_tracts n_gated n_tier_a n_tier_b eligible_adults eligible_adults_gated need "
        "training_gap opportunity providers planned_sites job_years_mid",
        row_header="area_name",
        filters="area_kind",
    ),
    ListSpec(
        "state_summary",
        computed.STATE_SUMMARY,
        order="state",
        shown="state n_tracts n_ranked n_gated n_tier_a n_tier_b n_communities population eligible_adults "
        "eligible_adults_moe eligible_adults_top eligible_adults_top_moe providers seats planned_sites units "
        "job_years_low job_years_mid job_years_high",
        row_header="state",
    ),
    ListSpec(
        "evidence",
        computed.EVIDENCE,
        order="state pillar subject",
        shown="pillar subject total measured assumed unknown verdict settled_by",
        row_header="subject",
        filters="pillar verdict",
    ),
    ListSpec(
        "sites",
        canonical.SITES,
        order="status expected_date site_id",
        shown="name city status expected_date units_* power_kw program location_quality source as_of",
        row_header="name",
        filters="status program",
        geometry="point",
    ),
    ListSpec(
        "providers",
        canonical.PROVIDERS,
        order="entry_stage name provider_id",
        shown="name city entry_stage kind seats seats_basis seats_expected p_teaches seats_by_program cip_codes "
        "location_quality url",
        row_header="name",
        filters="entry_stage kind",
        geometry="point",
    ),
    ListSpec(
        "job_centers",
        canonical.JOB_CENTERS,
        order="name center_id",
        shown="name kind address city zip location_quality as_of",
        row_header="name",
        filters="kind",
        geometry="point",
    ),
    ListSpec(
        "hubs",
        computed.HUBS,
        order="p order candidate_id",
        shown="p order name kind covered_adults covered_share gap",
        row_header="name",
        filters="p kind",
        geometry="point",
    ),
    ListSpec(
        "barriers",
        computed.BARRIERS,
        order="unit_kind unit_id measure",
        shown="unit_id unit_kind measure share share_moe state_median clearly_above",
        row_header="unit_id",
        filters="unit_kind measure clearly_above",
    ),
    ListSpec(
        "work_by_quarter",
        computed.WORK_BY_QUARTER,
        order="unit_kind unit_id quarter",
        shown="unit_id unit_kind quarter sites units job_years_low job_years_mid job_years_high",
        row_header="unit_id",
        filters="unit_kind quarter",
    ),
    ListSpec(
        "need_parts",
        computed.NEED_PARTS,
        order="geoid definition",
        shown="geoid definition value percentile weight designated archived vintage",
        row_header="geoid",
        filters="definition",
    ),
    ListSpec(
        "locations",
        computed.LOCATIONS,
        order="state listed_in source",
        shown="listed_in source rows located by_zip counted_by_zip by_place by_county by_area nowhere remedy",
        row_header="source",
        filters="listed_in",
    ),
    ListSpec(
        "rejects",
        canonical.REJECTS,
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
