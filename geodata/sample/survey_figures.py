"""Who lives in the sample tracts: correlated need and the survey estimates, margins and ranks made of it.

Makes the tables; `publish` writes them in their publishers' formats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.sample.terrain import Floats, Integers
from geodata.storage.files import read_yaml

Numbers = Integers | Floats
MISSING = -999
CONTROLLED = -555555555
_VARIABLES = read_yaml(Path(__file__).with_name("survey_variables.yaml"))["variables"]
_RACES = ("AFAM", "HISP", "ASIAN", "AIAN", "NHPI", "TWOMORE", "OTHERRACE")
THEMES = {
    1: ("POV150", "UNEMP", "HBURD", "NOHSDP", "UNINSUR"),
    2: ("AGE65", "AGE17", "DISABL", "SNGPNT", "LIMENG"),
    3: ("MINRTY",),
    4: ("MUNIT", "MOBILE", "CROWD", "NOVEH", "GROUPQ"),
}
RANKED = tuple(name for theme in THEMES.values() for name in theme)
ADJUNCT = ("NOINT", *_RACES)
#: Margins published for an estimate of zero, by what is counted.
_ZERO_MARGIN = {"LIMENG": 56, "HBURD": 28, "SNGPNT": 19, "MINRTY": 19, "MUNIT": 19, "CROWD": 19}


def survey_margin(count: Integers, usual: float, name: str, rng: np.random.Generator) -> Integers:
    """Return 90 % margins of counts: they grow with the root of the count, and vary from tract to tract."""
    spread = rng.lognormal(0, 0.28, len(count))
    margin = np.round(usual * np.sqrt(np.maximum(count, 1)) * spread)
    floor = _ZERO_MARGIN.get(name, 14)
    zero = np.where(rng.random(len(count)) < 0.85, floor, round(floor * 1.43))
    return np.where(count == 0, zero, np.maximum(margin, 6)).astype(np.int64)


def proportion_margin(part: Numbers, whole: Numbers, part_moe: Numbers, whole_moe: Numbers) -> Floats:
    """Margin of part / whole in percent (Census Bureau, ACS handbook): the ratio's where the root fails."""
    share = part / np.maximum(whole, 1)
    inside = part_moe.astype(float) ** 2 - (share * whole_moe) ** 2
    inside = np.where(inside < 0, part_moe.astype(float) ** 2 + (share * whole_moe) ** 2, inside)
    return 100 * np.sqrt(inside) / np.maximum(whole, 1)


