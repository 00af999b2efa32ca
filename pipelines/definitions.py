"""The code location Dagster loads."""

from __future__ import annotations

from pipelines.build import build_defs

defs = build_defs()
