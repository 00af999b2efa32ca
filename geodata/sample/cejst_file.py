"""The Climate and Economic Justice Screening Tool file of the sample, on 2010 tracts.

Follows the published rules: a burden at or above the 90th percentile together with low income (or, for
workforce burdens, with few diplomas) designates; so does being surrounded, tribal land, and version 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.sample.land import Land
from geodata.sample.published_columns import published_columns
from geodata.sample.terrain import Flags, Floats, Objects
from geodata.storage.files import read_yaml

COLUMNS = published_columns("cejst")
_FIGURES = read_yaml(Path(__file__).with_name("cejst_figures.yaml"))


@dataclass
class _Sheet:
    """The file while it is filled: `fields` of each 2010 tract with land, `texts` by the place of their column.

    hidden (n, 5): need, density, newcomers, age, rural. ranks: percentile (0 to 1) of each tract by column.
    """

    land: Land
    fields: pd.DataFrame
    hidden: Floats
    lived: Flags
    rng: np.random.Generator
    texts: dict[int, Objects]
    ranks: dict[int, Floats]

    def __len__(self) -> int:
        return len(self.fields)

    def noise(self, spread: float) -> Floats:
        """Return one random number a tract about zero."""
        return self.rng.normal(0, spread, len(self))

    def chance(self, probability: float) -> Flags:
        """Return which tracts something befalls with this probability."""
        return self.rng.random(len(self)) < probability

    def write(self, column: int, values: Floats, decimals: int | None = None) -> None:
        """Fill a column with published numbers: blank where missing, whole numbers without a point."""
        unique, back = np.unique(np.round(values, decimals or 0), return_inverse=True)
        texts = ["" if np.isnan(v) else (str(round(v)) if decimals is None else repr(float(v))) for v in unique]
        self.texts[column] = np.array(texts, dtype=object)[back]

    def write_lived(self, column: int, values: Floats, decimals: int | None = None) -> None:
        """Fill a column with numbers, blank where nobody lives."""
        self.write(column, np.where(self.lived, values, np.nan), decimals)

    def rank(self, column: int, values: Floats) -> None:
        """Fill a column with the percentile of values, in whole percent."""
        self.ranks[column] = _percentile(values)
        self.write(column, np.floor(100 * self.ranks[column]))

    def flag(self, column: int, values: Flags, otherwise: str = "False") -> None:
        """Fill a column with True or `otherwise`."""
        self.texts[column] = np.where(values, "True", otherwise).astype(object)

    def high(self, column: int, least: float = 0.9) -> Flags:
        """Return which tracts rank at or above `least` in a column."""
        return np.asarray(np.nan_to_num(self.ranks[column], nan=0) >= least)


def old_fields(land: Land, parts: pd.DataFrame) -> pd.DataFrame:
    """Return per 2010 tract its residents, areas and hidden fields, carried from the parts by land area."""
    area = parts.groupby("tract")["land_m2"].transform("sum").clip(lower=1)
    residents = land.tracts["population"].to_numpy()[parts["tract"]] * parts["land_m2"] / area
    work = parts.assign(residents=residents, weight=residents + 1e-6 * parts["land_m2"] + 1e-9)
    for name in land.fields:
        work[name] = land.fields[name].to_numpy()[work["tract"]] * work["weight"]
    work = work.drop(columns="tract").groupby("geoid_10").sum()
    for name in land.fields:
        work[name] /= work["weight"]
    return work


def _percentile(values: Floats) -> Floats:
    known = int((~np.isnan(values)).sum())
    return np.asarray((pd.Series(values).rank(method="average").to_numpy() - 0.5) / max(known, 1))


def cejst_table(land: Land, parts: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the communities file: one row per 2010 tract with land, 136 text columns.

    `parts` are what 2020 and 2010 tracts have in common, `pairs` the neighbors among 2020 tracts.
    """
    fields = old_fields(land, parts)
    fields = fields[fields["land_m2"] > 0]
    sheet = _Sheet(
        land,
        fields,
        hidden=fields[["need", "density", "newcomers", "age", "rural"]].to_numpy(),
        lived=fields["residents"].to_numpy() > 20,
        rng=np.random.default_rng([land.terrain.seed, 31]),
        texts={i: np.full(len(fields), "", dtype=object) for i in range(len(COLUMNS))},
        ranks={},
    )
    for measure in _FIGURES["measures"]:
        rank = measure["rank"]
        field = sheet.hidden @ np.array(measure["loads"]) + sheet.noise(0.6)
        field = np.where(sheet.lived | (rank in (31, 34, 37)), field, np.nan)
        if rank == 94:
            field = np.where(sheet.chance(0.35), np.nan, field)
        sheet.rank(rank, field)
        if "value" in measure:
            sheet.write(
                measure["value"], measure["middle"] * np.exp(measure["spread"] * field), measure.get("decimals")
            )
    shares: dict[int, Floats] = {}
    for measure in _FIGURES["people_measures"]:
        value = measure["value"]
        odds = measure["log_odds"] + sheet.hidden @ np.array(measure["loads"]) + sheet.noise(0.25)
        shares[value] = np.where(sheet.lived, 1 / (1 + np.exp(-odds)), np.nan)
        sheet.rank(measure["rank"], shares[value])
        sheet.write(value, np.floor(100 * shares[value]))
    _incomes(sheet, shares[122])
    _designations(sheet, parts, pairs, *_burdens(sheet, shares[126]))
    _people(sheet)
    return pd.DataFrame({name: sheet.texts[i] for i, name in enumerate(COLUMNS)})


