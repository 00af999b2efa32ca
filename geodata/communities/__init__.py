"""Communities: tracts grouped into neighborhoods to recruit in, their names and facts, and lists by budget area.

Does not hold what to do there (see `geodata.decisions`).
"""
