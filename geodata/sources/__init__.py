"""The publishers' files: one module each, with what is known of it beforehand and how it is read.

`SOURCES` lists all of them, in the order data walks. Adding a source takes one module and one line here.
"""

from __future__ import annotations

from geodata.sources import cejst, centers, relationship, svi, tracts
from geodata.sources.spec import Source

_ALL = (
    Source(tracts.SPEC, tracts.parse),
    Source(centers.SPEC, centers.parse),
    Source(relationship.SPEC, relationship.parse),
    Source(svi.SPEC, svi.parse),
    Source(svi.SPEC_MEASURES, svi.parse_measures),
    Source(cejst.SPEC, cejst.parse),
)
SOURCES: dict[str, Source] = {source.spec.name: source for source in _ALL}
