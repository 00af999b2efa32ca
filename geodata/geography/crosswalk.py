"""Carrying what is known of 2010 census tracts over to 2020 tracts, and Connecticut between its two schemes.

Shares are of land, by the Census Bureau's relationship file, which has no counts of people. Does not hold the
reading of that file (`geodata.sources.relationship`) or the codes themselves (`geodata.geography.geoids`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geodata.geography.crosswalk_weights import HALF, land_mean, weighted_mean, without_slivers
from geodata.geography.geoids import (
    CONNECTICUT,
    CT_COUNTIES,
    connecticut_bridge,
    connecticut_scheme,
    county_of,
    ct_scheme_column,
    usps_of,
)
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS, REJECTS
from geodata.schemas.rows import among

# Codes that changed after the 2010 census without a change of the land: 2010 census code, code used later.
# Consumer Financial Protection Bureau, list of tract code changes; American Community Survey geography notes
# 2011-2015 (https://www.census.gov/programs-surveys/acs/technical-documentation/table-and-geography-changes.html).
_CHANGES = """
04019002701 04019002704|04019002903 04019002906|04019410501 04019004118|04019410502 04019004121
04019410503 04019004125|04019470400 04019005200|04019470500 04019005300|06037930401 06037137000
36053940101 36053030101|36053940102 36053030102|36053940103 36053030103|36053940200 36053030200
36053940300 36053030300|36053940401 36053030401|36053940403 36053030403|36053940600 36053030600
36053940700 36053030402|36065940000 36065024800|36065940100 36065024700|36065940200 36065024900
51515050100 51019050100|02270000100 02158000100|46113940500 46102940500|46113940800 46102940800
46113940900 46102940900
"""
CODE_CHANGES: dict[str, str] = {
    pair.split()[0]: pair.split()[1] for pair in _CHANGES.strip().replace("\n", "|").split("|")
}


@dataclass(frozen=True)
class CarriedOver:
    """Definitions on 2020 tracts; 2010 tracts that found no place; 2020 tracts left without a value; notes.

    `rejects` has the columns of the rejects table. `unmatched` is [geoid, definition, reason].
    """

    table: pd.DataFrame
    rejects: pd.DataFrame
    unmatched: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def corrected_codes(geoids: pd.Series, known: pd.Series) -> pd.Series:
    """Return 2010-basis codes as `known` spells them, undoing documented renumberings in either direction.

    A code is replaced only if it is not known, its other spelling is, and no row has that one already: a
    renumbering onto an existing tract would give one tract the values of two.
    """
    universe, present = set(known), set(geoids)
    both = CODE_CHANGES | {later: first for first, later in CODE_CHANGES.items()}
    changes = {
        code: other
        for code, other in both.items()
        if code in present and code not in universe and other in universe and other not in present
    }
    return geoids.replace(changes) if changes else geoids


def to_2020(definitions: pd.DataFrame, relationship: pd.DataFrame, sliver: float) -> CarriedOver:
    """Return `definitions` with every row on 2020 tracts.

    Rows already there pass unchanged. For the others, with land A_ij shared by the 2020 tract i and the 2010
    tract j, the share designated is Σ_j A_ij d_j / Σ_j A_ij and the value the same mean of the values, over the
    2010 tracts that have one; where those hold less than half of the land nothing is said of the tract. Pieces below
    the share `sliver` of the land of i come from two drawings of one border and count for nothing: what is said of i
    is a mean over its land, so that it is of the land of i that they are a share.

    A tract is designated where half of its land is. A value that only designated tracts have (the categories CEJST
    counts, or 1 and 0) is the degree of the designation: it is the mean over the pieces that share the tract's verdict,
    so that an undesignated tract never ranks above another for a strip of designated land. A definition that lists
    designated tracts only, without values, says of all others that they are not. Tracts without land have nothing to
    weigh and are listed as unmatched.
    """
    old = definitions[col.TRACT_VINTAGE] == 2010
    if not old.any():
        return CarriedOver(definitions.reset_index(drop=True), REJECTS.empty(), _unmatched([]))
    parts = [definitions[~old]]
    rejects, unmatched, notes = [], [], []
    for name, rows in definitions[old].groupby(col.DEFINITION, sort=True):
        carried, refused, left, note = _carry_one(str(name), rows, relationship, sliver)
        parts.append(carried)
        rejects.append(refused)
        unmatched.append(left)
        notes.append(note)
    table = DEFINITIONS.validate(pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True))
    refused_rows = [frame for frame in rejects if len(frame)]
    return CarriedOver(
        table,
        REJECTS.validate(pd.concat(refused_rows, ignore_index=True)) if refused_rows else REJECTS.empty(),
        _unmatched(unmatched),
        notes,
    )


def _carry_one(
    name: str, rows: pd.DataFrame, relationship: pd.DataFrame, sliver: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, str]:
    rows = rows.assign(geoid=corrected_codes(rows[col.GEOID], relationship[col.GEOID_2010]))
    placed = among(rows[col.GEOID], relationship[col.GEOID_2010])
    refused = refused_codes(name, rows.loc[~placed, col.GEOID])
    covered = set(rows[col.GEOID].str[:2])
    mine = relationship[relationship[col.GEOID_2020].str[:2].isin(covered)]
    pieces = mine[mine[col.LAND_PART_M2] > 0]
    counted = without_slivers(pieces, sliver, (col.GEOID_2020, col.LAND_2020_M2))
    parts = counted.merge(
        rows[[col.GEOID, col.VALUE, col.DESIGNATED]], left_on=col.GEOID_2010, right_on=col.GEOID, how="left"
    )
    designates = bool(rows[col.DESIGNATED].notna().any())
    flags = parts[col.DESIGNATED].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    if designates and rows[col.DESIGNATED].all() and rows[col.VALUE].isna().all():
        # A list of designated tracts and nothing else: what is not on it is not designated, rather than unknown.
        flags = np.nan_to_num(flags)
    share = land_mean(parts[col.GEOID_2020], parts[col.LAND_PART_M2], pd.Series(flags))
    value = land_mean(parts[col.GEOID_2020], parts[col.LAND_PART_M2], parts[col.VALUE])
    if designates and not (rows.loc[~rows[col.DESIGNATED].fillna(True).astype(bool), col.VALUE] > 0).any():
        verdict = parts[col.GEOID_2020].map(share >= HALF).to_numpy() == (flags >= HALF)
        alike = parts[col.LAND_PART_M2].where(verdict, 0.0)
        value = weighted_mean(parts[col.GEOID_2020], alike, parts[col.VALUE]).where(value.notna())
    known = value.notna() | share.notna()
    geoids = pd.Series(share.index[known.to_numpy()], dtype="str")
    share, value = share[known].reset_index(drop=True), value[known].reset_index(drop=True)
    first = rows.iloc[0]
    table = pd.DataFrame(
        {
            col.GEOID: geoids,
            col.STATE: usps_of(geoids),
            col.DEFINITION: name,
            col.VALUE: value,
            col.DESIGNATED: (share >= HALF).astype("boolean").mask(share.isna()) if designates else None,
            col.DESIGNATED_SHARE: share.clip(0, 1) if designates else None,
            **{column: first[column] for column in (col.OFFICIAL, col.ARCHIVED, col.POOLED, col.VINTAGE)},
            col.CROSSWALK_BASIS: "land",
            col.TRACT_VINTAGE: 2020,
            col.CT_SCHEME: ct_scheme_column(geoids),
        }
    )
    left = _left_out(name, mine, table[col.GEOID])
    note = _sentence(name, rows, table, refused, left)
    if len(counted) < len(pieces):
        note += f" {len(pieces) - len(counted):,} pieces below {sliver:.1%} of a tract's land were left out as slivers."
    return table, refused, left, note


def refused_codes(name: str, geoids: pd.Series) -> pd.DataFrame:
    """Return the rejects of 2010 tracts of a source that the relationship file does not know."""
    if geoids.empty:
        return REJECTS.empty()
    return REJECTS.validate(
        pd.DataFrame(
            {
                col.SOURCE: name,
                col.FILE: "2010 to 2020 tracts",
                col.KEY: geoids.to_numpy(),
                col.FIELD: "geoid",
                col.VALUE: geoids.to_numpy(),
                col.REASON: "no_2020_tract",
                col.REMEDY: "Use the relationship file of the nation, and a source on 2010 census codes.",
            }
        )
    )


def _left_out(name: str, mine: pd.DataFrame, carried: pd.Series) -> pd.DataFrame:
    tracts = mine.groupby(col.GEOID_2020, sort=True)[col.LAND_PART_M2].sum()
    tracts = tracts[~among(tracts.index.to_series(), carried)]
    reasons = np.where(tracts.to_numpy() > 0, "no_2010_value", "no_land")
    return pd.DataFrame({col.GEOID: tracts.index.astype("str"), col.DEFINITION: name, col.REASON: reasons})


def _unmatched(parts: list[pd.DataFrame]) -> pd.DataFrame:
    empty = pd.DataFrame({column: pd.Series(dtype="str") for column in (col.GEOID, col.DEFINITION, col.REASON)})
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else empty


def _sentence(name: str, rows: pd.DataFrame, table: pd.DataFrame, refused: pd.DataFrame, left: pd.DataFrame) -> str:
    mixed = 0
    if table[col.DESIGNATED_SHARE].notna().any():
        share = table[col.DESIGNATED_SHARE].astype("float64")
        mixed = int(((share > 0.001) & (share < 0.999)).sum())
    return (
        f"{name}: {len(rows):,} tracts of 2010 were carried over to {len(table):,} tracts of 2020 by share of land; "
        f"{len(refused):,} found no place, {len(left):,} tracts of 2020 have no value, "
        f"{mixed:,} lie partly in designated land."
    )


def align_connecticut(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables (those with a geoid column) with Connecticut's 2020 tracts under its counties.

    The bridge is made from the tables themselves, one of each scheme, on the six-digit tract code; without
    both nothing needs to change. A row whose code the bridge does not know keeps it: no other table joins it,
    so it shows up as unmatched and not under a wrong code.
    """
    codes: dict[str, pd.Series] = {}
    for table in tables.values():
        if "geoid" not in table.columns or "tract_vintage" not in table.columns:
            continue
        mine = table[col.GEOID][table[col.GEOID].str.startswith(CONNECTICUT) & (table[col.TRACT_VINTAGE] == 2020)]
        # One table may hold both: the index of one file in planning regions, a designation carried over in counties.
        for of_one in (mine[county_of(mine).isin(CT_COUNTIES)], mine[~county_of(mine).isin(CT_COUNTIES)]):
            kind = connecticut_scheme(of_one)
            if kind != "not_applicable":
                seen = codes.get(kind, of_one[:0])
                codes[kind] = pd.Series(sorted(set(seen) | set(of_one)), dtype="str")
    if not {"counties", "planning_regions"} <= set(codes):
        return dict(tables)
    bridge = connecticut_bridge(codes["counties"], codes["planning_regions"])
    to_counties = pd.Series(bridge.index, index=pd.Index(bridge.to_numpy()))
    return {name: _aligned(table, to_counties) for name, table in tables.items()}


def _aligned(table: pd.DataFrame, to_counties: pd.Series) -> pd.DataFrame:
    if "geoid" not in table.columns or table.empty or "ct_scheme" not in table.columns:
        return table
    changed = table[col.GEOID].map(to_counties)
    known = changed.notna() & (table[col.TRACT_VINTAGE] == 2020)
    if not known.any():
        return table
    table = table.copy()
    table[col.GEOID] = table[col.GEOID].where(~known, changed)
    table[col.CT_SCHEME] = table[col.CT_SCHEME].where(~known, "counties")
    if "county_geoid" in table.columns:
        table[col.COUNTY_GEOID] = table[col.COUNTY_GEOID].where(~known, table[col.GEOID].str[:5])
    return table
