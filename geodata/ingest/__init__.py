"""From files to the canonical tables: reading, combining, matching records of one place, and the checks before a run.

Does not hold formats of publishers (see `geodata.sources`), or what is computed from the tables.
"""
