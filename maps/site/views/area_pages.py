"""Pages of counties and workforce areas, because boards and county offices own budgets, not tracts."""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from maps.cartography.locator import WIDE_SURROUNDINGS
from maps.site.html_pages import Context, Link, Stat
from maps.site.views.downloads import list_table
from maps.site.views.frame import frame
from maps.site.views.rows import AREA_PAGES, area_rows, community_row, tract_row
from maps.site.views.site_view import SiteView
from maps.wording.rows import Row, codes_in, records
from maps.wording.words import Number, is_missing

MOST_TRACTS = 60
#: A concentration index nearer to zero than this is called even.
LEANING = 0.02


def area_list(view: SiteView, page: str) -> Context:
    """Return the context of the list of counties or workforce areas (`page` is counties or areas)."""
    kind = "county" if page == "counties" else "workforce_area"
    title = view.texts(f"site.area.{page}.title", state=view.result.state.name)
    return {**frame(view, page, title), "rows": area_rows(view, kind)}


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


def area(view: SiteView, row: Row) -> Context:
    """Return the context of the page of one row of `rollups`."""
    t, w = view.texts, view.words
    kind, ident, name = row[col.AREA_KIND], row[col.AREA_ID], str(row[col.AREA_NAME])
    page = AREA_PAGES[kind]
    above = "counties" if kind == "county" else "areas"
    tracts = members_of(view, kind, ident)
    listed = tracts[tracts[col.GATED].fillna(False).astype(bool)]
    inside = _communities(view, row)
    numbers = {"gated": w.number(row[col.N_GATED]), "tracts": w.number(row[col.N_TRACTS])}
    more = len(listed) - MOST_TRACTS
    label = t("site.community.locator", name=name, state=view.result.state.name)
    return {
        **frame(view, page, name, ident),
        "name": name,
        "lead": view.count("site.area.lead", len(inside), **numbers) if inside else t("site.area.lead_none", **numbers),
        "stats": [
            Stat(w.about(row[col.ELIGIBLE_ADULTS_GATED]), t("site.area.adults")),
            Stat(_number(view, row["providers"]), t("site.area.providers")),
            Stat(_number(view, row[col.PLANNED_SITES]), t("site.area.sites")),
            Stat(
                t("format.unknown") if is_missing(row[col.JOB_YEARS_MID]) else w.job_years(row[col.JOB_YEARS_MID]),
                t("site.area.work"),
                _assumed(view, row),
            ),
        ],
        "map": view.state.locator.of_tracts(list(tracts[col.GEOID]), label, WIDE_SURROUNDINGS),
        "rows": [community_row(view, found) for found in inside],
        "tracts": [tract_row(view, tract) for tract in records(listed.head(MOST_TRACTS))],
        "more_tracts": view.count("site.area.more_tracts", more) if more > 0 else "",
        "table_href": list_table(view, "tracts"),
        "equity": _equity(view, kind, ident),
        "back": Link(t(f"site.nav.{above}"), view.to(above)),
    }


def _number(view: SiteView, value: Number) -> str:
    """Return a count, or that it is unknown."""
    return view.texts("format.unknown") if is_missing(value) else view.words.number(value)


def _assumed(view: SiteView, row: Row) -> str:
    """Return at how many sites of an area the units are assumed; nothing where at none."""
    assumed = row[col.SITES_ASSUMED]
    return "" if is_missing(assumed) or not assumed else view.count("site.area.work_assumed", int(assumed))


def _communities(view: SiteView, row: Row) -> list[Row]:
    """Return the communities of an area, by rank."""
    known = view.state.community_index
    inside = [known[code] for code in codes_in(row["communities"]) if code in known]
    return sorted(inside, key=lambda found: (found[col.RANK], found[col.COMMUNITY_ID]))


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
