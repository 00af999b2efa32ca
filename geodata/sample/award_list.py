"""The list of charging awards a state office would keep by hand: planned sites beyond the station file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.sample.file_writing import write_csv
from geodata.sample.invented_names import SURNAMES
from geodata.sample.land import Land
from geodata.sample.published_columns import published_columns
from geodata.sample.sample_work import SampleWork
from geodata.sample.spots import AS_OF, dates, each, spots_along_roads, spots_among_people, with_place
from geodata.sample.station_file import Record

COLUMNS = published_columns("awards")


def award_table(land: Land, stations: list[Record]) -> pd.DataFrame:
    """Return the awards of the first state, disorder included; the last row names a planned station again."""
    rng = np.random.default_rng([land.terrain.seed, 50])
    road = spots_along_roads(land, 70.0, rng)
    town = spots_among_people(land, max(10, round(0.03 * len(land.tracts))), 0.5, rng, states=(0,)).assign(corridor="")
    sites = pd.concat([road, town], ignore_index=True)
    sites = with_place(land, sites)
    sites = sites[sites["state"] == 0].reset_index(drop=True)
    expected = dates(len(sites), "2026-10-20", "2028-06-10", rng)
    usps = land.terrain.states[0].usps
    rows = []
    for number, site in enumerate(each(sites)):
        along = site.corridor != ""
        ports = int(rng.choice([4, 4, 6, 8])) if along else int(rng.choice([2, 4, 8, 10]))
        built = number % 17 == 11
        rows.append(
            {
                "state": usps,
                "site_id": f"{usps}-{'NEVI' if along else 'CFI'}-{number + 1:03d}",
                "site_name": f"{site.city} {'Interchange' if along else 'Neighborhood Hub'} {number + 1}",
                "location_city": site.city,
                "corridor": site.corridor,
                "award_date": dates(1, "2024-03-01", "2026-07-15", rng)[0],
                "award_amount_usd": f"{ports * int(rng.integers(90, 190)) * 1000}",
                "expected_operational_date": expected[number],
                "actual_operational_date": "2026-05-14" if built else "",
                "current_status": "Operational"
                if built
                else str(rng.choice(["Awarded", "Contracted", "Under construction"])),
                "charger_count": f"{ports}",
                "charger_power_kw": "150" if along else str(rng.choice(["7.2", "62", "150"])),
                "contractor": f"{SURNAMES[number % len(SURNAMES)]} Electric",
                "utility": "Larkspur Light & Power (fictional)",
                "notes": "",
                "latitude": f"{site.latitude:.6f}",
                "longitude": f"{site.longitude:.6f}",
                "address": f"{100 + 13 * number} Service Rd",
                "program": "NEVI" if along else str(rng.choice(["CFI", "state"])),
                "source_url": "https://example.org/larkspur-awards",
                "as_of": AS_OF,
            }
        )
    _disturb(rows, stations)
    return pd.DataFrame(rows)[COLUMNS]


def _disturb(rows: list[dict[str, str]], stations: list[Record]) -> None:
    """Add missing counts, a site without coordinates, a repeated id, a bad date, written-out money, a known place,
    a site that is delayed and one whose latitude and longitude are exchanged.
    """
    for number in (2, 6, 9):
        rows[number]["charger_count"] = ""
    rows[4] |= {"latitude": "", "longitude": "", "notes": "location to be confirmed"}
    rows[5]["expected_operational_date"] = "2027-13-40"
    rows[7]["award_amount_usd"] = "$1,250,000"
    rows[8]["current_status"] = "Cancelled"
    rows[10]["current_status"] = "Delayed"
    rows[12] |= {"latitude": rows[12]["longitude"], "longitude": rows[12]["latitude"]}
    repeat = dict(rows[3])
    repeat["notes"] = "entered twice"
    rows.append(repeat)
    known = next(r for r in stations if r["status_code"] == "P" and r["state"] == rows[0]["state"])
    again = dict(rows[0])
    again |= {
        "site_id": f"{rows[0]['state']}-NEVI-{len(rows) + 1:03d}",
        "site_name": known["station_name"].upper(),
        "location_city": known["city"],
        "latitude": f"{known['latitude'] + 0.0002:.6f}",
        "longitude": f"{known['longitude'] - 0.0002:.6f}",
        "address": known["street_address"],
        "notes": f"same place as station {known['id']} of the federal list",
    }
    rows.append(again)


def write_awards(land: Land, folder: Path, stations: list[Record], work: SampleWork) -> None:
    """Write `state_awards.csv`."""
    write_csv(folder / "state_awards.csv", work.counted(award_table(land, stations)))