def _incomes(sheet: _Sheet, poor: Floats) -> None:
    """Fill incomes, home values, life expectancy and the adjusted share of low incomes."""
    adjusted = np.clip(poor - 0.01 * sheet.rng.random(len(sheet)), 0, 1)
    sheet.ranks[26] = _percentile(adjusted)
    sheet.write(26, sheet.ranks[26], 2)
    sheet.write(27, adjusted, 2)
    income = 130 * np.exp(-1.5 * (poor - 0.2) + sheet.noise(0.12))
    sheet.rank(112, -income)
    sheet.write(113, income)
    years = 79 - 14 * (poor - 0.3) + sheet.noise(1.3)
    years = np.where(sheet.chance(0.06), np.nan, years)
    sheet.rank(109, -years)
    sheet.write(110, years, 2)
    value = np.round(190_000 * np.exp(-2.0 * (poor - 0.3) + sheet.noise(0.25)), -2)
    sheet.rank(67, value)
    sheet.write(68, value, 1)
    bare = np.where(sheet.lived, np.round(0.05 * sheet.rng.beta(1, 6, len(sheet)), 2), np.nan)
    sheet.write(76, _percentile(bare), 2)
    sheet.write(77, bare, 2)


def _burdens(sheet: _Sheet, no_diploma: Floats) -> tuple[Flags, Flags]:
    """Fill the burdens and their counts; return which tracts are of low income and which exceed a category."""
    density = sheet.fields["density"].to_numpy()
    poor, schooling = sheet.high(26, 0.65), np.nan_to_num(no_diploma, nan=0) > 0.10
    sheet.flag(28, poor)
    criteria, categories = np.zeros(len(sheet), dtype=int), np.zeros(len(sheet), dtype=int)
    for burdens in _FIGURES["burdens"].values():
        exceeded = np.zeros(len(sheet), dtype=bool)
        for column, rank in burdens:
            high = sheet.high(rank)
            if rank in _FIGURES["high_alone"]:
                sheet.flag(_FIGURES["high_alone"][rank], high)
            sheet.flag(column, high & poor)
            criteria += high & poor
            exceeded |= high & poor
        categories += exceeded
    mine, defense = sheet.chance(0.02), sheet.chance(0.015)
    redlined = (density > 1.1) & sheet.chance(0.3)
    for alone, whole, with_poor, found in ((88, 92, 89, mine), (87, 91, 90, defense)):
        sheet.flag(alone, found, otherwise="")
        sheet.flag(whole, found)
        sheet.flag(with_poor, found & poor)
    sheet.texts[75] = np.where(redlined, "True", np.where(density > 0.6, "False", "")).astype(object)
    sheet.flag(74, redlined & poor)
    criteria += (mine & poor).astype(int) + (defense & poor) + (redlined & poor)
    workforce = np.zeros(len(sheet), dtype=bool)
    for column, rank in _FIGURES["workforce"]:
        met = sheet.high(rank) & schooling
        sheet.flag(column, met)
        criteria += met
        workforce |= met
    categories += workforce
    for column in (29, 130, 131, 132):
        sheet.flag(column, np.zeros(len(sheet), dtype=bool))
    sheet.texts[14] = criteria.astype(str).astype(object)
    sheet.write(15, categories.astype(float), 1)
    return poor, categories > 0


