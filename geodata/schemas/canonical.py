"""The canonical tables: one schema each, from which validation, metadata and the data dictionary come.

They are what all sources of a kind say together. Does not hold parsing, arithmetic, or the tables a run computes
(see `geodata.schemas.computed`).
"""

from __future__ import annotations

from collections.abc import Iterable

from geodata.schemas.table import COUNTY_PATTERN, GEOID_PATTERN, Column, Table


def _geoid(meaning: str = "Census tract", nullable: bool = False) -> Column:
    return Column("geoid", "text", f"{meaning}, 11-digit GEOID", nullable=nullable, pattern=GEOID_PATTERN)


def _state() -> Column:
    return Column("state", "text", "Postal code of the state", nullable=False)


def _point(nullable: bool = True) -> tuple[Column, Column]:
    return (
        Column("latitude", "number", "Latitude, EPSG:4326", "degrees", nullable, least=-90, most=90),
        Column("longitude", "number", "Longitude, EPSG:4326", "degrees", nullable, least=-180, most=180),
    )


_ADDRESS = (
    Column("address", "text", "Street address as published"),
    Column("city", "text", "City as published"),
    Column("zip", "text", "Five-digit ZIP code"),
)
_VINTAGE = (
    Column("tract_vintage", "integer", "Census whose tracts these are", "year", False),
    Column(
        "ct_scheme",
        "text",
        "Whether Connecticut's county part is a county or a planning region",
        one_of=("counties", "planning_regions", "not_applicable"),
    ),
)

_CARRIED = ("none", "people", "land")

TRACTS = Table(
    "tracts",
    "Census tracts with their polygons",
    (
        _geoid(),
        _state(),
        Column("county_geoid", "text", "County, 5-digit GEOID", nullable=False, pattern=COUNTY_PATTERN),
        Column("name", "text", "Name of the tract, such as 101.02"),
        Column("land_m2", "number", "Land area as published", "m²", least=0),
        Column("water_m2", "number", "Water area as published", "m²", least=0),
        *_VINTAGE,
        Column("geometry", "geometry", "Polygon"),
    ),
    key=("geoid",),
)
CENTERS = Table(
    "centers",
    "Population-weighted centres of tracts",
    (
        _geoid(),
        _state(),
        Column("population", "integer", "Residents at the census", "people", False, least=0),
        *_point(nullable=False),
        *_VINTAGE,
    ),
    key=("geoid",),
)
MEASURE_NAMES = (
    "population",
    "under_18",
    "over_64",
    "poverty_150",
    "poverty_100",
    "unemployed",
    "no_diploma",
    "no_vehicle",
    "limited_english",
    "single_parent",
    "disability",
    "no_internet",
    "uninsured",
)
MEASURES = Table(
    "measures",
    "Survey measures of tracts (American Community Survey) with 90 % margins of error, one row a measure",
    (
        _geoid(),
        _state(),
        Column("measure", "text", "What is measured", nullable=False, one_of=MEASURE_NAMES),
        Column("count", "number", "Estimated people or households", "people or households", least=0),
        Column("count_moe", "number", "90 % margin of error of the count", "as count", least=0),
        Column("share", "number", "Share of the measure's universe", "0–1", least=0, most=1),
        Column("share_moe", "number", "90 % margin of error of the share", "0–1", least=0),
        Column(
            "status",
            "text",
            "Whether there is a value, and if not why",
            nullable=False,
            one_of=("value", "missing", "suppressed", "not_applicable"),
        ),
        Column("source", "text", "Source that carried it", nullable=False),
        Column("vintage", "integer", "Last year of the survey period", "year"),
        Column("crosswalk_basis", "text", "How it was carried over from 2010 tracts; empty where not", one_of=_CARRIED),
        *_VINTAGE,
    ),
    key=("geoid", "measure"),
)
# The definition of disadvantage made from the survey's measures.
WORKFORCE = "workforce"
DEFINITIONS = Table(
    "definitions",
    "Definitions of disadvantage: one row a tract and definition",
    (
        _geoid(),
        _state(),
        Column("definition", "text", "Name of the definition, such as svi or cejst", nullable=False),
        Column("value", "number", "The index itself; more means more need"),
        Column("designated", "flag", "Designated by the definition; empty where it designates nothing"),
        Column("designated_share", "number", "Share of people or land in designated tracts", "0–1", least=0, most=1),
        Column("official", "flag", "An official designation or index", nullable=False),
        Column("archived", "flag", "Withdrawn by its publisher; used from an archive", nullable=False),
        Column("pooled", "text", "Population the published rank refers to", one_of=("nation", "state", "none")),
        Column("crosswalk_basis", "text", "How 2010 tracts were carried over", one_of=_CARRIED),
        Column("vintage", "integer", "Year of the release", "year"),
        *_VINTAGE,
    ),
    key=("geoid", "definition"),
)
LOCATION_QUALITY = ("point", "street", "area", "unknown")
SITES = Table(
    "sites",
    "Sites where work is planned, open or temporarily closed",
    (
        Column("site_id", "text", "Identifier, prefixed by its source", nullable=False),
        Column("source", "text", "Source that carried it", nullable=False),
        Column("name", "text", "Name as published"),
        Column("status", "text", "State of the site", nullable=False, one_of=("planned", "open", "temporary")),
        _state(),
        *_ADDRESS,
        *_point(),
        Column("location_quality", "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column(
            "units_*",
            "integer",
            "Units of one kind, as the setting opportunity.job_years_per_unit names them; empty where not reported",
            "units",
            least=0,
        ),
        Column("power_kw", "number", "Highest power of a unit", "kW", least=0),
        Column("expected_date", "date", "Expected opening; for a temporary closure, re-opening"),
        Column("program", "text", "Funding program(s)"),
        Column("network", "text", "Network it belongs to"),
        Column("as_of", "date", "Date the record speaks of"),
    ),
    key=("site_id",),
)
UNITS = "units_"


