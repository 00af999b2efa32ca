"""Planned sites a state office supplies: award lists as CSV, XLSX, GeoJSON, GeoPackage or shapefile.

The columns of such lists are given in docs/sources.md; other names are taken through the settings
(`geodata.sources.mapped_columns`). Rows that state no state take that of their ZIP code, rows without a
status are planned; a status in words that nobody knows is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import InputError
from geodata.geography.zips import clean_zips, state_of_zips
from geodata.schemas import columns as col
from geodata.schemas.canonical import SITES, UNITS
from geodata.schemas.parsed import Parsed
from geodata.settings import Opportunity
from geodata.sources.formats.layers import read_layer
from geodata.sources.formats.text_tables import Text, Wanted, read_csv
from geodata.sources.formats.values import counts, dates, not_counts, to_numbers
from geodata.sources.formats.workbooks import read_workbook
from geodata.sources.kinds_of_units import told_kinds
from geodata.sources.mapped_columns import mapped, mapping_of, with_constants
from geodata.sources.places_of_rows import near_on_street, state_codes, with_points
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="planned_sites",
    title="Planned sites supplied by the operator",
    publisher="State or city office",
    table=SITES,
    scope="nation",
    filenames=(
        "planned_sites*.csv",
        "planned_sites*.xlsx",
        "planned_sites*.geojson",
        "planned_sites*.gpkg",
        "planned_sites*.zip",
        "*_awards*.csv",
        "*_awards*.xlsx",
        "planned_sites_{usps}*.csv",
        "{usps}_planned_sites*.csv",
        "{usps}_*awards*.csv",
    ),
    page="",
    licence="As the office says",
    cadence="as the office says",
    hand_kept=True,
    # An office may have nothing to list yet.
    expected=Expected(least_rows=0),
)
COLUMNS = (
    Wanted("state", ("state", "state_abbr", "stusps"), False),
    Wanted("site_id", ("site_id", "id", "site_number", "award_id"), False),
    Wanted("site_name", ("site_name", "name", "station_name", "Loc_name"), False),
    Wanted("address", ("address", "street_address", "location_address"), False),
    Wanted("city", ("location_city", "city"), False),
    Wanted("zip", ("zip", "zip_code", "postal_code"), False),
    Wanted("county", ("county", "county_name"), False),
    Wanted("latitude", ("latitude", "lat", "y"), False),
    Wanted("longitude", ("longitude", "lon", "lng", "long", "x"), False),
    Wanted("program", ("program", "funding_program"), False),
    Wanted("network", ("network", "ev_network"), False),
    Wanted("expected", ("expected_operational_date", "expected_date", "expected_opening"), False),
    Wanted("opened", ("actual_operational_date", "open_date"), False),
    Wanted("current_status", ("current_status", "status", "Description"), False),
    Wanted("count", ("unit_count", "charger_count", "port_count", "units", "ports", "number_of_ports"), False),
    Wanted("power_kw", ("power_kw", "charger_power_kw"), False),
    Wanted("as_of", ("as_of", "data_as_of"), False),
)
# Written by the geocoding command; nobody needs to map it.
_GEOCODED = Wanted("geocoded", required=False)
_RESCINDED = r"cancel|withdr|terminat|rescind|declin|denied|not awarded|not selected|reject|revoked|abandon|dropped"
_DELAYED = r"delay|on hold|postpon|paused|stalled"
_BUILDING = r"(?<!pre-)(?<!pre)(?<!before )construct|being built|installing|broke ground|groundbreak"
_WAITING = r"not yet|not open|non-?operational|pre-|under |pending|planned|to open|to be|expected"
_OPEN = r"\boperational|\bopen|in service|in operation|complete|energi[sz]ed|commissioned|online"
_CLOSED_FOR_NOW = r"temporar"
_PLANNED = (
    r"award|contract|plan|select|fund|approv|obligat|propos|design|permit|announc|agreement|procure|commit|"
    r"engineering|future|upcoming|coming soon|scheduled|in progress|in development|site acquisition|conditional"
)


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the sites of an office's list that are planned, open or closed for now."""
    opportunity = context.settings.opportunity
    text = _read(Path(path), context, opportunity.kinds)
    frame = text.frame
    frame = frame.assign(zip=clean_zips(frame[col.ZIP]))
    stated = state_codes(frame[col.STATE])
    usps = stated.fillna(state_of_zips(frame[col.ZIP]).where(frame[col.STATE].isna()))
    frame = text.log.take(
        frame.assign(usps=usps),
        usps.isna(),
        "no_state",
        key="site_id",
        field="state",
        remedy="Add a column “state” (or a ZIP code), or map it in sources.columns to =XX.",
    )
    by_zip = int((stated.isna() & usps.notna()).sum())
    if by_zip:
        text.notes.append(f"Rows without a state, for which that of their ZIP code was taken: {by_zip:,}.")
    frame = frame.assign(known_status=_status(frame))
    frame = text.log.take(
        frame,
        frame["known_status"].isna(),
        "unknown_status",
        key="site_id",
        field="current_status",
        remedy="Write planned, under construction, delayed, rescinded, open or temporarily closed, or leave it empty.",
    )
    for count in (col.COUNT, *(UNITS + kind for kind in opportunity.kinds)):
        frame = text.log.take(
            frame,
            not_counts(frame[count]),
            "unreadable_count",
            key="site_id",
            field=count,
            remedy="Write a whole number without a thousands mark, such as 4, or leave it empty where it is not known.",
        )
    frame = frame.assign(identifier=_identifiers(frame))
    frame = text.log.take(
        frame,
        frame["identifier"].duplicated(),
        "repeated",
        key="site_id",
        field="identifier",
        remedy="Number the sites.",
    )
    frame = with_points(text, frame, states=frame["usps"], key="site_id")
    return text.parsed(SITES, _sites(frame, opportunity, text.notes))


