"""One result beside another: scenarios, what changed since the last run and why, whether anything changed at all.

Does not hold the analysis itself (see `geodata.analysis`).
"""