def unit_columns(names: Iterable[str]) -> list[str]:
    """Return those of the column `names` that count the units of a kind at a site."""
    return [name for name in names if name.startswith(UNITS)]


ENTRY_STAGES = ("entry", "advanced")
SEATS_BASES = ("completions", "seats", "assumed", "suppressed")
PROVIDERS = Table(
    "providers",
    "Training providers, one row a provider and place, merged across sources",
    (
        Column("provider_id", "text", "Identifier, prefixed by its first source", nullable=False),
        Column("name", "text", "Name as published", nullable=False),
        Column(
            "entry_stage",
            "text",
            "For beginners, or for people in the trade",
            nullable=False,
            one_of=ENTRY_STAGES,
        ),
        Column("kind", "text", "community_college, etpl_program, apprenticeship, …", nullable=False),
        _state(),
        *_ADDRESS,
        *_point(),
        Column("location_quality", "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column("cip_codes", "text", "CIP 2020 codes offered, separated by blanks"),
        Column("seats", "number", "Yearly seats or completions", "people a year", least=0),
        Column("seats_basis", "text", "Where the seats come from", nullable=False, one_of=SEATS_BASES),
        Column("sources", "text", "Sources that carried it, separated by blanks", nullable=False),
        Column("evidence", "text", "Why records of several sources were taken for one"),
        Column("url", "text", "Web address as published"),
    ),
    key=("provider_id",),
)
INSTITUTIONS = Table(
    "institutions",
    "Postsecondary institutions of the IPEDS directory, before it is known which of them teach the work",
    (
        Column("unitid", "text", "IPEDS identifier", nullable=False, pattern=r"^\d{6}$"),
        Column("name", "text", "Name as published", nullable=False),
        _state(),
        *_ADDRESS,
        *_point(),
        Column("control", "text", "Who runs it", one_of=("public", "nonprofit", "for_profit")),
        Column("level", "text", "Longest programs offered", one_of=("four_year", "two_year", "less_than_two_year")),
        Column("mainly_sub_baccalaureate", "flag", "Awards mostly associate's degrees and certificates"),
        Column("url", "text", "Web address as published"),
        Column("vintage", "integer", "Year of the directory", "year"),
    ),
    key=("unitid",),
)
PROGRAMS = Table(
    "programs",
    "Awards conferred by institution, CIP code and award level (first majors)",
    (
        Column("unitid", "text", "IPEDS identifier", nullable=False, pattern=r"^\d{6}$"),
        Column("cip_code", "text", "CIP 2020 code", nullable=False, pattern=r"^\d{2}\.\d{4}$"),
        Column("award_level", "text", "IPEDS award level", nullable=False),
        Column("awards", "number", "Awards conferred; empty where suppressed or missing", "people a year", least=0),
        Column(
            "status",
            "text",
            "Whether there is a value, and if not why",
            nullable=False,
            one_of=("value", "missing", "suppressed", "not_applicable"),
        ),
        Column("vintage", "integer", "Year in which the award year ends", "year"),
    ),
    key=("unitid", "cip_code", "award_level"),
)
JOB_CENTERS = Table(
    "job_centers",
    "American Job Centers and other places where people are met",
    (
        Column("center_id", "text", "Identifier, prefixed by its source", nullable=False),
        Column("name", "text", "Name as published", nullable=False),
        Column("kind", "text", "comprehensive, affiliate, library, user"),
        _state(),
        *_ADDRESS,
        *_point(),
        Column("location_quality", "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column("as_of", "date", "Date the record speaks of"),
    ),
    key=("center_id",),
)
COUNTIES = Table(
    "counties",
    "Counties and their equivalents",
    (
        Column("county_geoid", "text", "County, 5-digit GEOID", nullable=False, pattern=COUNTY_PATTERN),
        _state(),
        Column("name", "text", "Name with its kind, such as Kent County", nullable=False),
        Column("vintage", "integer", "Year of the boundaries", "year"),
        Column("geometry", "geometry", "Polygon"),
    ),
    key=("county_geoid",),
)
PLACES = Table(
    "places",
    "Cities, towns and census-designated places",
    (
        Column("place_geoid", "text", "Place, 7-digit GEOID", nullable=False, pattern=r"^\d{7}$"),
        _state(),
        Column("name", "text", "Name", nullable=False),
        Column("kind", "text", "Legal or statistical kind"),
        Column("vintage", "integer", "Year of the boundaries", "year"),
        Column("geometry", "geometry", "Polygon"),
    ),
    key=("place_geoid",),
)
LANDMARKS = Table(
    "landmarks",
    "What orients a reader of the map: water, main roads, corridors, tribal areas, state outlines",
    (
        Column("landmark_id", "text", "Identifier, prefixed by its kind", nullable=False),
        Column("kind", "text", "What it is", nullable=False, one_of=("water", "road", "corridor", "tribal", "state")),
        Column("name", "text", "Name as published"),
        Column("geometry", "geometry", "Polygon or line"),
    ),
    key=("landmark_id",),
)
AREA_MEMBERS = Table(
    "area_members",
    "Which counties or tracts make up a workforce area, district or other area that owns a budget",
    (
        Column("area_kind", "text", "workforce_area, legislative_district, …", nullable=False),
        Column("area_id", "text", "Identifier of the area", nullable=False),
        Column("area_name", "text", "Name of the area", nullable=False),
        _state(),
        Column("unit_kind", "text", "What the member is", nullable=False, one_of=("county", "tract")),
        Column("unit_geoid", "text", "GEOID of the member", nullable=False),
    ),
    key=("area_kind", "area_id", "unit_geoid"),
)
RELATIONSHIP = Table(
    "relationship",
    "Parts shared by 2020 and 2010 tracts",
    (
        Column("geoid_2020", "text", "2020 tract", nullable=False, pattern=GEOID_PATTERN),
        Column("geoid_2010", "text", "2010 tract", nullable=False, pattern=GEOID_PATTERN),
        Column("land_part_m2", "number", "Land of the part", "m²", False, least=0),
        Column("land_2020_m2", "number", "Land of the 2020 tract", "m²", False, least=0),
        Column("land_2010_m2", "number", "Land of the 2010 tract", "m²", False, least=0),
    ),
    key=("geoid_2020", "geoid_2010"),
)
RASTERS = Table(
    "rasters",
    "Grids read in windows where they are needed: people per cell, and travel time over land",
    (
        Column("kind", "text", "What the cells hold", nullable=False, one_of=("population", "friction")),
        Column("path", "text", "File on this machine", nullable=False),
        Column("crs", "text", "Coordinate reference system of the cells", nullable=False),
        Column("unit", "text", "Unit of a cell's value", nullable=False),
        Column("nodata", "number", "Value that means no data"),
        Column("width", "integer", "Cells from west to east", "cells", False, least=1),
        Column("height", "integer", "Cells from north to south", "cells", False, least=1),
        Column("west", "number", "Western edge, in the CRS's unit", nullable=False),
        Column("south", "number", "Southern edge", nullable=False),
        Column("east", "number", "Eastern edge", nullable=False),
        Column("north", "number", "Northern edge", nullable=False),
    ),
    key=("kind",),
)
REJECTS = Table(
    "rejects",
    "Rows that did not make it, with the reason",
    (
        Column("source", "text", "Source", nullable=False),
        Column("file", "text", "File name", nullable=False),
        Column("row", "integer", "Row in the file, the header being row 1"),
        Column("key", "text", "The row's own identifier, where it has one"),
        Column("field", "text", "Field at fault"),
        Column("value", "text", "Value at fault"),
        Column("reason", "text", "Reason, one of a short list per source", nullable=False),
        Column("remedy", "text", "What would make the row usable"),
    ),
)

CANONICAL: tuple[Table, ...] = (
    TRACTS,
    CENTERS,
    MEASURES,
    DEFINITIONS,
    SITES,
    PROVIDERS,
    INSTITUTIONS,
    PROGRAMS,
    JOB_CENTERS,
    COUNTIES,
    PLACES,
    LANDMARKS,
    AREA_MEMBERS,
    RELATIONSHIP,
    RASTERS,
    REJECTS,
)
