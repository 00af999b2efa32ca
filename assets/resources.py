"""What assets are given: the settings of the run and the way to obtain files.

`Choices` is what an analyst fills in the launchpad; every field is optional and documented, and a bad value
stops the run before its first step with one sentence. Does not hold storage (see `pipelines.storage`).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from dagster import ConfigurableResource, Failure, InitResourceContext
from pydantic import Field

from geodata.errors import OnrampError
from geodata.settings import Settings, load_settings

SETTINGS_FILE = "ONRAMP_SETTINGS"


class Choices(ConfigurableResource):
    """The settings of a run: those of the deployment, changed by whatever is filled in here."""

    need_weights: dict[str, float] | None = Field(
        default=None, description="Weight of each definition of disadvantage, such as {svi: 1, cejst: 1, workforce: 1}."
    )
    reference_area: str | None = Field(default=None, description="Area within which need is ranked: state or nation.")
    pillar_weights: dict[str, float] | None = Field(
        default=None, description="Weights of need, training_gap and opportunity in Priority."
    )
    aggregation: str | None = Field(default=None, description="Mean of the pillars: arithmetic or geometric.")
    gate_need: float | None = Field(default=None, description="Need (0–100) at which a tract is listed as underserved.")
    access_measure: str | None = Field(default=None, description="e2sfca, 2sfca, 3sfca, gravity or cumulative.")
    decay: str | None = Field(default=None, description="Decay over travel minutes: gaussian, step or flat.")
    catchment_minutes: float | None = Field(
        default=None, description="Farthest travel that counts, urban tracts (minutes)."
    )
    rural_catchment_minutes: float | None = Field(default=None, description="The same for rural tracts (minutes).")
    travel_engine: str | None = Field(
        default=None, description="auto, great_circle, friction, roads, valhalla or osrm."
    )
    draws: int | None = Field(default=None, description="Monte Carlo draws; 0 turns uncertainty off.")
    as_of: str | None = Field(default=None, description="Date the run speaks for, YYYY-MM-DD; today when empty.")
    scenario: str | None = Field(
        default=None, description="Path of a scenario file to apply to providers, sites and settings."
    )
    only_if_changed: bool = Field(
        default=False,
        description="Leave a state as it is where nothing that bears on it changed since its last finished run.",
    )
    other: dict[str, Any] = Field(
        default={}, description="Any other setting, nested as in docs/settings.md, such as {hubs: {most: 5}}."
    )

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Check everything before the first step runs."""
        try:
            _ = self.settings
        except OnrampError as error:
            raise Failure(description=str(error), allow_retries=False) from None

    @cached_property
    def settings(self) -> Settings:
        """The settings of the run."""
        return load_settings(deployment_file(), self._changes())

    @property
    def date(self) -> str:
        """The ISO date the run speaks for."""
        return self.settings.as_of or datetime.now(UTC).date().isoformat()

    def _changes(self) -> dict[str, Any]:
        named: dict[str, dict[str, Any]] = {
            "need": {"weights": self.need_weights, "reference_area": self.reference_area},
            "priority": {
                "weights": self.pillar_weights,
                "aggregation": self.aggregation,
                "gate_need": self.gate_need,
            },
            "access": {
                "measure": self.access_measure,
                "decay": self.decay,
                "catchment_minutes": self.catchment_minutes,
                "rural_catchment_minutes": self.rural_catchment_minutes,
            },
            "travel": {"engine": self.travel_engine},
            "uncertainty": {"draws": self.draws},
        }
        changes: dict[str, Any] = {
            name: dict(value) if isinstance(value, dict) else value for name, value in self.other.items()
        }
        for name, section in named.items():
            given = {key: value for key, value in section.items() if value is not None}
            if given:
                changes[name] = {**changes.get(name, {}), **given}
        if self.as_of is not None:
            changes["as_of"] = self.as_of
        return changes


def deployment_file() -> Path | None:
    """Return the settings file of the deployment, named by ONRAMP_SETTINGS, if there is one."""
    named = os.environ.get(SETTINGS_FILE)
    return Path(named) if named else None
