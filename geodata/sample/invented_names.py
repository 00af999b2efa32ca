"""Invented names for the sample states, their counties, towns, people and institutions.

Curated for the small default state; beyond it, names are put together from two lists in a fixed order.
"""

# Word lists are easier to read and change as running text.
# ruff: noqa: SIM905
from __future__ import annotations

STATES = (
    ("XL", "97", "Larkspur (fictional)"),
    ("XS", "98", "Sumac (fictional)"),
)
#: Row by row from the south-west, so that Calder City lies in Calder County.
COUNTIES = tuple(
    "Elderfield Amberly Dovecote Marram Bellwether Calder Isinglass Kestrel Garnet Hawthorn Linden Fallow".split()
)
NEIGHBOR_COUNTIES = ("Ochre", "Pennant", "Quarrel")
_HEADS = (
    "Alder Ash Bar Birch Black Brae Bram Briar Brook Bur Cald Car Cedar Clay Cold Crag Cran Dale Deep Down "
    "Drum Dun East Elm Ever Fair Fal Fen Fern Flint Ford Fox Glen Gold Gran Green Hal Har Hart Hazel Heath "
    "High Hol Iron Ivy Kel Kest King Knot Lang Lark Lin Long Mar Mead Mill Moss Nether New North Oak Old Or "
    "Pen Pine Quill Raven Red Ridge Rose Row Rush Salt Sand Shel Silver Slate South Spring Stan Stone Sum "
    "Swan Tam Thorn Tim Up Vale Wal Wen West Whit Wick Wild Wil Win Wood Yar"
).split()
_TAILS = (
    "bank barrow beck bourne bridge burn bury by cliff combe cote creek croft dale den don fell field ford "
    "gate grove ham haven hill holm hurst land leigh ley low marsh mere mont moor ness over port ridge "
    "shaw shore side stead stock stone thorpe ton vale view ville wald water wick wold wood worth"
).split()
SURNAMES = (
    "Abernal Bexwith Carrowe Delmonte Eskola Farrand Gathercole Hallowes Ishimoto Jernigal Kovalik Lindqvar "
    "Marchetta Nakamori Okwuosa Pellereau Quispeno Rasmunsen Szalinski Tarraway Umberto Velasquer Wetherall "
    "Yoshikane Zamorin"
).split()
STREETS = (
    "Main St|Mill Rd|Lakeshore Dr|Station Ave|Foundry St|Prairie View Blvd|Larkspur Pkwy|Ferry Rd|Market St|"
    "Old Quarry Rd|Depot St|Orchard Ln|Harbor Way|College Ave|Union St|Cannery Row"
).split("|")


def compound(index: int) -> str:
    """Return the `index`-th name put together from a head and a tail; all differ below about 5,800."""
    heads, tails = len(_HEADS), len(_TAILS)
    head = index % heads
    tail = (index // heads + 7 * head) % tails
    return _HEADS[head] + _TAILS[tail]


def county_names(count: int) -> list[str]:
    """Return `count` county names, curated ones first."""
    return [*COUNTIES, *(compound(3000 + i) for i in range(count - len(COUNTIES)))][:count]
