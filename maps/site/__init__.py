"""The site of a state and of the nation: folders of pages that work from disk, a shared drive or any static host.

Does not hold the lists, briefs and figures it links to.
"""
