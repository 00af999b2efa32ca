"""Places the Department of Veterans Affairs approves for the GI Bill: name and point of each, no address, no state.

Two readings of one file. As campuses: places whose name begins with that of an institution of the directory
(`geodata.ingest.campuses` decides), which gives branches a point. As providers: joint apprenticeships of electricians,
known by their name. Everything else on the list (high schools, hospitals, colleges abroad) is no training for this
work. The last two digits of a facility code are the department's own number of the state. Some points are wrong by far.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import CAMPUSES, PROVIDERS
from geodata.schemas.parsed import Parsed
from geodata.sources.campus_rows import campus_table, kind_of_place
from geodata.sources.formats.text_tables import Text, Wanted, read_csv
from geodata.sources.formats.values import flags
from geodata.sources.operator_lists import provider_rows
from geodata.sources.places_of_rows import with_points
from geodata.sources.spec import Expected, ParseContext, SourceSpec

_FILES = ("va_gi_bill_institution*.csv", "institution_long_lat*.csv")
_PAGE = "https://www.va.gov/education/gi-bill-comparison-tool/"
SPEC = SourceSpec(
    name="va_approved",
    title="Places approved for the GI Bill",
    publisher="U.S. Department of Veterans Affairs",
    table=CAMPUSES,
    scope="nation",
    filenames=_FILES,
    page=_PAGE,
    licence="Public domain (US federal work)",
    cadence="as published",
    optional=True,
    expected=Expected(least_rows=20_000, least_states=51),
)
APPRENTICESHIPS = SourceSpec(
    name="va_apprenticeships",
    title="Joint apprenticeships of electricians approved for the GI Bill",
    publisher="U.S. Department of Veterans Affairs",
    table=PROVIDERS,
    scope="nation",
    filenames=_FILES,
    page=_PAGE,
    licence="Public domain (US federal work)",
    cadence="as published",
    optional=True,
    file_of="va_approved",
)
COLUMNS = (
    Wanted("code", ("facility_code",)),
    Wanted("name", ("institution",)),
    Wanted("latitude", ("latitude",)),
    Wanted("longitude", ("longitude",)),
    Wanted("ungeocodable", ("ungeocodable",), required=False),
)
# The department numbers the states in the order of their names, Hawaii apart; the District of Columbia among them.
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY"
)
_STATE_OF = {f"{number:02d}": usps for number, usps in enumerate(_STATES.split(), start=1)} | {
    "63": "PR", "64": "HI", "65": "VI", "66": "GU", "67": "AS",
}  # fmt: skip
_JOINT = r"\b(?:JATC|APPREN\w*|JOINT|TRAINING)\b"
_ELECTRICAL = rf"\bIBEW\b|\bELECTRIC\w*\b.*{_JOINT}|{_JOINT}.*\bELECTRIC\w*\b"
# A local's office is no school, and colleges have departments of electricity.
_INSTITUTION = r"\b(?:COLLEGE|UNIVERSITY|HIGH SCHOOL|HOSPITAL)\b"


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the places of the states as possible campuses; places abroad are out of scope."""
    text, frame, scope = _rows(path, SPEC.name)
    table = frame.assign(
        campus_id="va:" + frame[col.CODE],
        kind=[kind_of_place(name, name) for name in frame[col.NAME]],
        state=frame["usps"],
    )
    return text.parsed(CAMPUSES, campus_table(table, SPEC.name), out_of_scope=scope)


def parse_apprenticeships(path: Path, context: ParseContext) -> Parsed:
    """Return the joint apprenticeships of electricians as providers; the list gives no numbers of apprentices."""
    text, frame, scope = _rows(path, APPRENTICESHIPS.name)
    name = frame[col.NAME].str.upper()
    electrical = name.str.contains(_ELECTRICAL, regex=True) & ~name.str.contains(_INSTITUTION, regex=True)
    # Electricians are not the work of every industry file.
    electrical &= "46.0302" in context.settings.training.cip_codes
    scope["no apprenticeship of electricians"] = int((~electrical).sum())
    frame = frame[electrical]
    rows = provider_rows(
        frame.assign(zip=None, address=None, city=None),
        APPRENTICESHIPS.name,
        kind="apprenticeship",
        entry_stage="entry",
    )
    rows = rows.assign(provider_id="va:" + frame[col.CODE], cip_codes="46.0302")
    return text.parsed(PROVIDERS, PROVIDERS.validate(rows), out_of_scope=scope)


def _rows(path: Path, source: str) -> tuple[Text, pd.DataFrame, dict[str, int]]:
    text = read_csv(path, COLUMNS, source)
    frame = text.frame
    frame = text.log.take(frame, frame[col.CODE].isna(), "no_identifier", field="code")
    frame = text.log.take(frame, frame[col.CODE].duplicated(), "repeated", key="code", field="code")
    frame = text.log.take(frame, frame[col.NAME].isna(), "no_name", key="code", field="name")
    usps = frame[col.CODE].str[-2:].map(_STATE_OF)
    abroad = usps.isna()
    frame = frame.assign(usps=usps)[~abroad]
    lost = flags(frame["ungeocodable"]).fillna(False).astype(bool)
    frame = frame.assign(**{name: frame[name].mask(lost) for name in (col.LATITUDE, col.LONGITUDE)})
    return (
        text,
        with_points(text, frame, states=frame["usps"], key="code"),
        {"abroad, or of a kind without a state": int(abroad.sum())},
    )
