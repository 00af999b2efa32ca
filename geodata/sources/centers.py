"""Centers of Population: where the residents of a tract live on average, and how many the census counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import CENTERS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import counts, points
from geodata.sources.spec import Expected, ParseContext, SourceSpec, census_by_ftp

_URLS = (
    "https://www2.census.gov/geo/docs/reference/cenpop2020/tract/CenPop2020_Mean_TR.txt",
    "https://www2.census.gov/geo/docs/reference/cenpop2020/tract/CenPop2020_Mean_TR{fips}.txt",
)
SPEC = SourceSpec(
    name="centers",
    title="Centers of Population of census tracts",
    publisher="U.S. Census Bureau",
    table=CENTERS,
    scope="nation",
    filenames=("CenPop2020_Mean_TR.txt", "CenPop2020_Mean_TR{fips}.txt"),
    page="https://www.census.gov/geographies/reference-files/time-series/geo/centers-population.html",
    licence="Public domain (US federal work)",
    cadence="every ten years",
    urls=_URLS,
    others=census_by_ftp(*_URLS),
    year=2020,
    tract_vintage=2020,
    media="csv",
    required=True,
    size_bytes=4_300_000,
    expected=Expected(least_rows=84_000, most_rows=87_000, least_states=51),
)
COLUMNS = (
    Wanted("state", ("STATEFP",)),
    Wanted("county", ("COUNTYFP",)),
    Wanted("tract", ("TRACTCE",)),
    Wanted("population", ("POPULATION",)),
    Wanted("latitude", ("LATITUDE",)),
    Wanted("longitude", ("LONGITUDE",)),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the centers of a national or state file. Connecticut is in counties, as at Census day."""
    text = read_csv(path, COLUMNS, SPEC.name)
    frame = text.frame
    code = frame[col.STATE].str.zfill(2) + frame["county"].str.zfill(3) + frame["tract"].str.zfill(6)
    latitude, longitude = points(frame[col.LATITUDE], frame[col.LONGITUDE])
    frame = frame.assign(
        geoid=clean_geoids(code), population=counts(frame[col.POPULATION]), latitude=latitude, longitude=longitude
    )
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="tract")
    frame = text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")
    frame = text.log.take(frame, frame[col.POPULATION].isna(), "no_population", key="geoid", field="population")
    frame = text.log.take(frame, frame[col.LATITUDE].isna(), "no_coordinates", key="geoid", field="latitude")
    table = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.POPULATION: frame[col.POPULATION],
            col.LATITUDE: frame[col.LATITUDE],
            col.LONGITUDE: frame[col.LONGITUDE],
            col.TRACT_VINTAGE: 2020,
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    return text.parsed(CENTERS, table)
