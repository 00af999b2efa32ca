from __future__ import annotations

import pytest

from geodata.ingest.name_matching import address_key, alike, name_key, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Calder City Community College", "Calder City Comm. College"),
        ("Gateway Community & Technical College", "GATEWAY COMMUNITY AND TECHNICAL COLLEGE"),
        ("Harbor Tech Inst.", "Harbor Technical Institute, Inc."),
        ("Université Saint-Jean", "Universite St Jean"),
        ("Quillport Library 56", "QUILLPORT LIBRARY #56"),
        ("Lincoln Technical Institute", "Lincoln Technical Institute-Lincoln"),
        ("New England Institute of Technology", "New Englnd Institute of Technology"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice Griffith Apartments - 2600", "Alice Griffith Apartments - 2700"),
        ("Pinellas Technical College", "Atlantic Technical College"),
        ("College", "Community College of Rhode Island"),
        ("City Hall", "City Library"),
        ("Exit 8", "Exit"),
        ("", "Harbor"),
        ("Inc.", "LLC"),
    ],
)
def test_names_of_two(one: str, other: str) -> None:
    assert not alike(one, other)
    assert not alike(other, one)


def test_keys_do_not_depend_on_order_accents_or_legal_forms() -> None:
    assert name_key("The College of Doña Ana, Inc.") == name_key("dona ana COLLEGE")
    assert words("St. Mary's Voc-Tech Ctr") == ("saint", "marys", "vocational", "technical", "center")


def test_addresses_need_a_house_number() -> None:
    assert address_key("400 East Avenue") == address_key("400 E. Ave")
    assert address_key("East Avenue") == ""
