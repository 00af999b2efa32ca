from __future__ import annotations

import pytest

from geodata.sources.campus_rows import kind_of_place


@pytest.mark.parametrize(
    ("name", "institution", "kind"),
    [
        ("North Campus", "Harbor College", "branch"),
        ("Harbor College-Liston", "Harbor College", "branch"),
        ("Health Campus", "Harbor College", "other_place"),
        # Words of the institution's own name tell nothing of the place.
        ("Medical Careers Academy - North", "Medical Careers Academy", "branch"),
        ("Fort Crane Campus", "Harbor College", "branch"),
        ("Crane City Hall", "Harbor College", "other_place"),
        ("Adult Learning Center", "Harbor College", "other_place"),
        ("Cannery 7", "Harbor College", "other_place"),
        ("Cannery 7", None, "other_place"),
    ],
)
def test_whose_place_it_is(name: str, institution: str | None, kind: str) -> None:
    assert kind_of_place(name, institution) == kind
