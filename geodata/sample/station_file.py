"""The charging-station file of the sample (Alternative Fuels Data Center, API v1) with its usual disorder."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.sample.file_writing import write_json
from geodata.sample.invented_names import STREETS
from geodata.sample.land import Land
from geodata.sample.published_columns import published_columns
from geodata.sample.spots import (
    dates,
    each,
    planned_sites,
    spots_along_roads,
    spots_among_people,
    with_place,
)

KEYS = published_columns("stations")
CONNECTORS = ("J1772", "J1772COMBO", "CHADEMO", "TESLA", "J3271", "NEMA515", "NEMA520", "NEMA1450")
_NETWORKS = ("ChargePoint Network", "Blink Network", "Non-Networked", "EV Connect", "SHELL_RECHARGE", "Tesla", "FLO")
_FACILITIES = (
    *("RETAIL", "GROCERY", "HOTEL", "CONVENIENCE_STORE", "PARKING_LOT"),
    *("TRAVEL_CENTER", "LIBRARY", "OFFICE_BLDG"),
)
_KINDS = (
    *("Market Square", "Grocery", "Travel Plaza", "Hotel", "Library"),
    *("Parking Deck", "Town Hall", "Commons", "Depot"),
)
Record = dict[str, Any]
FIRST_ID = 9_700_001


def open_sites(land: Land) -> pd.DataFrame:
    """Return chargers that exist: more of them where need is lower, and some along highways."""
    rng = np.random.default_rng([land.terrain.seed, 41])
    town = spots_among_people(land, max(60, round(0.75 * len(land.tracts))), -0.45, rng)
    road = spots_along_roads(land, 60.0, rng)
    town["level"] = np.where(rng.random(len(town)) < 0.16, "dc_fast", "2")
    road["level"] = "dc_fast"
    sites = pd.concat([town, road], ignore_index=True)
    fast = (sites["level"] == "dc_fast").to_numpy()
    sites["ports"] = np.where(fast, rng.choice([1, 2, 4, 4, 8], len(sites)), rng.choice([1, 2, 2, 2, 4, 6], len(sites)))
    sites["kw"] = np.where(fast, rng.choice([50, 62, 150, 350], len(sites)), 7)
    sites["opened"] = dates(len(sites), "2013-05-01", "2026-08-30", rng)
    return with_place(land, sites)


@cache
def _unit(level: str, kw: float | None, network: str, tesla: bool) -> Record:
    """Return a charging unit of one port, with every connector named and only one of them present."""
    plug = "TESLA" if tesla else ("J1772COMBO" if level == "dc_fast" else "J1772")
    return {
        "network": network,
        "port_count": 1,
        "charging_level": level,
        "funding_sources": [],
        "connectors": {
            name: {"power_kw": kw if name == plug else None, "port_count": 1 if name == plug else 0}
            for name in CONNECTORS
        },
    }


def _record(number: int, site: Any, land: Land, status: str, rng: np.random.Generator) -> Record:
    record: Record = dict.fromkeys(KEYS)
    network = str(rng.choice(_NETWORKS))
    tesla = network == "Tesla"
    level = "dc_fast" if tesla else site.level
    ports, kw = int(site.ports), float(site.kw)
    power = None if rng.random() < 0.19 and level == "2" else kw
    counts = {"1": None, "2": None, "dc_fast": None} | {level: ports}
    plug = "TESLA" if tesla else ("J1772COMBO" if level == "dc_fast" else "J1772")
    public = rng.random() < 0.93
    access = "Public" if public else "Private"
    prefix = {"E": "{}", "P": "PLANNED - not yet accessible ({})", "T": "TEMPORARILY UNAVAILABLE ({})"}[status]
    funding: tuple[object, ...] = (None, "NEVI", ["NEVI"], ["CFI"], [])
    likely = (0.75, 0.05, 0.1, 0.05, 0.05) if status != "P" else (0.45, 0.12, 0.25, 0.13, 0.05)
    record |= {
        "access_code": access.lower(),
        "access_days_time": "24 hours daily" if rng.random() < 0.7 else None,
        "date_last_confirmed": None if status == "P" else "2026-08-11",
        "expected_date": getattr(site, "expected", None),
        "fuel_type_code": "ELEC",
        "groups_with_access_code": prefix.format(access),
        "id": number,
        "maximum_vehicle_class": "LD" if rng.random() < 0.6 else None,
        "open_date": getattr(site, "opened", None),
        "owner_type_code": str(rng.choice(["P", "P", "P", "LG", "SG", "T"])),
        "related_stations": [],
        "status_code": status,
        "funding_sources": funding[int(rng.choice(5, p=likely))],
        "facility_type": str(rng.choice(_FACILITIES)),
        "station_name": f"{site.city} {rng.choice(_KINDS)} {number % 97 + 1}",
        "station_phone": f"555-01{number % 100:02d}",
        "updated_at": f"2026-0{1 + number % 9}-{1 + number % 28:02d}T{number % 24:02d}:32:22Z",
        "geocode_status": str(rng.choice(["GPS", "GPS", "200-9", "200-8"])),
        "latitude": float(site.latitude),
        "longitude": float(site.longitude),
        "city": site.city,
        "country": "US",
        "state": land.terrain.states[site.state].usps,
        "street_address": f"{10 + 7 * (number % 311)} {STREETS[number % len(STREETS)]}",
        "zip": site.zip,
        "ev_connector_types": [plug],
        "ev_dc_fast_num": counts["dc_fast"],
        "ev_level1_evse_num": counts["1"],
        "ev_level2_evse_num": counts["2"],
        "ev_network": network,
        "ev_workplace_charging": False,
        "ev_charging_units": [_unit(level, power, network, tesla)] * ports,
    }
    if rng.random() < 0.1:
        record["ev_charging_units"] = None
    if rng.random() < 0.6:
        record["ev_network_ids"] = {"station": [f"XL-{number}"]}
    else:
        del record["ev_network_ids"]
    return record


def station_records(land: Land) -> list[Record]:
    """Return all station records in order of id, with one instance at least of each known disorder."""
    rng = np.random.default_rng([land.terrain.seed, 42])
    records: list[Record] = []
    for site in open_sites(land).itertuples():
        records.append(_record(FIRST_ID + len(records), site, land, "T" if rng.random() < 0.01 else "E", rng))
    planned = planned_sites(land)
    for site in each(planned):
        record = _record(FIRST_ID + len(records), site, land, "P", rng)
        if rng.random() < 0.12:
            record |= {"ev_dc_fast_num": None, "ev_level2_evse_num": None, "ev_charging_units": []}
        if rng.random() < 0.06:
            record["expected_date"] = None
        records.append(record)
    _disturb(records, land)
    return records


def _disturb(records: list[Record], land: Land) -> None:
    """Add what real files hold: neighbors at one spot, a misplaced record, a foreign one, odd names and powers."""
    planned = [r for r in records if r["status_code"] == "P"]
    opened = [r for r in records if r["status_code"] == "E"]
    home = [r for r in opened if r["state"] == land.terrain.states[0].usps]
    closed = opened[3]
    closed |= {
        "status_code": "T",
        "expected_date": "2026-12-01",
        "groups_with_access_code": "TEMPORARILY UNAVAILABLE (Public)",
    }
    opened[5]["station_name"] = 'Joe\'s <Diner> & "Charge"'
    opened[6]["station_name"] = "Café Privé, Niveau 2"
    planned[1]["station_name"] = "<b>Planned</b> Plaza {{ 7*7 }} </script>"
    planned[2]["geocode_status"] = "200-4"
    for record, funding in zip(opened[7:10], (None, "NEVI", ["NEVI"]), strict=True):
        record["funding_sources"] = funding
    planned[3]["funding_sources"], planned[4]["funding_sources"] = "CFI", ["NEVI", "OTHER"]
    opened[10]["ev_charging_units"] = [_unit("2", None, "Non-Networked", False)] * 2
    opened[11]["ev_charging_units"] = [_unit("2", 0.0, "Non-Networked", False)] * 2
    for record in opened[10:12]:
        record |= {"ev_level2_evse_num": 2, "ev_dc_fast_num": None, "ev_connector_types": ["J1772"]}
    opened[12]["open_date"] = None
    for twin in (opened[13], planned[5], planned[6]):
        copy = dict(twin)
        copy |= {"id": FIRST_ID + len(records), "ev_network": "EVGATEWAY"}
        copy["station_name"] = f"{twin['station_name']} - Second Network"
        records.append(copy)
    far = dict(home[0])
    far |= {
        "id": FIRST_ID + len(records),
        "station_name": "Nimbus Works, West Campus",
        "latitude": round(land.terrain.center[0] - 6.3, 6),
        "longitude": round(land.terrain.center[1] - 9.2, 6),
    }
    abroad = dict(opened[1])
    abroad |= {
        "id": FIRST_ID + len(records) + 1,
        "station_name": "Parc Érable (fictif)",
        "state": "BC",
        "country": "CA",
        "zip": "V0V 0V0",
        "latitude": 49.9,
        "longitude": -128.4,
    }
    records.extend([far, abroad])


def write_stations(land: Land, folder: Path) -> list[Record]:
    """Write `alt_fuel_stations.json` with its envelope and return the records."""
    records = station_records(land)
    ports = sum(r[f"ev_{k}_num"] or 0 for r in records for k in ("dc_fast", "level1_evse", "level2_evse"))
    fuels = {fuel: {"total": 0} for fuel in ("BD", "E85", "HY", "LNG", "CNG", "LPG", "RD")}
    fuels["ELEC"] = {"total": ports, "stations": {"total": len(records)}}  # type: ignore[dict-item]
    head = {
        "station_locator_url": "https://example.org/fictional-stations/",
        "total_results": len(records),
        "station_counts": {"total": ports, "fuels": fuels},
    }
    in_order = sorted(records, key=lambda record: int(record["id"]))
    write_json(folder / "alt_fuel_stations.json", head, "fuel_stations", in_order)
    return records
