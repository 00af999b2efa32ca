"""Cities, towns and census-designated places, from cartographic or TIGER/Line files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids, usps_of, year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import PLACES
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer, spatial
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.spec import Editions, ParseContext, SourceSpec, census_by_ftp

_URLS = (
    "https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_{fips}_place_500k.zip",
    "https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_us_place_500k.zip",
)
SPEC = SourceSpec(
    name="places",
    title="Cartographic boundaries of places",
    publisher="U.S. Census Bureau",
    table=PLACES,
    scope="state",
    filenames=(
        "cb_*_{fips}_place_500k.zip",
        "tl_*_{fips}_place.zip",
        "cb_*_{fips}_place_500k.geojson",
        "cb_*_us_place_500k.zip",
        "places.geojson",
    ),
    page="https://www.census.gov/geographies/mapping-files/time-series/geo/cartographic-boundary.html",
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=_URLS,
    others=census_by_ftp(*_URLS),
    year=2024,
    editions=Editions(),
    size_bytes=300_000,
    media="zip",
)
COLUMNS = (
    Wanted("place_geoid", ("GEOID", "GEOID20", "GEOIDFQ", "AFFGEOID")),
    Wanted("name", ("NAME", "NAME20")),
    Wanted("long_name", ("NAMELSAD", "NAMELSAD20"), required=False),
    Wanted("lsad", ("LSAD", "LSAD20"), required=False),
)
_KINDS = {"21": "borough", "25": "city", "43": "town", "47": "village", "53": "city and borough", "57": "CDP"}


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the places of a boundary file."""
    text, geometry = read_layer(path, COLUMNS, SPEC.name, areas=True)
    frame = text.frame.assign(place_geoid=clean_geoids(text.frame[col.PLACE_GEOID], 7))
    frame = text.log.take(frame, frame[col.PLACE_GEOID].isna(), "no_place_code", field="place_geoid")
    frame = text.log.take(frame, frame[col.PLACE_GEOID].duplicated(), "repeated", key="place_geoid")
    frame = text.log.take(frame, frame[col.NAME].isna(), "no_name", key="place_geoid", field="name")
    kinds = pd.Series(
        [
            long[len(name) :].strip() if isinstance(long, str) and long.startswith(name) else None
            for long, name in zip(frame["long_name"], frame[col.NAME], strict=True)
        ],
        index=frame.index,
        dtype="str",
    )
    table = pd.DataFrame(
        {
            col.PLACE_GEOID: frame[col.PLACE_GEOID],
            col.STATE: usps_of(frame[col.PLACE_GEOID]),
            col.NAME: frame[col.NAME],
            col.KIND: kinds.where(kinds != "").fillna(frame["lsad"].map(_KINDS)),
            col.VINTAGE: year_in(text.file),
        }
    )
    return text.parsed(PLACES, spatial(table, geometry))
