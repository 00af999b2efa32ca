"""Alternative Fuel Stations of the Alternative Fuels Data Center: electric stations, planned, open and closed for now.

Read as the service's JSON and as its CSV download (75 columns; 55 in 2020; both by header). A station record is
one network at one place: records that share coordinates are co-located networks and all kept. Port counts that
are empty are not reported, never zero. The five-column extract in circulation states neither state nor status, so
it cannot say what is planned, and is refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import InputError
from geodata.geography.zips import clean_zips
from geodata.schemas import columns as col
from geodata.schemas.canonical import SITES, UNITS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Json, Text, Wanted, from_records, read_csv, read_json
from geodata.sources.formats.values import counts, dates, not_counts
from geodata.sources.places_of_rows import state_codes, with_points
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="afdc",
    title="Alternative Fueling Station Locator, electric",
    publisher="National Laboratory of the Rockies for the U.S. Department of Energy",
    table=SITES,
    scope="nation",
    filenames=(
        "alt_fuel_stations*.json",
        "alt_fuel_stations.csv",
        "alt_fuel_stations_????-??-??*.csv",
        "alt_fuel_stations_????????.csv",
        "alt_fuel_stations (*).csv",
        "alt_fuel_stations_{usps}*.csv",
        "alt_fuel_stations_{usps}*.json",
    ),
    page="https://afdc.energy.gov/stations",
    licence="Free for any use; no endorsement by DOE or NLR implied",
    cadence="daily",
    urls=(
        "{afdc_host}/api/alt-fuel-stations/v1.json?fuel_type=ELEC&status=all&access=all&state={around}",
        "{afdc_host}/api/alt-fuel-stations/v1.json?fuel_type=ELEC&status=all&access=all",
    ),
    media="any",
    key_env="NLR_API_KEY",
    key_hosts=("nlr.gov", "nrel.gov"),
    key_page="https://developer.nlr.gov/signup/",
    transport="afdc",
    expected=Expected(least_rows=25_000, least_states=51),
)
COLUMNS = (
    Wanted("id", ("ID", "id")),
    Wanted("status", ("Status Code", "status_code")),
    Wanted("state", ("State", "state")),
    Wanted("fuel", ("Fuel Type Code", "fuel_type_code")),
    Wanted("latitude", ("Latitude", "latitude")),
    Wanted("longitude", ("Longitude", "longitude")),
    Wanted("level1", ("EV Level1 EVSE Num", "ev_level1_evse_num")),
    Wanted("level2", ("EV Level2 EVSE Num", "ev_level2_evse_num")),
    Wanted("dc_fast", ("EV DC Fast Count", "EV DC Fast Num", "ev_dc_fast_num")),
    Wanted("name", ("Station Name", "station_name"), required=False),
    Wanted("address", ("Street Address", "street_address"), required=False),
    Wanted("city", ("City", "city"), required=False),
    Wanted("zip", ("ZIP", "zip"), required=False),
    Wanted("country", ("Country", "country"), required=False),
    Wanted("geocode", ("Geocode Status", "geocode_status"), required=False),
    Wanted("expected", ("Expected Date", "expected_date"), required=False),
    Wanted("network", ("EV Network", "ev_network"), required=False),
    Wanted("connectors", ("EV Connector Types", "ev_connector_types"), required=False),
    Wanted("program", ("Funding Sources", "funding_sources"), required=False),
    Wanted("confirmed", ("Date Last Confirmed", "date_last_confirmed"), required=False),
    Wanted("updated", ("Updated At", "updated_at"), required=False),
)
_STATUS = {"P": "planned", "E": "open", "T": "temporary"}
# Codes of the geocoder: 200-9 a point, 200-8 an address, 200-7 an intersection, 200-6 a street, below that an area.
_QUALITY = {"GPS": "point", "200-9": "point", "200-8": "point", "200-7": "street", "200-6": "street"}
_LEVELS = {"1": "level1", "2": "level2", "dc_fast": "dc_fast"}


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the electric stations of the United States in a JSON answer or CSV download."""
    if Path(path).suffix.lower() == ".json":
        text, power = _read_answer(Path(path))
    else:
        text, power = read_csv(path, COLUMNS, SPEC.name), None
    frame = text.frame
    electric = frame["fuel"].str.upper() == "ELEC"
    abroad = frame["country"].notna() & ~frame["country"].str.upper().isin(["US", "USA"])
    scope = {"other fuel": int((~electric).sum()), "outside the United States": int((electric & abroad).sum())}
    frame = frame[electric & ~abroad]
    frame = text.log.take(frame, frame["id"].isna(), "no_identifier", field="id")
    frame = text.log.take(frame, frame["id"].duplicated(), "repeated", key="id", field="id")
    status = frame[col.STATUS].str.upper().map(_STATUS)
    frame = text.log.take(frame, status.isna(), "unknown_status", key="id", field="status")
    frame = frame.assign(usps=state_codes(frame[col.STATE]))
    frame = text.log.take(
        frame, frame["usps"].isna(), "unknown_state", key="id", field="state", remedy="Give a state's postal code."
    )
    for level in _LEVELS.values():
        frame = text.log.take(
            frame,
            not_counts(frame[level]),
            "unreadable_count",
            key="id",
            field=level,
            remedy="Download the stations again, or correct the number of ports.",
        )
    signs = [name for name in (*_LEVELS.values(), "connectors", col.NETWORK) if name not in text.absent]
    if {"connectors", col.NETWORK} <= set(signs):
        frame = text.log.take(
            frame,
            # Open stations of agencies are listed without any of these as well, but bring no work.
            frame[signs].isna().all(axis=1) & (frame[col.STATUS].str.upper() == "P"),
            "no_charger",
            key="id",
            field="id",
            remedy="It names no port, connector or network, so it seems to be of another fuel: ask the service.",
        )
    frame = with_points(text, frame, states=frame["usps"], key="id")
    return text.parsed(SITES, _sites(frame, status.reindex(frame.index), power), out_of_scope=scope)


