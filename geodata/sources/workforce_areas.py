"""Which counties make up a local workforce area: the sub-geography table of the Workforce Information Database.

Some areas are cities or parts of counties; those members have no county code and are out of scope, so an area may be
known in part only, which a note says.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import AREA_MEMBERS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.formats.workbooks import read_table
from geodata.sources.spec import ParseContext, SourceSpec

SPEC = SourceSpec(
    name="workforce_areas",
    title="Local workforce development areas by county",
    publisher="Workforce Information Database Center",
    table=AREA_MEMBERS,
    scope="nation",
    filenames=("workforce_areas*.csv", "workforce_areas*.xlsx", "subgeog*.xlsx", "subgeog*.csv"),
    page="https://widcenter.org/subgeog-lookup-table",
    licence="Public (state workforce agencies)",
    cadence="yearly",
)
COLUMNS = (
    Wanted("state", ("stfips",)),
    Wanted("area", ("area",)),
    Wanted("area_name", ("areaname", "areadesc", "area_name"), required=False),
    Wanted("member_state", ("substfips",)),
    Wanted("member_kind", ("subareatype",)),
    Wanted("member", ("subarea",)),
)
_COUNTY = "4"


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the counties of each area."""
    text = read_table(path, COLUMNS, SPEC.name, least=4)
    frame = text.frame
    county = frame["member_kind"].str.lstrip("0") == _COUNTY
    parts = int(frame.loc[~county, "area"].nunique())
    if parts:
        text.notes.append(f"Areas with members other than counties, known in part only: {parts:,}.")
    frame = frame[county]
    unit = frame["member_state"].str.zfill(2) + frame["member"].str[-3:].str.zfill(3)
    frame = frame.assign(unit=clean_geoids(unit, 5))
    frame = text.log.take(frame, frame[col.UNIT].isna(), "no_county_code", key="area", field="member")
    frame = text.log.take(frame, frame["area"].isna(), "no_area", field="area")
    frame = text.log.take(
        frame,
        frame["member_state"].str.zfill(2) != frame[col.STATE].str.zfill(2),
        "county_of_another_state",
        key="area",
        field="member",
        remedy="A workforce area lies in one state: correct substfips or stfips.",
    )
    identifier = frame[col.STATE].str.zfill(2) + frame["area"].str.zfill(6)
    table = pd.DataFrame(
        {
            col.AREA_KIND: "workforce_area",
            col.AREA_ID: identifier,
            col.AREA_NAME: frame[col.AREA_NAME].fillna("Workforce area " + frame["area"].str.lstrip("0")),
            col.STATE: usps_of(frame[col.UNIT]),
            col.UNIT_KIND: "county",
            col.UNIT_GEOID: frame[col.UNIT],
        }
    )
    repeated = table.duplicated([col.AREA_ID, col.UNIT_GEOID])
    text.log.take(frame, repeated, "repeated", key="area", field="unit")
    return text.parsed(AREA_MEMBERS, table[~repeated], out_of_scope={"member is no county": int((~county).sum())})
