from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.errors import OnrampError
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.need import need, need_parts, require_need
from geodata.scoring.study_area import study_area
from geodata.settings import Settings
from tests.geodata.scoring import grid


def test_need_is_the_rank_of_the_mean_rank(canonical: CanonicalTables, settings: Settings) -> None:
    tracts = canonical.table("centers")
    parts = need_parts(canonical.table("definitions"), canonical.table("measures"), tracts, settings.need)
    table = need(parts, tracts, settings.need).set_index("geoid")
    svi = parts[parts["definition"] == "svi"].set_index("geoid")["percentile"]
    cejst = parts[parts["definition"] == "cejst"].set_index("geoid")["percentile"]
    # Nine values: percentile of the r-th is 100 (r - ½) / 9. CEJST: seven zeros tie at rank 4, two ones at 8½.
    assert svi[grid.GEOIDS[0]] == pytest.approx(100 * 0.5 / 9)
    assert cejst[grid.GEOIDS[0]] == pytest.approx(100 * 3.5 / 9)
    assert cejst[grid.GEOIDS[8]] == pytest.approx(100 * 8.0 / 9)
    assert table.loc[grid.GEOIDS[8], "need_ensemble"] == pytest.approx((100 * 8.5 / 9 + 100 * 8 / 9) / 2)
    # The ensemble rises with n, so Need is the percentile of n.
    assert table["need"].tolist() == pytest.approx([100 * (n - 0.5) / 9 for n in range(1, 10)])
    assert table.loc[grid.GEOIDS[8], "designated_by"] == "cejst"
    # Tracts 8 and 9: designated by CEJST, in the worst quarter of SVI (ranks 83 and 94) and of the composite.
    assert table["agreement_count"].tolist() == [0] * 7 + [3, 3]


def test_a_run_stops_where_no_definition_with_a_weight_has_a_value_here(canonical, settings) -> None:
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    require_need(area, settings)
    nothing = replace(area, definitions=area.definitions.iloc[:0], measures=area.measures.iloc[:0])
    with pytest.raises(OnrampError, match="Nothing says where need is: none of the definitions with a weight"):
        require_need(nothing, settings)
    # What has no weight does not say where need is either.
    unweighted = settings.model_copy(update={"need": settings.need.model_copy(update={"weights": {"ejscreen": 1.0}})})
    with pytest.raises(OnrampError, match=r"\(ejscreen\) has a value here"):
        require_need(area, unweighted)
