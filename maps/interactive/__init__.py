"""The interactive map: its data as inert blocks of a page, and the frame its scripts draw in.

Does not hold the page around it (see `maps.site`).
"""
