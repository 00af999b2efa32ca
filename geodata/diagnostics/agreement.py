"""How far definitions of disadvantage agree on who is underserved: by pair, and all together.

Takes `need_parts`. Does not hold the definitions or what Need makes of them.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.schemas.computed import AGREEMENT

BoolArray = NDArray[np.bool_]


def agreement_table(parts: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return the `agreement` table of a state: each pair of definitions, on the tracts both have a value for.

    A tract is under a definition where that designates it or ranks it in its worst quarter (`agrees`). Kappa is
    Cohen's (1960): agreement beyond what two coins of the same bias would show; empty where both never vary.
    """
    verdicts = _verdicts(parts, state)
    rows = []
    for a, b in combinations(verdicts.columns, 2):
        both = verdicts[[a, b]].dropna().to_numpy(dtype=bool)
        one, other = both[:, 0], both[:, 1]
        either = int((one | other).sum())
        rows.append(
            {
                "state": state,
                "definition_a": a,
                "definition_b": b,
                "both": int((one & other).sum()),
                "either": either,
                "only_a": int((one & ~other).sum()),
                "only_b": int((~one & other).sum()),
                "jaccard": (one & other).sum() / either if either else np.nan,
                "kappa": cohen_kappa(one, other),
            }
        )
    return AGREEMENT.validate(pd.DataFrame(rows, columns=AGREEMENT.names))


def overall(parts: pd.DataFrame, state: str) -> dict[str, float | int]:
    """Return how all definitions together agree, on the tracts every one has a value for.

    `agreement_tracts` how many those are; `agreement_all` and `agreement_any` the tracts under all and under at least
    one definition; `agreement_kappa` Fleiss' kappa (1971). Nothing where there are fewer than two definitions.
    """
    verdicts = _verdicts(parts, state).dropna()
    if verdicts.shape[1] < 2 or verdicts.empty:
        return {}
    under = verdicts.to_numpy(dtype=bool)
    return {
        "agreement_definitions": under.shape[1],
        "agreement_tracts": len(under),
        "agreement_all": int(under.all(axis=1).sum()),
        "agreement_any": int(under.any(axis=1).sum()),
        "agreement_kappa": fleiss_kappa(under),
    }


def cohen_kappa(one: BoolArray, other: BoolArray) -> float:
    """Return Cohen's kappa (1960) of two verdicts, bool[tracts] each; NaN where chance alone agrees fully."""
    if not len(one):
        return float("nan")
    observed = float((one == other).mean())
    p, q = float(one.mean()), float(other.mean())
    chance = p * q + (1 - p) * (1 - q)
    return (observed - chance) / (1 - chance) if chance < 1 else float("nan")


def fleiss_kappa(under: BoolArray) -> float:
    """Return Fleiss' kappa (1971) of yes/no verdicts, bool[tracts, definitions]; NaN where there is but one verdict."""
    n = under.shape[1]
    yes = under.sum(axis=1)
    each = (yes * (yes - 1) + (n - yes) * (n - yes - 1)) / (n * (n - 1))
    p = yes.sum() / under.size
    chance = p * p + (1 - p) * (1 - p)
    return float((each.mean() - chance) / (1 - chance)) if chance < 1 else float("nan")


def _verdicts(parts: pd.DataFrame, state: str) -> pd.DataFrame:
    own = parts[parts[col.STATE] == state]
    return own.pivot(index=col.GEOID, columns=col.DEFINITION, values=col.AGREES).sort_index(axis=1)
