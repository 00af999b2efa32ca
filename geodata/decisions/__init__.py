"""From ranked tracts and communities to decisions: barriers, actions, and where hubs reach most people.

Does not hold how results are held up to scrutiny (see `geodata.diagnostics`).
"""
