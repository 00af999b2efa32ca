"""Everything the sources say of some states, in one call: the way of a notebook into the walk.

The Dagster assets take the same steps one by one. Does not hold the analysis (see `geodata.analysis`).
"""

from __future__ import annotations

from collections.abc import Sequence

from geodata.fetching.choose_acquirer import acquirer_for
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.combine import FEEDS, combine
from geodata.ingest.read_source import read_source
from geodata.schemas.canonical import CANONICAL
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.states import find_state


def gather(states: Sequence[str], settings: Settings) -> CanonicalTables:
    """Return the canonical tables of `states` (postal codes, FIPS codes or names).

    They are read from the folder `sources.folder` names, else from the publishers; fictional states from the sample
    under the home folder. A source that cannot be had is missing from the tables and marked so in `uses`.
    """
    places = [find_state(text) for text in states]
    acquirer = acquirer_for(settings, places)
    reads = {name: read_source(source, acquirer, places, settings) for name, source in SOURCES.items()}
    tables = {table.name: table for table in CANONICAL}
    return CanonicalTables.of(
        {
            name: combine(tables[name], {source: reads[source] for source in sources}, settings)
            for name, sources in FEEDS.items()
        }
    )
