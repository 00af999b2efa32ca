"""Putting the code location together: assets, storage, resources, jobs, schedules and sensors."""

from __future__ import annotations

from dagster import Definitions, IOManagerDefinition, in_process_executor

from assets import ALL_ASSETS
from assets.resources import choices_checked_at_launch, deployment_file
from geodata.settings import Settings, load_settings
from pipelines.jobs import JOBS
from pipelines.schedules import SCHEDULES
from pipelines.sensors import SENSORS
from pipelines.storage import TableStorage


def build_defs(settings: Settings | None = None) -> Definitions:
    """Return the definitions of a deployment.

    Without `settings` they come from the file ONRAMP_SETTINGS names and the environment, and runs come from web pages;
    who gives `settings` is the operator. Nothing is read from the network or computed here.
    """
    by_operator = settings is not None
    settings = settings or load_settings(deployment_file())
    storage = TableStorage(home=str(settings.home), url=settings.storage.url)
    return Definitions(
        assets=ALL_ASSETS,
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=SENSORS,
        # A run has a process of its own already. One more for each step took longer to start than the step to do.
        executor=in_process_executor,
        resources={
            # Fixed, so that the launchpad shows only what an analyst chooses.
            "io_manager": IOManagerDefinition.hardcoded_io_manager(storage),
            "choices": choices_checked_at_launch(by_operator=by_operator),
        },
    )
