"""Travel minutes between places: one contract (`minutes`) and one module per engine.

Does not hold access measures (see `geodata.access`), which take minutes from any engine.
"""
