"""Measurements side by side with the tools an analyst would use today; `python -m bench` runs them all.

Each contender runs in a process of its own, so that its peak memory is its own. Results go to `bench/results/` as
JSON and Markdown. Does not hold tests.
"""
