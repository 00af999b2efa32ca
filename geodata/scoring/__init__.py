"""From the canonical tables to scored tracts: the study area, the three pillars, the gate and Priority.

Does not hold how sure the ranks are (see `geodata.uncertainty`).
"""
