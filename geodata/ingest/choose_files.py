"""Which of several files answers for a source: each is read, and what it holds decides, not what it is called.

Of one kind the newest content wins, a date in the name only where the content has none; a file that cannot be read is
passed over where another can. A survey may come in one file a table, all of which are read. Lists of sites and of
places (`SourceSpec.adds_up`) are put together: a newer file speaks for the states it covers whole, and older ones only
for others. Does not hold where files come from: `geodata.fetching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import pandas as pd

from geodata.errors import InputError, OnrampError, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquired
from geodata.fetching.folder import GEOCODED, list_of, needs_state, vintage_in
from geodata.schemas import columns as col
from geodata.schemas.canonical import MEASURES, RASTERS, REJECTS
from geodata.schemas.parsed import Parsed
from geodata.settings import Settings
from geodata.sources.drift import held_to, is_a_part, states_of
from geodata.sources.spec import ParseContext, Source, SourceSpec
from geodata.states import State

Day = tuple[int, int, int]
"""Year, month and day, with 0 for what is not known."""

IN_A_NEWER_FILE = "told by a newer file"
_NAMES_SHOWN = 5
# Words by which a file name says that it is not all of its kind.
_PART = re.compile(r"border|near|around|partial|excerpt|extract|selected|planned|nevi|dcfc", re.IGNORECASE)


@dataclass(frozen=True)
class ReadFile:
    """A file, what was read of it, and the day its content speaks for; `part` where it is not all of the nation's."""

    file: Acquired
    parsed: Parsed
    day: Day
    part: bool = False


@dataclass
class Choice:
    """The files that answer, newest first where their rows are put together, and a sentence on those passed over."""

    chosen: list[ReadFile]
    passed_over: list[str] = field(default_factory=list)


def choose(source: Source, files: Sequence[Acquired], states: Sequence[State], settings: Settings) -> Choice:
    """Return which of `files` (the likeliest by name first) answer for `states`, read and accounted for.

    Raises the InputError of the likeliest file where none can be read.
    """
    reader = _Reader(source, states, settings)
    chosen = reader.put_together(files) if source.spec.adds_up else reader.one_for_each(files, states)
    if not chosen:
        raise next(iter(reader.problems.values()), _nothing_for(source, states))
    if source.spec.table is RASTERS:
        # People of one grid are never added to those of another.
        chosen = chosen[:1]
    taken = {read.file.path for read in chosen}
    return Choice(chosen, reader.passed_over([file for file in files if file.path not in taken]))


def content_day(parsed: Parsed) -> Day:
    """Return the newest day that the rows of a file speak of: of their updates, else the year of the release.

    Days after today are slips of the pen and are left aside.
    """
    table = parsed.table
    if parsed.as_of is not None:
        return parsed.as_of.year, parsed.as_of.month, parsed.as_of.day
    if col.AS_OF in table and table[col.AS_OF].notna().any():
        today = pd.Timestamp(datetime.now(UTC).date())
        days = table[col.AS_OF][table[col.AS_OF] <= today]
        if len(days):
            newest = days.max()
            return newest.year, newest.month, newest.day
    if col.VINTAGE in table and table[col.VINTAGE].notna().any():
        return int(table[col.VINTAGE].max()), 0, 0
    return 0, 0, 0


def day_of(parsed: Parsed, filename: str) -> Day:
    """Return the day a file speaks for: that of its rows, else the one in its name."""
    day = content_day(parsed)
    return day if any(day) else vintage_in(filename)


def written(day: Day) -> str:
    """Return a day as far as it is known: 2025-04-12, 2025-04 or 2025; empty where nothing is."""
    return "-".join(f"{part:02d}" for part in day if part)


def stops_a_run(spec: SourceSpec, settings: Settings) -> bool:
    """Return whether a run ends where no file of this source can be read: not for an index nobody asked for by name."""
    return not spec.optional or spec.name in settings.sources.optional


def _nothing_for(source: Source, states: Sequence[State]) -> OnrampError:
    where = ", ".join(state.name for state in states)
    if not where:
        return SourceUnavailable(f"{source.spec.title} comes by state: name the state it is wanted for.")
    return SourceUnavailable(f"{source.spec.title} was not found for {where}.")


