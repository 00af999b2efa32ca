"""Finding a source's file in a folder that somebody filled, by the publisher's own file names."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from geodata.errors import InputError
from geodata.states import REGISTRY, State

MANIFEST_NAME = "MANIFEST.json"
_IGNORED_SUFFIXES = (".part", ".partial", ".crdownload", ".tmp", ".damaged")
_DATE = re.compile(r"(?<!\d)((?:199|20\d)\d)(?:[-_](\d{2})(?!\d)(?:[-_](\d{2})(?!\d))?)?(?!\d)")
_EDITION = r"copy|of|new|newest|latest|current|updated?|revised|final|geocoded|v\d+"
#: How the name of a copy ends to which `onramp geocode` added coordinates.
GEOCODED = "_geocoded"
# What a browser adds to the name of a second copy.
_COPY = re.compile(r"\s*\(\d+\)(?=\.)")
# The forms tables, layers and rasters come in; what else lies in a folder is taken for a text about them.
_DATA_SUFFIXES = (
    *(".csv", ".txt", ".dat", ".tsv", ".json", ".geojson", ".zip", ".xls", ".xlsx", ".parquet"),
    *(".gpkg", ".shp", ".kml", ".kmz", ".gdb", ".tif", ".tiff", ".geotiff", ".gz", ".7z", ".rar", ".feather"),
    *(".xlsm", ".xlsb", ".ods", ".pdf", ".docx", ".doc", ".mdb", ".accdb", ".sqlite", ".ndjson", ".geojsonl", ".fgb"),
)
_TEXTS = ("readme", "licen", "manifest", "settings")
_FOLDER_NAMES = {state.usps: state for state in REGISTRY} | {state.name: state for state in REGISTRY}


@dataclass(frozen=True)
class Found:
    """A file that answers for a source; `nationwide` unless it is one state's.

    `others` are the states that its name names where the wanted one is not among them: a list of a neighbor's.
    """

    path: Path
    nationwide: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a folder's MANIFEST.json says of one file; what has a default may be missing there.

    `path` is relative to the folder, `retrieved_at` ISO 8601 (UTC), `size` in bytes.
    """

    path: str
    source: str = ""
    scope: str = ""
    publisher: str = ""
    licence: str = ""
    url: str
    retrieved_at: str
    sha256: str
    size: int
    status: str = ""
    note: str = ""


def needs_state(pattern: str) -> bool:
    """Return whether a file name pattern or address is that of one state's file."""
    return any(field in pattern for field in ("{fips}", "{usps}", "{state_name}", "{around}"))


def fill_patterns(filenames: Iterable[str], state: State | None) -> tuple[str, ...]:
    """Return the glob patterns with `{fips}`, `{usps}` and `{state_name}` filled for `state`.

    A state's name is tried as one word, with underscores, hyphens and spaces: publishers differ. Patterns
    that need a state are left out when there is none.
    """
    filled: list[str] = []
    for pattern in filenames:
        if not needs_state(pattern):
            filled.append(pattern)
        elif state is not None:
            spellings = [state.name.replace(" ", by) for by in ("", "_", "-", " ")]
            filled += [fill(pattern, state, spelling) for spelling in spellings]
    return tuple(dict.fromkeys(filled))


def fill(template: str, state: State, name: str) -> str:
    """Return `template` with the fields of `state` filled, its name spelled `name`."""
    return template.replace("{fips}", state.fips).replace("{usps}", state.usps).replace("{state_name}", name)


def patterns_in_words(patterns: Sequence[str], most: int = 4) -> str:
    """Return file names as running text: the first few, and how many other forms would do."""
    text = " or ".join(patterns[:most])
    others = len(patterns) - most
    return f"{text} (or {others} other form{'s' if others > 1 else ''})" if others > 0 else text


def vintage_in(filename: str) -> tuple[int, int, int]:
    """Return the newest date written in a file name as (year, month, day), with 0 for what is not written.

    Years are four digits from 1990 to 2099 that are no part of a longer number, alone or as YYYY-MM[-DD].
    """
    dates = re.findall(_DATE, filename)
    found = [
        (
            int(year),
            int(month) if month and int(month) <= 12 else 0,
            int(day) if day and int(month) <= 12 else 0,
        )
        for year, month, day in dates
    ]
    return max(found, default=(0, 0, 0))


