"""The Climate and Economic Justice Screening Tool file of the sample, on 2010 tracts.

Follows the published rules: a burden at or above the 90th percentile together with low income (or, for
workforce burdens, with few diplomas) designates; so does being surrounded, tribal land, and version 1.0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.sample.cejst_columns import COLUMNS
from geodata.sample.tracts import Land

#: Category: (designating column, percentile column or None for a yes/no burden).
_BURDENS: dict[str, tuple[tuple[int, int], ...]] = {
    "climate": ((30, 31), (33, 34), (36, 37), (42, 39), (46, 43)),
    "energy": ((47, 48), (50, 51)),
    "transport": ((53, 54), (56, 57), (59, 60)),
    "housing": ((61, 62), (64, 65), (69, 72)),
    "pollution": ((78, 79), (81, 82), (84, 85)),
    "water": ((93, 94), (96, 97)),
    "health": ((99, 100), (102, 103), (105, 106), (108, 109)),
}
_WORKFORCE = ((111, 112), (114, 115), (117, 118), (120, 123))
#: Measures: percentile column, value column, loadings on need, density, newcomers, age, rural, then
#: middle and spread of the value and its decimals (None for a whole number).
_MEASURES: tuple[tuple[int, int, tuple[float, ...], float, float, int | None], ...] = (
    (31, 32, (0.0, -0.6, 0.0, 0.0, 1.0), 0.05, 0.9, 4),
    (34, 35, (0.0, 0.2, 0.0, 0.0, 0.0), 0.02, 0.5, 4),
    (37, 38, (0.1, 0.2, 0.0, 0.0, 0.0), 0.0002, 0.6, 4),
    (39, 40, (0.1, 0.0, 0.0, 0.0, 0.0), 9.0, 0.9, None),
    (43, 44, (0.0, -0.4, 0.0, 0.1, 0.9), 8.0, 1.0, None),
    (48, 49, (0.6, -0.1, 0.0, 0.2, 0.5), 3.0, 0.35, None),
    (51, 52, (0.1, 0.8, 0.0, 0.0, -0.5), 8.4, 0.09, 2),
    (54, 55, (0.1, 1.1, 0.0, 0.0, -0.4), 0.22, 0.5, 2),
    (57, 58, (0.0, 1.2, 0.0, 0.0, -0.5), 180.0, 0.8, 2),
    (60, -1, (0.5, -0.5, 0.0, 0.1, 0.6), 1.0, 0.3, 2),
    (62, 63, (0.6, 0.4, 0.2, 0.0, -0.3), 24.0, 0.3, None),
    (65, 66, (0.4, 0.6, 0.0, 0.3, -0.2), 26.0, 0.6, None),
    (72, 71, (0.0, 0.9, 0.0, 0.0, -0.2), 2100.0, 0.6, None),
    (79, 80, (0.3, 0.8, 0.1, 0.0, -0.4), 0.8, 0.8, 2),
    (82, 83, (0.2, 0.4, 0.0, 0.0, -0.2), 0.07, 0.6, 2),
    (85, 86, (0.3, 0.6, 0.0, 0.0, -0.1), 0.3, 0.8, 2),
    (94, 95, (0.1, 0.3, 0.0, 0.0, 0.0), 0.01, 1.2, 2),
    (97, 98, (0.3, 0.7, 0.0, 0.0, -0.2), 2.0, 0.7, 2),
    (100, 101, (0.9, 0.0, 0.0, 0.0, 0.1), 990.0, 0.1, None),
    (103, 104, (0.9, -0.1, 0.1, 0.4, 0.2), 1130.0, 0.18, None),
    (106, 107, (0.6, -0.2, -0.2, 0.7, 0.3), 640.0, 0.2, None),
)
#: Measures of people and households: percentile column, value column, loadings, log-odds.
_PEOPLE_MEASURES: tuple[tuple[int, int, tuple[float, ...], float], ...] = (
    (115, 116, (0.4, 0.2, 1.2, 0.0, -0.1), -3.9),
    (118, 119, (0.5, 0.05, 0.0, 0.0, 0.0), -2.95),
    (121, 122, (0.8, 0.1, 0.1, 0.0, 0.1), -0.95),
    (123, 124, (0.8, 0.1, 0.1, 0.0, 0.1), -1.95),
    (125, 126, (0.75, 0.0, 0.35, 0.1, 0.2), -2.15),
)


def old_fields(land: Land, parts: pd.DataFrame) -> pd.DataFrame:
    """Return per 2010 tract its county, residents and hidden fields, carried from the parts by land area."""
    tracts = land.tracts
    area = parts.groupby("tract")["land_m2"].transform("sum").clip(lower=1)
    residents = tracts["population"].to_numpy()[parts["tract"]] * parts["land_m2"] / area
    hidden = land.fields
    work = parts.assign(residents=residents, weight=residents + 1e-6 * parts["land_m2"] + 1e-9)
    for name in hidden:
        work[name] = hidden[name].to_numpy()[work["tract"]] * work["weight"]
    work = work.drop(columns="tract").groupby("geoid_10").sum()
    for name in hidden:
        work[name] /= work["weight"]
    return work


def _percentile(values: NDArray) -> NDArray:
    known = ~np.isnan(values)
    return (pd.Series(values).rank(method="average").to_numpy() - 0.5) / max(known.sum(), 1)


def _text(values: NDArray, decimals: int | None) -> NDArray:
    """Return published text: blank where missing, whole numbers without a point."""
    unique, back = np.unique(np.round(values, decimals or 0), return_inverse=True)
    texts = ["" if np.isnan(v) else (str(round(v)) if decimals is None else repr(float(v))) for v in unique]
    return np.array(texts, dtype=object)[back]


def cejst_table(land: Land, parts: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the communities file: one row per 2010 tract with land, 136 text columns."""
    fields = old_fields(land, parts)
    fields = fields[fields["land_m2"] > 0]
    rng = np.random.default_rng([land.terrain.seed, 31])
    count = len(fields)
    lived = fields["residents"].to_numpy() > 20
    hidden = fields[["need", "density", "newcomers", "age", "rural"]].to_numpy()
    out: dict[int, NDArray] = {i: np.full(count, "", dtype=object) for i in range(len(COLUMNS))}
    place: dict[int, NDArray] = {}
    for rank, value, loads, middle, spread, decimals in _MEASURES:
        field = hidden @ np.array(loads) + rng.normal(0, 0.6, count)
        field = np.where(lived | (rank in (31, 34, 37)), field, np.nan)
        if rank == 94:
            field = np.where(rng.random(count) < 0.35, np.nan, field)
        place[rank] = _percentile(field)
        out[rank] = _text(np.floor(100 * place[rank]), None)
        if value >= 0:
            out[value] = _text(middle * np.exp(spread * field), decimals)
    shares: dict[int, NDArray] = {}
    for rank, value, loads, start in _PEOPLE_MEASURES:
        share = 1 / (1 + np.exp(-(start + hidden @ np.array(loads) + rng.normal(0, 0.25, count))))
        shares[value] = np.where(lived, share, np.nan)
        place[rank] = _percentile(shares[value])
        out[rank] = _text(np.floor(100 * place[rank]), None)
        out[value] = _text(np.floor(100 * shares[value]), None)
    _incomes(out, place, shares[122], lived, rng)
    _designations(land, parts, pairs, fields, out, place, shares[126], rng)
    _people(land, fields, out, hidden, lived, rng)
    return pd.DataFrame({COLUMNS[i]: out[i] for i in range(len(COLUMNS))})


