"""The rows of tract files once they are read: clean codes, official indices and designations, and what contradicts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text, Wanted, plain, positions_of
from geodata.sources.spec import SourceSpec


def keyed(text: Text) -> pd.DataFrame:
    """Return the rows with a clean tract code in `geoid`, each tract once; the others go to the log."""
    frame = text.frame.assign(geoid=clean_geoids(text.frame[col.GEOID]))
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="geoid")
    return text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")


def census_of_codes(text: Text, columns: Sequence[Wanted]) -> int | None:
    """Return the census (2010 or 2020) that the header of the tract codes names, or None where it names none.

    A header of the operator's own, mapped by the settings, names none.
    """
    spot = positions_of(text.headers, columns).get(col.GEOID)
    header = "" if spot is None else text.headers[spot]
    return {"geoid10": 2010, "geoid20": 2020}.get(plain(header))


def above_the_whole(measure: str, geoids: pd.Series) -> str:
    """Return the note that a part is larger than its whole in the tracts `geoids`: one of the two is wrong."""
    return (
        f"{measure}: tracts where more people are counted than there are in all, treated as missing: {len(geoids):,} "
        f"(such as {', '.join(geoids.head(3))})."
    )


def definition_rows(
    text: Text,
    frame: pd.DataFrame,
    spec: SourceSpec,
    *,
    value: pd.Series,
    designated: pd.Series | None = None,
    vintage: int | None = None,
    tract_vintage: int,
    out_of_scope: dict[str, int] | None = None,
) -> Parsed:
    """Return the account of a file whose rows `frame` are tracts on the census `tract_vintage`.

    `value` and `designated` are indexed like `frame`; a tract without a value keeps its row, for it is known of.
    """
    table = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.DEFINITION: spec.name,
            col.VALUE: value,
            col.DESIGNATED: designated,
            col.OFFICIAL: True,
            col.ARCHIVED: spec.archived,
            col.POOLED: "none",
            col.CROSSWALK_BASIS: "none",
            col.VINTAGE: vintage,
            col.TRACT_VINTAGE: tract_vintage,
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    return text.parsed(DEFINITIONS, table, out_of_scope=out_of_scope)
