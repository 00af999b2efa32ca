"""One sentence for an error from outside Onramp: a full disk, a folder that cannot be written, no memory.

Errors that Onramp raises itself are sentences already. An unexpected error becomes one sentence too, with the place
where it happened, because most people can do nothing with a traceback; ONRAMP_TRACEBACK=1 shows the traceback.
"""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path

SHOW_ALL = "ONRAMP_TRACEBACK"
NO_MEMORY = "There is not enough memory for this."
_ROOM = "Make room and run again; every file with its final name is whole."
_KNOWN = (
    (r"errno (28|122)\b|disk is full|no space left", f"there is no room left on the disk. {_ROOM}"),
    (r"errno 27\b", f"the system does not allow a file as large as this one. Raise the limit and run again. {_ROOM}"),
    (r"errno 30\b|readonly database", "the disk is read-only. Give another folder with --home."),
    (
        r"unable to open database",
        "the run history there cannot be opened. Check who owns the folder, how long its path is and how many files "
        "may be open at once (ulimit -n), or give another folder.",
    ),
    (r"errno (1|13)\b", "permission is denied. Check who owns the folder, or give another one."),
    (r"errno 36\b", "a path is longer than the system allows. Give a folder with a shorter name."),
    (r"errno (17|20)\b", "a file is where a folder is needed. Give another folder."),
    (r"errno 24\b", "too many files are open. Raise the limit (ulimit -n) and run again."),
    (r"errno 5\b", "the disk gave an error. Check it, and give another folder."),
    (
        r"disk i/o error",
        f"the disk gave an error, which the run history also says of a full one and of a limit of file size. {_ROOM}",
    ),
    (
        r"can't start new thread",
        "the system allows no more threads. Free memory, or raise the limit of processes (ulimit -u), and run again.",
    ),
    (
        r"memoryerror|unable to allocate|std::bad_alloc|malloc of size|failed to map segment|errno 12\b",
        f"{NO_MEMORY[0].lower()}{NO_MEMORY[1:]}",
    ),
)


def known_sentence(kind: str, message: str) -> str | None:
    """Return the sentence for an error of this type and message, None where it is not an error of the system."""
    text = f"{kind}: {message}".casefold()
    sentence = next((sentence for pattern, sentence in _KNOWN if re.search(pattern, text)), None)
    if sentence is None:
        return None
    path = re.search(r"'(/[^']*)'", message)
    # The end of a path says most, and a path may be very long.
    return f"{path.group(1)[-120:]}: {sentence}" if path else f"{sentence[0].upper()}{sentence[1:]}"


def sentence_of(problem: BaseException) -> str:
    """Return exactly one sentence for any error."""
    kind, message = type(problem).__name__, str(problem)
    known = known_sentence(kind, message)
    if known is not None:
        return known
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    first = (message.strip().splitlines() or [""])[0][:200]
    return (
        f"Something happened that was not foreseen: {kind}{place}{f' ({first})' if first else ''}. "
        f"Set {SHOW_ALL}=1 to see all of it."
    )


def traceback_wanted() -> bool:
    """Return whether a person asked to see tracebacks."""
    return bool(os.environ.get(SHOW_ALL))
