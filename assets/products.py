"""The products people open: a state's result in one place, its pages, lists and briefs. Partitioned by state."""

import base64
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from dagster import (
    AssetExecutionContext,
    MaterializeResult,
    MetadataValue,
    Output,
    asset,
    get_dagster_logger,
)

from assets.history import LastRun, canonical_at, keep
from assets.last_finished import FINGERPRINT, mark_of
from assets.metadata import Metadata, code, preview
from assets.partitions import STATES
from assets.resources import Choices
from assets.steps import step_ins, walk_of
from geodata.analysis import RESULT_VALUES, STEPS, Run, result_tables, stored_behind
from geodata.analysis import state_result as result_of_state
from geodata.comparison.changes import ChangeReport, change_report, source_changes, tables_by_cause
from geodata.comparison.reruns import rerun_between
from geodata.errors import SettingsError
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings
from geodata.storage.files import folder_written_aside
from geodata.storage.shared_home import publish
from maps.briefs import brief_name, write_briefs
from maps.bundle import write_bundle
from maps.figures import state_map_png, write_figures
from maps.lists import list_files, write_lists
from maps.site.build import build_site
from maps.texts import load_texts
from maps.wording.evidence import doubts
from maps.wording.where_to_start import where_to_start

GROUP = "5_products"
OWNERS = ["team:products"]
THUMBNAIL_PX = 480
RESULT_INPUTS = stored_behind(STEPS, RESULT_VALUES) | {"study_area"}


def result_folder(home: Path, usps: str) -> Path:
    """Return where the result of a state is kept."""
    return home / "tables" / "state_result" / usps


def product_paths(home: Path, usps: str) -> dict[str, Path]:
    """Return where a state's products are: map, ranked list, folders of lists, briefs and figures, bundle."""
    folder = home / "products" / usps
    return {
        "map": folder / "site" / "index.html",
        "ranked list": folder / "lists" / f"{usps.lower()}-tracts.csv",
        "lists": folder / "lists",
        "briefs": folder / "briefs",
        "figures": folder / "figures",
        "bundle": folder / f"onramp-{usps}.zip",
    }


def national_paths(home: Path) -> dict[str, Path]:
    """Return where the products of the nation are: the page to open first, and the folder of lists."""
    return {"map": home / "products" / "national" / "index.html", "lists": home / "products" / "national-lists"}


@asset(
    group_name=GROUP,
    partitions_def=STATES,
    owners=OWNERS,
    kinds={"geoparquet"},
    ins=step_ins(RESULT_INPUTS),
    metadata=code(result_of_state),
)
def state_result(
    context: AssetExecutionContext, choices: Choices, study_area: StudyArea, **computed: object
) -> Output[StateResult]:
    """Everything the run computed for the state, with every source it is based on and the settings it used."""
    usps, run = context.partition_key, Run(choices.settings, choices.date_of(study_area.sources()), context.run_id)
    walk = walk_of(context, choices, {"study_area": study_area, **computed}, RESULT_INPUTS)
    result = result_of_state(usps, study_area, result_tables(walk), walk.value("facts")[usps], run)
    shown = result_metadata(result, study_area, choices.settings)
    return Output(result, metadata={"map": thumbnail(result), **shown})


def result_metadata(result: StateResult, area: StudyArea, settings: Settings) -> Metadata:
    """Return the UI metadata of a state's result, and the fingerprint of what it was computed from."""
    return {
        "settings_digest": result.settings_digest,
        "stale_or_missing": [use.source for use in result.sources if use.freshness in ("stale", "missing")],
        "rows": {name: len(table) for name, table in result.tables.items()},
        "settings": MetadataValue.json(result.settings.method()),
        **headline(result),
        **evidence_metadata(result),
        FINGERPRINT: mark_of(area, settings),
    }


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"html"}, metadata=code(build_site))
def pages(choices: Choices, state_result: StateResult) -> MaterializeResult:
    """The site of the state: overview, map, communities, counties, method. Opens from disk, without a network.

    What changed since the last run, and why, is on a page of its own; then this run becomes the last one.
    """
    return MaterializeResult(metadata=make_pages(choices.settings, state_result))


def make_pages(settings: Settings, result: StateResult) -> Metadata:
    """Write the site of a state, keep the run as the last one, and return the metadata."""
    usps = result.state.usps
    paths = product_paths(settings.home, usps)
    report = changes_since_last(settings, result)
    nation = national_paths(settings.home)["map"].parent
    build_site(
        result,
        paths["map"].parent,
        settings.languages,
        changes=report,
        downloads=downloads(result, paths, settings.languages),
        tiles=settings.maps.online_tiles,
        nation=f"../../{nation.name}/" if nation.is_dir() else "",
    )
    publish(settings, f"products/{usps}/site", paths["map"].parent)
    keep(settings, usps)
    size = sum(path.stat().st_size for path in paths["map"].parent.rglob("*") if path.is_file())
    changed = {} if report is None else {"changed_since_last_run": report.summary}
    return {"page": MetadataValue.path(paths["map"]), "megabytes": round(size / 1e6, 2), **changed}


