"""The web pages of Dagster behind a guard: who may ask, from where, and for what.

Does not hold jobs or definitions (see `pipelines.jobs`, `pipelines.build`), nor the pages people read (see `maps`).
"""