def survey(tracts: pd.DataFrame, fields: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return survey counts and margins per tract: E_x, M_x, EP_x, MP_x, with NaN where a share is undefined.

    `tracts` needs geoid, kind and population; `fields` the hidden fields on the same index. All-water
    tracts are left out; the index follows `tracts`.
    """
    tracts = tracts[tracts["kind"] != "water"]
    hidden = fields.loc[tracts.index]
    rng = np.random.default_rng([seed, 21])
    count = len(tracts)
    out: dict[str, Numbers] = {}
    barracks = (tracts["kind"] == "barracks").to_numpy()
    population = np.round(tracts["population"].to_numpy() * rng.normal(1.02, 0.05, count)).clip(0).astype(np.int64)
    population[tracts["population"] == 0] = 0
    quarters = rng.binomial(population, np.where(rng.random(count) < 0.12, 0.06, 0.004))
    quarters = np.where(barracks, population, quarters)
    households = np.round((population - quarters) / rng.normal(2.5, 0.18, count).clip(2, 3.2)).astype(np.int64)
    homes = np.round(households / rng.normal(0.91, 0.03, count).clip(0.7, 0.99)).astype(np.int64)
    base = {"TOTPOP": population, "HU": homes, "HH": households, "GROUPQ": quarters}
    usual = {"TOTPOP": 8.5, "HU": 5.0, "HH": 5.4, "GROUPQ": 3.0}
    for name, values in base.items():
        out[f"E_{name}"], out[f"M_{name}"] = values, survey_margin(values, usual[name], name, rng)
    whole = {
        "ALL": population,
        "POP": population - np.where(barracks, quarters, quarters // 2),
        "POP5": np.round(population * 0.94).astype(np.int64),
        "LABOR": np.where(barracks, 0, np.round(population * 0.5)).astype(np.int64),
        "ADULT25": np.round(population * 0.68).astype(np.int64),
        "HH": households,
        "HU": homes,
    }
    columns = hidden[["need", "density", "newcomers", "age", "rural"]].to_numpy()
    for variable in _VARIABLES:
        name = variable["name"]
        odds = variable["log_odds"] + columns @ np.array(variable["loads"]) + rng.normal(0, 0.22, count)
        part = rng.binomial(whole[variable["of"]], 1 / (1 + np.exp(-odds)))
        out[f"E_{name}"], out[f"M_{name}"] = part, survey_margin(part, variable["margin"], name, rng)
    out |= _races(out["E_MINRTY"].astype(np.int64), columns, rng)
    whole_of = {variable["name"]: variable["of"] for variable in _VARIABLES}
    whole_of |= dict.fromkeys((*_RACES, "GROUPQ", "MINRTY"), "ALL")
    root_whole = {"HH": out["M_HH"], "HU": out["M_HU"]}
    for name in (*RANKED, *ADJUNCT):
        total = whole[whole_of[name]]
        total_moe = root_whole.get(whole_of[name], out["M_TOTPOP"])
        part, moe = out[f"E_{name}"], out[f"M_{name}"]
        defined = total > 0
        out[f"EP_{name}"] = np.where(defined, np.round(100 * part / np.maximum(total, 1), 1), np.nan)
        out[f"MP_{name}"] = np.where(defined, np.round(proportion_margin(part, total, moe, total_moe), 1), np.nan)
    out["E_DAYPOP"] = np.round(population * rng.lognormal(-0.1, 0.5, count) + 60 * rng.lognormal(0, 1, count)).astype(
        np.int64
    )
    frame = pd.DataFrame(out, index=tracts.index)
    frame.insert(0, "geoid", tracts["geoid"])
    return frame


def _races(minority: Integers, fields: Floats, rng: np.random.Generator) -> dict[str, Integers]:
    """Split residents of a racial or ethnic minority among the published groups."""
    appeal = np.column_stack(
        [
            1.0 + 0.5 * fields[:, 0],
            0.9 + 0.9 * fields[:, 2],
            0.1 + 0.2 * fields[:, 1],
            -1.6 + 1.2 * fields[:, 4],
            np.full(len(minority), -3.0),
            np.full(len(minority), 0.0),
            np.full(len(minority), -2.2),
        ]
    )
    shares = np.exp(appeal + rng.normal(0, 0.3, appeal.shape))
    shares /= shares.sum(axis=1, keepdims=True)
    groups = rng.multinomial(minority, shares)
    out = {}
    for i, name in enumerate(_RACES):
        out[f"E_{name}"], out[f"M_{name}"] = groups[:, i], survey_margin(groups[:, i], 9.0, name, rng)
    return out


def percentile(values: Numbers) -> Floats:
    """Return (rank − 1) / (n − 1) of each value among those not NaN, smallest rank for ties, to 4 decimals."""
    known = ~np.isnan(values)
    ranks = pd.Series(values).rank(method="min").to_numpy()
    return np.asarray(np.round((ranks - 1) / max(int(known.sum()) - 1, 1), 4))


def with_ranks(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the EPL_, SPL_, RPL_ and F_ columns, ranked in one pool (CDC/ATSDR SVI documentation, 2022)."""
    out: dict[str, Numbers] = {}
    lived = counts["E_TOTPOP"].to_numpy() > 0
    for name in RANKED:
        place = percentile(np.where(lived, counts[f"EP_{name}"], np.nan))
        out[f"EPL_{name}"] = place
        out[f"F_{name}"] = np.where(np.isnan(place), np.nan, place >= 0.9)
    for theme, members in THEMES.items():
        out[f"SPL_THEME{theme}"] = np.round(np.sum([out[f"EPL_{m}"] for m in members], axis=0), 4)
        out[f"F_THEME{theme}"] = np.sum([out[f"F_{m}"] for m in members], axis=0)
    complete = ~np.isnan(np.sum([out[f"SPL_THEME{t}"] for t in THEMES], axis=0))
    out["SPL_THEMES"] = np.where(complete, np.round(np.sum([out[f"SPL_THEME{t}"] for t in THEMES], axis=0), 4), np.nan)
    out["F_TOTAL"] = np.sum([out[f"F_THEME{t}"] for t in THEMES], axis=0)
    for suffix in ("THEME1", "THEME2", "THEME3", "THEME4", "THEMES"):
        out[f"RPL_{suffix}"] = percentile(out[f"SPL_{suffix}"])
    return pd.concat([counts, pd.DataFrame(out, index=counts.index)], axis=1)
