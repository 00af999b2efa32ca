"""Areas people name a place by, beside the places of the Census: towns that govern, and neighborhoods.

Three sources, one table: the Census Bureau's county subdivisions, of which those count that are towns in fact; a
state's own layer of municipalities; and a layer of neighborhoods an office supplies.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids, usps_of, year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import NAMED_AREAS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer, spatial
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SUBDIVISIONS = SourceSpec(
    name="county_subdivisions",
    title="Cartographic boundaries of county subdivisions",
    publisher="U.S. Census Bureau",
    table=NAMED_AREAS,
    scope="state",
    filenames=(
        "cb_*_{fips}_cousub_500k.zip",
        "tl_*_{fips}_cousub.zip",
        "cb_*_{fips}_cousub_500k.geojson",
    ),
    page="https://www.census.gov/geographies/mapping-files/time-series/geo/cartographic-boundary.html",
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=("https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_{fips}_cousub_500k.zip",),
    year=2024,
    media="zip",
    optional=True,
)
TOWNS = SourceSpec(
    name="towns",
    title="Towns and cities supplied by the state",
    publisher="State or city office",
    table=NAMED_AREAS,
    scope="state",
    filenames=(
        "{usps}_towns*.*",
        "{usps}_municipalities*.*",
        "{usps}*_municipalities*.zip",
        "towns*.zip",
        "towns*.geojson",
        "towns*.gpkg",
        "*municipalities*.zip",
        "*municipalities*.geojson",
        "*municipalities*.gpkg",
    ),
    page="",
    licence="As the office says",
    cadence="as the office says",
    optional=True,
)
NEIGHBORHOODS = SourceSpec(
    name="neighborhoods",
    title="Neighborhoods supplied by the operator",
    publisher="State or city office",
    table=NAMED_AREAS,
    scope="nation",
    filenames=("*neighborhoods*.geojson", "*neighborhoods*.gpkg", "*neighborhoods*.zip"),
    page="",
    licence="As the office says",
    cadence="as the office says",
    optional=True,
    expected=Expected(least_rows=0),
)
# Legal/statistical area descriptions of county subdivisions that govern: borough, city, plantation, town, township
# (three spellings) and village. The others are drawn by the Census or by a county for its own use (CCD, district,
# precinct, unorganized territory …), and nobody says to live there.
# https://www.census.gov/library/reference/code-lists/legal-status-codes.html
GOVERNING = ("21", "25", "39", "43", "44", "45", "47", "49")
# Water and land that belongs to no subdivision have this code.
_UNDEFINED = "00000"


def parse_subdivisions(path: Path, context: ParseContext) -> Parsed:
    """Return the county subdivisions that govern, in the states where they are what people name.

    In which states they are is the setting `communities.town_states`: elsewhere townships are lines on a map.
    """
    columns = (
        Wanted("geoid", ("GEOID", "GEOID20", "GEOIDFQ", "AFFGEOID")),
        Wanted("name", ("NAME", "NAME20")),
        Wanted("lsad", ("LSAD", "LSAD20")),
    )
    text, geometry = read_layer(path, columns, SUBDIVISIONS.name, areas=True)
    frame = text.frame.assign(geoid=clean_geoids(text.frame[col.GEOID], 10))
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_subdivision_code", field="geoid")
    frame = text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")
    frame = text.log.take(frame, frame[col.NAME].isna(), "no_name", key="geoid", field="name")
    state = usps_of(frame[col.GEOID])
    towns = frame["lsad"].isin(GOVERNING) & (frame[col.GEOID].str[5:] != _UNDEFINED)
    named = state.isin(context.settings.communities.town_states)
    table = pd.DataFrame(
        {
            col.AREA_ID: "cousub:" + frame[col.GEOID],
            col.KIND: "town",
            col.NAME: frame[col.NAME],
            col.STATE: state,
            col.VINTAGE: year_in(text.file),
        }
    )
    scope = {
        "governs nothing": int((~towns).sum()),
        "townships people do not go by": int((towns & ~named).sum()),
    }
    return text.parsed(NAMED_AREAS, spatial(table[towns & named], geometry), out_of_scope=scope)


def parse_towns(path: Path, context: ParseContext) -> Parsed:
    """Return the towns of a state's own layer; one of several pieces (islands) has a row for each."""
    names = ("NAME", "TOWN", "TOWN_NAME", "MUNICIPALITY", "MUNI", "MUN_NAME", "CITY_TOWN", "TOWNNAME", "NAMELSAD")
    return _named(path, context, TOWNS, "town", names)


def parse_neighborhoods(path: Path, context: ParseContext) -> Parsed:
    """Return the neighborhoods of a layer: any with a column of names."""
    names = ("neighborhood", "nbhd_name", "neighborhood_name", "nhood", "NAME", "label")
    return _named(path, context, NEIGHBORHOODS, "neighborhood", names)


def _named(path: Path, context: ParseContext, spec: SourceSpec, kind: str, names: tuple[str, ...]) -> Parsed:
    text, geometry = read_layer(path, (Wanted("name", names),), spec.name, areas=True)
    frame = text.log.take(text.frame, text.frame[col.NAME].isna(), "no_name", field="name")
    number = frame.groupby(col.NAME).cumcount().astype("str")
    of_file = hashlib.sha256(text.file.encode()).hexdigest()[:6]
    table = pd.DataFrame(
        {
            col.AREA_ID: f"{spec.name}:{of_file}:" + frame[col.NAME].str.casefold() + "." + number,
            col.KIND: kind,
            col.NAME: frame[col.NAME],
            col.STATE: None if context.state is None else context.state.usps,
            col.VINTAGE: year_in(text.file),
        }
    )
    return text.parsed(NAMED_AREAS, spatial(table, geometry))
