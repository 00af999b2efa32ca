"""The page that says how the numbers are made, with this run's settings in it."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from geodata.schemas import columns as col
from maps.figures.write_figures import alt, figure_svg
from maps.site.html_pages import Context, isolated
from maps.site.views.frame import frame
from maps.site.views.site_view import SiteView
from maps.wording.rows import records
from maps.wording.stability import other_choices, sensitivity_sentences
from maps.wording.words import is_missing

TERMS = ("tract", "community", "adults", "job_year", "seats", "tier", "weights", "reach", "archived")
FIGURES = ("sensitivity", "equity", "hub_curve")
SUBJECTS = ("training_access", "work_access")
#: The pillars as the settings of Priority name them, and the layers of the map that show them.
PILLARS = (("need", "need"), ("training_gap", "gap"), ("opportunity", "work"))
#: Settings that describe the machine of the run.
LOCAL = frozenset({"home", "sources.folder", "sources.cache", "travel.roads_file", "travel.server_url"})


def method(view: SiteView, figures: bool = True) -> Context:
    """Return the context of the method page; its figures take a second or two to draw."""
    t = view.texts
    values = _values(view)
    return {
        **frame(view, "method", t("site.method.title")),
        "four": [sentence.format(**values) for sentence in t.sentences("site.method.four")],
        "terms": [(t(f"site.method.term.{name}.name"), t(f"site.method.term.{name}.text", **values)) for name in TERMS],
        "definitions": _definitions(view),
        "agreement": _agreement(view),
        "sensitivity": _sensitivity(view),
        "stays": sensitivity_sentences(view.result, t, isolated),
        "equity": _equity(view),
        "figures": {name: _figure(view, name) for name in FIGURES} if figures else {},
        "settings": settings_rows(view.result.settings.method()),
        "facts": [
            (name, _plain(value))
            for name, value in sorted(view.result.facts.items())
            if not isinstance(value, dict | list)
        ],
    }


def _values(view: SiteView) -> dict[str, str]:
    w, settings = view.words, view.result.settings
    priority, access, chance = settings.priority, settings.access, settings.uncertainty
    weights = priority.weights
    total = sum(weights.values()) or 1.0
    named = [
        f"{view.texts(f'map.layers.{layer}.name').lower()} {w.percent(weights[name] / total)}"
        for name, layer in PILLARS
        if name in weights
    ]
    return {
        "weights": ", ".join(named),
        "gate": w.number(priority.gate_need),
        "draws": w.number(chance.draws),
        "top": w.top_share(chance),
        "a": w.percent(chance.tier_a),
        "b": w.percent(chance.tier_b),
        "c": w.percent(chance.tier_c),
        "sets": w.number(chance.weight_sets),
        "least": w.percent(chance.least_weight),
        "urban": w.number(access.catchment_minutes),
        "rural": w.number(access.rural_catchment_minutes),
    }


def _definitions(view: SiteView) -> list[dict[str, str]]:
    t, w = view.texts, view.words
    parts = view.result.table("need_parts")
    rows = []
    for name, group in parts.groupby(col.DEFINITION):
        rows.append(
            {
                "name": t.word("codes.definition", name),
                "tracts": w.number(int(group[col.AGREES].fillna(False).astype(bool).sum())),
                "official": t(f"codes.flag.{str(bool(group[col.OFFICIAL].fillna(False).iloc[0])).lower()}"),
                "archived": t(f"codes.flag.{str(bool(group[col.ARCHIVED].fillna(False).iloc[0])).lower()}"),
                "vintage": "" if is_missing(group[col.VINTAGE].iloc[0]) else str(int(group[col.VINTAGE].iloc[0])),
            }
        )
    return rows


def _agreement(view: SiteView) -> list[str]:
    t, w = view.texts, view.words
    return [
        t(
            "site.method.agreement_row",
            a=t.word("codes.definition", row[col.DEFINITION_A]),
            b=t.word("codes.definition", row[col.DEFINITION_B]),
            both=w.number(row[col.BOTH]),
            either=w.number(row[col.EITHER]),
        )
        for row in records(view.result.table("agreement"))
    ]


def _sensitivity(view: SiteView) -> list[dict[str, str]]:
    t, w = view.texts, view.words
    return [
        {
            "setting": choice.setting,
            "alternative": choice.alternative,
            "kept": t("figures.sensitivity.kept", kept=w.number(choice.kept), top=w.number(choice.top)),
            "tracts": t("figures.sensitivity.kept", kept=w.number(choice.tracts_kept), top=w.number(choice.tracts_top)),
            "correlation": w.number(choice.correlation, 2),
            "left": w.listed(choice.left) or "–",
        }
        for choice in other_choices(view.result, t, isolated)
        if choice.unit == "community"
    ]


def _equity(view: SiteView) -> list[dict[str, str]]:
    """Return a row a metric with its value for access to training and to planned work."""
    t, w = view.texts, view.words
    table = view.result.table("equity")
    table = table[table[col.SCOPE_KIND] == "state"]
    values = {(row[col.METRIC], row[col.SUBJECT]): row[col.VALUE] for row in records(table)}
    return [
        {
            "metric": t.word("site.method.metric", metric),
            **{subject: w.number(values.get((metric, subject)), 2) for subject in SUBJECTS},
        }
        for metric in dict.fromkeys(table[col.METRIC])
    ]


def _figure(view: SiteView, name: str) -> dict[str, str]:
    """Return a figure as an inert picture, for its own styles are not the page's, and what it says in words."""
    drawn = figure_svg(name, view.result, view.language).encode("utf-8")
    source = f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode('ascii')}"
    return {"src": source, "alt": alt(name, view.result, view.language)}


def settings_rows(settings: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Return settings as dotted names and plain values; those of this machine (folders, hosts) are left out."""
    rows = []
    for name, value in settings.items():
        full = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            rows += settings_rows(value, f"{full}.")
        elif full not in LOCAL and value not in (None, {}, []):
            rows.append((full, _plain(value)))
    return rows


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
