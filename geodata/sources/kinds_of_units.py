"""Which kind of units a site has where its row does not name it: what its power or its funding program stands for."""

from __future__ import annotations

import pandas as pd

from geodata.settings import Opportunity


def told_kinds(programs: pd.Series, power: pd.Series, settings: Opportunity) -> pd.Series:
    """Return the kind of units a site's power (kW), else its funding program, stands for; missing where neither."""
    kinds = pd.Series(None, index=programs.index, dtype="str")
    words = programs.fillna("").str.casefold()
    for program, kind in settings.kind_of_program.items():
        kinds[words.str.contains(program.casefold(), regex=False)] = kind
    for kind, above in sorted(settings.kind_above_kw.items(), key=lambda item: item[1]):
        kinds[(power > above).fillna(False).to_numpy(dtype=bool)] = kind
    return kinds
