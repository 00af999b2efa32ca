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
# States across a border of land or of a river, lake or sound that people cross to work.
_NEIGHBORS = """
AL FL GA MS TN|AK|AZ CA CO NM NV UT|AR LA MO MS OK TN TX|CA AZ NV OR|CO AZ KS NE NM OK UT WY|CT MA NY RI
DE MD NJ PA|DC MD VA|FL AL GA|GA AL FL NC SC TN|HI|ID MT NV OR UT WA WY|IL IA IN KY MI MO WI|IN IL KY MI OH
IA IL MN MO NE SD WI|KS CO MO NE OK|KY IL IN MO OH TN VA WV|LA AR MS TX|ME NH|MD DC DE PA VA WV
MA CT NH NY RI VT|MI IL IN MN OH WI|MN IA MI ND SD WI|MS AL AR LA TN|MO AR IA IL KS KY NE OK TN|MT ID ND SD WY
NE CO IA KS MO SD WY|NV AZ CA ID OR UT|NH MA ME VT|NJ DE NY PA|NM AZ CO OK TX UT|NY CT MA NJ PA RI VT
NC GA SC TN VA|ND MN MT SD|OH IN KY MI PA WV|OK AR CO KS MO NM TX|OR CA ID NV WA|PA DE MD NJ NY OH WV
RI CT MA NY|SC GA NC|SD IA MN MT ND NE WY|TN AL AR GA KY MO MS NC VA|TX AR LA NM OK|UT AZ CO ID NM NV WY
VT MA NH NY|VA DC KY MD NC TN WV|WA ID OR|WV KY MD OH PA VA|WI IA IL MI MN|WY CO ID MT NE SD UT
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


def around(state: State) -> tuple[str, ...]:
    """Return the postal codes of a state and its neighbors, the state first; territories stand alone."""
    for entry in _NEIGHBORS.strip().replace("\n", "|").split("|"):
        own, *others = entry.split()
        if own == state.usps:
            return (own, *others)
    return (state.usps,)


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
