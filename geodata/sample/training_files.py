"""Training programs, apprenticeship sponsors, certified contractors, job centers and workforce areas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.sample.file_writing import write_csv, write_json, write_workbook
from geodata.sample.invented_names import STREETS, SURNAMES
from geodata.sample.land import Land
from geodata.sample.sample_work import SampleWork
from geodata.sample.spots import AS_OF, each, spots_among_people, with_place


def _placed(land: Land, count: int, pull: float, stream: int, states: tuple[int, ...] | None = None) -> pd.DataFrame:
    """Return `count` places among people with city, ZIP code and state."""
    rng = np.random.default_rng([land.terrain.seed, 70, stream])
    return with_place(land, spots_among_people(land, count, pull, rng, states))


def _table(columns: str, rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


def program_table(land: Land, schools: pd.DataFrame, work: SampleWork) -> pd.DataFrame:
    """Return eligible training programs: colleges under another spelling, codes as typed, -1 for suppressed."""
    rng = np.random.default_rng([land.terrain.seed, 71])
    offers: list[tuple[Any, ...]] = []  # provider, kind of entity, program, code, occupation, weeks, city, ZIP, state
    teaching = schools[schools["trades"] & schools["active"]]
    for order, school in enumerate(each(teaching)):
        spelled = school.name.replace("Community College", "Comm. College").replace("(fictional)", "- fictional")
        place = (school.city, school.zip, school.state)
        chosen = rng.choice(len(work.programs), 2, replace=False)
        offers += [(spelled, "Higher Ed: Associate's", *work.programs[program], *place) for program in chosen]
        if order % 10 == 0:
            offers[-1] = (*offers[-1][:3], "-1", *offers[-1][4:])
    for order, spot in enumerate(each(_placed(land, max(8, round(0.03 * len(land.tracts))), 0.1, 1))):
        provider = f"{SURNAMES[(3 * order) % len(SURNAMES)]} Training Center (fictional)"
        program = work.programs[order % len(work.programs)]
        offers.append((provider, "Private For-Profit", *program, spot.city, spot.zip, spot.state))
    rows: list[tuple[object, ...]] = []
    for order, (provider, entity, name, cip, occupation, weeks, city, code, state) in enumerate(offers):
        url, credential = f"https://programme-{order}.example.org/", "Certificate" if order % 2 else "-1"
        how = (weeks if order % 7 else -1, ("In-person", "Hybrid", "Online")[order % 3], occupation, "", "")
        address = f"{20 + 9 * order} {STREETS[order % len(STREETS)]}" if order % 4 else ""
        town, typed = city if order % 6 else city.upper(), code.lstrip("0") if order % 5 == 2 else code
        where = (address, town, land.terrain.states[state].usps, typed)
        rows.append((provider, entity, name, url, credential, cip, *how, *where))
    columns = (
        "d101_eligible_training_provider d104_entity_type d105_program_name d107_program_url "
        "d109_associated_credential d110_cip_code d114_program_length_weeks d116_program_format "
        "d117_program_soc_occupation_1 d118_program_soc_occupation_2 d119_program_soc_occupation_3 "
        "address city state zip"
    )
    return _table(columns, rows)


def sponsor_table(land: Land) -> pd.DataFrame:
    """Return apprenticeship sponsors as exported, contacts included, with coordinates added by an operator."""
    spots = _placed(land, max(14, round(0.035 * len(land.tracts))), -0.1, 2)
    rows = []
    for order, spot in enumerate(each(spots)):
        union = order % 3 == 0
        person = SURNAMES[(5 * order + 2) % len(SURNAMES)]
        name = f"Electrical JATC Local {9000 + order} (fictional)" if union else f"{person} Electric Co. (fictional)"
        rows.append(
            {
                "ORGANIZATION NAME": name,
                "ORGANIZATION TYPE": "Labor Organization" if union else "Employer",
                "ADDRESS": f"{300 + order} {STREETS[(order + 3) % len(STREETS)]}",
                "CITY": spot.city,
                "STATE": spot.usps,
                "ZIP": spot.zip,
                "CONTACT PERSON": f"Fictional {person}",
                "EMAIL": f"nobody{order}@example.invalid",
                "PHONE": f"555-01{order % 100:02d}" if order % 4 else "does not apply",
                "ORGANIZATION URL": f"https://sponsor-{order}.example.org/" if order % 2 else "does not apply",
                "latitude": "" if order == 5 else f"{spot.latitude:.6f}",
                "longitude": "" if order == 5 else f"{spot.longitude:.6f}",
            }
        )
    return pd.DataFrame(rows)


def contractor_table(land: Land) -> pd.DataFrame:
    """Return contractors with certified installers, a list kept by hand: ZIP codes have lost their zeros."""
    spots = _placed(land, max(9, round(0.02 * len(land.tracts))), -0.3, 3)
    return pd.DataFrame(
        {
            "name": [f"{SURNAMES[(11 * i + 4) % len(SURNAMES)]} EV Electric (fictional)" for i in range(len(spots))],
            "city": spots["city"],
            "state": spots["usps"],
            "zip": spots["zip"].str.lstrip("0"),
            "url": [f"https://contractor-{i}.example.org/" for i in range(len(spots))],
            "as_of": AS_OF,
            "latitude": [f"{v:.6f}" for v in spots["latitude"]],
            "longitude": [f"{v:.6f}" for v in spots["longitude"]],
        }
    )


def training_list(land: Land, work: SampleWork) -> pd.DataFrame:
    """Return the programs a state office would list itself: pre-apprenticeships and a mobile laboratory."""
    spots = _placed(land, max(6, round(0.012 * len(land.tracts))), 0.7, 5, states=(0,))
    rows: list[tuple[object, ...]] = []
    for order, spot in enumerate(each(spots)):
        kind = ("pre_apprenticeship", "pre_apprenticeship", "mobile_lab", "community_program")[order % 4]
        name = f"{spot.city} {kind.replace('_', ' ').title()} {order + 1} (fictional)"
        address = f"{60 + 3 * order} {STREETS[(order + 5) % len(STREETS)]}"
        degrees = ("", "") if order == 3 else (f"{spot.latitude:.6f}", f"{spot.longitude:.6f}")
        seats, url = "" if order == 1 else f"{12 + 4 * (order % 5)}", f"https://program-list-{order}.example.org/"
        place = (address, spot.city, spot.usps, spot.zip, *degrees)
        stage = "advanced" if order == 5 else "entry"
        rows.append((name, stage, kind, *place, work.listed_codes[order % 2], seats, url))
    return _table("name entry_stage kind address city state zip latitude longitude cip_codes seats url", rows)


def center_records(land: Land) -> list[dict[str, object]]:
    """Return job centers: one in or near most cities and some among people in need; one lies at 0, 0."""
    records = []
    spots = _placed(land, max(12, round(0.03 * len(land.tracts))), 0.6, 4)
    for order, spot in enumerate(each(spots)):
        lost = order == 4
        records.append(
            {
                "ID": f"{97_000 + order}",
                "Name": f"{spot.city} Job Center {order + 1} (fictional)",
                "Address1": f"{15 + 4 * order} {STREETS[(order + 7) % len(STREETS)]}",
                "Address2": "",
                "City": spot.city,
                "StateAbbr": spot.usps,
                "StateName": land.terrain.states[land.tracts["state"][spot.tract]].name,
                "Zip": spot.zip,
                "Phone": f"555-01{order % 100:02d}",
                "Distance": "",
                "ProgramType": "Comprehensive Center" if order % 3 == 0 else "Affiliate Center",
                "OpenHour": "Mon-Fri 8:00 - 16:30",
                "CenterIsOpen": "N" if order == 7 else "Y",
                "WhyClosed": "Moved" if order == 7 else "",
                "LastUpdated": "07/22/2026",
                "Latitude": 0 if lost else spot.latitude,
                "Longitude": 0 if lost else spot.longitude,
                "WebSiteUrl": f"https://center-{order}.example.org/",
                "WorkersServices": [{"ServiceName": "Career counseling"}],
                "YouthServices": [],
            }
        )
    return records


def area_table(land: Land) -> pd.DataFrame:
    """Return the crosswalk of counties to local workforce areas: five areas in a state of twelve counties."""
    rows: list[tuple[object, ...]] = []
    for index, state in enumerate(land.terrain.states):
        counties = land.counties[land.counties["state"] == index]
        areas = max(1, round(len(counties) / 2.4))
        for order, county in enumerate(each(counties)):
            number = order * areas // len(counties) + 1
            name = f"{state.name.split()[0]} Workforce Area {number} (fictional)"
            rows.append((state.fips, "55", f"{number:06d}", name, state.fips, "04", f"000{county.geoid[2:]}"))
    return _table("stfips areatype area areaname substfips subareatype subarea", rows)


def write_providers(land: Land, folder: Path, schools: pd.DataFrame, work: SampleWork) -> None:
    """Write the program workbook, the lists of sponsors, contractors and programs, job centers and areas."""
    write_workbook(folder / "DownloadPrograms.xlsx", program_table(land, schools, work), "Programs")
    write_csv(folder / "apprenticeship_sponsors.csv", sponsor_table(land))
    write_csv(folder / "evitp_contractors.csv", contractor_table(land))
    write_csv(folder / "training_providers.csv", training_list(land, work))
    centers = center_records(land)
    write_json(folder / "job_centers.json", {"RecordCount": len(centers)}, "OneStopCenterList", centers)
    write_csv(folder / "workforce_areas.csv", area_table(land))
