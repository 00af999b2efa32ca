"""Hold the locks to known weaknesses, without a network: `python -m deploy.scripts.known_weaknesses DATABASE`.

The database is a zip file or folder of records in the Open Source Vulnerability format
(https://ossf.github.io/osv-schema/), which whoever runs it brings, such as the file `PyPI/all.zip` that the OSV project
publishes. Ends with 0 where nothing is known, 1 where something is, 2 where the database says too little to tell: it is
empty, old, or has records that cannot be read. What was looked into and does not matter here stands in
deploy/accepted-weaknesses.yaml, each with a reason and a day on which it is looked at again.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from deploy.scripts.locks import Locked, locked

ROOT = Path(__file__).resolve().parent.parent.parent
ACCEPTED = ROOT / "deploy" / "accepted-weaknesses.yaml"
#: A record is some kilobytes; one of this size is none.
LARGEST_RECORD = 20_000_000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class DatabaseRefused(Exception):
    """A database, or the list of accepted weaknesses, that cannot be relied on; the sentence says why."""


@dataclass(frozen=True)
class Weakness:
    """A known weakness of a locked package; `aliases` holds all names it goes by, `fixed` versions without it."""

    id: str
    aliases: frozenset[str]
    package: str
    version: str
    summary: str
    fixed: tuple[str, ...]


@dataclass
class Database:
    """Records by package; what could not be read, and the day of the newest."""

    by_package: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    records: int = 0
    unread: list[str] = field(default_factory=list)
    newest: datetime = _LONG_AGO


def load(source: Path) -> Database:
    """Return the records of a zip file or a folder; DatabaseRefused where there is none."""
    database = Database()
    for name, text in _texts(source):
        try:
            record = json.loads(text)
            str(record["id"])
            modified = datetime.fromisoformat(record["modified"])
            packages = {
                canonicalize_name(one["package"]["name"])
                for one in record.get("affected", [])
                if one["package"]["ecosystem"].partition(":")[0] == "PyPI"
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            database.unread.append(name)
            continue
        database.records += 1
        database.newest = max(database.newest, modified if modified.tzinfo else modified.replace(tzinfo=UTC))
        for package in packages if not record.get("withdrawn") else ():
            database.by_package.setdefault(package, []).append(record)
    if not database.records:
        raise DatabaseRefused(f"{source} holds no record that can be read.")
    return database


def _texts(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if source.is_dir():
            for file in sorted(source.rglob("*.json")):
                yield file.relative_to(source).as_posix(), file.read_bytes()
            return
        with zipfile.ZipFile(source) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".json"):
                    yield entry.filename, archive.read(entry) if entry.file_size <= LARGEST_RECORD else b""
    except (OSError, zipfile.BadZipFile) as problem:
        raise DatabaseRefused(f"{source} is neither a folder nor a zip file of records: {problem}") from None


def weaknesses(packages: Iterable[Locked], database: Database) -> list[Weakness]:
    """Return what is known of `packages`, each once whatever names it goes by."""
    found: list[Weakness] = []
    for package in packages:
        hits: list[Weakness] = []
        for record in database.by_package.get(package.name, []):
            concerned = [
                one
                for one in record["affected"]
                if canonicalize_name(one["package"]["name"]) == package.name and affects(one, package.version)
            ]
            if not concerned:
                continue
            fixed = [
                str(event["fixed"])
                for one in concerned
                for span in one.get("ranges", [])
                if span.get("type") != "GIT"
                for event in span.get("events", [])
                if "fixed" in event
            ]
            said = str(record.get("summary") or record.get("details") or "").strip().split("\n")[0]
            names = frozenset([str(record["id"]), *map(str, record.get("aliases", []))])
            hits.append(Weakness(record["id"], names, package.name, package.version, said, tuple(dict.fromkeys(fixed))))
        found += _once(hits)
    return sorted(found, key=lambda one: (one.package, one.id))


def affects(affected: Mapping[str, Any], version: str) -> bool:
    """Return whether one `affected` of a record names `version`, in its list or in a range.

    Where it gives neither a list nor a range of versions, or a range whose ends are no versions, it may mean any and is
    taken to.
    """
    ours = Version(version)
    listed = [str(one) for one in affected.get("versions", [])]
    if any(one == version or _parsed(one) == ours for one in listed):
        return True
    spans = [span for span in affected.get("ranges", []) if span.get("type") in ("ECOSYSTEM", "SEMVER")]
    return any(_within(span.get("events", []), ours) for span in spans) or not (listed or spans)


def _within(events: Iterable[Mapping[str, str]], ours: Version) -> bool:
    """Follow the events in the order of their versions, as the schema's own algorithm does."""
    order = {"introduced": 0, "fixed": 1, "limit": 1, "last_affected": 2}
    points: list[tuple[Version, int, str]] = []
    for event in events:
        for kind, text in event.items():
            if kind in order and text != "*":
                at = Version("0.dev0") if text == "0" else _parsed(text)
                if at is None:
                    return True
                points.append((at, order[kind], kind))
    inside = False
    for at, _, kind in sorted(points):
        if kind == "introduced" and ours >= at:
            inside = True
        elif (kind in ("fixed", "limit") and ours >= at) or (kind == "last_affected" and ours > at):
            inside = False
    return inside


