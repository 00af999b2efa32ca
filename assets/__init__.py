"""Thin Dagster assets, one module per stage: unpack, call a pure function, attach metadata.

Holds no arithmetic of the domain (see `geodata`), no pages (see `maps`) and no wiring (see `pipelines`).
"""

from assets.canonical_tables import TABLE_ASSETS
from assets.decisions import DECISION_ASSETS
from assets.nation import NATION_ASSETS
from assets.products import PRODUCT_ASSETS
from assets.result_ages import UPKEEP_ASSETS
from assets.scenarios import SCENARIO_ASSETS
from assets.scoring import SCORING_ASSETS
from assets.sources import SOURCE_ASSETS

ALL_ASSETS = [
    *SOURCE_ASSETS,
    *TABLE_ASSETS,
    *SCORING_ASSETS,
    *DECISION_ASSETS,
    *PRODUCT_ASSETS,
    *NATION_ASSETS,
    *SCENARIO_ASSETS,
    *UPKEEP_ASSETS,
]
