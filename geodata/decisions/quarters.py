"""Planned work by quarter, shortened for a page: the first quarters, and all later ones as one row.

Does not hold which sites are within reach of whom (`geodata.communities.community_table.work_by_quarter`).
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col

LATER = "later"
SUMMED = (
    "sites",
    col.SITES_ASSUMED,
    col.UNITS,
    col.JOB_YEARS_LOW,
    col.JOB_YEARS_MID,
    col.JOB_YEARS_HIGH,
)
# Sites whose date has passed come first, those without a date last.
ORDER = {"past": "0", "unknown": "9"}


def few_quarters(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the rows of `work_by_quarter` of one unit in order, at most `most` of them with a date.

    Where there are more, the last is “later” and holds the sums of the quarters it stands for.
    """
    ordered = rows.iloc[rows[col.QUARTER].map(lambda code: ORDER.get(code, code)).argsort(kind="stable")]
    undated = ordered[ordered[col.QUARTER] == "unknown"]
    dated = ordered[ordered[col.QUARTER] != "unknown"]
    if len(dated) <= most:
        return ordered.reset_index(drop=True)
    kept, rest = dated.iloc[: most - 1], dated.iloc[most - 1 :]
    sums = {name: rest[name].sum() for name in SUMMED if name in rest}
    later = pd.DataFrame([{**sums, col.QUARTER: LATER}])
    return pd.concat([kept, later, undated], ignore_index=True)
