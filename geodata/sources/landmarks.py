"""What orients a reader of the map: water, main roads, tribal areas, corridors and state outlines.

Five sources, one table. Census files of areas and lines, and the Federal Highway Administration's alternative
fuel corridors as a feature layer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import LANDMARKS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer, spatial
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.spec import Address, Editions, ParseContext, SourceSpec, census_by_ftp

_CENSUS = "U.S. Census Bureau"
_TIGER = "https://www.census.gov/geographies/mapping-files/time-series/geo/tiger-line-file.html"
_FREE = "Public domain (US federal work)"


def _census(name: str, title: str, filenames: tuple[str, ...], urls: tuple[str, ...], scope: str) -> SourceSpec:
    return SourceSpec(
        name=name,
        title=title,
        publisher=_CENSUS,
        table=LANDMARKS,
        scope="nation" if scope == "nation" else "state",
        filenames=filenames,
        page=_TIGER,
        licence=_FREE,
        cadence="yearly",
        urls=urls,
        others=census_by_ftp(*urls),
        year=2024,
        editions=Editions(),
        size_bytes=5_000_000,
        media="zip",
    )


WATER = _census(
    "water",
    "Area water of TIGER/Line",
    ("tl_*_{fips}_areawater.zip", "tl_*_{fips}???_areawater.zip"),
    (),
    "state",
)
ROADS = _census(
    "roads",
    "Primary roads of TIGER/Line",
    ("tl_*_us_primaryroads.zip", "tl_*_{fips}_primaryroads.zip", "tl_*_{fips}_prisecroads.zip"),
    ("https://www2.census.gov/geo/tiger/TIGER{year}/PRIMARYROADS/tl_{year}_us_primaryroads.zip",),
    "nation",
)
TRIBAL = _census(
    "tribal",
    "American Indian, Alaska Native and Native Hawaiian areas",
    ("cb_*_us_aiannh_500k.zip", "tl_*_us_aiannh.zip"),
    ("https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_us_aiannh_500k.zip",),
    "nation",
)
STATES = _census(
    "states",
    "Outlines of states",
    (
        "cb_*_us_state_500k.zip",
        "cb_*_us_state_5m.zip",
        "cb_*_us_state_20m.zip",
        "tl_*_us_state.zip",
        "us_geo_census_cb_*_states.geojson",
    ),
    ("https://www2.census.gov/geo/tiger/GENZ{year}/shp/cb_{year}_us_state_500k.zip",),
    "nation",
)
CORRIDORS = SourceSpec(
    name="corridors",
    title="Alternative fuel corridors, electric",
    publisher="Federal Highway Administration",
    table=LANDMARKS,
    scope="nation",
    filenames=("*alternative_fuel_corridors*.geojson", "fhwa_corridors*.geojson", "*corridors*.geojson"),
    page="https://www.fhwa.dot.gov/environment/alternative_fuel_corridors/",
    licence=_FREE,
    cadence="after each round of designation",
    urls=(
        "https://services.arcgis.com/xOi1kZaI0eWDREZv/arcgis/rest/services/NTAD_Alternative_Fuel_Corridors/"
        "FeatureServer?field=EV&where=EV%3D1",
    ),
    others=(
        Address(
            "https://services.arcgis.com/xOi1kZaI0eWDREZv/arcgis/rest/services/NTAD_Alternative_Fuel_Corridors/"
            "FeatureServer/0?where=EV%3D1",
            fills_gaps=True,
        ),
    ),
    media="json",
    transport="arcgis",
)


def _parser(
    spec: SourceSpec,
    kind: str,
    columns: tuple[Wanted, ...],
    *,
    wanted_codes: tuple[str, ...] = (),
    electric: bool = False,
) -> Callable[[Path, ParseContext], Parsed]:
    """Return the parser of one kind of landmark.

    `columns` hold `id`, `name` and perhaps `code` (kept if it begins with one of `wanted_codes`) and `ev`.
    """

    def parse(path: Path, context: ParseContext) -> Parsed:
        text, geometry = read_layer(path, columns, spec.name)
        frame = text.frame
        aside = pd.Series(False, index=frame.index)
        if wanted_codes and "code" in frame:
            aside = frame[col.CODE].notna() & ~frame[col.CODE].str.startswith(wanted_codes, na=False)
        if electric:
            aside |= ~frame["ev"].isin(["1", "1.0", "Y", "true"]) & frame["ev"].notna()
        frame = frame[~aside]
        own = frame["id"].fillna(pd.Series(frame.index.astype("str"), index=frame.index))
        repeat = own.groupby(own).cumcount()
        # One landmark may come in several pieces; each keeps the publisher's id and a running number.
        own = own.where(repeat == 0, own + "." + repeat.astype("str"))
        # A river or road of two states is in the files of both, under one id.
        part_of = kind if context.state is None else f"{kind}:{context.state.usps}"
        table = pd.DataFrame({col.LANDMARK_ID: f"{part_of}:" + own, col.KIND: kind, col.NAME: frame[col.NAME]})
        return text.parsed(LANDMARKS, spatial(table, geometry), out_of_scope={"other kind": int(aside.sum())})

    return parse


# Feature classes (MTFCC): H2 and H3 are lakes, ponds, reservoirs, rivers and bays; S11 and S12 main roads.
parse_water = _parser(
    WATER,
    "water",
    (Wanted("id", ("HYDROID",), False), Wanted("name", ("FULLNAME",), False), Wanted("code", ("MTFCC",), False)),
    wanted_codes=("H2", "H3"),
)
parse_roads = _parser(
    ROADS,
    "road",
    (Wanted("id", ("LINEARID",), False), Wanted("name", ("FULLNAME",)), Wanted("code", ("MTFCC",), False)),
    wanted_codes=("S1100", "S1200"),
)
parse_tribal = _parser(
    TRIBAL,
    "tribal",
    (Wanted("id", ("GEOID", "GEOIDFQ", "AFFGEOID")), Wanted("name", ("NAMELSAD", "NAME"))),
)
parse_states = _parser(
    STATES,
    "state",
    (Wanted("id", ("GEOID", "geoid", "STATEFP")), Wanted("name", ("NAME", "region_name"))),
)
parse_corridors = _parser(
    CORRIDORS,
    "corridor",
    (
        Wanted("id", ("OBJECTID", "AFC_NUMBER", "FID"), False),
        Wanted("name", ("PRIMARY_NA", "PRIMARY_NAME", "LOCAL_NAME", "name"), False),
        Wanted("ev", ("EV",), False),
    ),
    electric=True,
)
