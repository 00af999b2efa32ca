"""From what each source says to one canonical table a subject.

Holds which sources feed which table, and the rule of each where there is more to it than setting rows under one
another. Does not hold the crosswalk, the merging of providers or the matching of sites; it calls them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from geodata.geography.crosswalk import align_connecticut, to_2020
from geodata.geography.crosswalk_measures import measures_to_2020
from geodata.geography.place_names import spelled
from geodata.ingest.placing import Gazetteer, placed, placing_notes
from geodata.ingest.provider_priors import provider_priors
from geodata.ingest.providers import providers
from geodata.ingest.sites import sites
from geodata.schemas import columns as col
from geodata.schemas.canonical import (
    CAMPUSES,
    CANONICAL,
    COUNTIES,
    DEFINITIONS,
    INSTITUTIONS,
    MEASURES,
    NAMED_AREAS,
    PROGRAMS,
    PROVIDER_PRIORS,
    PROVIDERS,
    REJECTS,
    SITES,
)
from geodata.schemas.sourced import Sourced, all_uses
from geodata.schemas.table import Table
from geodata.settings import Settings
from geodata.sources import SOURCES

# Tables that another needs beside its own sources.
# What tells where a row is that has no coordinates, and how a name is spelled.
_NAMED = ("places", "place_points", "named_areas", "counties")
_HELPERS = {
    "definitions": ("relationship",),
    "measures": ("relationship",),
    "sites": _NAMED,
    "providers": (*_NAMED, "sites"),
    "job_centers": (*_NAMED, "sites"),
    "counties": ("places", "place_points"),
    "named_areas": ("places", "place_points"),
}
_PLACED = ("sites", "providers", "job_centers")
_OWN = {
    PROVIDERS.name: (INSTITUTIONS.name, PROGRAMS.name, PROVIDERS.name, CAMPUSES.name),
    PROVIDER_PRIORS.name: (INSTITUTIONS.name, PROGRAMS.name, PROVIDERS.name),
}
_WITHOUT = {INSTITUTIONS.name, PROGRAMS.name, CAMPUSES.name, REJECTS.name}


def own_feeds(table: Table) -> tuple[str, ...]:
    """Return the sources whose rows a canonical table is made of, without those that help to place or name them."""
    return _sources_of(_OWN.get(table.name, (table.name,)))


def _feeds(table: Table) -> tuple[str, ...]:
    return _sources_of((*_OWN.get(table.name, (table.name,)), *_HELPERS.get(table.name, ())))


def _sources_of(tables: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name, source in SOURCES.items() if source.spec.table.name in tables)


FEEDS: dict[str, tuple[str, ...]] = {
    table.name: _feeds(table) for table in CANONICAL if table.name not in _WITHOUT and _feeds(table)
}


def combine(table: Table, reads: Mapping[str, Sourced], settings: Settings) -> Sourced:
    """Return the canonical `table` made of `reads`, by source name, with all their files and rejects.

    Where two sources give the same key, the one that stands first among the sources wins, whole row by row; of survey
    measures the first that has a value.
    """
    refused, notes = REJECTS.empty(), []
    if table is MEASURES:
        # Before they meet: a code of 2010 and the same code of 2020 may be different land.
        there = stacked_of("relationship", reads)
        mine = {
            name: _on_2020(read, there, settings) for name, read in reads.items() if SOURCES[name].spec.table is table
        }
        reads = {**reads, **mine}
        notes = [f"{name}: {note}" for name, read in mine.items() for note in read.notes]
    rows = stacked(table, reads)
    if table is DEFINITIONS:
        carried = to_2020(rows, stacked_of("relationship", reads), settings.sources.sliver_share)
        rows, refused, notes = carried.table, carried.rejects, carried.notes
    elif table is SITES:
        made = sites(rows, stacked_of("counties", reads))
        rows, refused, notes = made.table, made.rejects, made.notes
    elif table is PROVIDERS:
        awarded = stacked(INSTITUTIONS, reads), stacked(PROGRAMS, reads)
        campuses = stacked(CAMPUSES, reads)
        campuses = placed(campuses, _gazetteer(reads, campuses))
        merged = providers(*awarded, rows, settings.training, campuses)
        rows, refused, notes = merged.table, merged.rejects, merged.notes
    elif table is PROVIDER_PRIORS:
        # Its files and their rejects are counted by the tables of providers.
        awarded = stacked(INSTITUTIONS, reads), stacked(PROGRAMS, reads)
        return Sourced(provider_priors(*awarded, stacked(PROVIDERS, reads), settings.training), refused)
    if table.name in _PLACED:
        rows = placed(rows, _gazetteer(reads, rows))
        notes = [*notes, *placing_notes(rows)]
    elif table in (COUNTIES, NAMED_AREAS) and len(rows):
        rows = rows.assign(name=spelled(rows[col.NAME], _spellings(reads)))
    rejects = [frame for frame in (*(read.rejects for read in reads.values()), refused) if len(frame)]
    return Sourced(
        rows,
        REJECTS.validate(pd.concat(rejects, ignore_index=True)) if rejects else REJECTS.empty(),
        all_uses(reads.values()),
        notes,
    )


def _gazetteer(reads: Mapping[str, Sourced], rows: pd.DataFrame) -> Gazetteer:
    """Return where ZIP codes, places and counties are, by all that was read; located rows tell it too."""
    with_address = [stacked_of(name, reads) for name in ("sites", "institutions")]
    columns = [col.ZIP, col.CITY, col.STATE, col.LOCATION_QUALITY, col.LATITUDE, col.LONGITUDE]
    known = pd.concat(
        [
            frame.assign(location_quality=frame.get(col.LOCATION_QUALITY, "point")).reindex(columns=columns)
            for frame in (*with_address, rows)
            if len(frame)
        ]
        or [rows.reindex(columns=columns)],
        ignore_index=True,
    )
    return Gazetteer.of({"known": known, **{name: stacked_of(name, reads) for name in _NAMED}})


def _spellings(reads: Mapping[str, Sourced]) -> list[str]:
    """Return the names of places and counties as publishers write them."""
    points = stacked_of("place_points", reads)
    names = pd.concat([stacked_of("places", reads)[col.NAME], points[col.NAME], points[col.COUNTY]])
    return sorted(names.dropna().unique())


def _on_2020(read: Sourced, relationship: pd.DataFrame, settings: Settings) -> Sourced:
    """Return the measures of a source on 2020 tracts; its files say where they were carried over."""
    table, refused, notes = measures_to_2020(read.table, relationship, settings.sources.sliver_share)
    uses = [replace(use, note=" ".join([use.note, *notes]).strip()) for use in read.uses]
    rejects = REJECTS.validate(pd.concat([read.rejects, refused], ignore_index=True)) if len(refused) else read.rejects
    return Sourced(table, rejects, uses, notes)


def stacked(table: Table, reads: Mapping[str, Sourced]) -> pd.DataFrame:
    """Return the rows of all sources of `table`, each key once, Connecticut's tracts under one scheme."""
    frames = {name: read.table for name, read in reads.items() if SOURCES[name].spec.table is table and len(read.table)}
    if not frames:
        return table.empty()
    if len(frames) == 1:
        return next(iter(frames.values()))
    rows = pd.concat(align_connecticut(frames).values(), ignore_index=True)
    if table is MEASURES:
        # A value of a later source before none of an earlier one; the earlier one's reason where there is no value.
        rows = rows.sort_values(col.STATUS, key=lambda status: status != "value", kind="stable")
    if table.key:
        rows = rows.drop_duplicates(list(table.key))
    return table.validate(rows)


def stacked_of(name: str, reads: Mapping[str, Sourced]) -> pd.DataFrame:
    """Return `stacked` of the table called `name`."""
    return stacked(next(table for table in CANONICAL if table.name == name), reads)