def _sites(frame: pd.DataFrame, status: pd.Series, power: pd.Series | None) -> pd.DataFrame:
    latitude = frame[col.LATITUDE]
    quality = np.where(frame["geocode"].isna(), "unknown", frame["geocode"].map(_QUALITY).fillna("area"))
    program = frame[col.PROGRAM].str.replace(r"[\s,;|]+", " ", regex=True).str.strip()
    return pd.DataFrame(
        {
            col.SITE_ID: "afdc:" + frame["id"],
            col.SOURCE: SPEC.name,
            col.NAME: frame[col.NAME],
            col.STATUS: status,
            col.STATE: frame["usps"],
            col.ADDRESS: frame[col.ADDRESS],
            col.CITY: frame[col.CITY],
            col.ZIP: clean_zips(frame[col.ZIP]),
            col.LATITUDE: latitude,
            col.LONGITUDE: frame[col.LONGITUDE],
            col.LOCATION_QUALITY: np.where(latitude.isna(), "unknown", quality),
            **{f"{UNITS}{level}": _ports(frame[level]) for level in _LEVELS.values()},
            col.POWER_KW: np.nan if power is None else power.reindex(frame.index),
            col.EXPECTED_DATE: dates(frame["expected"]),
            col.PROGRAM: program,
            col.NETWORK: frame[col.NETWORK],
            col.AS_OF: dates(frame["confirmed"]).fillna(dates(frame["updated"])),
        }
    )


def _ports(text: pd.Series) -> pd.Series:
    """Return port counts; the service leaves out what is not there, so a zero stands for “not reported”."""
    found = counts(text)
    return found.mask(found == 0)


def _read_answer(path: Path) -> tuple[Text, pd.Series]:
    """Return the records of a JSON answer and the highest power (kW) of a port of each, by position."""
    answer = read_json(path)
    records = answer.get("fuel_stations") if isinstance(answer, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        said = "" if not isinstance(answer, dict) else str(answer.get("error") or answer.get("errors") or "")[:200]
        raise InputError(
            f"the answer holds no list of stations{f' but says: {said}' if said else ''}",
            file=path,
            remedy="Check the key and the address of the station service, then fetch again.",
        )
    total = answer.get("total_results")
    if isinstance(total, int) and total > len(records):
        raise InputError(
            f"the file holds {len(records):,} of {total:,} stations",
            file=path,
            remedy="Ask the service with limit=all.",
        )
    text = from_records(records, COLUMNS, SPEC.name, path.name)
    power = [_highest_power(record.get("ev_charging_units")) for record in records]
    differing = sum(_units_differ(record) for record in records)
    if differing:
        text.notes.append(f"Stations whose list of ports differs from their counts (which were taken): {differing:,}.")
    return text, pd.Series(power, index=text.frame.index, dtype="float64")


def _highest_power(units: Json) -> float:
    """Return the highest positive power_kw of any connector of any unit; NaN where none is given."""
    found = [
        float(connector[col.POWER_KW])
        for unit in units or ()
        for connector in (unit.get("connectors") or {}).values()
        if connector and connector.get("port_count", 1) and connector.get("power_kw")
    ]
    return max((kw for kw in found if kw > 0), default=float("nan"))


def _units_differ(record: Json) -> bool:
    units = record.get("ev_charging_units")
    if not units:
        return False
    listed = dict.fromkeys(("ev_level1_evse_num", "ev_level2_evse_num", "ev_dc_fast_num"), 0)
    for unit in units:
        field = {"1": "ev_level1_evse_num", "2": "ev_level2_evse_num", "dc_fast": "ev_dc_fast_num"}.get(
            str(unit.get("charging_level"))
        )
        if field:
            listed[field] += int(unit.get("port_count") or 0)
    return any(total != (record.get(field) or 0) for field, total in listed.items())
