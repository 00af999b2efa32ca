"""A list of training programs the operator keeps: pre-apprenticeships and others no publisher has.

Columns: name, entry_stage (entry or advanced), kind, address, city, state, zip, latitude, longitude, cip_codes, seats
(people a year), url. Only the name and a state or ZIP code are needed.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import ENTRY_STAGES, PROVIDERS
from geodata.schemas.parsed import Parsed
from geodata.sources.cip import clean_cip
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.mapped_columns import read_mapped
from geodata.sources.operator_lists import (
    NAME,
    PLACE,
    provider_rows,
    with_countable,
    with_place,
    with_seats,
    without_fillers,
)
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="training_list",
    title="Training programs supplied by the operator",
    publisher="State or city office",
    table=PROVIDERS,
    scope="nation",
    filenames=("training_providers*.csv", "training_providers*.xlsx", "providers*.csv", "providers*.xlsx"),
    page="",
    licence="As the office says",
    cadence="as the office says",
    hand_kept=True,
    # An office may have nothing to list yet.
    expected=Expected(least_rows=0),
)
COLUMNS = (
    NAME,
    *PLACE,
    Wanted("entry_stage", required=False),
    Wanted("kind", required=False),
    Wanted("cip_codes", ("cip_codes", "cip_code", "cip"), required=False),
    Wanted("seats", ("seats", "yearly_seats"), required=False),
    Wanted("url", ("url", "website"), required=False),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the providers of the list; a row that names no stage is for beginners."""
    text = read_mapped(path, COLUMNS, SPEC, context, least=2)
    text.frame = without_fillers(text.frame)
    frame = with_place(text)
    stage = frame[col.ENTRY_STAGE].str.casefold().fillna("entry")
    remedy = f"Use one of {', '.join(ENTRY_STAGES)}."
    frame = text.log.take(
        frame.assign(stage=stage),
        ~stage.isin(ENTRY_STAGES),
        "unknown_entry_stage",
        key="name",
        field="stage",
        remedy=remedy,
    )
    codes = frame[col.CIP_CODES].map(_codes, na_action="ignore")
    remedy = "Give CIP 2020 codes such as 46.0302, separated by blanks, or leave the cell empty."
    frame = text.log.take(frame, codes == "", "no_cip_code", key="name", field="cip_codes", remedy=remedy)
    frame = with_countable(text, frame, "seats")
    table = provider_rows(frame, SPEC.name, kind="", entry_stage="").pipe(with_seats, frame[col.SEATS])
    table[col.ENTRY_STAGE], table[col.KIND] = frame["stage"], frame[col.KIND].fillna("listed_program")
    table[col.CIP_CODES] = frame[col.CIP_CODES].map(_codes, na_action="ignore").astype("str").replace("", None)
    repeated = table[col.PROVIDER_ID].duplicated()
    text.log.take(frame, repeated, "repeated", key="name")
    return text.parsed(PROVIDERS, table[~repeated])


def _codes(text: str) -> str:
    cleaned = clean_cip(pd.Series(text.replace(",", " ").replace(";", " ").split(), dtype="str"))
    return " ".join(sorted(set(cleaned.dropna())))