def _incomes(
    out: dict[int, NDArray],
    place: dict[int, NDArray],
    poor: NDArray,
    lived: NDArray,
    rng: np.random.Generator,
) -> None:
    """Fill incomes, home values, life expectancy and the adjusted share of low incomes."""
    count = len(poor)
    adjusted = np.clip(poor - 0.01 * rng.random(count), 0, 1)
    place[26] = _percentile(adjusted)
    out[26], out[27] = _text(place[26], 2), _text(adjusted, 2)
    income = 130 * np.exp(-1.5 * (poor - 0.2) + rng.normal(0, 0.12, count))
    place[112] = _percentile(-income)
    out[112], out[113] = _text(np.floor(100 * place[112]), None), _text(income, None)
    years = 79 - 14 * (poor - 0.3) + rng.normal(0, 1.3, count)
    years = np.where(rng.random(count) < 0.06, np.nan, years)
    place[109] = _percentile(-years)
    out[109], out[110] = _text(np.floor(100 * place[109]), None), _text(years, 2)
    value = np.round(190_000 * np.exp(-2.0 * (poor - 0.3) + rng.normal(0, 0.25, count)), -2)
    place[67] = _percentile(value)
    out[67], out[68] = _text(np.floor(100 * place[67]), None), _text(value, 1)
    bare = np.where(lived, np.round(0.05 * rng.beta(1, 6, count), 2), np.nan)
    out[76], out[77] = _text(_percentile(bare), 2), _text(bare, 2)


