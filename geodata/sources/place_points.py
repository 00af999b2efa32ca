"""Points of ZIP codes and of named places: where a row is about that gives no coordinates.

Two sources, one table: GeoNames' postal codes (ZIP code, post office, county, point) and the Census Bureau's Gazetteer
of places (name, point inside). A ZIP code of post-office boxes has the point of its post office. Does not hold
which rows are placed by them (`geodata.ingest.placing`).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids, usps_of
from geodata.geography.zips import clean_zips
from geodata.schemas import columns as col
from geodata.schemas.canonical import PLACE_POINTS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text, Wanted, read_csv
from geodata.sources.places_of_rows import state_codes, with_points
from geodata.sources.spec import Expected, ParseContext, SourceSpec

ZIP_POINTS = SourceSpec(
    name="zip_points",
    title="Postal codes of the United States with a point each",
    publisher="GeoNames",
    table=PLACE_POINTS,
    scope="nation",
    filenames=("geonames_US_postal_codes*.txt", "geonames_US*.zip", "geonames_US*.txt", "US.zip", "US.txt"),
    page="https://www.geonames.org/postal-codes/",
    licence="CC BY 4.0, GeoNames",
    cadence="daily",
    urls=("https://download.geonames.org/export/zip/US.zip",),
    media="any",
    optional=True,
    expected=Expected(least_rows=30_000, least_states=51),
)
GAZETTEER = SourceSpec(
    name="gazetteer",
    title="Gazetteer of places",
    publisher="U.S. Census Bureau",
    table=PLACE_POINTS,
    scope="nation",
    filenames=("????_Gaz_place_national.zip", "*Gaz_place_national.txt", "*Gaz_places_national.txt"),
    page="https://www.census.gov/geographies/reference-files/time-series/geo/gazetteer-files.html",
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=("https://www2.census.gov/geo/docs/maps-data/data/gazetteer/{year}_Gazetteer/{year}_Gaz_place_national.zip",),
    year=2024,
    media="any",
    optional=True,
    expected=Expected(least_rows=25_000, least_states=51),
)
# The file has no header: https://download.geonames.org/export/zip/readme.txt
ZIP_HEADERS = (
    "country code",
    "postal code",
    "place name",
    "admin name1",
    "admin code1",
    "admin name2",
    "admin code2",
    "admin name3",
    "admin code3",
    "latitude",
    "longitude",
    "accuracy",
)
ZIP_COLUMNS = (
    Wanted("country", ("country code",)),
    Wanted("code", ("postal code",)),
    Wanted("name", ("place name",)),
    Wanted("state", ("admin code1",)),
    Wanted("county", ("admin name2",)),
    Wanted("latitude"),
    Wanted("longitude"),
)
GAZETTEER_COLUMNS = (
    Wanted("code", ("GEOID",)),
    Wanted("name", ("NAME",)),
    Wanted("latitude", ("INTPTLAT",)),
    Wanted("longitude", ("INTPTLONG",)),
)
# What the Gazetteer sets behind a name to say of which kind it is.
_KIND = (
    r"\s+(?:CDP|city|town|village|borough|comunidad|zona urbana|city and borough|municipality|corporation|urbana|"
    r"(?:consolidated|metropolitan|unified|urban county|metro|metro township) (?:government|township)|"
    r"(?:city|government|county) \(balance\)|metro government|\(balance\)|plantation)$"
)


def parse_zip_points(path: Path, context: ParseContext) -> Parsed:
    """Return the point of each ZIP code; those of military post offices abroad are out of scope."""
    text = read_csv(path, ZIP_COLUMNS, ZIP_POINTS.name, member="US.txt", headers=ZIP_HEADERS)
    frame = text.frame.assign(code=clean_zips(text.frame[col.CODE]), usps=state_codes(text.frame[col.STATE]))
    frame = text.log.take(frame, frame[col.CODE].isna(), "no_zip_code", field="code", first_row=1)
    abroad = (frame["country"] != "US") | frame["usps"].isna()
    return _parsed(text, frame[~abroad], "zip", {"outside the states": int(abroad.sum())})


def parse_gazetteer(path: Path, context: ParseContext) -> Parsed:
    """Return a point inside each place, its name without its kind: Ashaway for Ashaway CDP."""
    text = read_csv(path, GAZETTEER_COLUMNS, GAZETTEER.name, member="*.txt")
    frame = text.frame.assign(code=clean_geoids(text.frame[col.CODE], 7))
    frame = text.log.take(frame, frame[col.CODE].isna(), "no_place_code", field="code")
    bare = frame[col.NAME].str.replace(_KIND, "", regex=True)
    return _parsed(text, frame.assign(usps=usps_of(frame[col.CODE]), name=bare), "place", {})


def _parsed(text: Text, frame: pd.DataFrame, kind: str, out_of_scope: dict[str, int]) -> Parsed:
    first = 1 if kind == "zip" else 2
    frame = text.log.take(frame, frame[col.NAME].isna(), "no_name", key="code", field="name", first_row=first)
    frame = with_points(text, frame, states=frame["usps"], key="code", first_row=first)
    bare = frame[col.LATITUDE].isna()
    frame = text.log.take(frame, bare, "no_coordinates", key="code", field="latitude", first_row=first)
    again = frame[col.CODE].duplicated()
    if kind == "zip":
        # A ZIP code that serves several post offices has a row for each; the first is its main one.
        out_of_scope = {**out_of_scope, "another name of the ZIP code": int(again.sum())}
    else:
        text.log.take(frame, again, "repeated", key="code")
    frame = frame[~again]
    table = pd.DataFrame(
        {
            col.KIND: kind,
            col.CODE: frame[col.CODE],
            col.NAME: frame[col.NAME],
            col.STATE: frame["usps"],
            col.COUNTY: frame[col.COUNTY] if kind == "zip" else None,
            col.LATITUDE: frame[col.LATITUDE],
            col.LONGITUDE: frame[col.LONGITUDE],
        }
    )
    return text.parsed(PLACE_POINTS, table, out_of_scope=out_of_scope)
