"""Centers of Population: where the residents of a tract live on average, and how many the census counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.geography.nearby_pairs import nearest_other_km
from geodata.schemas import columns as col
from geodata.schemas.canonical import CENTERS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import counts
from geodata.sources.places_of_rows import with_points
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
_REMEDY = "Check whether latitude and longitude are exchanged, or those of another row."
# The loneliest center of 2020 outside Alaska and Hawaii is 180 km from the next of its state (in Oregon), in Alaska
# 590 km; Hawaii's uninhabited chain is 1,690 km long.
_LONELY_KM, _LONELY_KM_OF = 300.0, {"02": 1000.0, "15": 2000.0}


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the centers of a national or state file. Connecticut is in counties, as at Census day."""
    text = read_csv(path, COLUMNS, SPEC.name)
    frame = text.frame
    code = frame[col.STATE].str.zfill(2) + frame[col.COUNTY].str.zfill(3) + frame["tract"].str.zfill(6)
    frame = frame.assign(geoid=clean_geoids(code), population=counts(frame[col.POPULATION]))
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="tract")
    frame = text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")
    frame = text.log.take(frame, frame[col.POPULATION].isna(), "no_population", key="geoid", field="population")
    frame = with_points(text, frame, states=usps_of(frame[col.GEOID]), key="geoid")
    frame = text.log.take(frame, frame[col.LATITUDE].isna(), "no_coordinates", key="geoid", field="latitude")
    astray = _astray(frame[col.GEOID].str[:2], frame[col.LATITUDE], frame[col.LONGITUDE])
    frame = text.log.take(frame, astray, "far_from_its_state", key="geoid", field="longitude", remedy=_REMEDY)
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


def _astray(states: pd.Series, latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """Return which centers are farther from any other of their state (code) than such centers are."""
    found = pd.Series(False, index=states.index)
    for fips, rows in states.groupby(states):
        here = rows.index
        others: NDArray[np.float64] = nearest_other_km(latitude[here].to_numpy(float), longitude[here].to_numpy(float))
        found[here] = others > _LONELY_KM_OF.get(str(fips), _LONELY_KM)
    return found