def _designations(sheet: _Sheet, parts: pd.DataFrame, pairs: pd.DataFrame, poor: Flags, alone: Flags) -> None:
    """Fill the family of designations: on its own, surrounded, tribal, and kept from version 1.0."""
    tracts, index = sheet.land.tracts, sheet.fields.index
    around = _share_of_neighbors(parts, pairs, index, alone)
    surrounded = (around >= 100) & sheet.high(26, 0.5) & ~alone
    tribal = np.zeros(len(sheet), dtype=bool)
    biggest = tracts[(tracts["state"] == 0) & (tracts["kind"] == "people")]["land_m2"].idxmax()
    tribal[index.get_indexer(parts.loc[parts["tract"] == biggest, "geoid_10"].head(1))] = True
    earlier = np.where(sheet.chance(0.05), ~alone & poor, alone)
    earlier[np.flatnonzero(~(alone | surrounded))[:1]] = True
    grandfathered = earlier & ~(alone | surrounded)
    whole = alone | surrounded | grandfathered
    for column, found in ((16, alone), (17, surrounded), (19, whole | tribal), (22, earlier), (23, grandfathered)):
        sheet.flag(column, found)
    sheet.flag(18, tribal, otherwise="")
    sheet.texts[20] = np.where(whole, "100", np.where(tribal, "50", "0")).astype(object)
    sheet.texts[21] = around.astype(int).astype(str).astype(object)
    sheet.texts[134] = np.where(tribal, "Amber Heron (fictional)", "").astype(object)
    sheet.texts[135] = np.where(tribal, "50", "").astype(object)


def _share_of_neighbors(parts: pd.DataFrame, pairs: pd.DataFrame, index: pd.Index, designated: Flags) -> Floats:
    """Return for each 2010 tract the percentage of its neighbors that are designated on their own."""
    main = parts.drop_duplicates("tract").set_index("tract")["geoid_10"]
    left, right = (index.get_indexer(pd.Index(main.loc[pairs[side]])) for side in ("left", "right"))
    keep = (left >= 0) & (right >= 0) & (left != right)
    left, right = left[keep], right[keep]
    total = np.bincount(left, minlength=len(index)) + np.bincount(right, minlength=len(index))
    hits = np.bincount(left, designated[right], len(index)) + np.bincount(right, designated[left], len(index))
    return np.asarray(np.floor(100 * hits / np.maximum(total, 1)))


def _people(sheet: _Sheet) -> None:
    """Fill identifiers, names, population and the shares of its groups."""
    land, need, newcomers, age = sheet.land, sheet.hidden[:, 0], sheet.hidden[:, 2], sheet.hidden[:, 3]
    geoids = sheet.fields.index.to_numpy(dtype=object)
    names = dict(zip(land.counties["geoid"], land.counties["name"], strict=True))
    names |= {f"{int(code) + 1:05d}": f"Old {name}" for code, name in names.items()}
    states = {state.fips: state.name for state in land.terrain.states}
    sheet.texts[0] = geoids
    sheet.texts[1] = np.array([f"{names[g[:5]]} County" for g in geoids], dtype=object)
    sheet.texts[2] = np.array([states[g[:2]] for g in geoids], dtype=object)
    counted = np.round(sheet.fields["residents"].to_numpy() * sheet.rng.normal(0.97, 0.05, len(sheet)))
    people = np.where(sheet.lived, counted, 0.0)
    sheet.write(24, people, 1)
    nobody = np.where(sheet.chance(0.5), "0.0", "")
    sheet.texts[24] = np.where(sheet.lived, sheet.texts[24], nobody).astype(object)
    sheet.write_lived(25, people * 0.02 * sheet.rng.random(len(sheet)), 2)
    level = np.ones(len(sheet))
    appeal = np.column_stack(
        [need * 0.6 - 1.6, *(level * c for c in (-4.0, -3.0, -5.0, -2.8, 0.6)), newcomers * 0.9 - 1.8, -3.5 * level]
    )
    shares = np.exp(appeal) / np.exp(appeal).sum(axis=1, keepdims=True)
    for offset in range(8):
        sheet.write_lived(3 + offset, shares[:, offset], 2)
    old, young = np.clip(0.16 + 0.04 * age, 0.03, 0.6), np.clip(0.125 - 0.02 * age, 0.02, 0.3)
    for column, share in ((11, young), (12, 1 - old - young), (13, old)):
        sheet.write_lived(column, share, 2)
    sheet.flag(73, sheet.fields["land_m2"].to_numpy() > 35 * 4046.8564)
    sheet.write_lived(127, 94 + 3 * np.tanh(age))
    sheet.write_lived(128, 4 * np.exp(0.4 * need))
    sheet.write_lived(129, 11 * np.exp(0.4 * need))
