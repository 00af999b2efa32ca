"""Contractors with electricians certified by the Electric Vehicle Infrastructure Training Program.

No list is published for machines, so the operator supplies one: name, city, state, zip, url, as_of. The program is
for people who already are electricians, hence the stage “advanced”.
"""

from __future__ import annotations

from pathlib import Path

from geodata.schemas import columns as col
from geodata.schemas.canonical import PROVIDERS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.mapped_columns import read_mapped
from geodata.sources.operator_lists import NAME, PLACE, provider_rows, with_place, without_fillers
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="evitp",
    title="EVITP contractors supplied by the operator",
    publisher="Electric Vehicle Infrastructure Training Program",
    table=PROVIDERS,
    scope="nation",
    filenames=("evitp*.csv", "evitp*.xlsx"),
    page="https://evitp.org",
    licence="As the program says",
    cadence="as supplied",
    hand_kept=True,
    # An office may have nothing to list yet.
    expected=Expected(least_rows=0),
)
COLUMNS = (NAME, *PLACE, Wanted("url", ("url", "website"), required=False))


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the contractors, all of the stage for working electricians."""
    text = read_mapped(path, COLUMNS, SPEC, context, least=2)
    text.frame = without_fillers(text.frame)
    frame = with_place(text)
    table = provider_rows(frame, SPEC.name, kind="certified", entry_stage="advanced")
    repeated = table[col.PROVIDER_ID].duplicated()
    text.log.take(frame, repeated, "repeated", key="name")
    return text.parsed(PROVIDERS, table[~repeated])
