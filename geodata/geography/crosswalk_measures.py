"""Carrying survey measures of 2010 census tracts over to 2020 tracts, with their margins of error.

A count is divided by share of land, so that the people of a state stay as many as they were; a share is the mean of the
parts, weighted by the people so divided. Does not hold indices and designations (see `geodata.geography.crosswalk`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.geography.crosswalk import corrected_codes, refused_codes
from geodata.geography.crosswalk_weights import mostly_known, weighted_mean, without_slivers
from geodata.geography.geoids import ct_scheme_column, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import MEASURES, REJECTS
from geodata.schemas.rows import among
from geodata.statistics.margins import grouped_margin


def measures_to_2020(
    measures: pd.DataFrame, relationship: pd.DataFrame, sliver: float
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return the measures of one source with every row on 2020 tracts, the rejects, and a note where any was carried.

    Rows already there pass unchanged. For the others, with land A_ij shared by the 2020 tract i and the 2010 tract j
    and A_j the land of j, the count of i is Σ_j n_j A_ij / A_j and its margin the root of the sum of the squares of
    (M_j A_ij / A_j); the share is the mean of the shares weighted by the people P_j A_ij / A_j, and its margin
    follows from the same weights. The margins are of the sampling alone: that people do not live evenly over the
    land of their tract is not in them. A tract of whose land more than the share `sliver` has no value has none either.

    Pieces below the share `sliver` of the land of both i and j are left out, and the people of j divided over the
    rest. Of both, because people follow the land of j while i is made of its own: a small tract cut out of a wide one
    is a sliver of that one alone and everything the small one is; a town joined to a wide tract the other way round.
    """
    old = measures[col.TRACT_VINTAGE] == 2010
    if not old.any():
        return measures, REJECTS.empty(), []
    tables, rejects, notes = [measures[~old]], [], []
    for _, rows in measures[old].groupby([col.SOURCE, col.VINTAGE], sort=True, dropna=False):
        rows = rows.assign(geoid=corrected_codes(rows[col.GEOID], relationship[col.GEOID_2010]))
        placed = among(rows[col.GEOID], relationship[col.GEOID_2010])
        carried = _carried(rows[placed], _parts(rows[col.GEOID], relationship, sliver), sliver)
        carried[col.SOURCE], carried[col.VINTAGE] = rows[col.SOURCE].iloc[0], rows[col.VINTAGE].iloc[0]
        tables.append(carried)
        rejects.append(refused_codes(str(rows[col.SOURCE].iloc[0]), rows.loc[~placed, col.GEOID].drop_duplicates()))
        notes.append(_sentence(rows, carried, len(rejects[-1])))
    table = MEASURES.validate(pd.concat([part for part in tables if len(part)] or tables, ignore_index=True))
    return table, REJECTS.validate(pd.concat(rejects, ignore_index=True)), notes


def _parts(geoids: pd.Series, relationship: pd.DataFrame, sliver: float) -> pd.DataFrame:
    """Return [geoid_2020, geoid_2010, land, portion]: the pieces of the 2010 tracts and of all they share tracts with.

    Portions of a 2010 tract add up to one; one without land is divided evenly, for there is nothing to weigh. Left out
    are slivers, and whatever crosses the border of a state: it is of the drawing, and a state alone would not have it.
    """
    relationship = relationship[relationship[col.GEOID_2020].str[:2] == relationship[col.GEOID_2010].str[:2]]
    successors = relationship.loc[among(relationship[col.GEOID_2010], geoids), col.GEOID_2020]
    parts = relationship[among(relationship[col.GEOID_2020], successors)]
    parts = without_slivers(parts, sliver, (col.GEOID_2020, col.LAND_2020_M2), (col.GEOID_2010, col.LAND_2010_M2))
    land = parts[col.LAND_PART_M2].astype("float64")
    # Only of tracts that are in the file every piece is here; of the others the land counts, as land without a value.
    whole = land.groupby(parts[col.GEOID_2010]).transform("sum")
    even = 1 / parts.groupby(col.GEOID_2010)[col.GEOID_2020].transform("size")
    portion = (land / whole.where(whole > 0)).fillna(even)
    table = parts[[col.GEOID_2020, col.GEOID_2010]].assign(land=land, portion=portion)
    return table[table["portion"] > 0].reset_index(drop=True)


