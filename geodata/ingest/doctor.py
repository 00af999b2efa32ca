"""What a run would find today, source by source: can it be reached, with which key, how old is what we hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from geodata.errors import OnrampError, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquired, Acquirer, age_in_days, obtain_for
from geodata.fetching.live import LiveAcquirer, asked_again_after
from geodata.ingest.choose_files import choose, stops_a_run
from geodata.schemas.parsed import Unread
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

    `use` is what a run would take today and `said` the sentence behind it where there is one; `stops` where a run would
    end for it. `unread` are columns of the file that nobody reads, `passed_over` what is said of files not taken.
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
    stops: bool = False
    unread: tuple[Unread, ...] = ()
    passed_over: tuple[str, ...] = ()


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
    for spec in specs:
        blank = Diagnosis(spec.name, spec.title, NATION, spec.table.name, spec.required)
        if turned_off(spec, settings):
            rows.append(replace(blank, use="off", said=f"{spec.title} is turned off in the settings (sources.off)."))
        elif isinstance(acquirer, LiveAcquirer) and acquirer.asks_publisher(spec):
            rows += _of_publisher(acquirer, spec, states, settings, blank, online=online, count_rows=count_rows)
        elif count_rows and spec.name in SOURCES:
            rows += _as_a_run_would(acquirer, spec, states, settings, blank)
        else:
            rows += _by_names(acquirer, spec, states, blank)
    return rows


def _of_publisher(
    live: LiveAcquirer,
    spec: SourceSpec,
    states: Sequence[State],
    settings: Settings,
    blank: Diagnosis,
    *,
    online: bool,
    count_rows: bool,
) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    places: Sequence[State | None] = states or [None]
    for state in places:
        row = _live(live, spec, state, blank, online=online)
        if row.path is None or row.path not in {known.path for known in found}:
            found.append(_counted(row, spec, state, settings) if count_rows else row)
        if row.scope == NATION:
            break
    return found


def _as_a_run_would(
    acquirer: Acquirer, spec: SourceSpec, states: Sequence[State], settings: Settings, blank: Diagnosis
) -> list[Diagnosis]:
    """Return a row for each file a run would take, chosen and read by the same functions, or one that says why none."""
    scope = NATION if spec.scope == NATION or not states else " ".join(state.usps for state in states)
    try:
        files = obtain_for(acquirer, spec, states or [None])
    except SourceUnavailable as problem:
        return [replace(blank, scope=scope, said=str(problem))]
    except OnrampError as problem:
        # A file that is not what its folder's list of hashes says.
        return [replace(blank, scope=scope, stops=stops_a_run(spec, settings), said=str(problem))]
    try:
        choice = choose(replace(SOURCES[spec.name], spec=spec), files, states, settings)
    except SourceUnavailable as problem:
        return [replace(blank, scope=scope, said=str(problem))]
    except OnrampError as problem:
        held = _of_file(blank, files[0])
        return [replace(held, use="nothing", stops=stops_a_run(spec, settings), said=str(problem))]
    return [
        replace(
            _of_file(blank, one.file),
            rows=one.parsed.rows_kept,
            unread=one.parsed.unread,
            said=" ".join([*([one.file.note] if one.file.note else []), *(choice.passed_over if not spot else [])]),
            passed_over=tuple(choice.passed_over) if not spot else (),
        )
        for spot, one in enumerate(choice.chosen)
    ]


def _by_names(acquirer: Acquirer, spec: SourceSpec, states: Sequence[State], blank: Diagnosis) -> list[Diagnosis]:
    """Return a row for each file a run would take by its name: what they hold is not looked at."""
    found: list[Diagnosis] = []
    places: Sequence[State | None] = states or [None]
    for state in places:
        try:
            files = acquirer.obtain_all(spec, state)
        except OnrampError as problem:
            found.append(replace(blank, scope=NATION if state is None else state.usps, said=str(problem)))
            continue
        found += [_of_file(blank, one) for one in files if one.path not in {known.path for known in found}]
        if spec.urls and files[0].scope == NATION:
            break
    if spec.scope == NATION and found and all(row.use == "nothing" for row in found):
        return [replace(found[0], scope=NATION)]
    return found


def _of_file(blank: Diagnosis, file: Acquired) -> Diagnosis:
    return replace(
        blank,
        scope=file.scope,
        use="folder",
        retrieved_at=file.retrieved_at,
        age_days=file.age_days,
        sha256=file.sha256,
        path=file.path,
        said=file.note,
    )


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
    instead = live.in_place_of_publisher(spec, state, None if held else problem)
    if instead is not None:
        use: Use = "stale" if instead.status == "stale" else "folder"
        return replace(_of_file(row, instead), use=use)
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
    return replace(row, rows=parsed.rows_kept, unread=parsed.unread)
