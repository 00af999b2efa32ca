"""Which work the sample's colleges teach and its office plans: EV charging, or that of an industry's settings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import cycle

import pandas as pd

from geodata.schemas.canonical import UNITS
from geodata.settings import Settings

#: What colleges award in EV charging: CIP code, awards a year, award level.
_TRADES = (
    ("46.0302", 34, 2),
    ("46.0301", 18, 20),
    ("46.0303", 22, 21),
    ("47.0105", 14, 3),
    ("47.0604", 40, 2),
    ("47.0614", 9, 21),
    ("15.0303", 20, 3),
)
#: Eligible programs: name, CIP code as somebody typed it, occupation, weeks.
_PROGRAMS = (
    ("Electrical Technology", "46.0302", "47-2111.00", 40),
    ("Electrician Pre-Apprenticeship", "460302", "47-2111.00", 12),
    ("EV Charging Equipment Installer", "46.03", "47-2111.00", 10),
    ("Industrial Maintenance", "470105", "49-2094.00", 36),
    ("Automotive Service", "47.0604", "49-3023.00", 50),
    ("Alternative Fuel Vehicle Technician", "47.0614", "49-3023.00", 16),
    ("Lineworker Training", "46.303", "49-9051.00", 15),
)
_OTHER_PROGRAMS = (
    ("Practical Nursing", "51.3901", "29-2061.00", 48),
    ("Truck Driving", "49.0205", "53-3032.00", 6),
)


@dataclass(frozen=True)
class SampleWork:
    """The trades taught and the units planned. `kinds` are the columns an office counts units in; none: chargers."""

    trades: tuple[tuple[str, int, int], ...] = _TRADES
    programs: tuple[tuple[str, str, str, int], ...] = _PROGRAMS + _OTHER_PROGRAMS
    listed_codes: tuple[str, str] = ("46.0301; 47.0614", "46.0302")
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> SampleWork:
        """Return the work of the settings; that of EV charging where they count ports as it does."""
        if settings.opportunity.kinds == Settings().opportunity.kinds:
            return cls()
        codes, occupations = settings.training.cip_codes, settings.industry.occupations
        rates = zip(codes, _TRADES, strict=False)
        taught = zip(_PROGRAMS, cycle(codes), cycle(occupations), strict=False)
        programs = tuple(
            (f"Program {number}", code, f"{occupation}.00", weeks)
            for number, ((_, _, _, weeks), code, occupation) in enumerate(taught, start=1)
        )
        return cls(
            trades=tuple((code, awards, level) for code, (_, awards, level) in rates),
            programs=programs + _OTHER_PROGRAMS,
            listed_codes=("; ".join(codes[:2]), codes[0]),
            kinds=settings.opportunity.kinds,
        )

    @property
    def mark(self) -> str:
        """What tells the folder of this sample from those of other work; empty for EV charging."""
        return "" if self == SampleWork() else "-" + hashlib.sha256(repr(self).encode()).hexdigest()[:8]

    def counted(self, awards: pd.DataFrame) -> pd.DataFrame:
        """Return a list of awards with its units in a column a kind, one kind a site, and no word of chargers."""
        if not self.kinds:
            return awards
        count, order = awards["charger_count"], pd.Series(range(len(awards)), index=awards.index)
        units = {
            UNITS + kind: count.where(order % len(self.kinds) == place, "") for place, kind in enumerate(self.kinds)
        }
        plain = awards.drop(columns=["corridor", "charger_count", "charger_power_kw"])
        plain["site_id"] = plain["site_id"].str.replace("NEVI|CFI", "SITE", regex=True)
        return plain.assign(program="state", **units)