def _carried(rows: pd.DataFrame, parts: pd.DataFrame, sliver: float) -> pd.DataFrame:
    """Return the measures of 2020 tracts made of `rows` of 2010 tracts and the pieces they share."""
    people = rows.loc[rows[col.MEASURE] == "population"].set_index(col.GEOID)[col.COUNT]
    # Of no pieces at all the people would be text.
    pieces = parts.assign(people=parts[col.GEOID_2010].map(people).astype("float64") * parts["portion"])
    made = [_one(str(name), own, pieces, sliver) for name, own in rows.groupby(col.MEASURE, sort=False)]
    return pd.concat(made, ignore_index=True) if made else MEASURES.empty()


def _one(measure: str, rows: pd.DataFrame, pieces: pd.DataFrame, sliver: float) -> pd.DataFrame:
    """Return one measure of 2020 tracts."""
    columns = [col.GEOID, col.COUNT, col.COUNT_MOE, col.SHARE, col.SHARE_MOE, col.STATUS]
    table = pieces.merge(rows[columns], left_on=col.GEOID_2010, right_on=col.GEOID, how="left")
    by = table[col.GEOID_2020]

    def total(values: pd.Series) -> pd.Series:
        return values.groupby(by).sum()

    def whole(known: pd.Series) -> pd.Series:
        """Return, by tract of 2020, whether the pieces where `known` holds are all of it but for a sliver."""
        return mostly_known(by, table["land"], known, sliver)

    count, people = table[col.COUNT], table["people"].fillna(0.0)
    nobody = (count == 0) | (people == 0)
    counted = whole(count.notna())
    divided = total(count * table["portion"])
    # Margins unknown of slivers and of nobody count as none; where more is unknown there is no margin (below).
    count_moe = grouped_margin((table[col.COUNT_MOE] * table["portion"]).fillna(0.0), by)
    known = table[col.SHARE].notna()
    weight = people.where(known, 0.0)
    heads = total(weight)
    heads = heads.where(heads > 0)
    share = weighted_mean(by, people, table[col.SHARE])
    share_moe = grouped_margin((weight * table[col.SHARE_MOE]).fillna(0.0), by) / heads
    shared = whole(known | (table["people"] == 0))
    margins = whole(table[col.SHARE_MOE].notna() | (table["people"] == 0))
    valued = (table[col.STATUS] == "value").groupby(by).any()
    suppressed = (table[col.STATUS] == "suppressed").groupby(by).any()
    status = np.select([counted & valued, counted, suppressed], ["value", "not_applicable", "suppressed"], "missing")
    geoids = pd.Series(divided.index, dtype="str")
    return pd.DataFrame(
        {
            col.GEOID: geoids,
            col.STATE: usps_of(geoids),
            col.MEASURE: measure,
            col.COUNT: divided.where(counted).to_numpy(),
            col.COUNT_MOE: count_moe.where(counted & whole(table[col.COUNT_MOE].notna() | nobody)).to_numpy(),
            col.SHARE: share.where(counted & shared).clip(0, 1).to_numpy(),
            col.SHARE_MOE: share_moe.where(counted & shared & margins).clip(upper=1).to_numpy(),
            col.STATUS: status,
            col.CROSSWALK_BASIS: "land",
            col.TRACT_VINTAGE: 2020,
            col.CT_SCHEME: ct_scheme_column(geoids).to_numpy(),
        }
    )


def _sentence(rows: pd.DataFrame, carried: pd.DataFrame, refused: int) -> str:
    before, after = (table.loc[table[col.MEASURE] == "population", col.COUNT].sum() for table in (rows, carried))
    unknown = carried.loc[carried[col.STATUS].isin(["missing", "suppressed"]), col.GEOID].nunique()
    return (
        f"Measures of {rows[col.GEOID].nunique():,} tracts of 2010 were carried over to "
        f"{carried[col.GEOID].nunique():,} tracts of 2020 by share of land, {after:,.0f} of {before:,.0f} people with "
        f"them; {refused:,} found no place, {unknown:,} tracts of 2020 lack a value."
    )
