"""What every file says of itself: title, date of the data, whether it is fictional, sources with vintage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from maps.lists.list_tables import sources_table
from maps.texts import Texts
from maps.wording.rows import Row


@dataclass(frozen=True)
class Provenance:
    """What is written into each file beside its rows."""

    title: str
    as_of: str
    sample: bool
    notice: str
    settings_digest: str
    run_id: str
    sources: list[Row]

    @property
    def vintages(self) -> str:
        """Each source with its vintage in one line, such as `svi 2022; planned_sites 2026-06`."""
        return "; ".join(
            " ".join(str(part) for part in (source[col.SOURCE], source[col.VINTAGE]) if part) for source in self.sources
        )

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {
            "title": self.title,
            "data_as_of": self.as_of,
            "fictional_sample": self.sample,
            "notice": self.notice,
            "run": self.run_id,
            "settings": self.settings_digest,
            "sources": self.sources,
        }


def provenances(result: StateResult, texts: Texts, names: Iterable[str]) -> dict[str, Provenance]:
    """Return what the file of each list says of itself."""
    sources = plain_records(sources_table(result))
    return {
        name: Provenance(
            title=f"{texts(f'lists.titles.{name}')}: {result.state.name}",
            as_of=result.as_of,
            sample=result.sample,
            notice=texts("lists.sample") if result.sample else "",
            settings_digest=result.settings_digest,
            run_id=result.run_id,
            sources=sources,
        )
        for name in names
    }


def plain_records(frame: pd.DataFrame) -> list[Row]:
    """Return the rows as dictionaries of plain values; a missing one is None, a date its ISO text."""
    columns = {}
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(values):
            values = values.map(shortened, na_action="ignore")
        columns[name] = values.astype("object").where(values.notna(), None).tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] if columns else []


def shortened(value: float) -> float:
    """Return a number with ten significant figures: beyond what any input bears, and free of 0.30000000000000004."""
    return float(f"{value:.10g}")
