"""The page of sources, downloads, refused rows, and the tables behind every mark of the map."""

from __future__ import annotations

from typing import Any

import pandas as pd

from maps.payload import quarter_of
from maps.views.common import SiteView, records
from maps.words import is_missing


def data(view: SiteView, downloads: list[dict[str, str]]) -> dict[str, Any]:
    """Return the context of the data page; `downloads` are {text, href, note}."""
    t, w = view.texts, view.words
    scores = view.state.scores
    undrawn = int((~scores["has_polygon"].fillna(False).astype(bool)).sum())
    reasons = scores["unranked_reason"].dropna().value_counts().sort_index()
    return {
        **view.page("data", t("site.data.title")),
        "downloads": downloads,
        "sources": _sources(view),
        "rejects": _rejects(view),
        "unranked": [
            {"reason": w.code("unranked_reason", code), "tracts": w.number(count)} for code, count in reasons.items()
        ],
        "undrawn": view.count("site.data.undrawn", undrawn) if undrawn else "",
        **marks(view),
    }


def _sources(view: SiteView) -> list[dict[str, Any]]:
    t, w = view.texts, view.words
    rows = []
    for use in view.result.sources:
        out = sum(use.rows_out_of_scope.values()) + use.rows_rejected
        rows.append(
            {
                "title": use.title,
                "publisher": use.publisher,
                "vintage": use.vintage or "",
                "state": t.word("codes.freshness", use.freshness),
                "freshness": use.freshness,
                "archived": use.archived,
                "retrieved": "" if use.retrieved_at is None else w.date(use.retrieved_at),
                "rows": w.number(use.rows_kept),
                "unused": view.count("site.data.unused", out) if out else "",
                "hash": (use.sha256 or "")[:12],
                "note": use.note,
            }
        )
    return rows


def _rejects(view: SiteView) -> list[dict[str, str]]:
    table = view.result.table("rejects")
    rows = []
    for (source, reason), group in table.groupby(["source", "reason"], dropna=False):
        first = group.iloc[0]
        rows.append(
            {
                "source": str(source),
                "reason": str(reason).replace("_", " "),
                "rows": view.words.number(len(group)),
                "example": "" if is_missing(first["key"]) else str(first["key"]),
                "remedy": "" if is_missing(first["remedy"]) else str(first["remedy"]),
            }
        )
    return rows


def marks(view: SiteView) -> dict[str, list[dict[str, Any]]]:
    """Return the tables of planned sites, providers, job centres and hubs."""
    w, result = view.words, view.result

    def text(value: Any) -> str:
        return "" if is_missing(value) else str(value)

    sites = result.table("sites")
    sites = sites[sites["status"].isin(["planned", "temporary"])].sort_values(["expected_date", "site_id"])
    quarters = quarter_of(sites["expected_date"], result.as_of)
    hubs = result.table("hubs").sort_values(["p", "order"])
    return {
        "sites": [
            {
                "name": text(row["name"]),
                "city": text(row["city"]),
                "opening": w.quarter(quarter),
                "fast": w.number(row["ports_dc_fast"]),
                "level2": w.number(row["ports_level2"]),
            }
            for row, quarter in zip(records(sites), quarters, strict=True)
        ],
        "providers": [
            {
                "name": text(row["name"]),
                "city": text(row["city"]),
                "stage": w.code("entry_stage", row["entry_stage"]),
                "kind": w.code("kind", row["kind"]),
                "seats": w.number(row["seats"]),
                "basis": w.code("seats_basis", row["seats_basis"]),
            }
            for row in _by_name(result.table("providers"))
        ],
        "centers": [
            {"name": text(row["name"]), "city": text(row["city"]), "kind": w.code("kind", row["kind"])}
            for row in _by_name(result.table("job_centers"))
        ],
        "hubs": [
            {
                "count": w.number(row["p"]),
                "name": text(row["name"]),
                "share": w.percent(row["covered_share"]),
                "adults": w.about(row["covered_adults"]),
            }
            for row in records(hubs)
        ],
    }


def _by_name(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return records(frame.sort_values("name", kind="stable"))
