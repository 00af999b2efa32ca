"""Tracts of a lattice, grouped."""

from __future__ import annotations

from geodata.communities.grouping import group
from geodata.geography.contiguity import contacts
from geodata.settings import Communities

CHOICES = Communities()


def grouped(shapes, table, previous=None, choices=CHOICES):
    return group(table, shapes, contacts(shapes, choices.shared_border_m), choices, previous)
