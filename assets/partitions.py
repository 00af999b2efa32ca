"""Partitions: one a state, the sample's fictional one included so that a newcomer can run it from the UI."""

from __future__ import annotations

from dagster import StaticPartitionsDefinition

from geodata.states import REGISTRY, SAMPLE_STATE

STATES = StaticPartitionsDefinition(
    sorted(state.usps for state in REGISTRY if not state.fictional or state.usps == SAMPLE_STATE)
)
