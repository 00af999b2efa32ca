"""The baseline: a small, checksummed bundle of what never or rarely changes, for where a publisher refuses.

It is a zip of a mirrored folder (see `geodata.fetching.mirror`): files and MANIFEST.json with their hashes. It is made
from what is at hand, carried or fetched, and unpacked into `baseline` under the home folder.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from geodata.errors import InputError, OnrampError
from geodata.fetching.acquire import Acquirer
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.exchange import Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.folder import MANIFEST_NAME, Listed, read_listing
from geodata.fetching.mirror import Mirrored, mirror
from geodata.sources import SOURCES
from geodata.sources.formats.archives import check_zip
from geodata.states import State
from geodata.storage.files import folder_written_aside, sha256_of, write_text, written_aside

#: The sources of a baseline: centers, the relation of the two censuses, and boundaries.
BASELINE_SOURCES = ("centers", "relationship", "tracts", "counties", "states", "places")
_SAME_MOMENT = (1980, 1, 1, 0, 0, 0)
_HASH = re.compile(r"\b[0-9a-f]{64}\b")


def write_baseline(
    acquirer: Acquirer, states: Sequence[State], target: Path, *, clock: Clock | None = None
) -> tuple[list[Mirrored], str]:
    """Write the bundle for `states` and, beside it, its SHA-256; return a row for each file and the hash.

    The same files give the same bytes of each member. Raises OnrampError where the required files are not to be had.
    """
    specs = [SOURCES[name].spec for name in BASELINE_SOURCES]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = mirror(acquirer, specs, states, place, clock=clock)
        lacking = [row for row in rows if row.path is None and SOURCES[row.source].spec.required]
        if lacking:
            raise OnrampError(f"A baseline without {lacking[0].title} would be of no use. {lacking[0].note}")
        listed = read_listing(place)
        with written_aside(target) as aside, zipfile.ZipFile(aside, "w") as bundle:
            for name in sorted([*listed, MANIFEST_NAME]):
                # What is a zip already becomes no smaller.
                how = zipfile.ZIP_STORED if name.endswith(".zip") else zipfile.ZIP_DEFLATED
                bundle.writestr(zipfile.ZipInfo(name, _SAME_MOMENT), (place / name).read_bytes(), how)
    sha256 = sha256_of(target)
    write_text(_hash_file(target), f"{sha256}  {target.name}\n")
    return rows, sha256


def unpack_baseline(bundle: Path, folder: Path, sha256: str | None = None) -> list[Listed]:
    """Put the files of a bundle in place of `folder` and return what its list says of them.

    The bundle is held to `sha256`, or else to the file with its hash that lies beside it, and each of its files to the
    list within. Raises InputError; `folder` is then as it was.
    """
    remedy = "Fetch or copy the bundle again, or make one with onramp mirror --baseline."
    beside = _hash_file(bundle)
    if sha256 is None and beside.is_file():
        found = _HASH.search(beside.read_text(encoding="utf-8", errors="replace"))
        sha256 = found.group() if found else None
    if not bundle.is_file():
        raise InputError("there is no such bundle", file=bundle, remedy=remedy)
    if sha256 is not None and sha256_of(bundle) != sha256.strip().casefold():
        raise InputError(f"its SHA-256 is not {sha256[:12]}…, as it should be", file=bundle, remedy=remedy)
    try:
        check_zip(bundle)
        with zipfile.ZipFile(bundle) as members, folder_written_aside(folder) as aside:
            (aside / MANIFEST_NAME).write_bytes(members.read(MANIFEST_NAME))
            listed = read_listing(aside)
            for name in listed:
                if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                    raise InputError(f"it names a file outside its folder ({name})", file=bundle, remedy=remedy)
                (aside / name).parent.mkdir(parents=True, exist_ok=True)
                (aside / name).write_bytes(members.read(name))
                if sha256_of(aside / name) != listed[name].sha256:
                    raise InputError(f"{name} in it has another SHA-256 than its list", file=bundle, remedy=remedy)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError):
        raise InputError("this is no baseline: it has no list of files", file=bundle, remedy=remedy) from None
    return [listed[name] for name in sorted(listed)]


def fetch_baseline(fetcher: Fetcher, url: str, folder: Path, sha256: str | None = None) -> list[Listed]:
    """Download the bundle of an address and unpack it; see `unpack_baseline`. Raises FetchError."""
    with tempfile.TemporaryDirectory() as place:
        part = Path(place) / "baseline.zip"
        fetcher.download(Request(url, label="Baseline", media="zip"), part)
        return unpack_baseline(part, folder, sha256)


def states_in(files: Iterable[Listed]) -> list[str]:
    """Return the postal codes of the states that a baseline has files of their own of."""
    return sorted({file.scope for file in files if len(file.scope) == 2})


def _hash_file(bundle: Path) -> Path:
    return bundle.with_name(bundle.name + ".sha256")
