"""Census tract boundaries: cartographic files and TIGER/Line, as shapefile, GeoJSON, GeoPackage or GeoParquet.

Tracts that are all water (codes 99xxxx) are left out, as most cartographic files do, so a tract may be known from
another table and have no polygon. The codes come under several headers: GEOID, GEOIDFQ (from 2023), AFFGEOID (to 2022),
GEOID10, GEOID20.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.errors import InputError
from geodata.geography.geoids import county_of, ct_scheme_column, tract_vintage, usps_of, year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import TRACTS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer, spatial
from geodata.sources.formats.text_tables import Text, Wanted
from geodata.sources.formats.values import numbers
from geodata.sources.index_rows import keyed
from geodata.sources.spec import Address, Editions, Expected, ParseContext, SourceSpec, census_by_ftp

_URLS = (
    "https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_{fips}_tract_500k.zip",
    "https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_us_tract_500k.zip",
)
SPEC = SourceSpec(
    name="tracts",
    title="Cartographic boundaries of census tracts (1:500,000)",
    publisher="U.S. Census Bureau",
    table=TRACTS,
    scope="state",
    filenames=(
        "cb_*_us_tract_500k.zip",
        "cb_*_us_tract_500k.parquet",
        "cb_*_{fips}_tract_500k.zip",
        "cb_*_{fips}_tract_500k.geojson",
        "cb_*_{fips}_tract_500k.json",
        "cb_*_{fips}_tract_500k.parquet",
        "tl_*_{fips}_tract.zip",
        "tl_*_{fips}_tract20.zip",
        "tl_*_{fips}_tract.geojson",
        "cb_*_{fips}_tract_500k.shp",
        "tl_*_{fips}_tract.shp",
        "tl_*_{fips}_tract20.shp",
        "cb_*_us_tract_500k_*.parquet",
        "tracts.geojson",
        "tracts.parquet",
        "tracts.gpkg",
    ),
    # TIGER/Line reaches out to the middle of bays and the three-mile line: what is mapped and measured would be water.
    last_choice=("tl_*",),
    page="https://www.census.gov/geographies/mapping-files/time-series/geo/cartographic-boundary.html",
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=_URLS,
    others=(
        *census_by_ftp(*_URLS),
        Address(
            "https://tigerweb.geo.census.gov/arcgis/rest/services/TIGERweb/tigerWMS_ACS{year}/MapServer"
            "?layer=Census+Tracts&where=STATE%3D%27{fips}%27&outFields=GEOID,BASENAME,AREALAND,AREAWATER",
            transport="arcgis",
            media="json",
            says="These are the detailed boundaries of TIGERweb, areas of water included.",
        ),
    ),
    year=2024,
    editions=Editions(),
    tract_vintage=2020,
    media="zip",
    required=True,
    size_bytes=1_000_000,
    expected=Expected(least_rows=80_000, most_rows=90_000, least_states=51),
)
COLUMNS = (
    Wanted("geoid", ("GEOID", "GEOID20", "GEOID10", "GEOIDFQ", "AFFGEOID", "GEO_ID")),
    Wanted("name", ("NAME", "NAME20", "NAME10", "BASENAME"), required=False),
    Wanted("land", ("ALAND", "ALAND20", "ALAND10", "AREALAND"), required=False),
    Wanted("water", ("AWATER", "AWATER20", "AWATER10", "AREAWATER"), required=False),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the tracts of a boundary file."""
    text, geometry = read_layer(path, COLUMNS, SPEC.name, areas=True)
    vintage = vintage_of(text, path)
    frame = keyed(text)
    land, water = (
        numbers(frame[name], least=0, column=header, file=text.file, notes=text.notes).values
        for name, header in (("land", "ALAND"), ("water", "AWATER"))
    )
    # Nobody lives there, and as shapes they would be drawn and measured as land.
    all_water = frame[col.GEOID].str[5:7].eq("99") | (land.eq(0) & water.gt(0))
    frame, land, water = frame[~all_water], land[~all_water], water[~all_water]
    table = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.COUNTY_GEOID: county_of(frame[col.GEOID]),
            col.NAME: frame[col.NAME].fillna(tract_name(frame[col.GEOID])),
            col.LAND_M2: land,
            col.WATER_M2: water,
            col.TRACT_VINTAGE: vintage,
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    return text.parsed(TRACTS, spatial(table, geometry), out_of_scope={"all water": int(all_water.sum())})


def tract_name(geoids: pd.Series) -> pd.Series:
    """Return the number the Census Bureau prints for each tract code: 030100 is 301, 051201 is 512.01."""
    whole, part = geoids.str[5:9].str.lstrip("0").replace("", "0"), geoids.str[9:]
    return whole.where(part == "00", whole + "." + part)


def vintage_of(text: Text, path: Path) -> int:
    """Return the census whose tracts these are: from headers that end in 10 or 20, else the year in the file name."""
    headers = set(text.headers)
    if "GEOID20" in headers or "GEOID10" in headers:
        return 2020 if "GEOID20" in headers else 2010
    year = year_in(path.name)
    if year is None:
        raise InputError(
            "neither the file name nor its headers say of which year these tracts are",
            file=path,
            remedy="Keep the publisher's file name, such as cb_2020_44_tract_500k.zip.",
        )
    return tract_vintage(year)
