"""Campaigns that break things on purpose: minutes to hours each, run by `make robustness` and not by `make test`.

What each does and what it found is in docs/reliability.md. `test_campaigns` starts every one at its smallest size.
"""
