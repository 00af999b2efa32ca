"""The Workforce Almanac: providers of short training with their place and type, united from four federal lists.

It names no program, so none of its rows becomes a provider by itself. They say where places are: branches of
institutions of the directory (`geodata.ingest.campuses` decides which), and points of providers that another list names
without coordinates. The headers are those of the table the publisher's own preparation ends with; a file with others is
read with `sources.columns`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.schemas import columns as col
from geodata.schemas.canonical import CAMPUSES
from geodata.schemas.parsed import Parsed
from geodata.sources.campus_rows import campus_table, kind_of_place, unitids
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.mapped_columns import read_mapped
from geodata.sources.operator_lists import identifiers, with_place, without_fillers
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="workforce_almanac",
    title="Workforce Almanac",
    publisher="Project on Workforce, Harvard University",
    table=CAMPUSES,
    scope="nation",
    filenames=("*workforce?almanac*.csv", "*workforcealmanac*.csv"),
    page="https://www.workforcealmanac.com/",
    licence="CC BY 4.0; cite the Project on Workforce at Harvard University",
    cadence="2023, 2025",
    optional=True,
    expected=Expected(least_rows=16_000, least_states=51),
)
COLUMNS = (
    Wanted("name", ("org_name", "name", "provider_name")),
    Wanted("org_id", required=False),
    Wanted("unitid", ("ipeds_unique_id", "unitid"), required=False),
    Wanted("address", ("std_street", "street", "address", "org_address"), required=False),
    Wanted("city", ("std_city", "city"), required=False),
    Wanted("state", ("std_state", "state")),
    Wanted("zip", ("std_zip", "zip"), required=False),
    Wanted("latitude", ("geo_lat", "latitude", "lat")),
    Wanted("longitude", ("geo_lon", "longitude", "lon", "lng")),
    Wanted("county", required=False),
    Wanted("geocoded", required=False),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the places of the list; one with an IPEDS identifier is an institution's own."""
    text = read_mapped(path, COLUMNS, SPEC, context, least=2)
    text.frame = without_fillers(text.frame)
    frame = with_place(text)
    own = identifiers("almanac", frame[col.NAME], frame["usps"], frame[col.ZIP], frame[col.ADDRESS])
    frame = frame.assign(campus_id=("almanac:" + frame["org_id"]).fillna(own))
    frame = text.log.take(frame, frame[col.CAMPUS_ID].duplicated(), "repeated", key="name", field="org_id")
    unitid = unitids(frame[col.UNITID])
    unitid = unitid.where(unitid.str.fullmatch(r"\d{6}").fillna(False)).astype("str")
    table = frame.assign(
        unitid=unitid,
        family_id=None,
        family_name=None,
        kind=np.where(unitid.notna(), "main", [kind_of_place(name, None) for name in frame[col.NAME]]),
        state=frame["usps"],
    )
    return text.parsed(CAMPUSES, campus_table(table, SPEC.name))
