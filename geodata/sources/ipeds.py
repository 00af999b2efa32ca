"""IPEDS: the directory of postsecondary institutions (HD) and the awards they confer (C…_A).

Two files and two tables, brought together in `geodata.ingest.providers`. The directory keeps every active institution,
because only the awards show who teaches the work. Of the completions only first majors and six-digit CIP codes
count, and never a total of award levels together with its parts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.geography.geoids import year_in
from geodata.geography.zips import clean_zips
from geodata.schemas import columns as col
from geodata.schemas.canonical import INSTITUTIONS, PROGRAMS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import IPEDS_CODES, numbers
from geodata.sources.places_of_rows import state_codes, with_points
from geodata.sources.spec import Address, Editions, Expected, ParseContext, SourceSpec

_PAGE = "https://nces.ed.gov/ipeds/use-the-data"
_PUBLISHER = "National Center for Education Statistics"


def _generated(table: str) -> Address:
    """Return the address of the data generator, which has editions that have no file of their own yet."""
    query = f"?year={{year}}&tableName={table}&HasRV=0&type=csv"
    return Address(f"https://nces.ed.gov/ipeds/data-generator{query}", media="any", fills_gaps=True)


DIRECTORY = SourceSpec(
    name="ipeds_directory",
    title="IPEDS directory of institutions",
    publisher=_PUBLISHER,
    table=INSTITUTIONS,
    scope="nation",
    filenames=("HD????.zip", "HD????.csv", "HD????_*.csv"),
    page=_PAGE,
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=("https://nces.ed.gov/ipeds/datacenter/data/HD{year}.zip",),
    others=(_generated("HD{year}"),),
    year=2024,
    editions=Editions(ahead=-1),
    size_bytes=1_400_000,
    media="zip",
    expected=Expected(least_rows=5_500, most_rows=8_500, least_states=51),
)
COMPLETIONS = SourceSpec(
    name="ipeds_completions",
    title="IPEDS completions",
    publisher=_PUBLISHER,
    table=PROGRAMS,
    scope="nation",
    filenames=("C????_A.zip", "C????_A_RV.csv", "C????_A.csv"),
    page=_PAGE,
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=("https://nces.ed.gov/ipeds/datacenter/data/C{year}_A.zip",),
    others=(_generated("C{year}_A"),),
    year=2024,
    editions=Editions(ahead=-1),
    size_bytes=6_000_000,
    media="zip",
    expected=Expected(least_rows=250_000, least_states=1),
)
DIRECTORY_COLUMNS = (
    Wanted("unitid", ("UNITID",)),
    Wanted("name", ("INSTNM",)),
    Wanted("state", ("STABBR",)),
    Wanted("control", ("CONTROL",)),
    Wanted("level", ("ICLEVEL",)),
    Wanted("active", ("CYACTIVE",)),
    Wanted("latitude", ("LATITUDE",)),
    Wanted("longitude", ("LONGITUD", "LONGITUDE")),
    Wanted("address", ("ADDR",), required=False),
    Wanted("city", ("CITY",), required=False),
    Wanted("zip", ("ZIP",), required=False),
    Wanted("sector", ("SECTOR",), required=False),
    Wanted("category", ("INSTCAT",), required=False),
    Wanted("url", ("WEBADDR",), required=False),
)
COMPLETIONS_COLUMNS = (
    Wanted("unitid", ("UNITID",)),
    Wanted("cip_code", ("CIPCODE",)),
    Wanted("major", ("MAJORNUM",)),
    Wanted("award_level", ("AWLEVEL",)),
    Wanted("awards", ("CTOTALT",)),
    Wanted("flag", ("XCTOTALT",), required=False),
)
_CLOSED = ("2", "3")
_ACTIVE = ("1", *_CLOSED)
# The publisher's codes for not reported, not applicable and not available.
_NO_VALUE = ("-1", "-2", "-3")
CODES = "Use the codes of the publisher's dictionary of this file."
_CONTROL = {"1": "public", "2": "nonprofit", "3": "for_profit"}
_LEVEL = {"1": "four_year", "2": "two_year", "3": "less_than_two_year"}
# Institutional category: 3 degree-granting, not primarily baccalaureate or above; 4 associate's and certificates;
# 6 non-degree-granting, sub-baccalaureate. Sectors 4 to 9 offer less than four years.
_SUB_BACCALAUREATE_CATEGORIES = ("3", "4", "6")
_SUB_BACCALAUREATE_SECTORS = ("4", "5", "6", "7", "8", "9")
# Levels that are sums of others: 1 = 20 + 21, 12 all degrees, 13 certificates below the bachelor's, 14 above, 15 all.
TOTAL_LEVELS = ("1", "12", "13", "14", "15")

# Levels 9 to 11 were those of first-professional awards until 2009.
_LEVELS = tuple(str(level) for level in range(1, 22) if level != 16)


def parse_directory(path: Path, context: ParseContext) -> Parsed:
    """Return the institutions that are open. Codes -1, -2 and -3 are no values; officers' names are not read."""
    text = read_csv(path, DIRECTORY_COLUMNS, DIRECTORY.name, member="hd*.csv")
    frame = text.frame
    strange = frame["active"].notna() & ~frame["active"].isin(_ACTIVE)
    frame = text.log.take(frame, strange, "unknown_status", key="unitid", field="active", remedy=CODES)
    inactive = frame["active"].isin(_CLOSED)
    frame = frame[~inactive]
    frame = text.log.take(
        frame, ~frame[col.UNITID].str.fullmatch(r"\d{6}").fillna(False), "no_identifier", field="unitid"
    )
    frame = text.log.take(frame, frame[col.UNITID].duplicated(), "repeated", key="unitid", field="unitid")
    frame = text.log.take(frame, frame[col.NAME].isna(), "no_name", key="unitid", field="name")
    # Offices of a free association with the United States (FM, MH, PW) are in the directory, not in the registry.
    abroad = frame[col.STATE].isin(["FM", "MH", "PW"])
    frame = frame[~abroad]
    usps = state_codes(frame[col.STATE])
    frame = text.log.take(frame.assign(usps=usps), usps.isna(), "unknown_state", key="unitid", field="state")
    strange = frame[col.CONTROL].notna() & ~frame[col.CONTROL].isin([*_CONTROL, *_NO_VALUE])
    frame = text.log.take(frame, strange, "unknown_control", key="unitid", field="control", remedy=CODES)
    strange = frame[col.LEVEL].notna() & ~frame[col.LEVEL].isin([*_LEVEL, *_NO_VALUE])
    frame = text.log.take(frame, strange, "unknown_level", key="unitid", field="level", remedy=CODES)
    # The codes for no value would be a place in the Atlantic.
    frame = frame.assign(
        **{name: frame[name].mask(frame[name].isin(_NO_VALUE)) for name in (col.LATITUDE, col.LONGITUDE)}
    )
    frame = with_points(text, frame, states=frame["usps"], key="unitid")
    known = frame["category"].isin(["1", "2", "3", "4", "5", "6"])
    by_category = frame["category"].isin(_SUB_BACCALAUREATE_CATEGORIES)
    by_sector = frame["sector"].isin(_SUB_BACCALAUREATE_SECTORS)
    below = pd.Series(np.where(known, by_category, by_sector), index=frame.index)
    table = pd.DataFrame(
        {
            col.UNITID: frame[col.UNITID],
            col.NAME: frame[col.NAME],
            col.STATE: frame["usps"],
            col.ADDRESS: frame[col.ADDRESS],
            col.CITY: frame[col.CITY],
            col.ZIP: clean_zips(frame[col.ZIP]),
            col.LATITUDE: frame[col.LATITUDE],
            col.LONGITUDE: frame[col.LONGITUDE],
            col.CONTROL: frame[col.CONTROL].map(_CONTROL),
            col.LEVEL: frame[col.LEVEL].map(_LEVEL),
            col.MAINLY_SUB_BACCALAUREATE: below,
            col.URL: frame[col.URL],
            col.VINTAGE: year_in(text.file),
        }
    )
    scope = {"closed or not in the collection": int(inactive.sum()), "outside the registry": int(abroad.sum())}
    return text.parsed(INSTITUTIONS, table, out_of_scope=scope)


