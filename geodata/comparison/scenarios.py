"""Scenarios: what would change if a program opened, a site closed or the method chose otherwise.

A scenario is a YAML file of changes to providers, sites and settings. Here it is read, checked and applied to the
tables; the analysis then runs as it would on any others. Does not hold the analysis or the comparison
(`geodata.comparison.differences`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geodata.errors import InputError
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.provider_priors import LISTED, stated_priors
from geodata.schemas import columns as col
from geodata.schemas.canonical import PROVIDERS, SITES, UNITS, unit_columns
from geodata.settings import Settings

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewProvider(_Part):
    """A training provider that is not there yet."""

    name: Annotated[str, Field(min_length=1)]
    latitude: Latitude
    longitude: Longitude
    seats: Annotated[float, Field(gt=0)] | None = None
    entry_stage: Literal["entry", "advanced"] = "entry"
    kind: str = "scenario"
    cip_codes: tuple[str, ...] = ()


class ResizedProvider(_Part):
    """A provider with other yearly seats."""

    id: str
    seats: Annotated[float, Field(ge=0)]


class _Units(_Part):
    units: dict[str, Count] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _named_by_column(cls, values: Any) -> Any:
        """Take `units_dc_fast: 4` (or, as lists of chargers say, `ports_dc_fast`) for `units: {dc_fast: 4}`."""
        if not isinstance(values, dict):
            return values
        flat = {name: found[1] for name in values if (found := re.fullmatch(r"(?:units|ports)_(\w+)", str(name)))}
        units = {**values.get("units", {}), **{kind: values[name] for name, kind in flat.items()}}
        return {name: value for name, value in values.items() if name not in flat} | ({"units": units} if units else {})

    def columns(self) -> dict[str, int]:
        """Return the units that are stated, by column of the table of sites."""
        return {UNITS + kind: count for kind, count in self.units.items()}


class NewSite(_Units):
    """A planned site that is not there yet."""

    name: Annotated[str, Field(min_length=1)]
    latitude: Latitude
    longitude: Longitude
    expected_date: date | None = None


class ResizedSite(_Units):
    """A site with other units."""

    id: str

    @model_validator(mode="after")
    def _some(self) -> ResizedSite:
        if not self.units:
            raise ValueError("give the units of at least one kind, such as units_dc_fast: 4")
        return self


class ProviderChanges(_Part):
    """Providers that open, close or change size."""

    add: tuple[NewProvider, ...] = ()
    remove: tuple[str, ...] = ()
    resize: tuple[ResizedProvider, ...] = ()


class SiteChanges(_Part):
    """Sites that are added, dropped or change size."""

    add: tuple[NewSite, ...] = ()
    remove: tuple[str, ...] = ()
    resize: tuple[ResizedSite, ...] = ()


class Scenario(_Part):
    """A named set of changes to one run."""

    name: Annotated[str, Field(min_length=1)]
    description: str = ""
    providers: ProviderChanges = ProviderChanges()
    sites: SiteChanges = SiteChanges()
    settings: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _something(self) -> Scenario:
        parts = (self.providers, self.sites)
        if not self.settings and not any(part.add or part.remove or part.resize for part in parts):
            raise ValueError("it changes nothing: give providers, sites or settings to change")
        return self


def load_scenario(file: Path) -> Scenario:
    """Return the scenario of a YAML `file`; InputError with a sentence for everything that cannot be used."""
    file = Path(file)
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError:
        raise InputError("the scenario cannot be read", file=file, remedy="Give the path of a YAML file.") from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        row = None if line is None else line + 1
        raise InputError("this is not YAML", file=file, row=row, remedy="Check the indents and colons there.") from None
    except UnicodeDecodeError:
        raise InputError("this is not text in UTF-8", file=file, remedy="Save it as a YAML file in UTF-8.") from None
    except ValueError as error:
        # YAML makes a date of 2026-13-01, and fails.
        remedy = "Write days that there are, as 2027-03-31."
        raise InputError(f"a date there does not exist ({error})", file=file, remedy=remedy) from None
    return scenario_of(values, file)


def scenario_of(values: Any, file: Path | None = None) -> Scenario:
    """Return the scenario that `values` (names and values, as from YAML or run config) describe."""
    if not isinstance(values, dict):
        raise InputError("a scenario holds names and values", file=file, remedy="Begin it with “name: …”.")
    try:
        return Scenario(**values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
        others = error.error_count() - 1
        more = f" ({others} more to correct)" if others else ""
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{message[0].lower()}{message[1:]}{more}", file=file, field=place or "scenario") from None


def apply(scenario: Scenario, canonical: CanonicalTables, settings: Settings) -> tuple[CanonicalTables, Settings]:
    """Return the tables and settings of the scenario; InputError where it names what is not there.

    Added providers and sites are called scenario:1, scenario:2 and so on; their state is that of the nearest tract.
    """
    providers = _changed(canonical.table("providers"), "provider_id", scenario.providers, "providers")
    sites = _changed(canonical.table("sites"), "site_id", scenario.sites, "sites")
    for resized in scenario.providers.resize:
        row = providers[col.PROVIDER_ID] == resized.id
        providers.loc[row, col.SEATS] = resized.seats
        providers.loc[row, col.SEATS_EXPECTED] = resized.seats
        providers.loc[row, col.SEATS_BASIS] = "seats"
        providers.loc[row, [col.SEATS_BY_PROGRAM, col.CAMPUS]] = None
        providers.loc[row, col.P_TEACHES] = float(resized.seats > 0)
    for asked in (*scenario.sites.add, *scenario.sites.resize):
        strange = sorted(set(asked.units) - set(settings.opportunity.kinds))
        if strange:
            known = ", ".join(UNITS + kind for kind in settings.opportunity.kinds)
            raise InputError(f"there are no units of the kind “{strange[0]}”", field="sites", remedy=f"Use {known}.")
    for changed in scenario.sites.resize:
        for name, units in changed.columns().items():
            if name not in sites:
                sites[name] = pd.array([None] * len(sites), dtype="Int64")
            sites.loc[sites[col.SITE_ID] == changed.id, name] = units
    tables = {
        **canonical.tables,
        "providers": _with(providers, _new_providers(scenario, canonical), PROVIDERS.validate),
        "sites": _with(sites, _new_sites(scenario, canonical, sites), SITES.validate),
    }
    return replace(canonical, tables=tables), settings.with_changes(scenario.settings)


def _changed(table: pd.DataFrame, key: str, changes: ProviderChanges | SiteChanges, name: str) -> pd.DataFrame:
    """Return a copy of `table` without the rows removed; every row named must be there."""
    known = set(table[key])
    asked = [("remove", change) for change in changes.remove] + [("resize", change.id) for change in changes.resize]
    for verb, identifier in asked:
        if identifier not in known:
            close = get_close_matches(identifier, sorted(known), n=1)
            hint = f"Did you mean “{close[0]}”?" if close else "The lists of a run name every identifier."
            raise InputError(f"there is no “{identifier}”", field=f"{name}.{verb}", remedy=hint)
    return table[~table[key].isin(changes.remove)].reset_index(drop=True)


def _with(table: pd.DataFrame, new: pd.DataFrame, validate: Any) -> pd.DataFrame:
    if not len(new):
        return table
    extra = table.drop(columns=[name for name in table.columns if name not in new.columns])
    joined = pd.concat([extra, new], ignore_index=True)
    made = validate(joined)
    # Columns beyond the schema, such as marks of duplicates, stay; new rows have none.
    for name in table.columns:
        if name not in made.columns:
            made[name] = pd.concat([table[name], pd.Series([None] * len(new), dtype="object")], ignore_index=True)
    return pd.DataFrame(made)


def _new_providers(scenario: Scenario, canonical: CanonicalTables) -> pd.DataFrame:
    rows = [
        {
            "provider_id": f"scenario:{number}",
            **new.model_dump(exclude={"cip_codes"}),
            "cip_codes": " ".join(new.cip_codes) or None,
            "seats_basis": "assumed" if new.seats is None else "seats",
            "seats_expected": _class_of_list(canonical) if new.seats is None else new.seats,
            "p_teaches": 1.0,
            "prior": LISTED,
            "share": 1.0,
            "sources": "scenario",
        }
        for number, new in enumerate(scenario.providers.add, start=1)
    ]
    return _placed(pd.DataFrame(rows), canonical, PROVIDERS.names)


def _class_of_list(canonical: CanonicalTables) -> float:
    """Return the seats expected of a listed program that states none."""
    priors = canonical.table("provider_priors").set_index(col.PRIOR)[col.SEATS_MEAN]
    return float(priors[LISTED] if LISTED in priors.index else stated_priors()[LISTED][col.SEATS_MEAN])


def _new_sites(scenario: Scenario, canonical: CanonicalTables, sites: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "site_id": f"scenario:{number}",
            **new.model_dump(exclude={"units"}),
            **new.columns(),
            "source": "scenario",
            "status": "planned",
        }
        for number, new in enumerate(scenario.sites.add, start=1)
    ]
    table = pd.DataFrame(rows)
    units = dict.fromkeys([*unit_columns(sites.columns), *unit_columns(table.columns)])
    return _placed(table, canonical, [*SITES.names, *units])


def _placed(rows: pd.DataFrame, canonical: CanonicalTables, names: list[str]) -> pd.DataFrame:
    """Return `rows` with the state of the nearest tract center and with all columns `names`."""
    if not len(rows):
        return rows
    centers = canonical.table("centers")
    if centers.empty:
        raise InputError("a place cannot be added without tract centers", field="add", remedy="Run the sources first.")
    known = centers[[col.LATITUDE, col.LONGITUDE]].to_numpy(dtype=np.float64)
    states = []
    for spot in rows[[col.LATITUDE, col.LONGITUDE]].to_numpy(dtype=np.float64):
        # Degrees of longitude shrink with latitude; the nearest of many close centers needs no more than that.
        away = (known - spot + 180.0) % 360.0 - 180.0
        away[:, 1] *= np.cos(np.radians(spot[0]))
        states.append(centers[col.STATE].iloc[int(np.argmin((away**2).sum(axis=1)))])
    return rows.assign(state=states, location_quality="point").reindex(columns=names)
