"""How sure the ranks are: what is drawn, the draws, and the chances and tiers that follow.

Does not hold the point estimates (see `geodata.scoring`).
"""
