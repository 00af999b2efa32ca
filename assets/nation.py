"""The nation: all states computed together in one run, and the product that collects the results of the states.

`all_states` computes once and writes each state's partition of `state_result`, and of the products asked for, itself.
A single state, a retry and a run spread over machines use the partitioned assets, with the same functions and the
same numbers. `national` reads the latest result of each state, whichever way it was made.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from dagster import (
    AllPartitionMapping,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetDep,
    AssetExecutionContext,
    AssetMaterialization,
    AssetPartitionStatus,
    Config,
    DagsterInstance,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
)
from pydantic import Field

from assets.canonical_tables import TABLE_INS
from assets.history import LAST_RESULT, earlier
from assets.last_finished import RESULT
from assets.metadata import Metadata, code
from assets.partitions import STATES
from assets.products import MAKERS, national_paths, product_paths, result_folder, result_metadata, thumbnail
from assets.resources import Choices
from geodata.analysis import Run, analyze_area
from geodata.communities.grouping import Previous
from geodata.errors import OnrampError
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas import columns as col
from geodata.schemas.sourced import Sourced
from geodata.schemas.state_result import StateResult, gathered
from geodata.scoring.need import has_need, require_need
from geodata.scoring.study_area import StudyArea, areas_of, study_area
from geodata.settings import Settings
from geodata.states import find_state
from geodata.storage.shared_home import fetch, publish
from maps.lists import write_nation_lists
from maps.site.national import NATION_TABLES, build_national, entry_of

GROUP = "5_products_nation"
OWNERS = ["team:products"]
COMPUTED = "every_state_computed"
PRESENT = "every_state_present"


class Following(Config):
    """The products written for each state in addition to its result."""

    pages: bool = Field(default=True, description="Write the site of each state.")
    lists: bool = Field(default=False, description="Write the lists of each state.")
    briefs: bool = Field(default=False, description="Write briefs, figures and the bundle of each state: the slowest.")

    @property
    def products(self) -> list[str]:
        """The products asked for, in the order they are made."""
        return [name for name in MAKERS if getattr(self, name)]


@asset(
    ins=TABLE_INS,
    deps=[AssetDep(LAST_RESULT, partition_mapping=AllPartitionMapping())],
    group_name=GROUP,
    owners=["team:analysis"],
    kinds={"numba"},
    metadata=code(analyze_area),
    check_specs=[AssetCheckSpec(COMPUTED, asset="all_states", description="No state failed or was left out.")],
)
def all_states(
    context: AssetExecutionContext, config: Following, choices: Choices, **tables: Sourced
) -> MaterializeResult:
    """Every available state computed together: its result and the products asked for, as partitions of those assets.

    A state whose products cannot be written is named and the others go on; retry it alone, by its own partition.
    """
    canonical, settings = CanonicalTables.of(tables), choices.settings
    # Pages of states lead to the nation's where its folder is; in this run they are written first.
    national_paths(settings.home)["map"].parent.mkdir(parents=True, exist_ok=True)
    states = available_states(canonical, settings)
    try:
        as_of = choices.date_of(canonical.uses)
        area = study_area(canonical, states, settings, as_of)
        require_need(area, settings)
        areas = areas_of(area, canonical, settings)
        # Pages of a state of which nothing says where need is would speak of it all the same.
        silent = sorted(usps for usps, own in areas.items() if not has_need(own, settings))
        if silent:
            states = [usps for usps in states if usps not in silent]
            area = study_area(canonical, states, settings, as_of)
            areas = areas_of(area, canonical, settings)
        previous = earlier_of(settings, states)
        run = Run(settings, as_of, context.run_id)
        results = analyze_area(area, areas, run, previous, other_choices=True)
    except OnrampError as error:
        raise Failure(description=str(error), allow_retries=False) from None
    failed: dict[str, str] = dict.fromkeys(silent, "no definition with a weight has a value here.")
    for usps, result in results.items():
        try:
            write_state(context, result, areas[usps], settings, config.products)
        except Exception as error:  # one state must not take fifty others with it
            failed[usps] = f"{type(error).__name__}: {error}"
            context.log.exception(f"{usps} could not be written.")
    return MaterializeResult(
        metadata={"states": len(states) + len(silent) - len(failed), "failed": failed},
        check_results=[every_state_computed([*states, *silent], failed, settings)],
    )


def available_states(canonical: CanonicalTables, settings: Settings) -> list[str]:
    """Return the states to compute: those of the settings the tables know tracts of, else all with polygons."""
    named = {find_state(text).usps for text in settings.states}
    known = set(canonical.table("tracts")[col.STATE])
    if named:
        known = named & (known | set(canonical.table("centers")[col.STATE]))
    return sorted(known & set(STATES.get_partition_keys()))


def earlier_of(settings: Settings, states: Sequence[str]) -> Previous | None:
    """Return the communities of the last runs of `states` together; None where no state was run before."""
    found = [last for last in (earlier(settings, usps) for usps in states) if last is not None]
    if not found:
        return None
    return Previous(
        pd.concat([last.community_tracts for last in found], ignore_index=True),
        pd.concat([last.communities for last in found], ignore_index=True),
    )


def write_state(
    context: AssetExecutionContext, result: StateResult, area: StudyArea, settings: Settings, products: Sequence[str]
) -> None:
    """Store a state's result and products, each recorded as its own asset's partition."""
    usps = result.state.usps
    folder = result.save(result_folder(settings.home, usps))
    publish(settings, f"tables/state_result/{usps}", folder)
    metadata = result_metadata(result, area, settings)
    picture = {"map": thumbnail(result)} if products else {}
    context.log_event(AssetMaterialization(RESULT, partition=usps, metadata={**picture, **metadata}))
    for name in products:
        context.log_event(AssetMaterialization(name, partition=usps, metadata=MAKERS[name](settings, result)))


def every_state_computed(states: Sequence[str], failed: dict[str, str], settings: Settings) -> AssetCheckResult:
    """Fail where a state failed, or where a state of the settings is in no table."""
    absent = sorted({find_state(text).usps for text in settings.states} - set(states))
    sentences = [f"{len(states) - len(failed)} states computed."]
    sentences += [f"Without a tract in the tables: {', '.join(absent)}."] if absent else []
    sentences += [f"Failed: {', '.join(failed)}."] if failed else []
    return AssetCheckResult(
        asset_key="all_states", check_name=COMPUTED, passed=not (absent or failed), description=" ".join(sentences)
    )


@asset(
    deps=[AssetDep("state_result", partition_mapping=AllPartitionMapping()), AssetDep("all_states")],
    group_name=GROUP,
    owners=OWNERS,
    kinds={"html"},
    metadata=code(build_national),
    check_specs=[AssetCheckSpec(PRESENT, asset="national", description="Every state is on the page. Warns only.")],
)
def national(context: AssetExecutionContext, choices: Choices) -> Iterator[MaterializeResult]:
    """The nation by county, leading to the states' pages, and the communities of all states in one list.

    It is made from the states that have been computed. A state that is missing, or whose last run failed, is named on
    the page.
    """
    settings, paths = choices.settings, national_paths(choices.settings.home)
    for usps in STATES.get_partition_keys():
        fetch(settings, f"tables/state_result/{usps}")
    results, unreadable = available_results(settings.home)
    failed = sorted({*failed_states(context.instance), *unreadable})
    missing = missing_states([result.state.usps for result in results], settings)

    def site(usps: str) -> str | None:
        return f"../{usps}/site/" if product_paths(settings.home, usps)["map"].exists() else None

    files = write_nation_lists(gathered(results), paths["lists"], settings.languages) if results else []
    build_national(
        map(entry_of, results),
        paths["map"].parent,
        settings.languages,
        state_folder=site,
        failed=failed,
        downloads=[f"../{paths['lists'].name}/{path.name}" for path in files if path.suffix != ".json"],
    )
    publish(settings, "products/national", paths["map"].parent, *([paths["lists"]] if files else []))
    size = sum(path.stat().st_size for path in paths["map"].parent.rglob("*.html"))
    metadata: Metadata = {
        "page": MetadataValue.path(paths["map"]),
        "megabytes": round(size / 1e6, 2),
        "lists": len(files),
        "states": len(results),
        "missing": ", ".join(missing),
        "failed": ", ".join(failed),
        "data_as_of": {result.state.usps: result.as_of for result in results},
    }
    yield MaterializeResult(metadata=metadata, check_results=[every_state_present(results, missing, failed)])


def available_results(home: Path) -> tuple[list[StateResult], list[str]]:
    """Return the latest result of each state that has one, and the states whose result cannot be read.

    Only what a national product shows is read. Fictional states are left out where there are real ones.
    """
    here = [usps for usps in STATES.get_partition_keys() if result_folder(home, usps).is_dir()]
    real = [usps for usps in here if not find_state(usps).fictional]
    results, unreadable = [], []
    for usps in real or here:
        try:
            results.append(StateResult.load(result_folder(home, usps), NATION_TABLES))
        except (OnrampError, OSError):
            unreadable.append(usps)
    return results, unreadable


def failed_states(instance: DagsterInstance) -> list[str]:
    """Return the real states whose last attempt at a result failed."""
    status = instance.get_status_by_partition(RESULT, STATES.get_partition_keys(), STATES) or {}
    failed = [usps for usps, known in status.items() if known == AssetPartitionStatus.FAILED]
    return sorted(usps for usps in failed if not find_state(usps).fictional)


def missing_states(present: Sequence[str], settings: Settings) -> list[str]:
    """Return the states of the settings, or without any named all states, that have no result."""
    named = {find_state(text).usps for text in settings.states}
    wanted = named or {usps for usps in STATES.get_partition_keys() if not find_state(usps).fictional}
    return sorted(wanted - set(present))


def every_state_present(
    results: Sequence[StateResult], missing: Sequence[str], failed: Sequence[str]
) -> AssetCheckResult:
    """Warn of states that are missing or whose last run failed, naming them."""
    sentences = [f"{len(results)} states are on the page."]
    sentences += [f"Not computed yet: {', '.join(missing)}."] if missing else []
    sentences += [f"Last run failed: {', '.join(failed)}."] if failed else []
    return AssetCheckResult(
        asset_key="national",
        check_name=PRESENT,
        passed=not (missing or failed),
        severity=AssetCheckSeverity.WARN,
        description=" ".join(sentences),
        metadata={"missing": list(missing), "failed": list(failed)},
    )


NATION_ASSETS = [all_states, national]