def list_of(filename: str) -> str:
    """Return the name of the list a file is an edition of: its name without dates, marks of editions and ending.

    `awards_RI_2025.csv` and `awards_RI_2026-03 (1).xlsx` are editions of one list, `awards_GA_2025.csv` of another.
    """
    words = re.sub(r"[\W_]+", " ", re.sub(r"\(\d+\)", "", re.sub(_DATE, "", Path(filename).stem)))
    return " ".join(word for word in words.casefold().split() if not re.fullmatch(_EDITION, word))


def one_edition_each(found: Iterable[Found]) -> list[Found]:
    """Return the best file of each list among `found`, which are best first; see `list_of`.

    A state's list is never an edition of everybody's, though the two may have one name.
    """
    best: dict[tuple[bool, str], Found] = {}
    for one in found:
        best.setdefault((one.nationwide, list_of(one.path.name)), one)
    return list(best.values())


def _owner(relative: Path) -> State | None:
    """Return the state a file's folder is named after (postal code or name), or None."""
    return next((_FOLDER_NAMES[part] for part in relative.parts[:-1] if part in _FOLDER_NAMES), None)


def _passing(relative: Path) -> bool:
    """Return whether a path is hidden, what macOS leaves beside files, or a download that has not ended."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in relative.parts)
    return hidden or relative.suffix in _IGNORED_SUFFIXES


def is_text(path: Path) -> bool:
    """Return whether a path can be written down: a name in another encoding than this system's cannot."""
    return str(path).isascii() or not any("\ud800" <= sign <= "\udfff" for sign in str(path))


def _called(name: str, pattern: str) -> bool:
    """Return whether a file of this name fits a pattern in small letters, as it is or in a plainer spelling."""
    small = name.casefold()
    plain = re.sub(r"[\s-]+", "_", re.sub(_COPY, "", small))
    return fnmatchcase(small, pattern) or fnmatchcase(re.sub(_COPY, "", small), pattern) or fnmatchcase(plain, pattern)


def _speaks_of_longer(name: str, state: State) -> bool:
    """Return whether a file name is that of a state whose name ends in this one's: West Virginia, Arkansas."""
    letters = re.sub(r"[\W\d_]+", "", name.casefold())
    own = state.name.replace(" ", "").casefold()
    others = (other.name.replace(" ", "").casefold() for other in REGISTRY if other != state)
    return any(other.endswith(own) and other in letters for other in others)


def unread_files(folder: Path, patterns_of_sources: Iterable[Sequence[str]], state: State | None) -> list[str]:
    """Return a sentence for each file of data in `folder` that no source would take by its name, for any state.

    It proposes the most similar name that would do for `state`.
    """
    sources = list(patterns_of_sources)
    known = [p.casefold() for names in sources for place in REGISTRY for p in fill_patterns(names, place)]
    known = list(dict.fromkeys(known))
    proposed = [pattern for names in sources for pattern in fill_patterns(names, state)]
    sentences = []
    for path in sorted(folder.rglob("*")):
        relative, name = path.relative_to(folder), path.name.casefold()
        if _passing(relative) or name.startswith(_TEXTS) or not name.endswith(_DATA_SUFFIXES):
            continue
        if not is_text(relative):
            shown = str(relative).encode("utf-8", "replace").decode()
            sentences.append(f"“{shown}” is not read: its name is not in the encoding of this system; give it another.")
        elif path.is_symlink() and not path.exists():
            sentences.append(f"“{relative}” is not read: it is a link to a file that is not there.")
        elif path.is_file() and not any(_called(name, pattern) for pattern in known):
            like = [pattern for pattern in proposed if Path(pattern).suffix.casefold() == path.suffix.casefold()]
            near = max(like, key=lambda pattern: _likeness(path.name, pattern), default="")
            alike = bool(near) and _likeness(path.name, near) > 0.6
            advice = f"if it is such a file, call it {near}" if alike else "docs/sources.md lists the names"
            sentences.append(f"“{relative}” is not read: no source has such a name; {advice}.")
    return sentences


