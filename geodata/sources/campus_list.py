"""Campuses by two lists with coordinates: College Scorecard's branches, and the places an office lists itself.

The Scorecard's file of institutions has a row for each branch (MAIN is 0); branches have identifiers of eight digits
and share the first six digits of the OPE identifier with their main campus. An office's list names the institution by
its IPEDS identifier (`unitid`) or by name.
"""

from __future__ import annotations

from pathlib import Path

from geodata.schemas import columns as col
from geodata.schemas.canonical import CAMPUSES
from geodata.schemas.parsed import Parsed
from geodata.sources.campus_rows import campus_table, kind_of_place, unitids
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import counts
from geodata.sources.mapped_columns import read_mapped
from geodata.sources.operator_lists import NAME, PLACE, identifiers, with_countable, with_place, without_fillers
from geodata.sources.spec import Expected, ParseContext, SourceSpec

OWN = SourceSpec(
    name="campus_list",
    title="Campuses supplied by the operator",
    publisher="State or city office",
    table=CAMPUSES,
    scope="nation",
    filenames=("campuses*.csv", "campuses*.xlsx"),
    page="",
    licence="As the office says",
    cadence="as the office says",
    optional=True,
    # An office may have nothing to list yet.
    expected=Expected(least_rows=0),
)
SCORECARD = SourceSpec(
    name="scorecard_branches",
    title="Branches of institutions (College Scorecard)",
    publisher="U.S. Department of Education",
    table=CAMPUSES,
    scope="nation",
    filenames=("Most-Recent-Cohorts-Institution*.csv", "Most-Recent-Cohorts-Institution*.zip", "scorecard*.csv"),
    page="https://collegescorecard.ed.gov/data/",
    licence="Public domain (US federal work)",
    cadence="yearly; downloaded by hand",
    optional=True,
    expected=Expected(least_rows=5_000, least_states=51),
)
OWN_COLUMNS = (
    NAME,
    *PLACE,
    Wanted("unitid", ("unitid", "ipeds_unitid", "ipeds"), required=False),
    Wanted("institution", ("institution", "college", "institution_name"), required=False),
    Wanted("students", ("students", "enrollment", "headcount"), required=False),
)
SCORECARD_COLUMNS = (
    Wanted("unitid", ("UNITID",)),
    Wanted("family", ("OPEID6",)),
    Wanted("name", ("INSTNM",)),
    Wanted("main", ("MAIN",)),
    Wanted("city", ("CITY",)),
    Wanted("state", ("STABBR",)),
    Wanted("zip", ("ZIP",)),
    Wanted("latitude", ("LATITUDE",)),
    Wanted("longitude", ("LONGITUDE",)),
    Wanted("address", ("ADDR",), required=False),
)


def parse_own(path: Path, context: ParseContext) -> Parsed:
    """Return the campuses an office lists; each is one, whatever its name.

    Where it tells the students of all campuses of an institution, awards are shared by them.
    """
    text = read_mapped(path, OWN_COLUMNS, OWN, context, least=2)
    text.frame = without_fillers(text.frame)
    frame = with_place(text)
    unitid = unitids(frame[col.UNITID])
    remedy = "Give the six digits of unitid, or the institution's name in the column institution."
    frame = text.log.take(
        frame.assign(unitid=unitid),
        ~unitid.str.fullmatch(r"\d{6}").fillna(False) & (unitid.notna() | frame["institution"].isna()),
        "no_institution",
        key="name",
        field="unitid",
        remedy=remedy,
    )
    frame = with_countable(text, frame, col.STUDENTS)
    table = frame.assign(
        students=counts(frame[col.STUDENTS]).astype("float64"),
        campus_id=identifiers(OWN.name, frame[col.NAME], frame["usps"], frame[col.ZIP], frame[col.ADDRESS]),
        family_id="ipeds:" + frame[col.UNITID],
        family_name=frame["institution"],
        unitid=None,
        kind="branch",
        state=frame["usps"],
    )
    repeated = table[col.CAMPUS_ID].duplicated()
    text.log.take(frame, repeated, "repeated", key="name")
    return text.parsed(CAMPUSES, campus_table(table[~repeated], OWN.name))


def parse_scorecard(path: Path, context: ParseContext) -> Parsed:
    """Return the branches that are no institutions of the directory; the others are out of scope, being in it."""
    text = read_csv(path, SCORECARD_COLUMNS, SCORECARD.name, member="*institution*.csv")
    # The file writes NULL, or since 2024 PrivacySuppressed and NA, for what it does not have.
    text.frame = without_fillers(text.frame)
    frame = with_place(text)
    frame = text.log.take(
        frame, ~frame[col.UNITID].str.fullmatch(r"\d{6,8}").fillna(False), "no_identifier", key="name", field="unitid"
    )
    frame = text.log.take(frame, frame[col.UNITID].duplicated(), "repeated", key="unitid", field="unitid")
    main = frame[frame["main"] == "1"].drop_duplicates("family").set_index("family")
    branch = (frame["main"] == "0") & (frame[col.UNITID].str.len() > 6)
    scope = {"institution of the directory": int((~branch).sum())}
    frame = frame[branch]
    names = frame["family"].map(main[col.NAME]).astype("str")
    table = frame.assign(
        campus_id="scorecard:" + frame[col.UNITID],
        family_id="ipeds:" + frame["family"].map(main[col.UNITID]).astype("str"),
        family_name=names,
        unitid=None,
        kind=[
            kind_of_place(name, family if isinstance(family, str) else None)
            for name, family in zip(frame[col.NAME], names, strict=True)
        ],
        state=frame["usps"],
    )
    return text.parsed(CAMPUSES, campus_table(table, SCORECARD.name), out_of_scope=scope)
