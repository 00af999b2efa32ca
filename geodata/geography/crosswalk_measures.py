"""Carrying survey measures of 2010 census tracts over to 2020 tracts, with their margins of error.

A count is divided by share of land, so that the people of a state stay as many as they were; a share is the mean of the
parts, weighted by the people so divided. Does not hold indices and designations (see `geodata.geography.crosswalk`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.geography.crosswalk import corrected_codes, refused_codes
from geodata.geography.geoids import ct_scheme_column, usps_of
from geodata.schemas.canonical import MEASURES, REJECTS
from geodata.schemas.rows import among

# A count with a part missing is no count; below this share of the tract's land it is a sliver of two drawings.
SLIVER = 0.01


def measures_to_2020(
    measures: pd.DataFrame, relationship: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return the measures of one source with every row on 2020 tracts, the rejects, and a note where any was carried.

    Rows already there pass unchanged. For the others, with land A_ij shared by the 2020 tract i and the 2010 tract j
    and A_j the land of j, the count of i is Σ_j n_j A_ij / A_j and its margin the root of the sum of the squares of
    (M_j A_ij / A_j); the share is the mean of the shares weighted by the people P_j A_ij / A_j, and its margin
    follows from the same weights. The margins are of the sampling alone: that people do not live evenly over the
    land of their tract is not in them. A tract more than a sliver of which has no value has none either.
    """
    old = measures["tract_vintage"] == 2010
    if not old.any():
        return measures, REJECTS.empty(), []
    tables, rejects, notes = [measures[~old]], [], []
    for _, rows in measures[old].groupby(["source", "vintage"], sort=True, dropna=False):
        rows = rows.assign(geoid=corrected_codes(rows["geoid"], relationship["geoid_2010"]))
        placed = among(rows["geoid"], relationship["geoid_2010"])
        carried = _carried(rows[placed], _parts(rows["geoid"], relationship))
        carried["source"], carried["vintage"] = rows["source"].iloc[0], rows["vintage"].iloc[0]
        tables.append(carried)
        rejects.append(refused_codes(str(rows["source"].iloc[0]), rows.loc[~placed, "geoid"].drop_duplicates()))
        notes.append(_sentence(rows, carried, len(rejects[-1])))
    table = MEASURES.validate(pd.concat([part for part in tables if len(part)] or tables, ignore_index=True))
    return table, REJECTS.validate(pd.concat(rejects, ignore_index=True)), notes


def _parts(geoids: pd.Series, relationship: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid_2020, geoid_2010, land, portion]: the pieces of the 2010 tracts and of all they share tracts with.

    Portions of a 2010 tract add up to one; one without land is divided evenly, for there is nothing to weigh. Slivers
    across the border of a state are left out: they are of the drawing, and a state alone would not have them.
    """
    relationship = relationship[relationship["geoid_2020"].str[:2] == relationship["geoid_2010"].str[:2]]
    successors = relationship.loc[among(relationship["geoid_2010"], geoids), "geoid_2020"]
    parts = relationship[among(relationship["geoid_2020"], successors)]
    land = parts["land_part_m2"].astype("float64")
    # Only of tracts that are in the file every piece is here; of the others the land counts, as land without a value.
    whole = land.groupby(parts["geoid_2010"]).transform("sum")
    even = 1 / parts.groupby("geoid_2010")["geoid_2020"].transform("size")
    portion = (land / whole.where(whole > 0)).fillna(even)
    table = parts[["geoid_2020", "geoid_2010"]].assign(land=land, portion=portion)
    return table[table["portion"] > 0].reset_index(drop=True)


def _carried(rows: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return the measures of 2020 tracts made of `rows` of 2010 tracts and the pieces they share."""
    people = rows.loc[rows["measure"] == "population"].set_index("geoid")["count"]
    pieces = parts.assign(people=parts["geoid_2010"].map(people) * parts["portion"])
    made = [_one(str(name), own, pieces) for name, own in rows.groupby("measure", sort=False)]
    return pd.concat(made, ignore_index=True) if made else MEASURES.empty()


def _one(measure: str, rows: pd.DataFrame, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return one measure of 2020 tracts."""
    columns = ["geoid", "count", "count_moe", "share", "share_moe", "status"]
    table = pieces.merge(rows[columns], left_on="geoid_2010", right_on="geoid", how="left")
    by = table["geoid_2020"]

    def total(values: pd.Series) -> pd.Series:
        return values.groupby(by).sum()

    def whole(known: pd.Series) -> pd.Series:
        """Return, by tract of 2020, whether the pieces where `known` holds are all of it but for a sliver."""
        lost = total(table["land"].where(~known, 0.0))
        return (lost <= SLIVER * total(table["land"])) & known.groupby(by).any()

    count, people = table["count"], table["people"].fillna(0.0)
    nobody = (count == 0) | (people == 0)
    counted = whole(count.notna())
    divided = total(count * table["portion"])
    count_moe = np.sqrt(total((table["count_moe"] * table["portion"]) ** 2))
    told = table["share"].notna()
    weight = people.where(told, 0.0)
    heads = total(weight)
    heads = heads.where(heads > 0)
    share = total((weight * table["share"]).fillna(0.0)) / heads
    share_moe = np.sqrt(total((weight * table["share_moe"]).fillna(0.0) ** 2)) / heads
    shared = whole(told | (table["people"] == 0))
    margins = whole(table["share_moe"].notna() | (table["people"] == 0))
    valued = (table["status"] == "value").groupby(by).any()
    suppressed = (table["status"] == "suppressed").groupby(by).any()
    status = np.select([counted & valued, counted, suppressed], ["value", "not_applicable", "suppressed"], "missing")
    geoids = pd.Series(divided.index, dtype="str")
    return pd.DataFrame(
        {
            "geoid": geoids,
            "state": usps_of(geoids),
            "measure": measure,
            "count": divided.where(counted).to_numpy(),
            "count_moe": count_moe.where(counted & whole(table["count_moe"].notna() | nobody)).to_numpy(),
            "share": share.where(counted & shared).clip(0, 1).to_numpy(),
            "share_moe": share_moe.where(counted & shared & margins).clip(upper=1).to_numpy(),
            "status": status,
            "crosswalk_basis": "land",
            "tract_vintage": 2020,
            "ct_scheme": ct_scheme_column(geoids).to_numpy(),
        }
    )


def _sentence(rows: pd.DataFrame, carried: pd.DataFrame, refused: int) -> str:
    before, after = (table.loc[table["measure"] == "population", "count"].sum() for table in (rows, carried))
    unknown = carried.loc[carried["status"].isin(["missing", "suppressed"]), "geoid"].nunique()
    return (
        f"Measures of {rows['geoid'].nunique():,} tracts of 2010 were carried over to {carried['geoid'].nunique():,} "
        f"tracts of 2020 by share of land, {after:,.0f} of {before:,.0f} people with them; {refused:,} found no place, "
        f"{unknown:,} tracts of 2020 lack a value."
    )
