"""Sponsors of registered apprenticeship, as exported by hand from apprenticeship.gov's partner finder.

The export holds names, e-mail addresses and telephone numbers of persons: they are not read.
"""

from __future__ import annotations

from pathlib import Path

from geodata.schemas import columns as col
from geodata.schemas.canonical import PROVIDERS
from geodata.schemas.parsed import Parsed
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
    name="apprenticeship",
    title="Registered apprenticeship sponsors supplied by the operator",
    publisher="U.S. Department of Labor, Office of Apprenticeship",
    table=PROVIDERS,
    scope="nation",
    filenames=("apprenticeship*.csv", "apprenticeship*.xlsx"),
    page="https://www.apprenticeship.gov/partner-finder",
    licence="Public domain (US federal work)",
    cadence="as exported",
    hand_kept=True,
    persons=("CONTACT PERSON", "CONTACT NAME", "EMAIL", "CONTACT EMAIL", "PHONE", "CONTACT PHONE"),
    # An office may have nothing to list yet.
    expected=Expected(least_rows=0),
)
COLUMNS = (
    NAME,
    *PLACE,
    Wanted("url", ("ORGANIZATION URL", "url"), required=False),
    Wanted("occupation", ("onet_soc", "onet_code", "occupation_code"), required=False),
    Wanted("seats", ("yearly_seats", "seats", "active_apprentices_per_year"), required=False),
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the sponsors; those of other occupations are out of scope where the list names occupations."""
    text = read_mapped(path, COLUMNS, SPEC, context, least=2)
    text.frame = without_fillers(text.frame)
    frame = with_place(text)
    ours = frame["occupation"].str.startswith(tuple(context.settings.industry.occupations), na=False)
    other = frame["occupation"].notna() & ~ours
    frame = with_countable(text, frame[~other], "seats")
    table = provider_rows(frame, SPEC.name, kind="apprenticeship", entry_stage="entry").pipe(
        with_seats, frame[col.SEATS]
    )
    repeated = table[col.PROVIDER_ID].duplicated()
    text.log.take(frame, repeated, "repeated", key="name")
    return text.parsed(PROVIDERS, table[~repeated], out_of_scope={"other occupation": int(other.sum())})
