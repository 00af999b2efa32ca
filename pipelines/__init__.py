"""Wiring: definitions, partitions, storage, resources, jobs, schedules, sensors and the `onramp` command.

Holds no arithmetic of the domain (see `geodata`) and no pages (see `maps`).
"""
