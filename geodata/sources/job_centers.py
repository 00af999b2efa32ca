"""American Job Centers and other places where people are met: CareerOneStop's answer, or an operator's list.

Centers that are closed are out of scope. A latitude and longitude of 0 are missing. A kind that is none of the
service's is listed as other and reported; without a kind a center is one of the operator's own.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.errors import InputError
from geodata.schemas import columns as col
from geodata.schemas.canonical import JOB_CENTERS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text, Wanted, from_records, read_json
from geodata.sources.formats.values import dates
from geodata.sources.mapped_columns import read_mapped
from geodata.sources.operator_lists import identifiers, with_place, without_fillers
from geodata.sources.spec import ParseContext, SourceSpec

SPEC = SourceSpec(
    name="job_centers",
    title="American Job Centers",
    publisher="CareerOneStop, sponsored by the U.S. Department of Labor",
    table=JOB_CENTERS,
    scope="nation",
    filenames=("job_centers*.json", "job_centers*.csv", "job_centers*.xlsx", "job_centers_{usps}.json"),
    page="https://www.careeronestop.org/LocalHelp/AmericanJobCenters/american-job-centers.aspx",
    licence="Attribution to CareerOneStop",
    cadence="daily",
    hand_kept=True,
    media="json",
    key_env="CAREERONESTOP_TOKEN",
    urls=("https://api.careeronestop.org?location={usps}",),
    key_page="https://www.careeronestop.org/Developers/WebAPI/registration.aspx",
    transport="career_one_stop",
)
COLUMNS = (
    Wanted("name", ("Name", "name", "center_name")),
    Wanted("id", ("ID", "id", "center_id"), required=False),
    Wanted("kind", ("ProgramType", "kind", "type"), required=False),
    Wanted("address", ("Address1", "address"), required=False),
    Wanted("city", ("City", "city"), required=False),
    Wanted("state", ("StateAbbr", "state"), required=False),
    Wanted("zip", ("Zip", "zip"), required=False),
    Wanted("county", ("County", "county_name"), required=False),
    Wanted("latitude", ("Latitude", "latitude", "lat"), required=False),
    Wanted("longitude", ("Longitude", "longitude", "lon"), required=False),
    Wanted("open", ("CenterIsOpen",), required=False),
    Wanted("as_of", ("LastUpdated", "as_of"), required=False),
)
_KINDS = {name: name for name in ("comprehensive", "affiliate", "library", "user", "other")}


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the open centers of an answer (JSON) or a list (CSV, XLSX)."""
    text = _read(Path(path), context)
    text.frame = without_fillers(text.frame)
    closed = text.frame["open"].str.upper().isin(["N", "NO", "FALSE"])
    text.frame = text.frame[~closed]
    frame = with_place(text)
    known = frame[col.KIND].str.casefold().str.extract(r"^(\w+)", expand=False).map(_KINDS)
    other = known.isna() & frame[col.KIND].notna()
    kind = known.mask(other, "other").fillna("user")
    if other.any():
        said = ", ".join(f"“{word}”" for word in frame[col.KIND][other].value_counts().index[:3])
        text.notes.append(
            f"Centers of a kind that is not known, listed as other: {int(other.sum()):,} (such as {said})."
        )
    made = identifiers("job_center", frame[col.NAME], frame["usps"], frame[col.ZIP], frame[col.ADDRESS])
    frame = frame.assign(kind=kind, center_id=("careeronestop:" + frame["id"]).fillna(made))
    frame = text.log.take(frame, frame[col.CENTER_ID].duplicated(), "repeated", key="name", field="center_id")
    table = pd.DataFrame(frame.drop(columns=col.STATE).rename(columns={"usps": col.STATE}))
    table[col.AS_OF] = dates(table[col.AS_OF])
    return text.parsed(JOB_CENTERS, table, out_of_scope={"closed": int(closed.sum())})


def _read(path: Path, context: ParseContext) -> Text:
    if path.suffix.lower() != ".json":
        return read_mapped(path, COLUMNS, SPEC, context, least=2)
    answer = read_json(path)
    records = answer.get("OneStopCenterList") if isinstance(answer, dict) else answer
    if not isinstance(records, list):
        raise InputError(
            "the answer holds no list of job centers",
            file=path,
            remedy="Check the token and the user id of CareerOneStop, then fetch again.",
        )
    return from_records(records, COLUMNS, SPEC.name, path.name)
