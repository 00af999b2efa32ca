"""Eligible training programs of the states: the bulk workbook of the Department of Labor's Training Provider Results.

A row is a program; providers are brought together by name and place. Programs of other fields are out of scope, and
one whose CIP code cannot be read is refused unless its occupation is one of the work's. The file has no
coordinates: a provider gets them from the list it is found in too, or from the geocoder.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import PROVIDERS
from geodata.schemas.parsed import Parsed
from geodata.sources.cip import chosen_codes, clean_cip
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.formats.values import counts
from geodata.sources.formats.workbooks import read_table
from geodata.sources.operator_lists import provider_rows, with_countable, with_place, without_fillers
from geodata.sources.spec import Address, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="etpl",
    title="Eligible training programs (Training Provider Results)",
    publisher="U.S. Department of Labor",
    table=PROVIDERS,
    scope="nation",
    filenames=("DownloadPrograms.xlsx", "DownloadPrograms*.xlsx", "DownloadPrograms*.csv", "etpl*.xlsx", "etpl*.csv"),
    page="https://www.trainingproviderresults.gov",
    licence="Public domain (US federal work)",
    cadence="quarterly",
    media="xlsx",
    others=(Address("https://www.trainingproviderresults.gov/data/DownloadPrograms.xlsx"),),
    size_bytes=36_000_000,
)
COLUMNS = (
    Wanted("name", ("d101_eligible_training_provider", "field_etp", "provider_name")),
    Wanted("program", ("d105_program_name", "field_program_name"), required=False),
    Wanted("cip_code", ("d110_cip_code", "field_cip_code", "cip_code")),
    Wanted("soc1", ("d117_program_soc_occupation_1", "field_program_soc_occ_1"), required=False),
    Wanted("soc2", ("d118_program_soc_occupation_2", "field_program_soc_occ_2"), required=False),
    Wanted("soc3", ("d119_program_soc_occupation_3", "field_program_soc_occ_3"), required=False),
    Wanted("url", ("d107_program_url", "field_program_url"), required=False),
    Wanted("address", ("address", "field_address"), required=False),
    Wanted("city", ("city", "field_city")),
    Wanted("state", ("state", "field_state")),
    Wanted("zip", ("zip", "field_zip"), required=False),
    Wanted("county", ("county", "field_county"), required=False),
    Wanted("latitude", ("lat", "latitude", "field_lat"), required=False),
    Wanted("longitude", ("lon", "longitude", "field_lon"), required=False),
    Wanted("geocoded", required=False),
    Wanted("served", ("field_c_total_served", "c_total_served", "total_served"), required=False),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the providers of programs in the chosen fields, with the codes and people served of their programs."""
    text = read_table(path, COLUMNS, SPEC.name)
    suppressed = text.frame["served"].isin(["-1", "-1.0"])
    text.frame = without_fillers(text.frame).assign(suppressed=suppressed)
    frame = with_place(text)
    code = chosen_codes(frame[col.CIP_CODE], context.settings.training.cip_codes)
    occupations = tuple(context.settings.industry.occupations)
    by_occupation = (
        frame[["soc1", "soc2", "soc3"]].apply(lambda soc: soc.str.startswith(occupations, na=False)).any(axis=1)
    )
    readable = clean_cip(frame[col.CIP_CODE]).notna()
    other = readable & code.isna()
    frame, code, by_occupation, readable = frame[~other], code[~other], by_occupation[~other], readable[~other]
    frame = text.log.take(
        frame.assign(code=code),
        ~readable & ~by_occupation & code.isna(),
        "no_cip_code",
        key="name",
        field="cip_code",
        remedy="Give the CIP 2020 code of the program.",
    )
    frame = with_countable(text, frame, "served")
    table = _providers(frame)
    return text.parsed(PROVIDERS, table, kept=len(frame), out_of_scope={"other field of study": int(other.sum())})


def _providers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a provider and place; seats are the people served, where no program of it is suppressed."""
    rows = provider_rows(frame, SPEC.name, kind="etpl_program", entry_stage="entry")
    rows = rows.assign(
        code=frame[col.CODE], served=counts(frame["served"]).astype("float64"), suppressed=frame["suppressed"]
    )
    # The address differs between programs of one campus more often than its ZIP code does.
    place = [rows[name].fillna("").str.casefold() for name in (col.NAME, col.STATE, col.CITY, col.ZIP)]
    grouped = rows.groupby(place, sort=True)
    table = grouped.first()
    table[col.CIP_CODES] = grouped[col.CODE].agg(lambda codes: " ".join(sorted(set(codes.dropna())))).replace("", None)
    table[col.SEATS] = grouped["served"].sum(min_count=1)
    hidden = grouped["suppressed"].any()
    table[col.SEATS_BASIS] = "assumed"
    table.loc[table[col.SEATS].notna(), col.SEATS_BASIS] = "seats"
    # Part of a sum is no sum: a provider with a suppressed program has unknown seats, not fewer.
    table.loc[hidden, col.SEATS] = None
    table.loc[hidden, col.SEATS_BASIS] = "suppressed"
    number = grouped.size()
    table[col.EVIDENCE] = [f"{count} programs in the chosen fields" if count > 1 else None for count in number]
    return table.reset_index(drop=True)
