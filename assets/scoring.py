"""The study area of a state, and the steps that score its tracts. Partitioned by state."""

from collections.abc import Iterator

from dagster import AssetExecutionContext, AssetsDefinition, Failure, Output, asset

from assets.canonical_tables import TABLE_INS
from assets.last_finished import last_finished, mark_of
from assets.metadata import table_metadata
from assets.resources import Choices
from assets.steps import declaration, step_assets
from geodata.analysis.scoring_steps import SCORING, STUDY_AREA
from geodata.errors import OnrampError
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.canonical import TRACTS
from geodata.schemas.sourced import Sourced
from geodata.scoring.need import require_need
from geodata.scoring.study_area import StudyArea
from geodata.scoring.study_area import study_area as cut_study_area

UNCHANGED = """\
If the run asks for it and none of the state's inputs has changed since its last finished run, the run
ends here and all later steps are skipped."""


@asset(
    **{**declaration(STUDY_AREA), "description": f"{STUDY_AREA.meaning}\n\n{UNCHANGED}"},
    ins=TABLE_INS,
    output_required=False,
)
def study_area(context: AssetExecutionContext, choices: Choices, **tables: Sourced) -> Iterator[Output[StudyArea]]:
    """Cut the state out of the canonical tables, or yield nothing where nothing changed."""
    usps, settings = context.partition_key, choices.settings
    canonical = CanonicalTables.of(tables)
    area = cut_study_area(canonical, [usps], settings, choices.date_of(canonical.uses))
    try:
        require_need(area, settings)
    except OnrampError as error:
        raise Failure(description=str(error), allow_retries=False) from None
    last = last_finished(context.instance, usps) if choices.only_if_changed else None
    if last is not None and last.fingerprint == mark_of(area, settings):
        context.log.info(f"{usps}: nothing changed since the last finished run; it stays as it is.")
        return
    figures = {} if STUDY_AREA.figures is None else STUDY_AREA.figures(area)
    yield Output(area, metadata={**figures, **table_metadata(area.tracts, TRACTS)})


SCORING_ASSETS: list[AssetsDefinition] = [
    study_area,
    *step_assets(step for step in SCORING if step is not STUDY_AREA),
]
