"""The closing list: what a run did not get, and how to get it by hand; the same as JSON beside the result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from dagster import DagsterEvent, DagsterEventType, JsonMetadataValue
from rich.console import Console

from assets.sources import TO_GET
from geodata.fetching.baseline import BASELINE_SOURCES
from geodata.fetching.client.http_errors import size
from geodata.fetching.to_get import ToGet, in_order
from geodata.sources import SOURCES
from geodata.storage.files import write_text

FILE_NAME = "to-get-by-hand.json"


def entries_of(events: Iterable[DagsterEvent]) -> list[ToGet]:
    """Return the entries that the sources of a run left in its events, required sources first."""
    found: dict[str, ToGet] = {}
    for event in events:
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            metadata = event.step_materialization_data.materialization.metadata
        elif event.event_type == DagsterEventType.STEP_FAILURE:
            failure = event.step_failure_data.user_failure_data
            metadata = failure.metadata if failure else {}
        else:
            continue
        value = metadata.get(TO_GET)
        if isinstance(value, JsonMetadataValue) and isinstance(value.data, dict):
            entry = ToGet.from_dict(value.data)
            # A source that reads the file of another is served by it.
            if SOURCES[entry.source].spec.file_of is None:
                found[entry.source] = entry
    return in_order(found.values())


def write_list(entries: Sequence[ToGet], folder: Path) -> Path | None:
    """Write the list as JSON into `folder` and return its path; without entries an earlier list is removed."""
    path = folder / FILE_NAME
    if not entries:
        path.unlink(missing_ok=True)
        return None
    write_text(path, json.dumps([entry.to_dict() for entry in entries], indent=1, ensure_ascii=False) + "\n")
    return path


def print_list(
    console: Console, entries: Sequence[ToGet], keys: Sequence[tuple[tuple[str, ...], str, str]], again: str
) -> None:
    """Print the list as blocks that can be copied from, the `keys` that would bring more, and the command to repeat."""

    def line(text: str, style: str | None = None) -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    refused = [entry for entry in entries if not entry.brought]
    if refused:
        line("")
        line(f"What this run did not get ({len(refused)}), and how to get it by hand:", "bold")
    for entry in refused:
        line(f"• {entry.title} ({_need(entry)})", "red" if entry.required else "yellow")
        line(f"    {entry.why}")
        weight = f", about {size(entry.size_bytes)}" if entry.size_bytes else ""
        line(f"    file: {entry.file}{weight}")
        if entry.address:
            line(f"    from: {entry.address}")
    brought = [entry for entry in entries if entry.brought]
    if brought:
        line("")
        line("Lists that you may bring, none of which is here:", "bold")
    for entry in brought:
        line(f"• {entry.title}: {entry.file}{f', see {entry.address}' if entry.address else ''}")
    folders = dict.fromkeys(entry.folder for entry in entries)
    if folders:
        anything = " (* in a name stands for anything)" if any("*" in entry.file for entry in entries) else ""
        line(f"Put files into {' or '.join(folders)}{anything}")
    if {entry.source for entry in refused if not entry.old_copy} & set(BASELINE_SOURCES):
        line(
            "Boundaries and centers come in one file too: onramp mirror baseline.zip --baseline where they can be had,"
        )
        line("then here: onramp baseline baseline.zip")
    if keys:
        line("")
        line("Free keys that are not set, and what each brings:", "bold")
    for names, what, page in keys:
        line(f"• {' and '.join(names)}: {what}; ask at {page}")
    if refused or keys:
        line(f"Then repeat: {again}")
        line("")


def _need(entry: ToGet) -> str:
    if entry.required:
        return "required"
    if entry.old_copy:
        return "an old copy serves"
    return "this or another definition of need is required" if entry.defines_need else "a run goes on without"
