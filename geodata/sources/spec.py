"""What is known of a source before its file is opened: names, addresses, license, size, and who parses it.

A source is one module in this package with a `SPEC` and a `parse(path, context)` that returns `Parsed`.
Does not hold fetching (see `geodata.fetching`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from geodata.errors import InputError
from geodata.schemas.canonical import JOB_CENTERS, SITES
from geodata.schemas.parsed import Parsed
from geodata.schemas.table import Table
from geodata.settings import Settings
from geodata.sources.formats.unread import unread_sentence
from geodata.sources.reader import Fell, read_confined
from geodata.states import State

Scope = Literal["nation", "state"]
Media = Literal["csv", "json", "zip", "xlsx", "tiff", "any"]
Transport = Literal[
    "file", "ftp", "afdc", "arcgis", "census_api", "acs_summary_file", "career_one_stop", "raster_window"
]

# Columns that `onramp geocode` adds to a list.
_WRITTEN_BY_GEOCODING = frozenset({"geocoded", "geocoded_address"})


@dataclass(frozen=True)
class ParseContext:
    """What a parser may need beside the file: the settings, and the state a state file is for."""

    settings: Settings
    state: State | None = None


@dataclass(frozen=True)
class Expected:
    """What a whole file looks like, so that a wrong one is noticed before it reaches a table."""

    least_rows: int = 1
    most_rows: int | None = None
    least_states: int = 1


@dataclass(frozen=True)
class Editions:
    """Which editions of a yearly product may be out: that of year Y is looked for from the year Y - `ahead` on.

    `every` is the number of years between editions. The newest is asked for first, then older ones, the last being the
    one before the `year` of the spec, which is known to be read.
    """

    ahead: int = 0
    every: int = 1

    def candidates(self, known: int, this_year: int) -> list[int]:
        """Return the years to ask for, newest first; `known` is the year of the spec, among them in any case."""
        newest = max(known, this_year + self.ahead)
        newest -= (newest - known) % self.every
        return list(range(newest, known - self.every - 1, -self.every))


@dataclass(frozen=True)
class Address:
    """Another way to the same source, for where the publisher's first address gives nothing.

    `url` is a template like those of the spec. What is None is as in the spec. `fills_gaps` is set where this service
    has editions that the first address lacks; else it is not asked for an edition that is absent there. `says` is what
    a copy from here differs in, as a sentence.
    """

    url: str
    transport: Transport | None = None
    media: Media | None = None
    fills_gaps: bool = False
    says: str = ""


def census_by_ftp(*urls: str) -> tuple[Address, ...]:
    """Return the addresses at which the Census Bureau's FTP server has what `www2.census.gov` has at `urls`.

    It serves clients that the protected host refuses; the connection is not protected.
    """
    says = "It came by FTP, over a connection that is not protected."
    return tuple(
        Address(url.replace("https://www2.census.gov/", "ftp://ftp2.census.gov/"), transport="ftp", says=says)
        for url in urls
    )


@dataclass(frozen=True)
class SourceSpec:
    """A publisher's product.

    `filenames` are glob patterns (case-insensitive; `{fips}`, `{usps}` and `{state_name}` are filled in,
    blanks in names removed) by which a copy is recognized in a folder, the preferred first. `urls` are
    templates with the same fields, `{year}` and `{around}` (the postal codes of a state and its neighbors, for a
    run of one state); `others` are tried after them, in order. `size_bytes` is about what a copy weighs. A file
    of scope "nation" serves every state; a source may list a state-scoped pattern too, used where the national
    file is absent. A list kept by hand (`hand_kept`) has
    columns of its office's making: they may be mapped in the settings, and each that is not read is named, but for
    those of `persons`, which are left alone on purpose. Files whose names fit `last_choice` are taken only where no
    other can be read, however new they are. `key_hosts` are the domains that the key may be sent to where the settings
    choose the host; without them it goes to the addresses of the source.
    """

    name: str
    title: str
    publisher: str
    table: Table
    scope: Scope
    filenames: tuple[str, ...]
    page: str
    licence: str
    cadence: str
    urls: tuple[str, ...] = ()
    others: tuple[Address, ...] = ()
    year: int | None = None
    editions: Editions | None = None
    tract_vintage: Literal[2010, 2020] | None = None
    media: Media = "any"
    key_env: str | None = None
    key_page: str | None = None
    key_hosts: tuple[str, ...] = ()
    required: bool = False
    optional: bool = False
    hand_kept: bool = False
    persons: tuple[str, ...] = ()
    last_choice: tuple[str, ...] = ()
    archived: bool = False
    sha256: tuple[str, ...] = ()
    expected: Expected = field(default_factory=Expected)
    transport: Transport = "file"
    file_of: str | None = None
    size_bytes: int | None = None

    def sends_key(self, url: str) -> bool:
        """Return whether the key goes with a request of `url`: to its publisher's own hosts, over TLS or loopback."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        ours = not self.key_hosts or any(host == one or host.endswith(f".{one}") for one in self.key_hosts)
        return self.key_env is not None and ours and (parts.scheme == "https" or host in ("127.0.0.1", "localhost"))

    @property
    def adds_up(self) -> bool:
        """Whether files of this kind are parts of one list, in which a neighbor's rows count too.

        An index is none: its ranks hold within one file. Nor are boundaries, of which a state has one set.
        """
        return not self.urls or self.table in (SITES, JOB_CENTERS)


@dataclass(frozen=True)
class Source:
    """A spec and its parser."""

    spec: SourceSpec
    parse: Callable[[Path, ParseContext], Parsed]

    def read(self, path: Path, context: ParseContext, *, seconds: float | None = None) -> Parsed:
        """Return the parsed file with a note on columns nobody read; it is opened in a confined process.

        InputError where it is refused or breaks a limit (`seconds`, and those of the settings), and also where the
        parser fails in a way its author did not expect.
        """
        try:
            parsed = read_confined(self.spec.name, path, context.settings, context.state, seconds=seconds)
        except Fell as problem:
            raise InputError(
                f"this cannot be read as “{self.spec.title}” ({problem.kind})",
                file=path,
                remedy="Save or download it again in one of the forms of docs/sources.md.",
            ) from None
        # What a service answers as JSON is its own layout, also where an office may bring a table instead.
        ours = self.spec.hand_kept and not (self.spec.urls and Path(path).suffix.lower() == ".json")
        return with_unread_named(parsed, self.spec, hand_kept=ours)


def with_unread_named(parsed: Parsed, spec: SourceSpec, *, hand_kept: bool) -> Parsed:
    """Return `parsed` with the columns worth naming among those nobody read, and a note of them.

    Of a list kept by hand each is: what an office took the trouble to write is not passed over in silence. A
    publisher's file has hundreds that nobody wants; of those only the ones that look like a wanted one count.
    """
    silent = _WRITTEN_BY_GEOCODING | {header.casefold() for header in spec.persons}
    columns = tuple(one for one in parsed.unread if (one.like or hand_kept) and one.header.casefold() not in silent)
    notes = [*parsed.notes, unread_sentence(columns)] if columns else parsed.notes
    return replace(parsed, unread=columns, notes=notes)


def turned_off(spec: SourceSpec, settings: Settings) -> bool:
    """Return whether the settings name this source, or the one whose copy it reads, as not wanted."""
    return bool({spec.name, spec.file_of} & set(settings.sources.off))