def _parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _once(hits: list[Weakness]) -> list[Weakness]:
    """Return weaknesses that share a name as one: databases copy from one another."""
    merged: list[Weakness] = []
    for hit in hits:
        same = [one for one in merged if one.aliases & hit.aliases]
        first = min([hit, *same], key=lambda one: (not one.id.startswith("PYSEC"), one.id))
        names = hit.aliases.union(*(one.aliases for one in same))
        fixed = tuple(dict.fromkeys(version for one in [*same, hit] for version in one.fixed))
        summary = first.summary or next((one.summary for one in [*same, hit] if one.summary), "")
        merged = [one for one in merged if one not in same]
        merged.append(Weakness(first.id, names, hit.package, hit.version, summary, fixed))
    return merged


def accepted(file: Path, today: date) -> dict[str, str]:
    """Return the reasons of accepted weaknesses by id; DatabaseRefused where one has none, or its day has come."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    reasons = {}
    for entry in entries:
        name, reason, until = (entry.get(key) for key in ("id", "reason", "until"))
        if not name or not reason or not isinstance(until, date):
            raise DatabaseRefused(f"{file.name}: an entry has id, reason and until (a day); {entry} has not.")
        if until < today:
            raise DatabaseRefused(f"{file.name}: {name} was accepted until {until}; look at it again.")
        reasons[str(name)] = str(reason)
    return reasons


def main(words: list[str] | None = None) -> None:
    """Print what is known of the locks and end with the code that says so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path, help="zip file or folder of OSV records")
    parser.add_argument("--lock", type=Path, action="append", help="a lock (default: all that are installed from)")
    parser.add_argument("--accepted", type=Path, default=ACCEPTED, help="weaknesses that do not matter here")
    parser.add_argument("--oldest-days", type=int, default=30, help="age of the newest record (default: %(default)s)")
    given = parser.parse_args(words)
    locks = given.lock or [ROOT / "locks" / f"{name}.txt" for name in ("run", "deploy", "build", "dev", "peers")]
    now = datetime.now(UTC)
    try:
        packages = {(one.name, one.version): one for lock in locks for one in locked(lock)}
        database = load(given.database)
        reasons = accepted(given.accepted, now.date())
    except (DatabaseRefused, OSError, ValueError, yaml.YAMLError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    found = weaknesses(packages.values(), database)
    matter = [one for one in found if not one.aliases & reasons.keys()]
    print(
        f"{len(packages)} packages of {len(locks)} locks against {database.records:,} records, the newest of "
        f"{database.newest:%Y-%m-%d}: {len(matter)} known weaknesses, {len(found) - len(matter)} accepted."
    )
    for one in found:
        names = ", ".join(sorted(one.aliases - {one.id}))
        why = next((f" (accepted: {reasons[name]})" for name in sorted(one.aliases) if name in reasons), "")
        fixed = ", ".join(one.fixed) or "no version"
        print(f"  {one.package} {one.version}: {one.id}{f' ({names})' if names else ''}, fixed in {fixed}{why}")
        if one.summary:
            print(f"    {one.summary[:200]}")
    doubts = []
    if database.unread:
        doubts.append(f"{len(database.unread)} records could not be read: {', '.join(database.unread[:5])}")
    age = (now - database.newest).days
    if age > given.oldest_days:
        doubts.append(f"the newest record is {age} days old")
    for doubt in doubts:
        print(f"Less is known than this says: {doubt}.", file=sys.stderr)
    sys.exit(1 if matter else 2 if doubts else 0)


if __name__ == "__main__":
    main()
