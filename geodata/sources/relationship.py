"""The Census Bureau's relationship file: which land 2020 tracts share with 2010 tracts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids
from geodata.schemas import columns as col
from geodata.schemas.canonical import RELATIONSHIP
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import to_numbers
from geodata.sources.spec import Expected, ParseContext, SourceSpec, census_by_ftp

_URLS = (
    "https://www2.census.gov/geo/docs/maps-data/data/rel2020/tract/tab20_tract20_tract10_natl.txt",
    "https://www2.census.gov/geo/docs/maps-data/data/rel2020/tract/tab20_tract20_tract10_st{fips}.txt",
)
SPEC = SourceSpec(
    name="relationship",
    title="Relationship of 2020 to 2010 census tracts",
    publisher="U.S. Census Bureau",
    table=RELATIONSHIP,
    scope="nation",
    filenames=("tab20_tract20_tract10_natl.txt", "tab20_tract20_tract10_st{fips}.txt"),
    page="https://www.census.gov/geographies/reference-files/time-series/geo/relationship-files.html",
    licence="Public domain (US federal work)",
    cadence="every ten years",
    urls=_URLS,
    others=census_by_ftp(*_URLS),
    year=2020,
    tract_vintage=2020,
    media="csv",
    size_bytes=19_000_000,
    expected=Expected(least_rows=120_000, most_rows=135_000, least_states=51),
)
COLUMNS = (
    Wanted("geoid_2020", ("GEOID_TRACT_20",)),
    Wanted("geoid_2010", ("GEOID_TRACT_10",)),
    Wanted("land_part_m2", ("AREALAND_PART",)),
    Wanted("land_2020_m2", ("AREALAND_TRACT_20",)),
    Wanted("land_2010_m2", ("AREALAND_TRACT_10",)),
)
_AREAS = (col.LAND_PART_M2, col.LAND_2020_M2, col.LAND_2010_M2)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the parts of a national or state file.

    Parts without land are kept: they tie tracts of water to their predecessors and weigh nothing.
    """
    text = read_csv(path, COLUMNS, SPEC.name)
    frame = text.frame
    frame = frame.assign(
        geoid_2020=clean_geoids(frame[col.GEOID_2020]),
        geoid_2010=clean_geoids(frame[col.GEOID_2010]),
        **{name: to_numbers(frame[name]) for name in _AREAS},
    )
    frame = text.log.take(frame, frame[col.GEOID_2020].isna(), "no_2020_tract", field="geoid_2020")
    frame = text.log.take(frame, frame[col.GEOID_2010].isna(), "no_2010_tract", key="geoid_2020", field="geoid_2010")
    for name in _AREAS:
        bad = frame[name].isna() | (frame[name] < 0)
        frame = text.log.take(frame, bad, "no_area", key="geoid_2020", field=name)
    beyond = frame[col.LAND_PART_M2] > frame[[col.LAND_2020_M2, col.LAND_2010_M2]].min(axis=1)
    remedy = "What two tracts share is no larger than either: download the file again."
    frame = text.log.take(frame, beyond, "part_above_the_whole", key="geoid_2020", field="land_part_m2", remedy=remedy)
    repeated = frame.duplicated([col.GEOID_2020, col.GEOID_2010])
    frame = text.log.take(frame, repeated, "repeated", key="geoid_2020", field="geoid_2010")
    return text.parsed(RELATIONSHIP, pd.DataFrame(frame))
