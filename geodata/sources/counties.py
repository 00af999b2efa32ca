"""County boundaries: cartographic files, TIGER/Line, or GeoJSON keyed by code and name."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.geography.geoids import clean_geoids, connecticut_scheme, usps_of, year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import COUNTIES
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer, spatial
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.spec import Editions, Expected, ParseContext, SourceSpec, census_by_ftp

_URLS = ("https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_us_county_500k.zip",)
SPEC = SourceSpec(
    name="counties",
    title="Cartographic boundaries of counties",
    publisher="U.S. Census Bureau",
    table=COUNTIES,
    scope="nation",
    filenames=(
        "cb_*_us_county_500k.zip",
        "cb_*_us_county_5m.zip",
        "cb_*_us_county_20m.zip",
        "tl_*_us_county.zip",
        "cb_*_us_county_*.geojson",
        "us_geo_census_cb_*_counties.geojson",
        "counties.geojson",
    ),
    page="https://www.census.gov/geographies/mapping-files/time-series/geo/cartographic-boundary.html",
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=_URLS,
    others=census_by_ftp(*_URLS),
    year=2024,
    editions=Editions(),
    size_bytes=11_000_000,
    media="zip",
    expected=Expected(least_rows=3_100, most_rows=3_300, least_states=51),
)
COLUMNS = (
    Wanted("county_geoid", ("GEOID", "GEOID20", "geoid", "GEOIDFQ", "AFFGEOID")),
    Wanted("name", ("NAMELSAD", "NAMELSAD20", "region_name"), required=False),
    Wanted("bare", ("NAME", "NAME20"), required=False),
    Wanted("lsad", ("LSAD", "LSAD20"), required=False),
)
# Legal/statistical area description codes, https://www.census.gov/library/reference/code-lists/
# legal-status-codes.html
_KINDS = {
    "03": "City and Borough",
    "04": "Borough",
    "05": "Census Area",
    "06": "County",
    "12": "Municipality",
    "13": "Municipio",
    "15": "Parish",
    "25": "city",
    "PL": "Planning Region",
}


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the counties of a boundary file, each with its kind in the name (Kent County)."""
    text, geometry = read_layer(path, COLUMNS, SPEC.name, areas=True)
    frame = text.frame.assign(county_geoid=clean_geoids(text.frame[col.COUNTY_GEOID], 5))
    frame = text.log.take(frame, frame[col.COUNTY_GEOID].isna(), "no_county_code", field="county_geoid")
    frame = text.log.take(frame, frame[col.COUNTY_GEOID].duplicated(), "repeated", key="county_geoid")
    connecticut_scheme(frame[col.COUNTY_GEOID], text.file)
    named = frame[col.NAME].str.replace(r",[^,]*$", "", regex=True)
    built = (frame["bare"] + " " + frame["lsad"].map(_KINDS).fillna("County")).str.strip()
    frame = frame.assign(named=named.fillna(built))
    frame = text.log.take(frame, frame["named"].isna(), "no_name", key="county_geoid", field="name")
    twice = _inside_another(frame, geometry)
    frame = text.log.take(
        frame,
        twice,
        "lies_in_another",
        key="county_geoid",
        field="county_geoid",
        remedy="Use counties of one year: these are of two.",
    )
    table = pd.DataFrame(
        {
            col.COUNTY_GEOID: frame[col.COUNTY_GEOID],
            col.STATE: usps_of(frame[col.COUNTY_GEOID]),
            col.NAME: frame["named"],
            col.VINTAGE: year_in(text.file),
        }
    )
    return text.parsed(COUNTIES, spatial(table, geometry))


def _inside_another(frame: pd.DataFrame, geometry: gpd.GeoSeries) -> pd.Series:
    """Return which counties lie where another does: a point well inside the one is in the other too.

    Of the two the one with the lower code stays. A point in both would be counted in either county by chance.
    """
    codes = frame[col.COUNTY_GEOID].to_numpy()
    shapes = geometry.reindex(frame.index)
    point, shape = shapely.STRtree(shapes.to_numpy()).query(shapes.representative_point().to_numpy(), "intersects")
    other = point != shape
    later = np.where(codes[point[other]] > codes[shape[other]], point[other], shape[other])
    twice = np.zeros(len(frame), dtype=bool)
    twice[later] = True
    return pd.Series(twice, index=frame.index)
