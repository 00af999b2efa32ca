"""The rows of official indices and designations once their file is read: a tract, a value, perhaps a designation."""

from __future__ import annotations

import pandas as pd

from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text
from geodata.sources.spec import SourceSpec


def keyed(text: Text) -> pd.DataFrame:
    """Return the rows with a clean tract code in `geoid`, each tract once; the others go to the log."""
    frame = text.frame.assign(geoid=clean_geoids(text.frame[col.GEOID]))
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="geoid")
    return text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")


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
