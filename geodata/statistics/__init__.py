"""Statistics on arrays, without anything of the domain: ranks, percentiles, margins of error, random numbers.

Every rule is from a published source that its function names. Compiled kernels give the same result for any number of
threads and any order of rows. Does not hold what is ranked or drawn (see `geodata.scoring`, `geodata.uncertainty`).
"""