class _Reader:
    """Reads each file once, and only those that may be taken."""

    def __init__(self, source: Source, states: Sequence[State], settings: Settings) -> None:
        self.source, self.settings = source, settings
        self.by_code = {state.usps: state for state in states}
        self.fictional = any(state.fictional for state in states)
        self.problems: dict[str, InputError] = {}
        self._read: dict[str, ReadFile | None] = {}

    def read(self, file: Acquired) -> ReadFile | None:
        """Return a file as read, or None where it cannot be used; what was wrong stays in `problems`."""
        name = str(file.path)
        if name not in self._read:
            try:
                self._read[name] = self._parsed(file)
            except InputError as problem:
                self._read[name], self.problems[name] = None, _of_file(problem, file)
        return self._read[name]

    def _parsed(self, file: Acquired) -> ReadFile:
        spec = self.source.spec
        parsed = self.source.read(file.path, ParseContext(self.settings, self.by_code.get(file.scope)))
        nationwide = file.scope == NATION and not self.fictional
        part = nationwide and spec.adds_up and bool(spec.urls) and is_a_part(parsed, spec)
        parsed = held_to(parsed, spec, nationwide=nationwide and not part)
        return ReadFile(file, parsed, day_of(parsed, file.path.name), part)

    def newest(self, files: Sequence[Acquired]) -> ReadFile | None:
        """Return the newest of the files that can be read; of equals the one with addresses looked up, then the
        likeliest by name; a last choice last.
        """
        groups = [[file for file in files if self._last(file) is last] for last in (False, True)]
        for group in groups:
            read = [one for one in map(self.read, group) if one is not None]
            if read:
                return max(read, key=lambda one: (one.day, one.file.path.stem.casefold().endswith(GEOCODED)))
        return None

    def _last(self, file: Acquired) -> bool:
        name = file.path.name.casefold()
        return any(fnmatchcase(name, pattern) for pattern in self.source.spec.last_choice)

    def one_for_each(self, files: Sequence[Acquired], states: Sequence[State]) -> list[ReadFile]:
        """Return the file of the nation and those of states it leaves out, or one for each state."""
        spec = self.source.spec
        national = [file for file in files if file.scope == NATION]
        own = {state.usps: [file for file in files if file.scope == state.usps] for state in states}
        if spec.scope == NATION or not all(own.values()):
            whole = self.edition(national)
            if whole:
                covered = states_of(whole[0].parsed.table)
                by_state = any(needs_state(pattern) for pattern in spec.filenames) and covered
                left_out = [usps for usps in own if by_state and usps not in covered]
                return [*whole, *self._own(own, left_out)]
        found = self._own(own, own)
        return self.edition(national) if not found and national and spec.scope != NATION else found

    def _own(self, own: dict[str, list[Acquired]], usps: Iterable[str]) -> list[ReadFile]:
        return [one for code in usps for one in self.edition(own[code])]

    def edition(self, files: Sequence[Acquired]) -> list[ReadFile]:
        """Return the newest of the files, and of a survey that comes in a file a table the others of its edition.

        Each of these gives the measures that none before it does.
        """
        newest = self.newest(files)
        if newest is None or self.source.spec.table is not MEASURES:
            return [] if newest is None else [newest]
        found, measured = [newest], set(newest.parsed.table[col.MEASURE])
        for file in files:
            one = self.read(file) if file.path != newest.file.path else None
            if one is None or one.day != newest.day or states_of(one.parsed.table) != states_of(newest.parsed.table):
                continue
            fresh = one.parsed.table[~one.parsed.table[col.MEASURE].isin(measured)].reset_index(drop=True)
            if len(fresh):
                measured |= set(fresh[col.MEASURE])
                found.append(replace(one, parsed=replace(one.parsed, table=fresh)))
        return found

    def put_together(self, files: Sequence[Acquired]) -> list[ReadFile]:
        """Return the files of one list, newest first, each without the rows that a newer one tells.

        An office's lists are editions of one where their names differ in dates only: the newest edition is taken.
        Another list that cannot be read stops the run, for nobody would miss its rows.
        """
        spec = self.source.spec
        if not spec.urls:
            editions: dict[tuple[str, str], list[Acquired]] = {}
            for file in files:
                editions.setdefault((file.scope, list_of(file.path.name)), []).append(file)
            found = []
            for edition in editions.values():
                newest = self.newest(edition)
                if newest is None:
                    raise self.problems[str(edition[0].path)]
                found.append(newest)
            return _each_key_once(spec.name, list(spec.table.key), found)
        read = [one for one in map(self.read, files) if one is not None]
        if all(one.part for one in read) and read:
            # Parts alone would be taken for all there is.
            for one in read:
                try:
                    held_to(one.parsed, spec, nationwide=True)
                except InputError as problem:
                    self.problems[str(one.file.path)] = _of_file(problem, one.file)
            return []
        # Of one day the whole file goes first: it tells which rows are gone.
        read.sort(key=lambda one: (one.day, not one.part), reverse=True)
        return _newest_rows(read, list(spec.table.key))

    def passed_over(self, files: Iterable[Acquired]) -> list[str]:
        """Return what to say of files that were not taken: with what is wrong, or for what day they speak."""
        files = list(files)
        sentences = [str(self.problems[str(file.path)]) for file in files if str(file.path) in self.problems]
        names = []
        for file in files:
            if str(file.path) not in self.problems:
                read = self._read.get(str(file.path))
                day = written(read.day) if read else ""
                names.append(f"{file.path.name}, of {day}" if day else file.path.name)
        if names:
            shown = "; ".join(names[:_NAMES_SHOWN]) + ("; …" if len(names) > _NAMES_SHOWN else "")
            sentences.insert(0, f"Matching files passed over: {len(names)} ({shown}).")
        return sentences