def _flag(values: NDArray) -> NDArray:
    return np.where(values, "True", "False").astype(object)


def _designations(
    land: Land,
    parts: pd.DataFrame,
    pairs: pd.DataFrame,
    fields: pd.DataFrame,
    out: dict[int, NDArray],
    place: dict[int, NDArray],
    no_diploma: NDArray,
    rng: np.random.Generator,
) -> None:
    """Fill the burdens with low income, the counts, and the family of designations."""
    count = len(fields)
    poor = np.nan_to_num(place[26], nan=0) >= 0.65
    schooling = np.nan_to_num(no_diploma, nan=0) > 0.10
    out[28], out[29] = _flag(poor), _flag(np.zeros(count, dtype=bool))
    criteria = np.zeros(count, dtype=int)
    categories = np.zeros(count, dtype=int)
    for burdens in _BURDENS.values():
        any_here = np.zeros(count, dtype=bool)
        for column, rank in burdens:
            high = np.nan_to_num(place[rank], nan=0) >= 0.9
            if rank in (39, 43):
                out[rank + 2] = _flag(high)
            if rank == 72:
                out[70] = _flag(high)
            met = high & poor
            out[column] = _flag(met)
            criteria += met
            any_here |= met
        categories += any_here
    mine, fuds = rng.random(count) < 0.02, rng.random(count) < 0.015
    out[88], out[87] = np.where(mine, "True", ""), np.where(fuds, "True", "")
    out[92], out[91] = _flag(mine), _flag(fuds)
    out[89], out[90] = _flag(mine & poor), _flag(fuds & poor)
    redlined = (fields["density"].to_numpy() > 1.1) & (rng.random(count) < 0.3)
    out[75] = np.where(redlined, "True", np.where(fields["density"].to_numpy() > 0.6, "False", ""))
    out[74] = _flag(redlined & poor)
    criteria += (mine & poor).astype(int) + (fuds & poor) + (redlined & poor)
    workforce = np.zeros(count, dtype=bool)
    for column, rank in _WORKFORCE:
        met = (np.nan_to_num(place[rank], nan=0) >= 0.9) & schooling
        out[column] = _flag(met)
        criteria += met
        workforce |= met
    categories += workforce
    for column in (130, 131, 132):
        out[column] = _flag(np.zeros(count, dtype=bool))
    out[14] = criteria.astype(str).astype(object)
    out[15] = _text(categories.astype(float), 1)
    alone = categories > 0
    around = _share_of_neighbours(parts, pairs, fields.index, alone)
    surrounded = (around >= 100) & (np.nan_to_num(place[26], nan=0) >= 0.5) & ~alone
    tribal = np.zeros(count, dtype=bool)
    biggest = land.tracts[(land.tracts["state"] == 0) & (land.tracts["kind"] == "people")]["land_m2"].idxmax()
    tribal[fields.index.get_indexer(parts.loc[parts["tract"] == biggest, "geoid_10"].head(1))] = True
    earlier = np.where(rng.random(count) < 0.05, ~alone & poor, alone)
    earlier[np.flatnonzero(~(alone | surrounded))[:1]] = True
    grandfathered = earlier & ~(alone | surrounded)
    final = alone | surrounded | tribal | grandfathered
    out[16], out[17], out[19] = _flag(alone), _flag(surrounded), _flag(final)
    out[18] = np.where(tribal, "True", "").astype(object)
    whole = alone | surrounded | grandfathered
    out[20] = np.where(whole, "100", np.where(tribal, "50", "0")).astype(object)
    out[21] = around.astype(int).astype(str).astype(object)
    out[22], out[23] = _flag(earlier), _flag(grandfathered)
    out[134] = np.where(tribal, "Amber Heron (fictional)", "").astype(object)
    out[135] = np.where(tribal, "50", "").astype(object)


