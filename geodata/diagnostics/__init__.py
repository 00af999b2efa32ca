"""What results are held up to: agreement of definitions, clusters, evenness, and other choices of method.

Does not hold comparisons of runs (see `geodata.comparison`).
"""
