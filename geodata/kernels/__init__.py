"""Compiled kernels: arrays in, arrays out, the same result for any number of threads and any order of rows.

`random` counter-based random numbers, `ranks` percentile ranks, `draws` the Monte Carlo of ranks (its inputs and
results in `draw_model`), `contiguity` neighbours that share an edge. Compiled code is cached beside the modules.
Does not hold tables, settings or files.
"""
