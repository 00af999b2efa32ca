"""Reading a source: the files that serve the states asked for, parsed, checked and accounted for.

Does not hold where files come from (`geodata.fetching`) or their formats (`geodata.sources`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from geodata.errors import InputError, OnrampError, PublisherFailed, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquirer, obtain_for
from geodata.ingest.choose_files import ReadFile, choose, stops_a_run, written
from geodata.schemas.canonical import REJECTS
from geodata.schemas.parsed import Parsed, all_rejects
from geodata.schemas.provenance import SourceUse
from geodata.schemas.sourced import Sourced
from geodata.schemas.table import Table
from geodata.settings import Settings
from geodata.sources.drift import states_of
from geodata.sources.spec import Source, SourceSpec, turned_off
from geodata.states import State


def read_source(source: Source, acquirer: Acquirer, states: Iterable[State], settings: Settings) -> Sourced:
    """Return what `source` says of `states`.

    A required source that cannot be had raises SourceUnavailable with what to do. One that is not required
    gives no rows and a use marked missing, whose note says so, and the run goes on without it. An optional one
    nobody asked for leaves no trace.
    """
    spec = source.spec
    states = list(states)
    if turned_off(spec, settings):
        return Sourced(spec.table.empty(), REJECTS.empty())
    try:
        choice = choose(source, obtain_for(acquirer, spec, states), states, settings)
    except SourceUnavailable as problem:
        if spec.required:
            raise
        wanted = spec.name in settings.sources.optional or isinstance(problem, PublisherFailed)
        if spec.optional and not wanted:
            return Sourced(spec.table.empty(), REJECTS.empty())
        return Sourced(spec.table.empty(), REJECTS.empty(), [_missing(spec, str(problem))], [str(problem)])
    except InputError as problem:
        if stops_a_run(spec, settings):
            raise
        return Sourced(spec.table.empty(), REJECTS.empty(), [_missing(spec, str(problem))], [str(problem)])
    fictional = any(state.fictional for state in states)
    parsed = [one.parsed for one in choice.chosen]
    table = _joined(spec.table, parsed)
    notes = [*choice.passed_over, *(note for part in parsed for note in part.notes)]
    uses = [_use(spec, one, fictional) for one in choice.chosen]
    if choice.passed_over:
        uses[0] = replace(uses[0], note=" ".join([uses[0].note, *choice.passed_over]).strip())
    scopes = {one.file.scope for one in choice.chosen}
    unserved = sorted({state.usps for state in states} - scopes - states_of(table)) if NATION not in scopes else []
    if unserved:
        notes.append(f"{spec.title} was not found for {', '.join(unserved)}.")
    return Sourced(table, all_rejects(parsed), uses, notes)


def _joined(schema: Table, parsed: list[Parsed]) -> pd.DataFrame:
    if len(parsed) == 1:
        return parsed[0].table
    frames = [part.table for part in parsed if len(part.table)]
    if not frames:
        return schema.empty()
    joined = pd.concat(frames, ignore_index=True)
    keys = list(schema.key)
    if keys and joined.duplicated(keys).any():
        raise OnrampError(f"Two files of “{schema.name}” give the same {' and '.join(keys)}; keep one of them.")
    return schema.validate(joined)


def _use(spec: SourceSpec, read: ReadFile, fictional: bool) -> SourceUse:
    file, parsed = read.file, read.parsed
    return SourceUse(
        source=spec.name,
        title=spec.title,
        publisher="fictional, generated" if fictional else spec.publisher,
        table=spec.table.name,
        freshness="sample" if fictional else file.status,
        file=file.path.name,
        url=file.url or None,
        page=spec.page,
        licence=spec.licence,
        vintage=_vintage(read, spec),
        retrieved_at=file.retrieved_at,
        age_days=file.age_days,
        sha256=file.sha256,
        size_bytes=file.size,
        rows_in=parsed.rows_in,
        rows_kept=parsed.rows_kept,
        rows_rejected=len(parsed.rejects),
        rows_out_of_scope=parsed.out_of_scope,
        unread={one.header: one.like for one in parsed.unread},
        archived=spec.archived,
        note=" ".join(part for part in (file.note, *parsed.notes) if part),
    )


def _vintage(read: ReadFile, spec: SourceSpec) -> str | None:
    """Return what a file speaks for: the day or year of its rows, else of its name, else that of its address.

    The year of an address stands for files that came from there; of a file in a folder nobody knows it.
    """
    if any(read.day):
        return written(read.day)
    return str(spec.year) if spec.year is not None and read.file.status != "folder" else None


def _missing(spec: SourceSpec, note: str) -> SourceUse:
    return SourceUse(
        source=spec.name,
        title=spec.title,
        publisher=spec.publisher,
        table=spec.table.name,
        freshness="missing",
        page=spec.page,
        licence=spec.licence,
        archived=spec.archived,
        note=note,
    )
