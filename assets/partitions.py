"""Partitions: one per state, including the fictional sample state, so that a newcomer can run it from the UI."""

from __future__ import annotations

from dagster import StaticPartitionsDefinition

from geodata.states import REGISTRY, SAMPLE_STATE

STATES = StaticPartitionsDefinition(
    sorted(state.usps for state in REGISTRY if not state.fictional or state.usps == SAMPLE_STATE)
)
