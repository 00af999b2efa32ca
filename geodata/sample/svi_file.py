"""The Social Vulnerability Index file of the sample: columns, order and sentinels of the national download."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.land import Land
from geodata.sample.survey_figures import ADJUNCT, CONTROLLED, MISSING, RANKED, THEMES, survey, with_ranks


def columns() -> list[str]:
    """Return the column names of SVI 2022 in the publisher's order."""
    names = ["ST", "STATE", "ST_ABBR", "STCNTY", "COUNTY", "FIPS", "LOCATION", "AREA_SQMI"]
    for name in ("TOTPOP", "HU", "HH", *RANKED):
        names += [f"E_{name}", f"M_{name}"]
    for name in RANKED:
        names += [f"EP_{name}", f"MP_{name}"]
    for theme, members in THEMES.items():
        names += [f"EPL_{name}" for name in members] + [f"SPL_THEME{theme}", f"RPL_THEME{theme}"]
    names += ["SPL_THEMES", "RPL_THEMES"]
    for theme, members in THEMES.items():
        names += [f"F_{name}" for name in members] + [f"F_THEME{theme}"]
    names += ["F_TOTAL", "E_DAYPOP"]
    for lead in ("E", "EP"):
        for name in ADJUNCT:
            names += [f"{lead}_{name}", f"M{lead[1:]}_{name}"]
    return names


def tract_name(geoid: str) -> str:
    """Return the name the Census Bureau gives a tract code: 950100 is 9501, 000101 is 1.01."""
    whole, part = int(geoid[5:9]), geoid[9:]
    return f"{whole}.{part}" if part != "00" else f"{whole}"


def svi_table(land: Land) -> pd.DataFrame:
    """Return the index file: one row a tract that is not all water, both states ranked in one pool."""
    ranked = with_ranks(survey(land.tracts, land.fields, land.terrain.seed))
    tracts = land.tracts.loc[ranked.index]
    states = land.terrain.states
    county = land.counties.iloc[tracts["county"]]
    state_name = [states[s].name for s in tracts["state"]]
    county_name = [f"{name} County" for name in county["name"]]
    head = pd.DataFrame(
        {
            "ST": [int(states[s].fips) for s in tracts["state"]],
            "STATE": state_name,
            "ST_ABBR": [states[s].usps for s in tracts["state"]],
            "STCNTY": county["geoid"].astype(int).to_numpy(),
            "COUNTY": county_name,
            "FIPS": tracts["geoid"].to_numpy(),
            "LOCATION": [
                f"Census Tract {tract_name(g)}; {c}; {s}"
                for g, c, s in zip(tracts["geoid"], county_name, state_name, strict=True)
            ],
            "AREA_SQMI": np.round(tracts["land_m2"].to_numpy() / 2_589_988.110336, 12),
        },
        index=ranked.index,
    )
    table = pd.concat([head, ranked.drop(columns="geoid")], axis=1)[columns()]
    whole = [name for name in columns() if name.startswith("F_")]
    table = table.fillna(MISSING)
    table[whole] = table[whole].astype(int)
    quarters = table.index[(table["E_GROUPQ"] > 0) & (table["E_HH"] > 0)]
    if len(quarters):
        table.loc[quarters[len(quarters) // 2], "M_GROUPQ"] = CONTROLLED
    return table
