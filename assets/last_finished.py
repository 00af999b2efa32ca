"""The last finished run of a state, and whether it was computed from the current inputs.

The record is Dagster's own: the fingerprint is in the metadata of the state's last result, and the run counts as
finished only where each of its products came from that same run. Does not hold the fingerprint
(`geodata.comparison.fingerprint`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from dagster import AssetKey, AssetRecordsFilter, DagsterInstance, EventLogRecord

from geodata.comparison.fingerprint import code_digest, fingerprint
from geodata.scoring.study_area import StudyArea
from geodata.settings import CHECKOUT, Settings

FINGERPRINT = "fingerprint"
RESULT = AssetKey("state_result")
PRODUCTS = tuple(AssetKey(name) for name in ("pages", "lists", "briefs"))


@dataclass(frozen=True)
class Finished:
    """A run of a state all of whose products were made: when the last of them was made, and from which inputs."""

    at: datetime
    fingerprint: str | None


def program() -> str:
    """Return the hash of the code that results depend on."""
    return code_digest(CHECKOUT / package for package in ("geodata", "assets", "maps"))


def mark_of(area: StudyArea, settings: Settings) -> str:
    """Return the fingerprint of everything a state's result and pages depend on."""
    return fingerprint(area, settings, program())


def last_finished(instance: DagsterInstance, usps: str) -> Finished | None:
    """Return the last run of a state, or None where it did not finish or was never run."""
    records = [_last(instance, key, usps) for key in (RESULT, *PRODUCTS)]
    made = [record for record in records if record is not None]
    if len(made) < len(records) or len({record.run_id for record in made}) > 1:
        return None
    result = made[0].asset_materialization
    mark = result.metadata.get(FINGERPRINT) if result else None
    at = datetime.fromtimestamp(max(record.timestamp for record in made), UTC)
    return Finished(at, None if mark is None else str(mark.value))


def _last(instance: DagsterInstance, key: AssetKey, usps: str) -> EventLogRecord | None:
    """Return the record of the last time an asset was made for a state."""
    records = instance.fetch_materializations(AssetRecordsFilter(key, asset_partitions=[usps]), limit=1).records
    return records[0] if records else None
