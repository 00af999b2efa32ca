"""Thin Dagster assets, one module a stage of the walk: unpack, call a pure function, attach metadata.

Holds no arithmetic of the domain (see `geodata`), no pages (see `maps`) and no wiring (see `pipelines`).
"""
