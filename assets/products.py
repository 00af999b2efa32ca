"""What people open: the state's result in one place, its pages and its lists. One partition a state."""

import base64
from pathlib import Path

import pandas as pd
from dagster import AssetExecutionContext, MaterializeResult, MetadataValue, Output, asset

from assets.decisions import facts_of
from assets.partitions import STATES
from assets.resources import Choices
from geodata.analysis import state_result as result_of_state
from geodata.results import StateResult
from geodata.study import StudyArea
from maps.figures import state_map_png
from maps.lists import write_lists
from maps.site import build_site

GROUP = "products"
OWNERS = ["team:products"]
THUMBNAIL_PX = 480


def product_paths(home: Path, usps: str) -> dict[str, Path]:
    """Return where the products of a state are: the map to open, the ranked list, and the folder of all lists."""
    folder = home / "products" / usps
    return {
        "map": folder / "site" / "index.html",
        "ranked list": folder / "lists" / f"{usps.lower()}-tracts.csv",
        "lists": folder / "lists",
    }


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"geoparquet"})
def state_result(
    context: AssetExecutionContext,
    choices: Choices,
    study_area: StudyArea,
    need_parts: pd.DataFrame,
    ranked_tracts: pd.DataFrame,
    communities: pd.DataFrame,
    community_tracts: pd.DataFrame,
    barriers: pd.DataFrame,
    work_by_quarter: pd.DataFrame,
    hubs: pd.DataFrame,
    facts: pd.DataFrame,
) -> Output[StateResult]:
    """All that the run knows of the state, with every source it rests on and the settings it used."""
    tables = {
        "need_parts": need_parts,
        "tract_scores": ranked_tracts,
        "communities": communities,
        "community_tracts": community_tracts,
        "barriers": barriers,
        "work_by_quarter": work_by_quarter,
        "hubs": hubs,
    }
    result = result_of_state(
        context.partition_key, study_area, tables, facts_of(facts), choices.settings, choices.date, context.run_id
    )
    metadata = {
        "map": thumbnail(result),
        "settings_digest": result.settings_digest,
        "stale_or_missing": [use.source for use in result.sources if use.freshness in ("stale", "missing")],
        "rows": {name: len(table) for name, table in result.tables.items()},
    }
    return Output(result, metadata=metadata)


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"html"})
def pages(choices: Choices, state_result: StateResult) -> MaterializeResult:
    """The site of the state: overview, map, communities, counties, method. Opens from disk, without a network."""
    page = product_paths(choices.settings.home, state_result.state.usps)["map"]
    build_site(state_result, page.parent, choices.settings.languages)
    size = sum(path.stat().st_size for path in page.parent.rglob("*") if path.is_file())
    return MaterializeResult(metadata={"page": MetadataValue.path(page), "megabytes": round(size / 1e6, 2)})


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"csv", "excel", "geopackage"})
def lists(choices: Choices, state_result: StateResult) -> MaterializeResult:
    """Ranked communities and tracts, and every marker of the map, as CSV, XLSX, GeoPackage, GeoParquet and JSON."""
    folder = product_paths(choices.settings.home, state_result.state.usps)["lists"]
    files = write_lists(state_result, folder, choices.settings.languages)
    return MaterializeResult(metadata={"folder": MetadataValue.path(folder), "files": len(files)})


def thumbnail(result: StateResult) -> MetadataValue:
    """Return a small map of the state as the UI shows it."""
    picture = base64.b64encode(state_map_png(result, THUMBNAIL_PX)).decode("ascii")
    return MetadataValue.md(f"![Priority by tract](data:image/png;base64,{picture})")


PRODUCT_ASSETS = [state_result, pages, lists]
