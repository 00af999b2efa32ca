"""What to get by hand: for each source that did not come, the file, its address, where to put it, and its key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from geodata.fetching.folder import fill_patterns
from geodata.fetching.live import CAREER_USER, SUPPLIED_FOLDER, never_came
from geodata.fetching.transport import fill_address
from geodata.schemas.canonical import DEFINITIONS, MEASURES
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import SourceSpec, turned_off
from geodata.states import State


@dataclass(frozen=True)
class ToGet:
    """One source that a run did not get, or of which it has an old copy only.

    `why` is what its publisher said. `file` is the name to keep or give, `address` where it is (a page where there is
    no file to download), `size_bytes` about what it weighs, `folder` where to put it. `brought` is set for what offices
    bring, which no publisher has. `keys` are the environment
    variables that are not set, `key_page` where to ask for them.
    """

    source: str
    title: str
    required: bool
    old_copy: bool
    why: str
    file: str
    address: str
    size_bytes: int | None
    folder: str
    defines_need: bool = False
    brought: bool = False
    keys: tuple[str, ...] = ()
    key_page: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as plain values, for JSON."""
        return {**asdict(self), "keys": list(self.keys)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ToGet:
        """Return the entry that `to_dict` gave."""
        return cls(**{**values, "keys": tuple(values["keys"])})


def to_get(
    spec: SourceSpec,
    states: Sequence[State],
    settings: Settings,
    said: str,
    *,
    environ: Mapping[str, str],
    old_copy: bool = False,
) -> ToGet:
    """Return what to do about a source of which a run says `said`; `environ` holds the keys that are set."""
    state = states[0] if len(states) == 1 else None
    fields = {"afdc_host": settings.sources.afdc_host}
    filled = [fill_address(url, spec, state, fields) for url in (*spec.urls, *(one.url for one in spec.others))]
    files = [url for url in filled if url is not None]
    plain = files[0] if files and spec.transport == "file" else ""
    chosen = settings.sources
    folder = settings.home / SUPPLIED_FOLDER if chosen.asks_publishers else chosen.given_folders[0]
    return ToGet(
        source=spec.name,
        title=spec.title,
        required=spec.required,
        old_copy=old_copy,
        why=never_came(said),
        file=_file_name(spec, state, plain),
        address=plain or spec.page,
        size_bytes=spec.size_bytes,
        folder=str(folder),
        defines_need=spec.table in (DEFINITIONS, MEASURES),
        brought=not (spec.urls or spec.others),
        keys=tuple(name for name in keys_of(spec) if not environ.get(name, "").strip()),
        key_page=spec.key_page or "",
    )


def keys_of(spec: SourceSpec) -> tuple[str, ...]:
    """Return the environment variables that a source's key is in."""
    if spec.key_env is None:
        return ()
    return (spec.key_env, CAREER_USER) if spec.transport == "career_one_stop" else (spec.key_env,)


def keys_not_set(settings: Settings, environ: Mapping[str, str]) -> list[tuple[tuple[str, ...], str, str]]:
    """Return the keys that a run could use and that are not set: variables, what they bring, where to ask for them."""
    found = []
    for source in SOURCES.values():
        spec = source.spec
        missing = tuple(name for name in keys_of(spec) if not environ.get(name, "").strip())
        if missing and not turned_off(spec, settings):
            found.append((missing, spec.title, spec.key_page or spec.page))
    return found


def in_order(entries: Iterable[ToGet]) -> list[ToGet]:
    """Return the entries, those first without which nothing can be computed."""
    return sorted(entries, key=lambda one: (not one.required, one.brought, one.old_copy, not one.defines_need))


def _file_name(spec: SourceSpec, state: State | None, address: str) -> str:
    """Return the publisher's name where the address ends in one that a folder is searched for, else a name that is."""
    patterns = fill_patterns(spec.filenames, state)
    last = Path(address.partition("?")[0]).name
    if last and any(re.fullmatch(_as_expression(pattern), last, re.I) for pattern in patterns):
        return last
    return patterns[0] if patterns else spec.filenames[0]


def _as_expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
