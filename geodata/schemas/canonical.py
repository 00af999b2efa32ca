"""The canonical tables: one schema each, from which validation, metadata and the data dictionary come.

They are what all sources of a kind say together. Does not hold parsing, arithmetic, or the tables a run computes
(see `geodata.schemas.computed`).
"""

from __future__ import annotations

from collections.abc import Iterable

from geodata.schemas import columns as col
from geodata.schemas.table import COUNTY_PATTERN, GEOID_PATTERN, Column, Table


def _geoid(meaning: str = "Census tract", nullable: bool = False) -> Column:
    return Column(col.GEOID, "text", f"{meaning}, 11-digit GEOID", nullable=nullable, pattern=GEOID_PATTERN)


def _state() -> Column:
    return Column(col.STATE, "text", "Postal code of the state", nullable=False)


def _point(nullable: bool = True) -> tuple[Column, Column]:
    return (
        Column(col.LATITUDE, "number", "Latitude, EPSG:4326", "degrees", nullable, least=-90, most=90),
        Column(col.LONGITUDE, "number", "Longitude, EPSG:4326", "degrees", nullable, least=-180, most=180),
    )


_ADDRESS = (
    Column(col.ADDRESS, "text", "Street address as published"),
    Column(col.CITY, "text", "City as published"),
    Column(col.ZIP, "text", "Five-digit ZIP code"),
    Column(col.COUNTY, "text", "County as published"),
)
_VINTAGE = (
    Column(col.TRACT_VINTAGE, "integer", "Census whose tracts these are", "year", False),
    Column(
        col.CT_SCHEME,
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
        Column(col.COUNTY_GEOID, "text", "County, 5-digit GEOID", nullable=False, pattern=COUNTY_PATTERN),
        Column(col.NAME, "text", "Name of the tract, such as 101.02"),
        Column(col.LAND_M2, "number", "Land area as published", "m²", least=0),
        Column(col.WATER_M2, "number", "Water area as published", "m²", least=0),
        *_VINTAGE,
        Column("geometry", "geometry", "Polygon"),
    ),
    key=("geoid",),
)
CENTERS = Table(
    "centers",
    "Population-weighted centers of tracts",
    (
        _geoid(),
        _state(),
        Column(col.POPULATION, "integer", "Residents at the census", "people", False, least=0),
        *_point(nullable=False),
        *_VINTAGE,
    ),
    key=("geoid",),
)
MEASURE_NAMES = (
    "population",
    "under_18",
    "over_64",
    "adults_poverty_150",
    "group_quarters",
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
    "housing_burden",
    "minority",
    "multi_unit",
    "mobile_home",
    "crowding",
)
# What the Social Vulnerability Index has been made of since its edition of 2020 (CDC/ATSDR SVI documentation).
INDEX_MEASURES = (
    "poverty_150",
    "unemployed",
    "housing_burden",
    "no_diploma",
    "uninsured",
    "over_64",
    "under_18",
    "disability",
    "single_parent",
    "limited_english",
    "minority",
    "multi_unit",
    "mobile_home",
    "crowding",
    "no_vehicle",
    "group_quarters",
)
MEASURES = Table(
    "measures",
    "Survey measures of tracts (American Community Survey) with 90 % margins of error, one row a measure",
    (
        _geoid(),
        _state(),
        Column(col.MEASURE, "text", "What is measured", nullable=False, one_of=MEASURE_NAMES),
        Column(col.COUNT, "number", "Estimated people or households", "people or households", least=0),
        Column(col.COUNT_MOE, "number", "90 % margin of error of the count", "as count", least=0),
        Column(col.SHARE, "number", "Share of the measure's universe", "0–1", least=0, most=1),
        Column(col.SHARE_MOE, "number", "90 % margin of error of the share", "0–1", least=0),
        Column(
            col.STATUS,
            "text",
            "Whether there is a value, and if not why",
            nullable=False,
            one_of=("value", "missing", "suppressed", "not_applicable"),
        ),
        Column(col.SOURCE, "text", "Source that carried it", nullable=False),
        Column(col.VINTAGE, "integer", "Last year of the survey period", "year"),
        Column(
            col.CROSSWALK_BASIS, "text", "How it was carried over from 2010 tracts; empty where not", one_of=_CARRIED
        ),
        *_VINTAGE,
    ),
    key=(col.GEOID, col.MEASURE),
)
# The definition of disadvantage made from the survey's measures.
WORKFORCE = "workforce"
DEFINITIONS = Table(
    "definitions",
    "Definitions of disadvantage: one row a tract and definition",
    (
        _geoid(),
        _state(),
        Column(col.DEFINITION, "text", "Name of the definition, such as svi or cejst", nullable=False),
        Column(col.VALUE, "number", "The index itself; more means more need"),
        Column(col.DESIGNATED, "flag", "Designated by the definition; empty where it designates nothing"),
        Column(col.DESIGNATED_SHARE, "number", "Share of people or land in designated tracts", "0–1", least=0, most=1),
        Column(col.OFFICIAL, "flag", "An official designation or index", nullable=False),
        Column(col.ARCHIVED, "flag", "Withdrawn by its publisher; used from an archive", nullable=False),
        Column(col.POOLED, "text", "Population the published rank refers to", one_of=("nation", "state", "none")),
        Column(col.CROSSWALK_BASIS, "text", "How 2010 tracts were carried over", one_of=_CARRIED),
        Column(col.VINTAGE, "integer", "Year of the release", "year"),
        *_VINTAGE,
    ),
    key=(col.GEOID, col.DEFINITION),
)
# From the exact to the unknown. What is placed by its ZIP code, place or county stands at the middle of it.
LOCATION_QUALITY = ("point", "street", "zip", "place", "county", "area", "unknown")
# Sites still to open, and all states a site can be in.
STATUSES_AHEAD = ("planned", "under_construction", "delayed")
STATUSES = (*STATUSES_AHEAD, "rescinded", "open", "temporary")
SITES = Table(
    "sites",
    "Sites where work is planned, under way, done or given up",
    (
        Column(col.SITE_ID, "text", "Identifier, prefixed by its source", nullable=False),
        Column(col.SOURCE, "text", "Source that carried it", nullable=False),
        Column(col.NAME, "text", "Name as published"),
        Column(col.STATUS, "text", "State of the site", nullable=False, one_of=STATUSES),
        _state(),
        *_ADDRESS,
        *_point(),
        Column(col.LOCATION_QUALITY, "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column(
            "units_*",
            "integer",
            "Units of one kind, as the setting opportunity.job_years_per_unit names them; empty where not reported",
            "units",
            least=0,
        ),
        Column(col.POWER_KW, "number", "Highest power of a unit", "kW", least=0),
        Column(col.EXPECTED_DATE, "date", "Expected opening; for a temporary closure, re-opening"),
        Column(col.PROGRAM, "text", "Funding program(s)"),
        Column(col.NETWORK, "text", "Network it belongs to"),
        Column(col.AS_OF, "date", "Date the record speaks of"),
    ),
    key=("site_id",),
)
UNITS = "units_"


