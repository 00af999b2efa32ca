"""DAPIP: accredited institutions and their additional locations, as the U.S. Department of Education keeps them.

One row an institution, additional location or site, with an address and no coordinates: a row is placed by its ZIP code
until `onramp geocode` has written coordinates beside the addresses. Branches hang on the institution by ParentDapipId.
The file holds names, telephone numbers and e-mail addresses of officers: they are not read.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import CAMPUSES
from geodata.schemas.parsed import Parsed
from geodata.sources.campus_rows import campus_table, kind_of_place
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import dates
from geodata.sources.places_of_rows import near_on_street, split_addresses, state_codes, with_points
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="dapip",
    title="Institutions and branch campuses (DAPIP)",
    publisher="U.S. Department of Education",
    table=CAMPUSES,
    scope="nation",
    filenames=("InstitutionCampus*.csv", "InstitutionCampus*.zip", "dapip*.csv"),
    page="https://ope.ed.gov/dapip/",
    licence="Public domain (US federal work)",
    cadence="daily; downloaded by hand",
    expected=Expected(least_rows=25_000, least_states=51),
)
COLUMNS = (
    Wanted("ident", ("DapipId",)),
    Wanted("unitids", ("IpedsUnitIds",)),
    Wanted("name", ("LocationName",)),
    Wanted("parent_name", ("ParentName",)),
    Wanted("parent", ("ParentDapipId",)),
    Wanted("type", ("LocationType",)),
    Wanted("address", ("Address",)),
    Wanted("updated", ("UpdateDate",), required=False),
    # Written by the geocoding command.
    Wanted("latitude", required=False),
    Wanted("longitude", required=False),
    Wanted("geocoded", required=False),
)
_TYPES = ("Institution", "Additional Location", "Site")


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the places; addresses that end in no state and ZIP code lie abroad and are out of scope."""
    text = read_csv(path, COLUMNS, SPEC.name, member="*campus*.csv")
    frame = text.frame
    frame = text.log.take(frame, frame["ident"].isna(), "no_identifier", field="ident")
    frame = text.log.take(frame, frame["ident"].duplicated(), "repeated", key="ident", field="ident")
    frame = text.log.take(frame, frame[col.NAME].isna(), "no_name", key="ident", field="name")
    strange = ~frame["type"].isin(_TYPES)
    remedy = f"Use one of {', '.join(_TYPES)}."
    frame = text.log.take(frame, strange, "unknown_location_type", key="ident", field="type", remedy=remedy)
    parts = split_addresses(frame[col.ADDRESS])
    frame = frame.assign(**parts, usps=state_codes(parts[col.STATE]))
    abroad = frame["usps"].isna()
    frame = with_points(text, frame[~abroad], states=frame.loc[~abroad, "usps"], key="ident")
    parent = frame["parent"].mask(frame["parent"] == "-")
    parent_name = frame["parent_name"].mask(frame["parent_name"] == "-")
    main = (frame["type"] == "Institution") & parent.isna()
    kinds = [
        "main" if first else kind_of_place(name, family if isinstance(family, str) else None)
        for first, name, family in zip(main, frame[col.NAME], parent_name, strict=True)
    ]
    table = pd.DataFrame(
        {
            col.CAMPUS_ID: "dapip:" + frame["ident"],
            col.FAMILY_ID: "dapip:" + parent.fillna(frame["ident"]),
            col.FAMILY_NAME: parent_name.fillna(frame[col.NAME]),
            col.UNITID: frame["unitids"].str.replace(r"[^0-9]+", " ", regex=True).str.strip().replace("", None),
            col.NAME: frame[col.NAME],
            col.KIND: kinds,
            col.STATE: frame["usps"],
            col.ADDRESS: frame[col.ADDRESS],
            col.CITY: frame[col.CITY],
            col.ZIP: frame[col.ZIP],
            col.LATITUDE: frame[col.LATITUDE],
            col.LONGITUDE: frame[col.LONGITUDE],
            col.LOCATION_QUALITY: near_on_street(frame),
            col.AS_OF: dates(frame["updated"]),
        }
    )
    scope = {"abroad, or without a state and ZIP code at the end of the address": int(abroad.sum())}
    return text.parsed(CAMPUSES, campus_table(table, SPEC.name), out_of_scope=scope)