def columns_of(kinds: Sequence[str]) -> list[Wanted]:
    """Return the columns of a list in which units are counted by these kinds."""
    return [*COLUMNS, *(Wanted(UNITS + kind, (UNITS + kind, f"ports_{kind}"), False) for kind in kinds)]


def _read(path: Path, context: ParseContext, kinds: Sequence[str]) -> Text:
    """Return the list as text, with the operator's column names and constants put in place."""
    columns, constants = mapped(columns_of(kinds), mapping_of(SPEC, path, context.settings), path)
    columns = [*columns, _GEOCODED]
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        text = read_workbook(path, columns, SPEC.name, least=3)
    elif suffix in (".geojson", ".json", ".gpkg", ".zip", ".parquet"):
        text, geometry = read_layer(path, columns, SPEC.name)
        spots = geometry.representative_point()
        text.frame[col.LATITUDE] = text.frame[col.LATITUDE].fillna(spots.y.round(7).astype("str"))
        text.frame[col.LONGITUDE] = text.frame[col.LONGITUDE].fillna(spots.x.round(7).astype("str"))
    else:
        text = read_csv(path, columns, SPEC.name)
    text = with_constants(text, constants)
    nowhere = {"latitude", "address", "zip", "city", "county"} <= set(text.absent)
    if nowhere and not text.frame[col.LATITUDE].notna().any():
        raise InputError(
            "no column says where the sites are",
            file=path,
            remedy="Name the columns latitude and longitude (or address, city, zip), or map them in sources.columns.",
        )
    return text


def _status(frame: pd.DataFrame) -> pd.Series:
    """Return one of STATUSES; a date of opening means open, no words planned, words nobody knows are missing."""
    words = frame["current_status"].fillna("").str.casefold()
    waiting = words.str.contains(_WAITING)
    opened = dates(frame["opened"]).notna() | (words.str.contains(_OPEN) & ~waiting)
    found = {
        "rescinded": words.str.contains(_RESCINDED),
        "delayed": words.str.contains(_DELAYED),
        "temporary": words.str.contains(_CLOSED_FOR_NOW),
        "open": opened,
        "under_construction": words.str.contains(_BUILDING) & ~words.str.contains("not yet"),
        "planned": (words == "") | waiting | words.str.contains(_PLANNED),
    }
    kinds = np.select([mask.to_numpy() for mask in found.values()], list(found), "")
    return pd.Series(kinds, index=frame.index, dtype="str").replace("", None)


