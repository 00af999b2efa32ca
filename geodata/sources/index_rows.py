"""What indices and designations have in common once their file is read: a tract, a value, perhaps a designation."""

from __future__ import annotations

import pandas as pd

from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Text


def keyed(text: Text) -> pd.DataFrame:
    """Return the rows with a clean tract code in `geoid`, each tract once; the others go to the log."""
    frame = text.frame.assign(geoid=clean_geoids(text.frame["geoid"]))
    frame = text.log.take(frame, frame["geoid"].isna(), "no_tract_code", field="geoid")
    return text.log.take(frame, frame["geoid"].duplicated(), "repeated", key="geoid", field="geoid")


def definition_rows(
    text: Text,
    frame: pd.DataFrame,
    name: str | pd.Series,
    *,
    value: pd.Series,
    designated: pd.Series | None = None,
    official: bool | pd.Series = True,
    archived: bool = False,
    vintage: int | None = None,
    tract_vintage: int,
    out_of_scope: dict[str, int] | None = None,
) -> Parsed:
    """Return the account of a file whose rows `frame` are tracts on the census `tract_vintage`.

    `value` and `designated` are indexed like `frame`; a tract without a value keeps its row, for it is known of.
    """
    table = pd.DataFrame(
        {
            "geoid": frame["geoid"],
            "state": usps_of(frame["geoid"]),
            "definition": name,
            "value": value,
            "designated": designated,
            "official": official,
            "archived": archived,
            "pooled": "none",
            "crosswalk_basis": "none",
            "vintage": vintage,
            "tract_vintage": tract_vintage,
            "ct_scheme": ct_scheme_column(frame["geoid"], text.file),
        }
    )
    return text.parsed(DEFINITIONS, table, out_of_scope=out_of_scope)
