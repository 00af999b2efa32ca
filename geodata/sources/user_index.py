"""An index or designation that the operator supplies: any table with a tract code and a value or a designation.

Columns: geoid; value (more means more need) or designated (yes/no), or both; and, where they are not the same for all,
definition (its name, else the file name after “index_”), official (yes/no, else no), tract_vintage (2010 or 2020,
else 2020), vintage (year). One file may hold several definitions.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from geodata.errors import InputError
from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS, WORKFORCE
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text, Wanted, from_records
from geodata.sources.formats.values import counts, flags, numbers
from geodata.sources.index_rows import census_of_codes
from geodata.sources.mapped_columns import read_mapped
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="user_index",
    title="Index or designation supplied by the operator",
    publisher="State or city office",
    table=DEFINITIONS,
    scope="nation",
    filenames=("index_*.csv", "index_*.xlsx", "index_*.parquet", "index_{usps}_*.csv"),
    page="",
    licence="As the office says",
    cadence="as the office says",
    hand_kept=True,
    optional=True,
    # An office may have nothing to list yet.
    expected=Expected(least_rows=0),
)
COLUMNS = (
    Wanted("geoid", ("geoid", "GEOID20", "GEOID10", "FIPS", "tract", "census_tract", "GEO_ID")),
    Wanted("value", ("value", "score", "index"), required=False),
    Wanted("designated", ("designated", "designation", "dac_designation"), required=False),
    Wanted("definition", ("definition", "index_name"), required=False),
    Wanted("official", ("official",), required=False),
    Wanted("tract_vintage", ("tract_vintage",), required=False),
    Wanted("vintage", ("vintage", "year"), required=False),
)

# Names of the definitions that sources give or the analysis computes; rows of a file would be mixed with theirs.
RESERVED = frozenset(
    {WORKFORCE, "svi", "cejst", "ejscreen", "calenviroscreen", "hud_qct", "opportunity_zones", SPEC.name}
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the rows of the table; those with neither a value nor a designation are refused."""
    text = _read(Path(path), context)
    if {"value", "designated"} <= set(text.absent):
        raise InputError(
            "it has neither a column “value” nor a column “designated”",
            file=path,
            remedy="Name the column of the index value, or that of the designation (yes or no).",
        )
    frame = text.frame.assign(geoid=clean_geoids(text.frame[col.GEOID]))
    frame[col.DEFINITION] = frame[col.DEFINITION].fillna(named_by(Path(text.file))).map(_plain_name)
    taken = sorted(set(frame[col.DEFINITION]) & RESERVED)
    if taken:
        raise InputError(
            f"it calls its definition “{taken[0]}”, which is the name of one that Onramp reads or computes itself",
            file=path,
            remedy="Give it a name of its own: in a column “definition”, or in the file name after index_.",
        )
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="geoid")
    repeated = frame.duplicated([col.GEOID, col.DEFINITION])
    frame = text.log.take(frame, repeated, "repeated", key="geoid", field="definition")
    census = counts(frame[col.TRACT_VINTAGE]).fillna(census_of_codes(text, COLUMNS) or 2020)
    remedy = "Give 2010 or 2020."
    frame = text.log.take(
        frame, ~census.isin([2010, 2020]), "unknown_tract_vintage", key="geoid", field="tract_vintage", remedy=remedy
    )
    value = numbers(frame[col.VALUE], file=text.file, column="value", notes=text.notes).values
    designated = _designations(frame[col.DESIGNATED])
    unread = frame[col.DESIGNATED].notna() & designated.isna()
    frame = text.log.take(
        frame, unread, "no_designation", key="geoid", field="designated", remedy="Write yes or no, or leave it empty."
    )
    value, designated = value[frame.index], designated[frame.index]
    frame = text.log.take(frame, value.isna() & designated.isna(), "no_value", key="geoid", field="value")
    table = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.DEFINITION: frame[col.DEFINITION],
            col.VALUE: value.fillna(designated.astype("float64")),
            col.DESIGNATED: designated,
            col.OFFICIAL: flags(frame[col.OFFICIAL]).fillna(False),
            col.ARCHIVED: False,
            col.POOLED: "none",
            col.CROSSWALK_BASIS: "none",
            col.VINTAGE: counts(frame[col.VINTAGE]),
            col.TRACT_VINTAGE: census,
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    ).reindex(frame.index)
    return text.parsed(DEFINITIONS, table)


def named_by(path: Path) -> str:
    """Return what a file calls its definition where no column does: its name after “index_”."""
    return _plain_name(re.sub(r"^index_", "", path.stem, flags=re.IGNORECASE))


def _read(path: Path, context: ParseContext) -> Text:
    if path.suffix.lower() != ".parquet":
        return read_mapped(path, COLUMNS, SPEC, context)
    try:
        records = pq.read_table(path).to_pylist()
    except (OSError, ValueError) as problem:
        raise InputError(f"the file cannot be read ({problem})", file=path, remedy="Write it again.") from None
    return from_records(records, COLUMNS, SPEC.name, path.name)


def _designations(text: pd.Series) -> pd.Series:
    """Return flags; “Designated as DAC” and “Not Designated as DAC”, as New York writes them, are understood."""
    found = flags(text)
    words = text.str.casefold().str.strip()
    found = found.mask(words.str.startswith("designated", na=False), True)
    return found.mask(words.str.startswith("not designated", na=False), False)


def _plain_name(name: str) -> str:
    """Return a name fit for settings and headers: lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "user_index"
