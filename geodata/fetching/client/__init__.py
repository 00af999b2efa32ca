"""The HTTP client: what is asked, what came, how long to wait, what is kept, and errors in one sentence.

Does not hold any publisher (see `geodata.fetching.publishers`).
"""