def _share_of_neighbours(parts: pd.DataFrame, pairs: pd.DataFrame, index: pd.Index, designated: NDArray) -> NDArray:
    """Return for each 2010 tract the percentage of its neighbours that are designated on their own."""
    main = parts.drop_duplicates("tract").set_index("tract")["geoid_10"]
    left, right = (index.get_indexer(pd.Index(main.loc[pairs[side]])) for side in ("left", "right"))
    keep = (left >= 0) & (right >= 0) & (left != right)
    left, right = left[keep], right[keep]
    total = np.bincount(left, minlength=len(index)) + np.bincount(right, minlength=len(index))
    hits = np.bincount(left, designated[right], len(index)) + np.bincount(right, designated[left], len(index))
    return np.floor(100 * hits / np.maximum(total, 1))


def _people(
    land: Land,
    fields: pd.DataFrame,
    out: dict[int, NDArray],
    hidden: NDArray,
    lived: NDArray,
    rng: np.random.Generator,
) -> None:
    """Fill identifiers, names, population and the shares of its groups."""
    geoids = fields.index.to_numpy(dtype=object)
    names = dict(zip(land.counties["geoid"], land.counties["name"], strict=True))
    states = {state.fips: state.name for state in land.terrain.states}
    out[0] = geoids
    names |= {f"{int(code) + 1:05d}": f"Old {name}" for code, name in names.items()}
    out[1] = np.array([f"{names[g[:5]]} County" for g in geoids], dtype=object)
    out[2] = np.array([states[g[:2]] for g in geoids], dtype=object)
    people = np.where(lived, np.round(fields["residents"].to_numpy() * rng.normal(0.97, 0.05, len(fields))), 0.0)
    out[24] = np.where(lived, _text(people, 1), np.where(rng.random(len(fields)) < 0.5, "0.0", "")).astype(object)
    out[25] = _text(np.where(lived, people * 0.02 * rng.random(len(fields)), np.nan), 2)
    level = np.full(len(fields), 1.0)
    appeal = np.column_stack(
        [
            hidden[:, 0] * 0.6 - 1.6,
            -4.0 * level,
            -3.0 * level,
            -5.0 * level,
            -2.8 * level,
            0.6 * level,
            hidden[:, 2] * 0.9 - 1.8,
            -3.5 * level,
        ]
    )
    shares = np.exp(appeal) / np.exp(appeal).sum(axis=1, keepdims=True)
    for offset in range(8):
        out[3 + offset] = _text(np.where(lived, shares[:, offset], np.nan), 2)
    old = np.clip(0.16 + 0.04 * hidden[:, 3], 0.03, 0.6)
    young = np.clip(0.125 - 0.02 * hidden[:, 3], 0.02, 0.3)
    out[11] = _text(np.where(lived, young, np.nan), 2)
    out[12] = _text(np.where(lived, 1 - old - young, np.nan), 2)
    out[13] = _text(np.where(lived, old, np.nan), 2)
    out[73] = _flag(fields["land_m2"].to_numpy() > 35 * 4046.8564)
    out[127] = _text(np.where(lived, 94 + 3 * np.tanh(hidden[:, 3]), np.nan), None)
    out[128] = _text(np.where(lived, 4 * np.exp(0.4 * hidden[:, 0]), np.nan), None)
    out[129] = _text(np.where(lived, 11 * np.exp(0.4 * hidden[:, 0]), np.nan), None)