def parse_completions(path: Path, context: ParseContext) -> Parsed:
    """Return awards by institution, six-digit CIP code and award level of first majors.

    The revised file of an archive is taken where there is one. Rollups by CIP, second majors and totals of award
    levels are out of scope: with their parts they would count people twice.
    """
    text = read_csv(path, COMPLETIONS_COLUMNS, COMPLETIONS.name, member="c*_a*.csv")
    if "_rv" in text.file.casefold():
        text.notes.append("The revised file was taken.")
    frame = text.frame
    frame = frame.assign(
        award_level=frame[col.AWARD_LEVEL].str.lstrip("0"), cip_code=frame[col.CIP_CODE].str.strip("\"'= ")
    )
    six_digits = frame[col.CIP_CODE].str.fullmatch(r"\d{2}\.\d{4}").fillna(False)
    rollup = frame[col.CIP_CODE].str.fullmatch(r"\d{2}(\.\d{2})?|99(\.0+)?").fillna(False)
    second = ~rollup & (frame["major"] == "2")
    total = ~rollup & ~second & frame[col.AWARD_LEVEL].isin(TOTAL_LEVELS)
    scope = {
        "rollup of CIP codes": int(rollup.sum()),
        "second major": int(second.sum()),
        "total of award levels": int(total.sum()),
    }
    aside = rollup | second | total
    frame, six_digits = frame[~aside], six_digits[~aside]
    frame = text.log.take(frame, ~six_digits, "no_cip_code", key="unitid", field="cip_code")
    frame = text.log.take(
        frame, ~frame[col.UNITID].str.fullmatch(r"\d{6}").fillna(False), "no_identifier", field="unitid"
    )
    frame = text.log.take(frame, frame[col.AWARD_LEVEL].isna(), "no_award_level", key="unitid", field="award_level")
    strange = ~frame[col.AWARD_LEVEL].isin(_LEVELS)
    frame = text.log.take(frame, strange, "unknown_award_level", key="unitid", field="award_level", remedy=CODES)
    repeated = frame.duplicated([col.UNITID, col.CIP_CODE, col.AWARD_LEVEL])
    frame = text.log.take(frame, repeated, "repeated", key="unitid", field="cip_code")
    awards = numbers(frame[col.AWARDS], codes=IPEDS_CODES, least=0, file=text.file, column="CTOTALT", notes=text.notes)
    table = pd.DataFrame(
        {
            col.UNITID: frame[col.UNITID],
            col.CIP_CODE: frame[col.CIP_CODE],
            col.AWARD_LEVEL: frame[col.AWARD_LEVEL],
            col.AWARDS: awards.values,
            col.STATUS: awards.status.replace({"unreadable": "missing"}),
            col.VINTAGE: year_in(text.file),
        }
    )
    return text.parsed(PROGRAMS, table, out_of_scope=scope)
