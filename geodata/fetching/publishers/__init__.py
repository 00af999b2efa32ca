"""Services that take more than one request or a key: one module a service.

Does not hold what is inside the files (see `geodata.sources`).
"""
