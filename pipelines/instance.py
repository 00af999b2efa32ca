"""The Dagster instance under the home folder: run history, and the settings of the instance.

Run storage is SQLite unless ONRAMP_POSTGRES_URL names a database. Does not hold what is run.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import TemporaryFile

from dagster import DagsterInstance

from geodata.errors import SettingsError
from geodata.storage.files import write_text

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
  # A run's own limit is the setting operations.longest_run_hours; this ends one that never read it.
  max_runtime_seconds: 86400
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
    """Return the DAGSTER_HOME under `home`, created if missing, and set it for this process.

    A `dagster.yaml` a person has changed is left alone.
    """
    folder = (home / "dagster").resolve()
    if re.search(r"\?|%[0-9A-Fa-f]{2}", str(folder)):
        raise SettingsError(
            f"The run history cannot be kept in {folder}: its database does not take a path with a question mark or a "
            "percent sign before digits. Give another folder with --home."
        )
    configuration = folder / "dagster.yaml"
    writable(home)
    if not configuration.exists():
        write_text(configuration, DEFAULTS + (ON_POSTGRES if os.environ.get(POSTGRES) else ""))
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def writable(home: Path) -> None:
    """Create the home folder if it is missing; SettingsError where it cannot be written to."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=home):
            pass
    except OSError as problem:
        message = f"The home folder {home} cannot be written to ({problem.strerror})."
        raise SettingsError(f"{message} Name another with --home or the setting home.") from None


def instance(home: Path) -> DagsterInstance:
    """Return the instance under `home`, created if missing."""
    prepare(home)
    return DagsterInstance.get()
