"""What all maps share: colors, classes, extents, shapes and their simplification.

Does not hold pages or the interactive map (see `maps.interactive`).
"""
