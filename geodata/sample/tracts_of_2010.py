"""The tracts of ten years before: split, merged, renumbered and slightly shifted, as a relationship file.

No polygons of 2010 tracts are made; the relationship file holds only the areas of the common parts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from geodata.sample.land import Land
from geodata.sample.published_columns import published_columns

#: What the base number of a renumbered tract was higher by; few counties reach so far.
RENUMBERED = 200
COLUMNS = published_columns("relationship")


def neighbors(land: Land) -> pd.DataFrame:
    """Return pairs (left, right) of tract indices that share a piece of border, left < right.

    Shared pieces have equal ends, so the sum of a piece's ends is the same for both owners.
    """
    parts, tract_of = shapely.get_parts(land.tracts.geometry.values, return_index=True)
    rings, owner = shapely.get_rings(parts, return_index=True)
    spots, ring = shapely.get_coordinates(rings, return_index=True)
    ends = spots[:, 0] + 1j * spots[:, 1]
    within = ring[1:] == ring[:-1]
    piece = (ends[1:] + ends[:-1])[within]
    tract = tract_of[owner[ring[1:][within]]]
    order = np.lexsort((tract, piece.imag, piece.real))
    piece, tract = piece[order], tract[order]
    same = (piece[1:] == piece[:-1]) & (tract[1:] != tract[:-1])
    pairs = pd.DataFrame({"left": tract[:-1][same], "right": tract[1:][same]})
    return pairs.drop_duplicates().sort_values(["left", "right"]).reset_index(drop=True)


def old_tracts(land: Land, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the parts common to 2020 and 2010 tracts: tract (index), geoid_10, land_m2, water_m2.

    `pairs` are the neighbors. Most tracts are unchanged. Halves (1.01, 1.02) were one tract in 2010; one
    tract in twenty joined two older ones; a few were renumbered, and all those of one county stood under
    another county code; and a quarter of the borders moved a little.
    """
    rng = np.random.default_rng([land.terrain.seed, 30])
    tracts = land.tracts
    old = tracts["former"].to_numpy(dtype=object).copy()
    ordinary = (tracts["kind"] == "people").to_numpy()
    free = ordinary & (tracts["former"] == tracts["geoid"]).to_numpy()
    for i in np.flatnonzero(free & (rng.random(len(tracts)) < 0.02)):
        old[i] = f"{old[i][:5]}{int(old[i][5:9]) + RENUMBERED:04d}{old[i][9:]}"
        free[i] = False
    last = land.counties.index[land.counties["state"] == 0][-1]
    recoded = (tracts["county"] == last).to_numpy()
    was = f"{int(land.counties['geoid'][last]) + 1:05d}"
    old[recoded] = [was + code[5:] for code in old[recoded]]
    halves = np.flatnonzero(free & ~recoded & (rng.random(len(tracts)) < 0.05))
    parts = pd.DataFrame(
        {
            "tract": np.arange(len(tracts)),
            "geoid_10": old,
            "land_m2": tracts["land_m2"].to_numpy(),
            "water_m2": tracts["water_m2"].to_numpy(),
        }
    )
    parts = _joined(parts, halves, rng)
    return _shifted(parts, pairs, ordinary, rng)


def _joined(parts: pd.DataFrame, halves: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Cut the 2010 counterpart of some tracts in two (base.03 and base.04)."""
    cut = parts["tract"].isin(halves)
    share = rng.uniform(0.3, 0.7, len(parts))
    first, second = parts[cut].copy(), parts[cut].copy()
    first["land_m2"] = np.round(first["land_m2"] * share[cut]).astype(np.int64)
    first["water_m2"] = np.round(first["water_m2"] * share[cut]).astype(np.int64)
    second["land_m2"] -= first["land_m2"]
    second["water_m2"] -= first["water_m2"]
    first["geoid_10"] = first["geoid_10"].str[:9] + "93"
    second["geoid_10"] = second["geoid_10"].str[:9] + "94"
    return pd.concat([parts[~cut], first, second]).sort_values(["tract", "geoid_10"]).reset_index(drop=True)


def _shifted(parts: pd.DataFrame, pairs: pd.DataFrame, ordinary: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Move slivers of land (up to 0.4 %) from the 2010 tract of one side to that of its neighbor."""
    both = ordinary[pairs["left"]] & ordinary[pairs["right"]]
    moved = pairs[both & (rng.random(len(pairs)) < 0.25)]
    main = parts.drop_duplicates("tract").set_index("tract")
    size = main["land_m2"].to_numpy()[main.index.get_indexer(moved["left"])]
    sliver = np.round(size * rng.uniform(0, 0.004, len(moved))).astype(np.int64)
    sliver[rng.random(len(moved)) < 0.05] = 0
    wet = main["water_m2"].to_numpy()[main.index.get_indexer(moved["left"])]
    extra = pd.DataFrame(
        {
            "tract": moved["left"].to_numpy(),
            "geoid_10": main.loc[moved["right"], "geoid_10"].to_numpy(),
            "land_m2": sliver,
            "water_m2": np.where(sliver == 0, wet // 50, 0),
        }
    )
    extra = extra[extra["geoid_10"].to_numpy() != main.loc[extra["tract"], "geoid_10"].to_numpy()]
    extra = extra[(extra["land_m2"] > 0) | (extra["water_m2"] > 0)]
    taken = extra.groupby("tract")[["land_m2", "water_m2"]].sum()
    out = parts.copy()
    first = ~out.duplicated("tract")
    for name in ("land_m2", "water_m2"):
        out.loc[first, name] -= out.loc[first, "tract"].map(taken[name]).fillna(0).astype(np.int64)
    out = pd.concat([out, extra])
    out = out.groupby(["tract", "geoid_10"], as_index=False)[["land_m2", "water_m2"]].sum()
    return pd.DataFrame(out.sort_values(["tract", "geoid_10"]).reset_index(drop=True))


def relationship_table(land: Land, parts: pd.DataFrame) -> pd.DataFrame:
    """Return the relationship file of `parts`: areas of both sides are the sums of the parts."""
    of_new = parts.groupby("tract")[["land_m2", "water_m2"]].sum()
    of_old = parts.groupby("geoid_10")[["land_m2", "water_m2"]].sum()
    blank = [""] * len(parts)
    table: dict[str, object] = dict.fromkeys(COLUMNS, blank)
    table["GEOID_TRACT_20"] = land.tracts["geoid"].to_numpy()[parts["tract"]]
    table["AREALAND_TRACT_20"] = of_new.loc[parts["tract"], "land_m2"].to_numpy()
    table["AREAWATER_TRACT_20"] = of_new.loc[parts["tract"], "water_m2"].to_numpy()
    table["GEOID_TRACT_10"] = parts["geoid_10"].to_numpy()
    table["AREALAND_TRACT_10"] = of_old.loc[parts["geoid_10"], "land_m2"].to_numpy()
    table["AREAWATER_TRACT_10"] = of_old.loc[parts["geoid_10"], "water_m2"].to_numpy()
    table["AREALAND_PART"] = parts["land_m2"].to_numpy()
    table["AREAWATER_PART"] = parts["water_m2"].to_numpy()
    return pd.DataFrame(table)[list(COLUMNS)]
