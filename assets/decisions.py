"""Decisions for a state, with their diagnostics, and the last result whose names they keep. Partitioned by state."""

from dagster import AssetsDefinition, AssetSpec

from assets.history import LAST_RESULT, keep
from assets.metadata import code, docs
from assets.partitions import STATES
from assets.steps import GROUPS, OWNERS, step_assets
from geodata.analysis.decision_steps import DECISIONS

last_result = AssetSpec(
    LAST_RESULT,
    description=(
        "The last published result of the state, kept when its pages are written. Its communities keep their names "
        "and ids wherever their tracts barely change. It comes from an earlier run, so no asset of "
        "this run makes it; before the first run there is none."
    ),
    group_name=GROUPS["decisions"],
    partitions_def=STATES,
    owners=OWNERS,
    kinds={"geoparquet"},
    metadata={**docs("methodology.md"), **code(keep)},
)
DECISION_ASSETS: list[AssetsDefinition | AssetSpec] = [last_result, *step_assets(DECISIONS)]
