"""Scenarios: a scenario file compared with the state's result; only differences are written. Partitioned by state."""

from pathlib import Path

from dagster import AssetExecutionContext, Failure, MaterializeResult, MetadataValue, asset

from assets.history import canonical_now
from assets.metadata import Metadata, code
from assets.partitions import STATES
from assets.products import OWNERS
from assets.resources import Choices
from geodata.comparison.differences import Differences
from geodata.comparison.reruns import run_scenario
from geodata.comparison.scenarios import load_scenario
from geodata.errors import OnrampError
from geodata.schemas.state_result import StateResult
from geodata.storage.files import folder_written_aside
from geodata.storage.shared_home import publish

GROUP = "6_scenarios"


def scenario_folder(home: Path, usps: str, name: str) -> Path:
    """Return where the differences of a scenario are written."""
    slug = "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split()) or "scenario"
    return home / "products" / usps / "scenarios" / slug


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"csv"}, metadata=code(run_scenario))
def scenario_differences(
    context: AssetExecutionContext, choices: Choices, state_result: StateResult
) -> MaterializeResult:
    """Who gains access, which ranks and tiers move and how evenness changes under the scenario in the run config.

    Name the file in `scenario` of the resource `choices`; docs/scenarios.md says what it may contain.
    """
    file = choices.scenario_file
    if file is None:
        raise Failure("Name a scenario file in the run config: choices.scenario.", allow_retries=False)
    try:
        scenario = load_scenario(file)
        canonical = canonical_now(choices.settings)
        usps = context.partition_key
        _, _, found = run_scenario(canonical, usps, choices.settings, state_result.as_of, scenario, state_result)
    except OnrampError as error:
        raise Failure(description=str(error), allow_retries=False) from None
    folder = write_differences(found, scenario_folder(choices.settings.home, usps, scenario.name))
    publish(choices.settings, f"products/{usps}/scenarios/{folder.name}", folder)
    metadata: Metadata = {"scenario": scenario.name, "folder": MetadataValue.path(folder), **found.summary}
    return MaterializeResult(metadata=metadata)


def write_differences(found: Differences, folder: Path) -> Path:
    """Write the difference tables as CSV to `folder`, which is replaced only when all are written."""
    with folder_written_aside(folder) as aside:
        for name in ("tracts", "communities", "equity"):
            getattr(found, name).to_csv(aside / f"{name}.csv", index=False)
    return folder


SCENARIO_ASSETS = [scenario_differences]
