"""What a copy of a source is called: the publisher's name, or one by which it would be found in a folder."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.fetching.client.download_cache import safe_name
from geodata.fetching.client.exchange import Download
from geodata.fetching.folder import fill_patterns, needs_state
from geodata.states import State

if TYPE_CHECKING:
    from geodata.sources.spec import SourceSpec


def copy_name(spec: SourceSpec, state: State | None, came: Download, now: datetime, suffix: str = "") -> str:
    """Return the publisher's name for the file if a folder would be searched for it, else one that would.

    The made-up name carries the source's year, or the day it came, where the pattern leaves room. `suffix` is that of
    what a transport puts together itself.
    """
    own_first = sorted(spec.filenames, key=lambda pattern: not (state and needs_state(pattern)))
    patterns = fill_patterns(own_first, state)
    named = safe_name(came.filename) if came.filename else ""
    suffix = suffix or Path(named).suffix
    moment = now.date().isoformat() if "daily" in spec.cadence.casefold() or spec.year is None else str(spec.year)
    made_up = [_made_up(pattern, moment) for pattern in patterns]
    for name in (named, *(one for one in made_up if one.endswith(suffix))):
        if any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns):
            return name
    return named or f"{safe_name(spec.name)}{suffix}"


def _made_up(pattern: str, moment: str) -> str:
    """Return a name that the pattern fits, with the moment in place of its first `*` or `????`."""
    if "????" in pattern and "*" not in pattern:
        return safe_name(pattern.replace("????", moment[:4]))
    before, star, after = pattern.lstrip("*").partition("*")
    if not star:
        return safe_name(pattern)
    gap = "_" if before[-1:].isalnum() else ""
    return safe_name(f"{before}{gap}{moment}{after.replace('*', '')}")
