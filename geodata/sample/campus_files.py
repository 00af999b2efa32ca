"""Where colleges of the sample teach besides their main campus: the federal list of campuses and an office's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.sample.file_writing import write_csv
from geodata.sample.invented_names import STREETS, SURNAMES
from geodata.sample.land import Land
from geodata.sample.spots import each, spots_among_people, with_place

FIRST_PLACE = 970_100


def campus_table(land: Land, schools: pd.DataFrame) -> pd.DataFrame:
    """Return the federal list: every institution, and for community colleges a branch and a class at a high school.

    Addresses without coordinates, officers' contacts filled in, `-` where a place has no parent.
    """
    rng = np.random.default_rng([land.terrain.seed, 72])
    public = schools[schools["kind"] == "community"]
    spots = with_place(land, spots_among_people(land, 2 * len(public), 0.3, rng, states=(0,)))
    rows = [
        _row(str(FIRST_PLACE + i), str(school.unitid), school.name, None, f"{40 + 11 * i} Main St", school)
        for i, school in enumerate(each(schools))
    ]
    numbers = dict(zip(schools["unitid"], range(len(schools)), strict=True))
    for order, college in enumerate(each(public)):
        parent = (college.name, str(FIRST_PLACE + numbers[college.unitid]))
        names = (f"{college.city} Community College - Branch Campus (fictional)", "Example High School (fictional)")
        for place, name in enumerate(names):
            spot = spots.iloc[2 * order + place]
            address = f"{30 + 7 * order} {STREETS[(order + place) % len(STREETS)]}"
            rows.append(_row(f"{parent[1]}00{place + 2}", "", name, parent, address, spot))
    return pd.DataFrame(rows)


def _row(
    ident: str, unitid: str, name: str, parent: tuple[str, str] | None, address: str, spot: pd.Series
) -> dict[str, str]:
    person = SURNAMES[int(ident[-2:]) % len(SURNAMES)]
    return {
        "DapipId": ident,
        "OpeId": "",
        "IpedsUnitIds": unitid,
        "LocationName": name,
        "ParentName": parent[0] if parent else "-",
        "ParentDapipId": parent[1] if parent else "-",
        "LocationType": "Additional Location" if parent else "Institution",
        "Address": f"{address}, {spot.city}, {spot.usps} {spot.zip}-1000",
        "GeneralPhone": "555-0100",
        "AdminName": f"Fictional {person}",
        "AdminPhone": "555-0101",
        "AdminEmail": "nobody@example.invalid",
        "Fax": "",
        "UpdateDate": "9/14/2025 12:00:00 AM",
    }


def own_list(land: Land, schools: pd.DataFrame) -> pd.DataFrame:
    """Return the campuses an office lists itself, with coordinates: a training hall of two colleges each."""
    rng = np.random.default_rng([land.terrain.seed, 73])
    teaching = schools[schools["trades"] & schools["active"] & (schools["state"] == 0)].head(2)
    spots = with_place(land, spots_among_people(land, len(teaching), 0.8, rng, states=(0,)))
    return pd.DataFrame(
        {
            "name": [f"{city} Training Hall (fictional)" for city in spots["city"]],
            "unitid": teaching["unitid"].to_numpy(),
            "city": spots["city"],
            "state": spots["usps"],
            "zip": spots["zip"],
            "latitude": [f"{v:.6f}" for v in spots["latitude"]],
            "longitude": [f"{v:.6f}" for v in spots["longitude"]],
        }
    )


def write_campuses(land: Land, folder: Path, schools: pd.DataFrame) -> None:
    """Write `InstitutionCampus.csv` and `campuses.csv`."""
    write_csv(folder / "InstitutionCampus.csv", campus_table(land, schools))
    write_csv(folder / "campuses.csv", own_list(land, schools))