def _likeness(name: str, pattern: str) -> float:
    """Return how alike the letters of a file name and of a pattern are, 0 to 1: years and codes say nothing."""
    one, other = (re.sub(r"[\W\d_]+", " ", Path(text).stem.casefold()).strip() for text in (name, pattern))
    return difflib.SequenceMatcher(None, one, other).ratio()


def states_named(name: str, pattern: str = "") -> tuple[State, ...]:
    """Return the states a file name names: by postal code in capitals as a word of its own, or by their names.

    What stands in the `pattern` the name fits is the publisher's: AS and GU in EJScreen's names are no states there.
    """
    stem = re.sub(r"\(.*?\)", "", Path(name).stem)
    fixed = {word.upper() for word in re.split(r"[\W_]+", pattern)}
    codes = {word for word in re.split(r"[\W_]+", stem) if word.isupper()} - fixed
    letters = f" {' '.join(re.sub(r'[^a-z]+', ' ', stem.casefold()).split())} "
    found = {state for state in REGISTRY if state.usps in codes}
    for state in sorted(REGISTRY, key=lambda state: -len(state.name)):
        called = f" {state.name.casefold()} "
        if called in letters:
            found.add(state)
            letters = letters.replace(called, "  ")
    return tuple(sorted(found, key=lambda state: state.usps))


def find_files(
    folder: Path, filenames: Iterable[str], scope: str, state: State | None, *, neighbors: bool = True
) -> list[Found]:
    """Return the files under `folder` that match a pattern, best first.

    A file whose name names states is theirs, also where a pattern of national files fits it. Those that name other
    states than the wanted one come with `others`, and not at all without `neighbors`.

    Best is first the kind of file the source is known by (`scope`: "nation" or "state"), then the newest date in
    the name, then the earlier pattern, then the shallower and alphabetically first path, so that the choice never
    depends on the file system. A file in a folder named after a state (RI, Rhode Island) is that state's: it
    is never taken for another state nor for the nation. Names may have blanks or hyphens for underscores, and the
    number a browser gives to a second copy.
    """
    national = [pattern.casefold() for pattern in filenames if not needs_state(pattern)]
    own = [pattern.casefold() for pattern in fill_patterns((p for p in filenames if needs_state(p)), state)]
    ranked = []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if _passing(relative) or not is_text(relative):
            continue
        owner = _owner(relative)
        if owner is not None and owner != state:
            continue
        order = next((i for i, pattern in enumerate(own + national) if _called(path.name, pattern)), None)
        if order is None or not path.is_file():
            continue
        named = states_named(path.name, (own + national)[order]) if order >= len(own) else ()
        others = () if state is None or state in named else tuple(one.usps for one in named)
        if others and not neighbors:
            continue
        nationwide = order >= len(own) and owner is None and not (named and state is not None)
        if not nationwide and state is not None and _speaks_of_longer(path.name, state):
            continue
        newest_first = tuple(-part for part in vintage_in(path.name))
        unlike = nationwide != (scope == "nation")
        found = Found(path, nationwide, others)
        ranked.append((bool(others), unlike, newest_first, order, len(relative.parts), str(relative), found))
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])]


def read_listing(folder: Path) -> dict[str, Listed]:
    """Return what the folder's MANIFEST.json says, by path relative to the folder; empty without one."""
    path = folder / MANIFEST_NAME
    if not path.exists():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {file["path"]: _listed(file) for file in files}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(
            f"this list of files cannot be read ({type(problem).__name__})",
            file=path,
            remedy="Run onramp mirror again, or remove the file to use the folder without its hashes.",
        ) from None


def _listed(file: Mapping[str, str | int]) -> Listed:
    """Return one entry of a list; KeyError where it lacks what a reading is held to."""
    needed = {name: str(file[name]) for name in ("path", "url", "retrieved_at", "sha256")}
    others = {name: str(file.get(name, "")) for name in ("source", "scope", "publisher", "licence", "status", "note")}
    return Listed(**needed, **others, size=int(file["size"]))