def _of_file(problem: InputError, file: Acquired) -> InputError:
    """Return the problem with the name of its file, where what found it knew only the rows."""
    if problem.file is not None:
        return problem
    return InputError(problem.problem, file=file.path, row=problem.row, field=problem.field, remedy=problem.remedy)


def _newest_rows(read: list[ReadFile], keys: list[str]) -> list[ReadFile]:
    """Return each file with the rows no newer one has, and only files that have some; an account stays whole."""
    complete: set[str] = set()
    known: pd.DataFrame | None = None
    out: list[ReadFile] = []
    for one in read:
        table = one.parsed.table
        states = table[col.STATE]
        again = states.isin(complete)
        if known is not None:
            again |= table[keys].merge(known, how="left", on=keys, indicator=True)["_merge"].eq("both").to_numpy()
        kept = table[~again].reset_index(drop=True)
        complete |= _complete_states(one)
        if not len(kept) and out:
            continue
        known = kept[keys] if known is None else pd.concat([known, kept[keys]], ignore_index=True)
        lost = int(again.sum())
        scope = dict(one.parsed.out_of_scope) | ({IN_A_NEWER_FILE: lost} if lost else {})
        parsed = replace(one.parsed, table=kept, rows_kept=one.parsed.rows_kept - lost, out_of_scope=scope)
        out.append(replace(one, parsed=parsed))
    return out


def _complete_states(one: ReadFile) -> set[str]:
    """Return the states of which a file has everything: the nation's of each it has, a state's own of that state."""
    states = states_of(one.parsed.table)
    if one.part or _PART.search(one.file.path.stem):
        return set()
    return states if one.file.scope == NATION else states & {one.file.scope}


def _each_key_once(source: str, keys: list[str], read: list[ReadFile]) -> list[ReadFile]:
    """Return an office's lists without the rows that another of them, before it, has under the same key.

    A list whose rows were brought together (programs under their provider) keeps its account: those rows are merged
    with the provider's of the other list, and a note counts them.
    """
    out = read[:1]
    for one in read[1:]:
        part = one.parsed
        known = pd.concat([earlier.parsed.table[keys] for earlier in out], ignore_index=True).drop_duplicates()
        again = part.table[keys].merge(known, how="left", on=keys, indicator=True)["_merge"].eq("both").to_numpy()
        if not again.any():
            out.append(one)
            continue
        table = part.table[~again].reset_index(drop=True)
        if part.rows_kept != len(part.table):
            note = f"Entries that another file has too, told once: {int(again.sum()):,}."
            out.append(replace(one, parsed=replace(part, table=table, notes=[*part.notes, note])))
            continue
        refused = pd.DataFrame(
            {
                col.SOURCE: source,
                col.FILE: one.file.path.name,
                col.KEY: part.table.loc[again, keys].astype("str").agg(" ".join, axis=1),
                col.FIELD: keys[0],
                col.REASON: "repeated_in_another_file",
            }
        ).assign(remedy="Keep the row in one of the files.")
        rejects = REJECTS.validate(pd.concat([part.rejects, REJECTS.validate(refused)], ignore_index=True))
        out.append(replace(one, parsed=replace(part, table=table, rejects=rejects, rows_kept=len(table))))
    return out
