"""EJScreen of the Environmental Protection Agency, withdrawn in February 2025, from archived copies (2024 release).

The value is the supplemental demographic index (DEMOGIDX_5: low income, disability, limited English, less than high
school, low life expectancy), a share from 0 to 1; earlier releases have the two-factor index only. EJScreen designates
nothing. The file of percentiles by state has the same headers and is recognized by its name.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.errors import InputError
from geodata.geography.geoids import year_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import numbers, to_numbers
from geodata.sources.index_rows import definition_rows, keyed
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="ejscreen",
    title="EJScreen",
    publisher="Environmental Protection Agency (archived)",
    table=DEFINITIONS,
    scope="nation",
    filenames=("EJScreen_*_Tract_with_AS_CNMI_GU_VI.csv", "EJScreen_*_Tract.csv", "ejscreen*.csv"),
    page="https://doi.org/10.7910/DVN/RLR5AX",
    licence="CC0 1.0",
    cadence="none (withdrawn on 2025-02-05)",
    urls=("https://dataverse.harvard.edu/api/access/datafile/10775979?format=original",),
    year=2024,
    tract_vintage=2020,
    media="csv",
    archived=True,
    optional=True,
    expected=Expected(least_rows=84_000, most_rows=87_000, least_states=51),
)
COLUMNS = (
    Wanted("geoid", ("ID",)),
    Wanted("five", ("DEMOGIDX_5",), required=False),
    Wanted("two", ("DEMOGIDX_2",)),
)

# Up to 2023 the index is a mean of shares; that of 2024, of shares relative to the nation's, passes 1. In percent the
# middle tract has 30 or so.
_USUAL_SHARE, _MOST_SHARE, _MOST_PERCENT = 5.0, 10.0, 100.0


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the demographic index of each tract; island areas with shorter codes are out of scope."""
    if "statepct" in Path(path).name.casefold():
        raise InputError(
            "this is the file of percentiles within states",
            file=path,
            remedy="Use the file of the nation, without StatePct in its name.",
        )
    text = read_csv(path, COLUMNS, SPEC.name)
    islands = text.frame[col.GEOID].str.fullmatch(r"(60|66|69|78)\d{5}(\d{3})?").fillna(False).astype(bool)
    text.frame = text.frame[~islands]
    frame = keyed(text)
    column = "two" if "five" in text.absent else "five"
    cells = frame[column].mask(frame[column].str.casefold() == "none")
    index = numbers(
        cells, least=0, most=_most_of(cells), file=text.file, column=f"DEMOGIDX ({column} factors)", notes=text.notes
    )
    values, percent = as_shares(index.values)
    if percent:
        text.notes.append("The index is written in percent; it was divided by 100.")
    return definition_rows(
        text,
        frame,
        SPEC,
        value=values,
        vintage=year_in(text.file) or SPEC.year,
        tract_vintage=2020,
        out_of_scope={"island area without tract code": int(islands.sum())},
    )


def _most_of(cells: pd.Series) -> float:
    """Return the largest index there can be: in the unit that most of the file is in, shares or percent."""
    return _MOST_PERCENT if to_numbers(cells).median() > _USUAL_SHARE else _MOST_SHARE


def as_shares(values: pd.Series) -> tuple[pd.Series, bool]:
    """Return the index as shares, and whether it was written in percent."""
    percent = bool(values.median() > _USUAL_SHARE)
    return (values / 100 if percent else values), percent
