"""Pages of counties and workforce areas, because boards and county offices own budgets, not tracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geodata.schemas import columns as col
from maps.cartography.locator import WIDE_SURROUNDINGS
from maps.site.views.common import SiteView
from maps.site.views.downloads import list_table
from maps.site.views.overview import area_rows
from maps.site.views.state_view import records
from maps.wording.words import is_missing

MOST_TRACTS = 60
LEANING = 0.02


def area_list(view: SiteView, page: str) -> dict[str, Any]:
    """Return the context of the list of counties or workforce areas (`page` is counties or areas)."""
    kind = "county" if page == "counties" else "workforce_area"
    title = view.texts(f"site.area.{page}.title", state=view.result.state.name)
    return {**view.page(page, title), "rows": area_rows(view, kind), "kind": page}


def members_of(view: SiteView, kind: str, ident: str) -> pd.DataFrame:
    """Return the tracts of a county or workforce area, ranked ones first."""
    scores = view.state.scores
    if kind == "county":
        return scores[scores[col.COUNTY_GEOID] == ident]
    members = view.result.table("area_members")
    members = members[(members[col.AREA_KIND] == kind) & (members[col.AREA_ID] == ident)]
    counties = set(members.loc[members[col.UNIT_KIND] == "county", col.UNIT_GEOID])
    tracts = set(members.loc[members[col.UNIT_KIND] == "tract", col.UNIT_GEOID])
    return scores[scores[col.COUNTY_GEOID].isin(counties) | scores[col.GEOID].isin(tracts)]


def area(view: SiteView, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context of the page of one row of `rollups`."""
    t, w = view.texts, view.words
    kind, ident = row[col.AREA_KIND], row[col.AREA_ID]
    tracts = members_of(view, kind, ident)
    listed = tracts[tracts[col.GATED].fillna(False).astype(bool)]
    codes = [] if is_missing(row["communities"]) else str(row["communities"]).split()
    inside = [view.state.community_index[code] for code in codes if code in view.state.community_index]
    inside.sort(key=lambda found: (found[col.RANK], found[col.COMMUNITY_ID]))
    numbers = {"gated": w.number(row[col.N_GATED]), "tracts": w.number(row[col.N_TRACTS])}
    page = "county" if kind == "county" else "area"
    label = t("site.community.locator", name=row[col.AREA_NAME], state=view.result.state.name)
    return {
        **view.page(page, str(row[col.AREA_NAME]), ident),
        "name": row[col.AREA_NAME],
        "lead": view.count("site.area.lead", len(inside), **numbers) if inside else t("site.area.lead_none", **numbers),
        "stats": [
            {"value": w.about(row[col.ELIGIBLE_ADULTS_GATED]), "text": t("site.area.adults"), "note": ""},
            {"value": w.number(row["providers"]), "text": t("site.area.providers"), "note": ""},
            {"value": w.number(row[col.PLANNED_SITES]), "text": t("site.area.sites"), "note": ""},
            {"value": w.job_years(row[col.JOB_YEARS_MID]), "text": t("site.area.work"), "note": ""},
        ],
        "map": view.state.locator.of_tracts(list(tracts[col.GEOID]), label, WIDE_SURROUNDINGS),
        "rows": [view.community_row(found) for found in inside],
        "tracts": [view.tract_row(tract) for tract in records(listed.head(MOST_TRACTS))],
        "more_tracts": view.count("site.area.more_tracts", len(listed) - MOST_TRACTS)
        if len(listed) > MOST_TRACTS
        else "",
        "table_href": list_table(view, "tracts"),
        "equity": _equity(view, kind, ident),
        "back": {
            "href": view.to("counties" if page == "county" else "areas"),
            "text": t(f"site.nav.{'counties' if page == 'county' else 'areas'}"),
        },
    }


def _equity(view: SiteView, kind: str, ident: str) -> str:
    table = view.result.table("equity")
    found = table[
        (table[col.SCOPE_KIND] == kind)
        & (table[col.SCOPE_ID] == ident)
        & (table[col.SUBJECT] == "training_access")
        & (table[col.METRIC] == "concentration_index")
    ][col.VALUE].dropna()
    if found.empty:
        return ""
    value = float(found.iloc[0])
    key = "even" if abs(value) < LEANING else "pro" if value > 0 else "anti"
    return view.texts(
        "site.area.equity_text", value=view.words.number(value, 2), meaning=view.texts(f"site.area.equity_{key}")
    )
