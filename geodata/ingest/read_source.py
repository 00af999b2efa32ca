"""Reading a source: the files that serve the states asked for, parsed, checked and accounted for.

Does not hold where files come from (`geodata.fetching`) or their formats (`geodata.sources`).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd

from geodata.errors import OnrampError, PublisherFailed, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquired, Acquirer, obtain_for
from geodata.fetching.folder import needs_state, vintage_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import REJECTS
from geodata.schemas.parsed import Parsed, all_rejects
from geodata.schemas.provenance import SourceUse
from geodata.schemas.sourced import Sourced
from geodata.schemas.table import Table
from geodata.settings import Settings
from geodata.sources.drift import held_to, states_of
from geodata.sources.spec import ParseContext, Source, SourceSpec, turned_off
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
        files = obtain_for(acquirer, spec, states)
    except SourceUnavailable as problem:
        if spec.required:
            raise
        wanted = spec.name in settings.sources.optional or isinstance(problem, PublisherFailed)
        if spec.optional and not wanted:
            return Sourced(spec.table.empty(), REJECTS.empty())
        return Sourced(spec.table.empty(), REJECTS.empty(), [_missing(spec, str(problem))], [str(problem)])
    by_code = {state.usps: state for state in states}
    fictional = any(state.fictional for state in states)

    def parsed_of(file: Acquired) -> Parsed:
        read = source.read(file.path, ParseContext(settings, by_code.get(file.scope)))
        return held_to(read, spec, nationwide=file.scope == NATION and not fictional)

    parsed = [parsed_of(file) for file in files]
    if spec.urls and files[0].scope == NATION and files[0].status == "folder":
        own = _of_states_left_out(acquirer, spec, states, parsed[0])
        files, parsed = [*files, *own], [*parsed, *(parsed_of(file) for file in own)]
    if not spec.urls:
        parsed = _each_row_once(spec, parsed, [file.path.name for file in files])
    table = _joined(spec.table, parsed)
    notes = [note for part in parsed for note in part.notes]
    uses = [_use(spec, file, part, fictional) for file, part in zip(files, parsed, strict=True)]
    unserved = sorted(set(by_code) - {file.scope for file in files}) if all(len(f.scope) == 2 for f in files) else []
    if unserved:
        notes.append(f"{spec.title} was not found for {', '.join(unserved)}.")
    return Sourced(table, all_rejects(parsed), uses, notes)


def _of_states_left_out(acquirer: Acquirer, spec: SourceSpec, states: list[State], nation: Parsed) -> list[Acquired]:
    """Return the own files of states a national file does not cover: Puerto Rico has its own index, for one."""
    named = tuple(pattern for pattern in spec.filenames if needs_state(pattern))
    covered = states_of(nation.table)
    if not (named and covered):
        return []
    # Without an address it comes from where the national file was found, never from the publisher.
    alone = replace(spec, filenames=named, urls=(), others=())
    found: list[Acquired] = []
    for state in states:
        if state.usps not in covered:
            with suppress(SourceUnavailable):
                found += acquirer.obtain_all(alone, state)[:1]
    return found


def _each_row_once(spec: SourceSpec, parsed: list[Parsed], files: list[str]) -> list[Parsed]:
    """Return an office's lists without the rows that another of them, newer or before it, has under the same key."""
    keys = list(spec.table.key)
    out = parsed[:1]
    for part, file in zip(parsed[1:], files[1:], strict=True):
        known = pd.concat([earlier.table[keys] for earlier in out], ignore_index=True).drop_duplicates()
        again = part.table[keys].merge(known, how="left", on=keys, indicator=True)["_merge"].eq("both").to_numpy()
        if not again.any() or part.rows_kept != len(part.table):
            out.append(part)
            continue
        named = part.table.loc[again, keys].astype("str").agg(" ".join, axis=1)
        refused = pd.DataFrame(
            {
                col.SOURCE: spec.name,
                col.FILE: file,
                col.KEY: named,
                col.FIELD: keys[0],
                col.REASON: "repeated_in_another_file",
            }
        ).assign(remedy="Keep the row in one of the files.")
        rejects = REJECTS.validate(pd.concat([part.rejects, REJECTS.validate(refused)], ignore_index=True))
        table = part.table[~again].reset_index(drop=True)
        out.append(replace(part, table=table, rejects=rejects, rows_kept=len(table)))
    return out


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


def _use(spec: SourceSpec, file: Acquired, parsed: Parsed, fictional: bool) -> SourceUse:
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
        vintage=_vintage(parsed.table, file.path, spec),
        retrieved_at=file.retrieved_at,
        age_days=file.age_days,
        sha256=file.sha256,
        size_bytes=file.size,
        rows_in=parsed.rows_in,
        rows_kept=parsed.rows_kept,
        rows_rejected=len(parsed.rejects),
        rows_out_of_scope=parsed.out_of_scope,
        archived=spec.archived,
        note=" ".join(part for part in (file.note, *parsed.notes) if part),
    )


def _vintage(table: pd.DataFrame, path: Path, spec: SourceSpec) -> str | None:
    """Return the year the rows speak of, else the one in the file's name, else the spec's."""
    if "vintage" in table and table[col.VINTAGE].notna().any():
        return str(int(table[col.VINTAGE].max()))
    year = vintage_in(path.name)[0] or spec.year
    return None if year is None else str(year)


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
