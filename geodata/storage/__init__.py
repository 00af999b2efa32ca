"""Files on disk and in an object store: whole or not at all, found again, cleared away.

Does not hold what the tables mean (see `geodata.schemas`), or downloads (see `geodata.fetching`).
"""