def unit_columns(names: Iterable[str]) -> list[str]:
    """Return those of the column `names` that count the units of a kind at a site."""
    return [name for name in names if name.startswith(UNITS)]


ENTRY_STAGES = ("entry", "advanced")
SEATS_BASES = ("completions", "shared", "seats", "assumed", "suppressed")
PROVIDERS = Table(
    "providers",
    "Training providers, one row a provider and place, merged across sources",
    (
        Column(col.PROVIDER_ID, "text", "Identifier, prefixed by its first source", nullable=False),
        Column(col.NAME, "text", "Name as published", nullable=False),
        Column(
            col.ENTRY_STAGE,
            "text",
            "For beginners, or for people in the trade",
            nullable=False,
            one_of=ENTRY_STAGES,
        ),
        Column(col.KIND, "text", "community_college, etpl_program, apprenticeship, …", nullable=False),
        _state(),
        *_ADDRESS,
        *_point(),
        Column(col.LOCATION_QUALITY, "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column(col.CIP_CODES, "text", "CIP 2020 codes offered, separated by blanks"),
        Column(
            col.SEATS,
            "number",
            "Yearly seats or completions as reported; empty where nobody reports them; zero is reported",
            "people a year",
            least=0,
        ),
        Column(
            col.SEATS_BASIS,
            "text",
            "Where the seats come from; shared: an institution's awards, shared over its campuses",
            nullable=False,
            one_of=SEATS_BASES,
        ),
        Column(col.SEATS_BY_PROGRAM, "text", "Reported seats by CIP code, such as 46.0302=28 15.0303=7"),
        Column(col.P_TEACHES, "number", "Probability that the work is taught here", "0–1", least=0, most=1),
        Column(
            col.SEATS_EXPECTED,
            "number",
            "Yearly seats that point estimates use: reported ones by relevance, else the expectation of the prior",
            "people a year",
            least=0,
        ),
        Column(col.PRIOR, "text", "Prior that stands in where seats are not reported (provider_priors)"),
        Column(col.UNITID, "text", "IPEDS identifier of the institution it belongs to"),
        Column(
            col.SHARE,
            "number",
            "Share of its institution's seats that stands at this campus; 1 where there is one campus",
            "0–1",
            least=0,
            most=1,
        ),
        Column(
            col.CAMPUS,
            "text",
            "Which of the campuses over which seats are shared in equal parts for want of knowledge, such as 2 of 5",
            pattern=r"^[1-9]\d* of [1-9]\d*$",
        ),
        Column(col.SOURCES, "text", "Sources that carried it, separated by blanks", nullable=False),
        Column(col.EVIDENCE, "text", "Why records of several sources were taken for one"),
        Column(col.URL, "text", "Web address as published"),
    ),
    key=("provider_id",),
)
INSTITUTIONS = Table(
    "institutions",
    "Postsecondary institutions of the IPEDS directory, before it is known which of them teach the work",
    (
        Column(col.UNITID, "text", "IPEDS identifier", nullable=False, pattern=r"^\d{6}$"),
        Column(col.NAME, "text", "Name as published", nullable=False),
        _state(),
        *_ADDRESS,
        *_point(),
        Column(col.CONTROL, "text", "Who runs it", one_of=("public", "nonprofit", "for_profit")),
        Column(col.LEVEL, "text", "Longest programs offered", one_of=("four_year", "two_year", "less_than_two_year")),
        Column(col.MAINLY_SUB_BACCALAUREATE, "flag", "Awards mostly associate's degrees and certificates"),
        Column(col.URL, "text", "Web address as published"),
        Column(col.VINTAGE, "integer", "Year of the directory", "year"),
    ),
    key=("unitid",),
)
PROGRAMS = Table(
    "programs",
    "Awards conferred by institution, CIP code and award level (first majors)",
    (
        Column(col.UNITID, "text", "IPEDS identifier", nullable=False, pattern=r"^\d{6}$"),
        Column(col.CIP_CODE, "text", "CIP 2020 code", nullable=False, pattern=r"^\d{2}\.\d{4}$"),
        Column(col.AWARD_LEVEL, "text", "IPEDS award level", nullable=False),
        Column(col.AWARDS, "number", "Awards conferred; empty where suppressed or missing", "people a year", least=0),
        Column(
            col.STATUS,
            "text",
            "Whether there is a value, and if not why",
            nullable=False,
            one_of=("value", "missing", "suppressed", "not_applicable"),
        ),
        Column(col.VINTAGE, "integer", "Year in which the award year ends", "year"),
    ),
    key=(col.UNITID, col.CIP_CODE, col.AWARD_LEVEL),
)
CAMPUS_KINDS = ("main", "branch", "other_place")
CAMPUSES = Table(
    "campuses",
    "Places where institutions teach: main campuses, branches, and places of others where they hold classes",
    (
        Column(col.CAMPUS_ID, "text", "Identifier, prefixed by its source", nullable=False),
        Column(col.SOURCE, "text", "Source that carried it", nullable=False),
        Column(col.FAMILY_ID, "text", "Institution it belongs to, in the source's own numbering"),
        Column(col.FAMILY_NAME, "text", "Name of that institution"),
        Column(col.UNITID, "text", "IPEDS identifiers the source gives for this place itself, separated by blanks"),
        Column(col.NAME, "text", "Name as published", nullable=False),
        Column(
            col.KIND,
            "text",
            "main; branch; other_place: a hospital, school, prison or base of somebody else",
            nullable=False,
            one_of=CAMPUS_KINDS,
        ),
        _state(),
        *_ADDRESS,
        *_point(),
        Column(col.LOCATION_QUALITY, "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column(col.STUDENTS, "number", "People who study there, where the list tells it", "people", least=0),
        Column(col.AS_OF, "date", "Date the record speaks of"),
    ),
    key=(col.CAMPUS_ID,),
)
PROVIDER_PRIORS = Table(
    "provider_priors",
    "What is expected of a provider nobody reports on, by kind: whether it teaches the work, and how many seats",
    (
        Column(col.PRIOR, "text", "Kind of institution or of listed program", nullable=False),
        Column(col.BASIS, "text", "Estimated from the files of the run, or stated", one_of=("estimated", "stated")),
        Column(col.N_INSTITUTIONS, "integer", "Institutions of the kind that reported", "institutions", least=0),
        Column(col.N_TEACHING, "integer", "Those of them with awards in the chosen programs", "institutions", least=0),
        Column(col.P_TEACHES, "number", "Share that teach the work", "0–1", False, least=0, most=1),
        Column(col.SEATS_MEAN, "number", "Mean seats of those that teach", "people a year", False, least=0),
        Column(col.SEATS_LOG_MEAN, "number", "Mean of the logarithm of their seats (log-normal)"),
        Column(col.SEATS_LOG_SD, "number", "Standard deviation of that logarithm", least=0),
        Column(col.SOURCE, "text", "What it was estimated from, or who states it", nullable=False),
        Column(col.VINTAGE, "integer", "Year the source speaks of", "year"),
    ),
    key=(col.PRIOR,),
)
JOB_CENTERS = Table(
    "job_centers",
    "American Job Centers and other places where people are met",
    (
        Column(col.CENTER_ID, "text", "Identifier, prefixed by its source", nullable=False),
        Column(col.NAME, "text", "Name as published", nullable=False),
        Column(col.KIND, "text", "comprehensive, affiliate, library, other, user (no kind given)"),
        _state(),
        *_ADDRESS,
        *_point(),
        Column(col.LOCATION_QUALITY, "text", "How exact the coordinates are", nullable=False, one_of=LOCATION_QUALITY),
        Column(col.AS_OF, "date", "Date the record speaks of"),
    ),
    key=("center_id",),
)
COUNTIES = Table(
    "counties",
    "Counties and their equivalents",
    (
        Column(col.COUNTY_GEOID, "text", "County, 5-digit GEOID", nullable=False, pattern=COUNTY_PATTERN),
        _state(),
        Column(col.NAME, "text", "Name with its kind, such as Kent County", nullable=False),
        Column(col.VINTAGE, "integer", "Year of the boundaries", "year"),
        Column("geometry", "geometry", "Polygon"),
    ),
    key=("county_geoid",),
)
PLACES = Table(
    "places",
    "Cities, towns and census-designated places",
    (
        Column(col.PLACE_GEOID, "text", "Place, 7-digit GEOID", nullable=False, pattern=r"^\d{7}$"),
        _state(),
        Column(col.NAME, "text", "Name", nullable=False),
        Column(col.KIND, "text", "Legal or statistical kind"),
        Column(col.VINTAGE, "integer", "Year of the boundaries", "year"),
        Column("geometry", "geometry", "Polygon"),
    ),
    key=("place_geoid",),
)
NAMED_AREAS = Table(
    "named_areas",
    "Towns that govern and neighborhoods: what people call where they live, beside the places of the Census",
    (
        Column(col.AREA_ID, "text", "Identifier, prefixed by its source", nullable=False),
        Column(col.KIND, "text", "What it is", nullable=False, one_of=("town", "neighborhood")),
        Column(col.NAME, "text", "Name as published", nullable=False),
        Column(col.STATE, "text", "Postal code of the state, where the file says it"),
        Column(col.VINTAGE, "integer", "Year of the boundaries", "year"),
        Column("geometry", "geometry", "Polygon"),
    ),
    key=(col.AREA_ID,),
)
PLACE_POINTS = Table(
    "place_points",
    "A point for each ZIP code and named place, for rows that say no more of where they are",
    (
        Column(col.KIND, "text", "What the point stands for", nullable=False, one_of=("zip", "place")),
        Column(col.CODE, "text", "ZIP code, or GEOID of the place", nullable=False),
        Column(col.NAME, "text", "Name of the place, of a ZIP code that of its post office", nullable=False),
        _state(),
        Column(col.COUNTY, "text", "County of a ZIP code as published"),
        *_point(nullable=False),
    ),
    key=(col.KIND, col.CODE),
)
LANDMARKS = Table(
    "landmarks",
    "What orients a reader of the map: water, main roads, corridors, tribal areas, state outlines",
    (
        Column(col.LANDMARK_ID, "text", "Identifier, prefixed by its kind", nullable=False),
        Column(col.KIND, "text", "What it is", nullable=False, one_of=("water", "road", "corridor", "tribal", "state")),
        Column(col.NAME, "text", "Name as published"),
        Column("geometry", "geometry", "Polygon or line"),
    ),
    key=("landmark_id",),
)
AREA_MEMBERS = Table(
    "area_members",
    "Which counties or tracts make up a workforce area, district or other area that owns a budget",
    (
        Column(col.AREA_KIND, "text", "workforce_area, legislative_district, …", nullable=False),
        Column(col.AREA_ID, "text", "Identifier of the area", nullable=False),
        Column(col.AREA_NAME, "text", "Name of the area", nullable=False),
        _state(),
        Column(col.UNIT_KIND, "text", "What the member is", nullable=False, one_of=("county", "tract")),
        Column(col.UNIT_GEOID, "text", "GEOID of the member", nullable=False),
    ),
    key=(col.AREA_KIND, col.AREA_ID, col.UNIT_GEOID),
)
RELATIONSHIP = Table(
    "relationship",
    "Parts shared by 2020 and 2010 tracts",
    (
        Column(col.GEOID_2020, "text", "2020 tract", nullable=False, pattern=GEOID_PATTERN),
        Column(col.GEOID_2010, "text", "2010 tract", nullable=False, pattern=GEOID_PATTERN),
        Column(col.LAND_PART_M2, "number", "Land of the part", "m²", False, least=0),
        Column(col.LAND_2020_M2, "number", "Land of the 2020 tract", "m²", False, least=0),
        Column(col.LAND_2010_M2, "number", "Land of the 2010 tract", "m²", False, least=0),
    ),
    key=(col.GEOID_2020, col.GEOID_2010),
)
RASTERS = Table(
    "rasters",
    "Grids read in windows where they are needed: people per cell, and travel time over land",
    (
        Column(col.KIND, "text", "What the cells hold", nullable=False, one_of=("population", "friction")),
        Column(col.PATH, "text", "File on this machine", nullable=False),
        Column(col.CRS, "text", "Coordinate reference system of the cells", nullable=False),
        Column(col.UNIT, "text", "Unit of a cell's value", nullable=False),
        Column(col.NODATA, "number", "Value that means no data"),
        Column(col.WIDTH, "integer", "Cells from west to east", "cells", False, least=1),
        Column(col.HEIGHT, "integer", "Cells from north to south", "cells", False, least=1),
        Column(col.WEST, "number", "Western edge, in the CRS's unit", nullable=False),
        Column(col.SOUTH, "number", "Southern edge", nullable=False),
        Column(col.EAST, "number", "Eastern edge", nullable=False),
        Column(col.NORTH, "number", "Northern edge", nullable=False),
    ),
    key=("kind",),
)
REJECTS = Table(
    "rejects",
    "Rows that did not make it, with the reason",
    (
        Column(col.SOURCE, "text", "Source", nullable=False),
        Column(col.FILE, "text", "File name", nullable=False),
        Column(col.ROW, "integer", "Row in the file, the header being row 1"),
        Column(col.KEY, "text", "The row's own identifier, where it has one"),
        Column(col.FIELD, "text", "Field at fault"),
        Column(col.VALUE, "text", "Value at fault"),
        Column(col.REASON, "text", "Reason, one of a short list per source", nullable=False),
        Column(col.REMEDY, "text", "What would make the row usable"),
    ),
)

CANONICAL: tuple[Table, ...] = (
    TRACTS,
    CENTERS,
    MEASURES,
    DEFINITIONS,
    SITES,
    PROVIDERS,
    PROVIDER_PRIORS,
    INSTITUTIONS,
    PROGRAMS,
    CAMPUSES,
    JOB_CENTERS,
    COUNTIES,
    PLACES,
    NAMED_AREAS,
    PLACE_POINTS,
    LANDMARKS,
    AREA_MEMBERS,
    RELATIONSHIP,
    RASTERS,
    REJECTS,
)
