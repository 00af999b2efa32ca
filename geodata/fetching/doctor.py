"""What a run would find today, source by source: can it be reached, with which key, how old is what we hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from geodata.errors import OnrampError
from geodata.fetching.acquire import NATION, Acquirer, age_in_days
from geodata.fetching.live import LiveAcquirer, asked_again_after
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext, SourceSpec, turned_off
from geodata.states import State

Reach = Literal["yes", "no", "not asked"]
Key = Literal["none needed", "missing", "accepted", "refused", "set, not tried"]
Use = Literal["live", "cached", "stale", "folder", "nothing", "off"]


@dataclass(frozen=True)
class Diagnosis:
    """One source for one scope. `feeds` is the canonical table; `rows` how many of them the file found gives.

    `use` is what a run would take today and `said` the sentence behind it where there is one.
    """

    source: str
    title: str
    scope: str
    feeds: str
    required: bool
    reachable: Reach = "not asked"
    key: Key = "none needed"
    use: Use = "nothing"
    retrieved_at: str = ""
    age_days: int | None = None
    sha256: str = ""
    rows: int | None = None
    path: Path | None = None
    said: str = ""


def diagnose(
    acquirer: Acquirer,
    specs: Iterable[SourceSpec],
    states: Sequence[State],
    settings: Settings,
    *,
    online: bool = True,
    count_rows: bool = True,
) -> list[Diagnosis]:
    """Return a row for each source and scope; downloads nothing.

    `online` asks each publisher for as little as shows that it answers and takes the key; `count_rows` reads the
    files found with their parsers, which also shows whether they can be read.
    """
    rows: list[Diagnosis] = []
    places: Sequence[State | None] = states or [None]
    for spec in specs:
        blank = Diagnosis(spec.name, spec.title, NATION, spec.table.name, spec.required)
        if turned_off(spec, settings):
            rows.append(replace(blank, use="off", said=f"{spec.title} is turned off in the settings (sources.off)."))
            continue
        of_source: list[Diagnosis] = []
        for state in places:
            if isinstance(acquirer, LiveAcquirer) and acquirer.asks_publisher(spec):
                found = [_live(acquirer, spec, state, blank, online=online)]
            else:
                found = _in_folder(acquirer, spec, state, blank)
            fresh = [row for row in found if row.path is None or row.path not in {known.path for known in of_source}]
            of_source += [_counted(row, spec, state, settings) if count_rows else row for row in fresh]
            if spec.urls and found[0].scope == NATION:
                break
        rows += _once(of_source, spec)
    return rows


def _once(rows: list[Diagnosis], spec: SourceSpec) -> list[Diagnosis]:
    """Return one row instead of one for each state where a national source was found for none of them."""
    if spec.scope == NATION and all(row.use == "nothing" for row in rows):
        return [replace(rows[0], scope=NATION)]
    return rows


def _in_folder(acquirer: Acquirer, spec: SourceSpec, state: State | None, blank: Diagnosis) -> list[Diagnosis]:
    scope = NATION if state is None else state.usps
    try:
        found = acquirer.obtain_all(spec, state)
    except OnrampError as problem:
        return [replace(blank, scope=scope, said=str(problem))]
    return [
        replace(
            blank,
            scope=one.scope,
            use="folder",
            retrieved_at=one.retrieved_at,
            age_days=one.age_days,
            sha256=one.sha256,
            path=one.path,
            said=one.note,
        )
        for one in found
    ]


def _live(live: LiveAcquirer, spec: SourceSpec, state: State | None, blank: Diagnosis, *, online: bool) -> Diagnosis:
    scope = next(iter(live.ways(spec, state)), NATION)
    held = live.cache.newest_good(spec.file_of or spec.name, scope)
    row = replace(blank, scope=scope)
    if held:
        entry, path = held
        age = age_in_days(entry.retrieved_at, live.clock.now())
        row = replace(row, retrieved_at=entry.retrieved_at, age_days=age, sha256=entry.sha256, path=path)
    if spec.key_env:
        row = replace(row, key="set, not tried" if live.has_key(spec) else "missing")
    problem = live.probe(spec, state) if online else None
    if online:
        reached = problem is None or problem.kind == "key"
        row = replace(row, reachable="yes" if reached else "no", said="" if problem is None else str(problem))
        if spec.key_env and row.key != "missing" and reached:
            row = replace(row, key="accepted" if problem is None else "refused")
        if row.key == "missing":
            row = replace(row, reachable="not asked")
    fresh = held is not None and live.clock.now() - held.entry.checked < asked_again_after(spec)
    if fresh:
        return replace(row, use="cached")
    if problem is None and row.key != "missing":
        return replace(row, use="live")
    return replace(row, use="stale" if held else "nothing")


def _counted(row: Diagnosis, spec: SourceSpec, state: State | None, settings: Settings) -> Diagnosis:
    if row.path is None or spec.name not in SOURCES:
        return row
    try:
        parsed = SOURCES[spec.name].read(row.path, ParseContext(settings, state if row.scope != NATION else None))
    except OnrampError as problem:
        return replace(row, said=f"{row.said} {problem}".strip())
    return replace(row, rows=len(parsed.table))
