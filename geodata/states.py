"""The registry of states and territories: codes, names and the fictional ones of the sample.

Codes are those of INCITS 38:2009 (FIPS 5-2) and the US Postal Service.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from geodata.errors import SettingsError


@dataclass(frozen=True, order=True)
class State:
    """A state, district or territory. `fips` is two digits; `usps` two letters."""

    usps: str
    fips: str
    name: str
    kind: str = "state"  # state | district | territory | fictional

    @property
    def fictional(self) -> bool:
        """True for the states of the sample, which exist nowhere."""
        return self.kind == "fictional"


_STATES = """
AL 01 Alabama|AK 02 Alaska|AZ 04 Arizona|AR 05 Arkansas|CA 06 California|CO 08 Colorado|CT 09 Connecticut
DE 10 Delaware|FL 12 Florida|GA 13 Georgia|HI 15 Hawaii|ID 16 Idaho|IL 17 Illinois|IN 18 Indiana|IA 19 Iowa
KS 20 Kansas|KY 21 Kentucky|LA 22 Louisiana|ME 23 Maine|MD 24 Maryland|MA 25 Massachusetts|MI 26 Michigan
MN 27 Minnesota|MS 28 Mississippi|MO 29 Missouri|MT 30 Montana|NE 31 Nebraska|NV 32 Nevada
NH 33 New Hampshire|NJ 34 New Jersey|NM 35 New Mexico|NY 36 New York|NC 37 North Carolina
ND 38 North Dakota|OH 39 Ohio|OK 40 Oklahoma|OR 41 Oregon|PA 42 Pennsylvania|RI 44 Rhode Island
SC 45 South Carolina|SD 46 South Dakota|TN 47 Tennessee|TX 48 Texas|UT 49 Utah|VT 50 Vermont|VA 51 Virginia
WA 53 Washington|WV 54 West Virginia|WI 55 Wisconsin|WY 56 Wyoming
"""
_TERRITORIES = (
    "AS 60 American Samoa|GU 66 Guam|MP 69 Northern Mariana Islands|PR 72 Puerto Rico|VI 78 U.S. Virgin Islands"
)
_FICTIONAL = "XL 97 Larkspur (fictional)|XS 98 Sumac (fictional)"


def _rows(text: str, kind: str) -> list[State]:
    entries = [entry.split(" ", 2) for line in text.strip().splitlines() for entry in line.split("|")]
    return [State(usps, fips, name.strip(), kind) for usps, fips, name in entries]


#: All states together, for what is made of several; not in the registry, for it cannot be computed as one.
UNITED_STATES = State("US", "00", "United States", "nation")

REGISTRY: tuple[State, ...] = tuple(
    sorted(
        [
            *_rows(_STATES, "state"),
            State("DC", "11", "District of Columbia", "district"),
            *_rows(_TERRITORIES, "territory"),
            *_rows(_FICTIONAL, "fictional"),
        ]
    )
)
SAMPLE_STATE = "XL"


@cache
def _lookup() -> dict[str, State]:
    found: dict[str, State] = {}
    for state in REGISTRY:
        found[state.usps.casefold()] = state
        found[state.fips] = state
        found[state.name.casefold()] = state
    return found


def find_state(text: str) -> State:
    """Return the state meant by a postal code, two-digit FIPS code or name.

    Raises SettingsError naming what was given when there is no such state.
    """
    state = _lookup().get(text.strip().casefold())
    if state is None:
        raise SettingsError(
            f"There is no state “{text}”. Give a postal code such as RI, a FIPS code such as 44, or a name."
        )
    return state
