"""Colleges of the sample and what they award: the IPEDS directory and completions files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.sample.file_writing import csv_bytes, write_zip
from geodata.sample.invented_names import STREETS, SURNAMES
from geodata.sample.land import Land
from geodata.sample.published_columns import published_columns
from geodata.sample.sample_work import SampleWork
from geodata.sample.spots import each, spots_among_people, with_place

HD_COLUMNS = published_columns("ipeds_directory")
#: What colleges award beside the trades: code, base awards a year, award level.
OTHERS = (
    ("51.3801", 60, 3),
    ("24.0101", 150, 3),
    ("52.0201", 70, 5),
    ("12.0401", 45, 2),
    ("51.0904", 25, 21),
)
FIRST_UNIT = 970_001


def colleges(land: Land) -> pd.DataFrame:
    """Return the institutions: unitid, name, kind, tract, latitude, longitude, city, zip, state, size,
    trades, active.

    Public colleges stand in every city (in metros more of them, on the better-off side more often); trade
    schools and others among people. Not every college teaches a trade.
    """
    rng = np.random.default_rng([land.terrain.seed, 60])
    need = land.fields["need"].to_numpy()
    tracts = land.tracts
    rows = []
    for city in land.terrain.cities:
        near = np.hypot(tracts["x"] - city.x, tracts["y"] - city.y).to_numpy() / city.spread_km
        lived = (tracts["kind"] == "people").to_numpy() & (tracts["state"] == city.state).to_numpy()
        for campus in range(2 if city.metro else 1):
            if not city.metro and rng.random() < 0.35:
                continue
            score = near + 0.35 * need + 1.2 * abs(campus - near * 0.6)
            tract = int(np.where(lived, score, np.inf).argmin())
            kind = "technical" if campus else "community"
            rows.append((kind, tract, tracts["latitude"][tract] + 0.0011, tracts["longitude"][tract] - 0.0013))
    others = spots_among_people(land, max(14, round(len(tracts) / 22)), -0.25, rng)
    kinds = rng.choice(["trade", "beauty", "university", "career"], len(others), p=[0.32, 0.26, 0.17, 0.25])
    for kind, spot in zip(kinds, each(others), strict=True):
        rows.append((str(kind), spot.tract, spot.latitude, spot.longitude))
    frame = pd.DataFrame(rows, columns=["kind", "tract", "latitude", "longitude"])
    frame["latitude"], frame["longitude"] = frame["latitude"].round(6), frame["longitude"].round(6)
    frame = with_place(land, frame)
    metros = [city.name for city in land.terrain.cities if city.metro]
    frame["unitid"] = FIRST_UNIT + np.arange(len(frame))
    frame["name"] = [_name(row.kind, row.city, i) for i, row in enumerate(each(frame))]
    chance = frame["kind"].map({"community": 0.75, "technical": 1.0, "trade": 0.9, "career": 0.3}).fillna(0.0)
    frame["trades"] = rng.random(len(frame)) < chance
    frame["size"] = np.where(frame["kind"].isin(["community", "technical"]) & frame["city"].isin(metros), 2.5, 1.0)
    frame["active"] = True
    frame.loc[frame.index[frame["kind"] == "trade"][-1:], "active"] = False
    return frame


def _name(kind: str, city: str, number: int) -> str:
    person = SURNAMES[(number * 7) % len(SURNAMES)]
    return {
        "community": f"{city} Community College (fictional)",
        "technical": f"{city} Technical Institute (fictional)",
        "trade": f"{person} School of Trades (fictional)",
        "beauty": f"{person} Academy of Cosmetology (fictional)",
        "university": f"{person} University, {city} Campus (fictional)",
        "career": f"{person}-Régent Career College (fictional)",
    }[kind]


def directory_table(land: Land, schools: pd.DataFrame) -> pd.DataFrame:
    """Return the HD file: codes as whole numbers, -1 and -2 where not reported or not applicable."""
    sector = schools["kind"].map(
        {"community": 4, "technical": 4, "trade": 9, "beauty": 9, "university": 2, "career": 6}
    )
    level = schools["kind"].map({"community": 2, "technical": 2, "trade": 3, "beauty": 3, "university": 1, "career": 2})
    control = sector.map({4: 1, 9: 3, 2: 2, 6: 3})
    county = land.counties.iloc[land.tracts["county"].to_numpy()[schools["tract"]]]
    columns: dict[str, object] = {
        "UNITID": schools["unitid"],
        "INSTNM": schools["name"],
        "IALIAS": " ",
        "ADDR": [f"{40 + 11 * i} {STREETS[i % len(STREETS)]}" for i in range(len(schools))],
        "CITY": schools["city"],
        "STABBR": schools["usps"],
        "ZIP": [f"{z}-{1000 + i}" if i % 3 == 0 else z for i, z in enumerate(schools["zip"])],
        "FIPS": [int(land.terrain.states[s].fips) for s in schools["state"]],
        "OBEREG": 9,
        "CHFNM": [f"Dr. Example {SURNAMES[i % len(SURNAMES)]}" for i in range(len(schools))],
        "CHFTITLE": "President",
        "GENTELE": [f"55501{i % 100:02d}" for i in range(len(schools))],
        "WEBADDR": [f"https://school-{u}.example.org/" for u in schools["unitid"]],
        "SECTOR": sector,
        "ICLEVEL": level,
        "CONTROL": control,
        "CYACTIVE": np.where(schools["active"], 1, 2),
        "DEATHYR": np.where(schools["active"], -2, 2023),
        "OPENPUBL": 1,
        "CBSA": -2,
        "COUNTYCD": county["geoid"].astype(int).to_numpy(),
        "COUNTYNM": [f"{name} County" for name in county["name"]],
        "CNGDSTCD": [int(land.terrain.states[s].fips) * 100 + 1 for s in schools["state"]],
        "LONGITUD": schools["longitude"],
        "LATITUDE": schools["latitude"],
        "DFRCUSCG": -1,
    }
    plain = {name: values if np.isscalar(values) else np.asarray(values) for name, values in columns.items()}
    return pd.DataFrame(dict.fromkeys(HD_COLUMNS, -2) | plain, index=range(len(schools)))


def completions_table(land: Land, schools: pd.DataFrame, revised: bool, work: SampleWork) -> pd.DataFrame:
    """Return the completions file, rollups and totals included; the revised one differs in a few counts."""
    rng = np.random.default_rng([land.terrain.seed, 61])
    rows: list[tuple[int, str, int, int, str, int]] = []
    for school in each(schools):
        if not school.active:
            continue
        trades = work.trades if school.trades else ()
        offered = [trade for trade in trades if rng.random() < 0.5] or list(trades[:1])
        offered += [o for o in OTHERS if school.kind in ("community", "university", "career") and rng.random() < 0.6]
        detail = []
        for cip, base, award in offered:
            awards = int(rng.poisson(base * school.size * rng.lognormal(0, 0.35)))
            change = int(rng.integers(-3, 6)) if rng.random() < 0.3 else 0
            # A career school keeps a program that nobody finished in the year.
            awards = 0 if school.kind == "career" else max(0, awards + (change if revised else 0))
            detail.append((school.unitid, cip, 1, award, "R", awards))
            if rng.random() < 0.15:
                detail.append((school.unitid, cip, 2, award, "R", int(rng.poisson(2))))
        rows += detail + _rollups(school.unitid, detail)
    frame = pd.DataFrame(rows, columns=["UNITID", "CIPCODE", "MAJORNUM", "AWLEVEL", "XCTOTALT", "CTOTALT"])
    men = np.round(frame["CTOTALT"] * 0.6).astype(int)
    frame["XCTOTALM"], frame["CTOTALM"] = "R", men
    frame["XCTOTALW"], frame["CTOTALW"] = np.where(men == frame["CTOTALT"], "Z", "R"), frame["CTOTALT"] - men
    code = frame["AWLEVEL"].astype(str)
    frame["AWLEVEL"] = code if revised else code.str.zfill(2)
    return frame


def _rollups(unit: int, detail: list[tuple[int, str, int, int, str, int]]) -> list[tuple[int, str, int, int, str, int]]:
    """Return the summary rows a completions file holds beside the detail: 2- and 4-digit, all programs, totals."""
    out = []
    for _, cip, major, award, flag, count in detail:
        if major == 1:
            out += [(unit, cip[:2], 1, award, flag, count), (unit, cip[:5], 1, award, flag, count)]
            total = 12 if award in (3, 5) else 13
            out += [(unit, cip, 1, total, flag, count), (unit, cip, 1, 15, flag, count)]
    whole = sum(row[5] for row in detail if row[2] == 1)
    if detail:
        out.append((unit, "99", 1, 15, "R", whole))
    return list(dict.fromkeys(out))


def _quoted(frame: pd.DataFrame) -> bytes:
    """Return completions as text with the program code in quotation marks, as published."""
    shown = frame.copy()
    shown["CIPCODE"] = [f'"{code}"' for code in shown["CIPCODE"]]
    text = shown.to_csv(index=False, lineterminator="\n", quoting=3, escapechar=None)
    return text.encode("utf-8")


def write_colleges(land: Land, folder: Path, work: SampleWork) -> pd.DataFrame:
    """Write `HD2023.zip` and `C2023_A.zip`; return the institutions."""
    schools = colleges(land)
    write_zip(folder / "HD2023.zip", {"HD2023.csv": csv_bytes(directory_table(land, schools), bom=True)})
    members = {
        "C2023_a.csv": _quoted(completions_table(land, schools, revised=False, work=work)),
        "C2023_a_RV.csv": _quoted(completions_table(land, schools, revised=True, work=work)),
    }
    write_zip(folder / "C2023_A.zip", members)
    return schools
