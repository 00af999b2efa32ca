"""What a state's results are held up to: evenness, agreement, clusters, budget areas, other choices of method."""

from collections.abc import Iterator

import pandas as pd
from dagster import Output, asset, multi_asset

from assets.decisions import GROUP, OWNERS, decision_out, facts_table
from assets.metadata import table_metadata
from assets.partitions import STATES
from assets.resources import Choices
from geodata.access.reach import TravelResult
from geodata.diagnostics.examine import examine
from geodata.diagnostics.rescoring import sensitivity_of
from geodata.schemas.computed import AGREEMENT, CLUSTERS, EQUITY, EQUITY_CURVE, ROLLUPS, SENSITIVITY
from geodata.scoring.study_area import StudyArea

EXAMINED = (EQUITY, EQUITY_CURVE, AGREEMENT, CLUSTERS, ROLLUPS)


@multi_asset(
    name="examine",
    group_name=GROUP,
    partitions_def=STATES,
    outs={
        **{table.name: decision_out(table.meaning) for table in EXAMINED},
        "examination_facts": decision_out("Moran's I, overall agreement, shortfall lines."),
    },
)
def examined(
    choices: Choices, study_area: StudyArea, ranked_tracts: pd.DataFrame, need_parts: pd.DataFrame
) -> Iterator[Output[pd.DataFrame]]:
    """Hold the ranks up to evenness, agreement of definitions and clusters, and sum them up by budget area."""
    made = examine(study_area, ranked_tracts, need_parts, choices.settings)
    for table in EXAMINED:
        frame = made.tables[table.name]
        yield Output(frame, output_name=table.name, metadata=table_metadata(frame, table))
    told = {name: value for name, value in made.facts.items() if value is not None}
    yield Output(facts_table(made.facts), output_name="examination_facts", metadata=told)


@asset(group_name=GROUP, partitions_def=STATES, owners=OWNERS, kinds={"pandas"})
def sensitivity(
    choices: Choices,
    study_area: StudyArea,
    travel: TravelResult,
    ranked_tracts: pd.DataFrame,
    communities: pd.DataFrame,
    community_tracts: pd.DataFrame,
) -> Output[pd.DataFrame]:
    """How much of the top of the list stays when one choice of method takes its alternative."""
    tables = {"tract_scores": ranked_tracts, "communities": communities, "community_tracts": community_tracts}
    table = sensitivity_of(study_area, travel, tables, choices.settings, choices.date)
    return Output(table, metadata=table_metadata(table, SENSITIVITY))


EXAMINATION_ASSETS = [examined, sensitivity]