def _identifiers(frame: pd.DataFrame) -> pd.Series:
    """Return `planned:STATE:id`, the id being the office's own or, without one, drawn from what the row says."""
    said = frame[["site_name", col.ADDRESS, col.CITY, col.ZIP, col.LATITUDE, col.LONGITUDE, col.NETWORK]].fillna("")
    drawn = pd.Series(
        [hashlib.sha256("|".join(row).encode()).hexdigest()[:12] for row in said.itertuples(index=False)],
        index=frame.index,
        dtype="str",
    )
    return "planned:" + frame["usps"] + ":" + frame[col.SITE_ID].fillna(drawn)


def _sites(frame: pd.DataFrame, opportunity: Opportunity, notes: list[str]) -> pd.DataFrame:
    power = to_numbers(frame[col.POWER_KW])
    power = power.where(power > 0)
    expected = _expected(frame["expected"])
    unread = int((expected.isna() & frame["expected"].notna()).sum())
    if unread:
        notes.append(f"Expected dates that could not be read, left empty: {unread:,}.")
    return pd.DataFrame(
        {
            col.SITE_ID: frame["identifier"],
            col.SOURCE: SPEC.name,
            col.NAME: frame["site_name"],
            col.STATUS: frame["known_status"],
            col.STATE: frame["usps"],
            col.ADDRESS: frame[col.ADDRESS],
            col.CITY: frame[col.CITY],
            col.ZIP: frame[col.ZIP],
            col.COUNTY: frame[col.COUNTY],
            col.LATITUDE: frame[col.LATITUDE],
            col.LONGITUDE: frame[col.LONGITUDE],
            col.LOCATION_QUALITY: near_on_street(frame),
            **_units(frame, power, opportunity, notes),
            col.POWER_KW: power,
            col.EXPECTED_DATE: expected,
            col.PROGRAM: frame[col.PROGRAM],
            col.NETWORK: frame[col.NETWORK],
            col.AS_OF: dates(frame[col.AS_OF]),
        }
    )


def _units(frame: pd.DataFrame, power: pd.Series, opportunity: Opportunity, notes: list[str]) -> dict[str, pd.Series]:
    """Return units by kind: as stated, else the one count there is, of the kind that its power or program implies.

    Which kind a power, a program and nothing at all stand for is in the settings; a note says how many sites gave
    neither.
    """
    stated = {UNITS + kind: counts(frame[UNITS + kind]) for kind in opportunity.kinds}
    silent = pd.concat(list(stated.values()), axis=1).isna().all(axis=1)
    count = counts(frame[col.COUNT]).where(silent)
    kinds = told_kinds(frame[col.PROGRAM], power, opportunity)
    unknown = int((count.notna() & kinds.isna()).sum())
    if unknown:
        notes.append(
            f"Sites that give a count but neither power nor kind, taken for {opportunity.kind_untold}: {unknown:,}."
        )
    kinds = kinds.fillna(opportunity.kind_untold)
    return {name: units.fillna(count.where(kinds == name.removeprefix(UNITS))) for name, units in stated.items()}


def _expected(text: pd.Series) -> pd.Series:
    """Return expected dates; a quarter (Q3 2026, 2026-Q3) stands for its first day."""
    found = dates(text)
    quarter = text.str.extract(r"(?i)^(?:Q(?P<q1>[1-4])[ -]*(?P<y1>\d{4})|(?P<y2>\d{4})[ -]*Q(?P<q2>[1-4]))$")
    number = to_numbers(quarter["q1"].fillna(quarter["q2"]))
    year = quarter["y1"].fillna(quarter["y2"])
    month = (number * 3 - 2).astype("Int64").astype("str").str.zfill(2)
    first = pd.to_datetime(year + "-" + month + "-01", format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    return found.fillna(first)