def downloads(result: StateResult, paths: dict[str, Path], languages: tuple[str, ...]) -> list[str]:
    """Return the addresses of lists, briefs and bundle, seen from the first page of the site."""
    names: dict[str, None] = {}
    for language in languages:
        names |= dict.fromkeys(f"lists/{name}" for files in list_files(result, language).values() for name in files)
    names |= dict.fromkeys(f"briefs/{brief_name(result, None, language, 'pdf')}" for language in languages)
    return [f"../{name}" for name in (*names, paths["bundle"].name)]


def changes_since_last(settings: Settings, now: StateResult) -> ChangeReport | None:
    """Return what changed since the last run of the state, with its causes; None at the first.

    None also where a version of the program with other settings made the last run.
    """
    last = LastRun.find(settings, now.state.usps)
    if last is None:
        return None
    try:
        before = last.result()
    except SettingsError as problem:
        get_dagster_logger().warning(f"Not compared with the last run, which another version of Onramp made. {problem}")
        return None
    by_cause = tables_by_cause(source_changes(before.sources, now.sources))
    old = (last.canonical(), before.settings, before.as_of)
    new = (canonical_at(settings.home / "tables"), settings, now.as_of)
    return change_report(before, now, rerun_between(old, new, by_cause, now.state.usps))


@asset(
    group_name=GROUP,
    partitions_def=STATES,
    owners=OWNERS,
    kinds={"csv", "excel", "geopackage"},
    metadata=code(write_lists),
)
def lists(choices: Choices, state_result: StateResult) -> MaterializeResult:
    """Ranked communities and tracts, and every marker of the map, as CSV, XLSX, GeoPackage, GeoParquet and JSON."""
    return MaterializeResult(metadata=make_lists(choices.settings, state_result))


def make_lists(settings: Settings, result: StateResult) -> Metadata:
    """Write the lists of a state and return the metadata."""
    folder = product_paths(settings.home, result.state.usps)["lists"]
    with folder_written_aside(folder) as aside:
        files = write_lists(result, aside, settings.languages)
    publish(settings, f"products/{result.state.usps}/lists", folder)
    return {"folder": MetadataValue.path(folder), "files": len(files)}


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"pdf"}, metadata=code(write_briefs))
def briefs(choices: Choices, state_result: StateResult) -> MaterializeResult:
    """One or two printable pages for the state and each community, the figures, and the bundle for e-mail."""
    return MaterializeResult(metadata=make_briefs(choices.settings, state_result))


def make_briefs(settings: Settings, result: StateResult) -> Metadata:
    """Write the briefs, figures and bundle of a state and return the metadata."""
    usps = result.state.usps
    paths = product_paths(settings.home, usps)
    # Whole folders, so that no brief of a community that is no longer one stays behind.
    with folder_written_aside(paths["briefs"]) as briefs_aside, folder_written_aside(paths["figures"]) as figures_aside:
        files = write_briefs(result, briefs_aside, settings.languages)
        files += write_figures(result, figures_aside, settings.languages)
    bundle = write_bundle(result, paths["bundle"], settings.languages[0])
    publish(settings, f"products/{usps}/briefs", paths["briefs"], paths["figures"], bundle)
    size = round(bundle.stat().st_size / 1e6, 2)
    return {"folder": MetadataValue.path(paths["briefs"]), "files": len(files), "bundle_megabytes": size}


def headline(result: StateResult) -> dict[str, int]:
    """Return the figures of a run that are worth following from run to run; the UI plots them."""
    known, adults = result.summary, result.summary[col.ELIGIBLE_ADULTS_TOP]
    return {
        "communities": int(known[col.N_COMMUNITIES]),
        "tracts_listed": int(known[col.N_RANKED]),
        "tracts_of_tiers_a_and_b": int(known[col.N_TIER_A] + known[col.N_TIER_B]),
        # Unknown of all is left out: zero would be drawn as a fall.
        **({} if pd.isna(adults) else {"eligible_adults_in_tiers_a_and_b": round(adults)}),
    }


def evidence_metadata(result: StateResult) -> Metadata:
    """Return where to start, the evidence of each pillar as a table, and what to check first where it is weak."""
    table = result.table("evidence")
    texts = load_texts("en").about(result.settings.industry)
    start = " ".join(where_to_start(result, texts))
    return {"where_to_start": start, "evidence": preview(table), "check_first": doubts(result, texts)}


def thumbnail(result: StateResult) -> MetadataValue:
    """Return a small map of the state as the UI shows it."""
    picture = base64.b64encode(state_map_png(result, THUMBNAIL_PX)).decode("ascii")
    return MetadataValue.md(f"![Priority by tract](data:image/png;base64,{picture})")


MAKERS: dict[str, Callable[[Settings, StateResult], Metadata]] = {
    "pages": make_pages,
    "lists": make_lists,
    "briefs": make_briefs,
}
PRODUCT_ASSETS = [state_result, pages, lists, briefs]
