"""Table B17024 of the sample: how old people are, by how their income compares with the poverty line.

Its people are those of the index file: as many of them, and as many below 150 % of the line. Does not hold the index
(see `geodata.sample.svi_file`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.survey_figures import survey_margin
from geodata.sample.terrain import Floats, Integers

TABLE = "B17024"
# Ages: under 6, 6 to 11, 12 to 17; 18 to 24, 25 to 34, 35 to 44, 45 to 54, 55 to 64; 65 to 74, 75 and over.
_AGES = ((0.30, 0.33, 0.37), (0.16, 0.22, 0.21, 0.20, 0.21), (0.58, 0.42))
# Ratios of income to poverty: below .50, .75, 1.00, 1.25, 1.50; then to 1.75, 1.85, 2.00, 3.00, 4.00, 5.00, and above.
_BELOW, _ABOVE = (0.30, 0.15, 0.20, 0.18, 0.17), (0.07, 0.03, 0.05, 0.22, 0.19, 0.14, 0.30)
# How poor children and the old are beside adults of working age.
_POORER = (1.35, 1.0, 0.75)


def age_by_income(index: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return GEOID, NAME and the table's lines (…E) with their 90 % margins (…M) for the tracts of the index file.

    `index` is what `geodata.sample.svi_file.svi_table` makes. Half of the people of group quarters, and all where there
    is nobody else, have no poverty status and are not in the table.
    """
    rng = np.random.default_rng([seed, 22])
    people, quarters = (index[name].to_numpy(dtype=np.int64) for name in ("E_TOTPOP", "E_GROUPQ"))
    known = people - np.where(quarters == people, quarters, quarters // 2)
    lines = np.zeros((len(index), 131), dtype=np.int64)
    for row, total in enumerate(known):
        groups = _groups(int(total), index["E_AGE17"].iloc[row], index["E_AGE65"].iloc[row])
        poor = _shared_out(int(min(index["E_POV150"].iloc[row], total)), groups)
        lines[row] = _lines(groups, poor, rng)
    out: dict[str, object] = {"GEOID": index["FIPS"].to_numpy(), "NAME": index["LOCATION"].to_numpy()}
    for line in range(131):
        name = f"{TABLE}_{line + 1:03d}"
        out[f"{name}E"], out[f"{name}M"] = lines[:, line], survey_margin(lines[:, line], 7.0, TABLE, rng)
    return pd.DataFrame(out)


def _groups(total: int, young: int, old: int) -> Integers:
    """Return how many of `total` are under 18, of working age, and 65 and over."""
    children = min(int(young), total)
    elders = min(int(old), total - children)
    return np.array([children, total - children - elders, elders])


def _shared_out(poor: int, groups: Integers) -> Integers:
    """Return how many of each group are poor: in proportion to its size and lot, none more than there are."""
    weights: Floats = groups * np.array(_POORER)
    given: Integers = np.minimum(np.floor(poor * weights / max(weights.sum(), 1)).astype(np.int64), groups)
    for group in (1, 0, 2):
        given[group] += min(poor - given.sum(), groups[group] - given[group])
    return given


def _lines(groups: Integers, poor: Integers, rng: np.random.Generator) -> Integers:
    """Return the 131 lines of one tract: the total, then for each age its total and its twelve ratios."""
    found: list[Integers] = []
    for shares, everybody, below in zip(_AGES, groups, poor, strict=True):
        parts = (rng.multinomial(below, shares), rng.multinomial(everybody - below, shares))
        for low, high in zip(*parts, strict=True):
            ratios = np.concatenate([rng.multinomial(low, _BELOW), rng.multinomial(high, _ABOVE)])
            found.append(np.concatenate([[ratios.sum()], ratios]))
    return np.concatenate([[groups.sum()], *found])
