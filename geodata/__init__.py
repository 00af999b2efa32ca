"""The pure library of Onramp: what every number means and where it comes from.

Holds settings, table schemas, sources and their parsers, geography, travel, access, need, opportunity,
priority, uncertainty, communities and the fictional sample state. It can be used from a notebook.
Does not hold Dagster (see `assets`, `pipelines`) or HTML (see `maps`).
"""

from geodata.storage.compiled_code import find_a_place

find_a_place()
