"""The Dagster instance under the home folder: run history, and the settings of the instance.

Run storage is SQLite unless ONRAMP_POSTGRES_URL names a database. Does not hold what is run.
"""

from __future__ import annotations

import os
from pathlib import Path

from dagster import DagsterInstance

from geodata.files import write_text

POSTGRES = "ONRAMP_POSTGRES_URL"
DEFAULTS = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 2
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 30
      success: 90
"""
ON_POSTGRES = f"""\
storage:
  postgres:
    postgres_url:
      env: {POSTGRES}
"""


def prepare(home: Path) -> Path:
    """Return the DAGSTER_HOME under `home`, written where it is not there, and set it for this process.

    A `dagster.yaml` a person has changed is left alone.
    """
    folder = (home / "dagster").resolve()
    configuration = folder / "dagster.yaml"
    if not configuration.exists():
        write_text(configuration, DEFAULTS + (ON_POSTGRES if os.environ.get(POSTGRES) else ""))
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def instance(home: Path) -> DagsterInstance:
    """Return the instance under `home`, made where it is not there."""
    prepare(home)
    return DagsterInstance.get()
