from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.errors import OnrampError
from geodata.geography.crosswalk import to_2020
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.need import (
    has_need,
    lists_ranked,
    need,
    need_parts,
    reference_areas,
    require_need,
    usable_definitions,
    workforce_composite,
)
from geodata.scoring.study_area import study_area
from geodata.settings import Settings
from tests.geodata.geography.test_crosswalk import relationship
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


def test_a_strip_of_designated_land_neither_ranks_nor_designates(
    canonical: CanonicalTables, settings: Settings
) -> None:
    """0.0019 % of the land of one tract lies in a designated tract of 2010: it is as undesignated as its neighbors."""
    old = [geoid[:6] + "9" + geoid[7:] for geoid in grid.GEOIDS]
    flags = grid.definition("cejst", [0, 0, 0, 0, 0, 0, 0, 1, 1], [False] * 7 + [True] * 2, True)
    flags = flags.assign(geoid=old, tract_vintage=2010)
    parts = [(new, ten, 100_000.0) for new, ten in zip(grid.GEOIDS, old, strict=True)]
    strip = [*parts[1:], (grid.GEOIDS[0], old[0], 99_998.1), (grid.GEOIDS[0], old[8], 1.9)]
    half = [*parts[1:], (grid.GEOIDS[0], old[0], 51_000.0), (grid.GEOIDS[0], old[8], 49_000.0)]
    tracts = canonical.table("centers")
    needs = []
    for land in (parts, strip, half):
        carried = to_2020(flags, relationship(land), settings.sources.sliver_share).table
        rows = pd.concat([canonical.table("definitions").query("definition == 'svi'"), carried], ignore_index=True)
        ranked = need_parts(rows, canonical.table("measures"), tracts, settings.need)
        cejst = ranked[ranked["definition"] == "cejst"].set_index("geoid")
        # Seven tracts tie at rank 4 of 9, whatever their land; two at 8½.
        assert cejst["percentile"].tolist() == pytest.approx([100 * 3.5 / 9] * 7 + [100 * 8 / 9] * 2)
        assert set(cejst["value"]) == {0.0, 1.0}
        needs.append(need(ranked, tracts, settings.need).set_index("geoid")["need"])
    assert needs[1].equals(needs[0]) and needs[2].equals(needs[0])


def test_without_any_index_the_survey_is_the_one_definition_and_designates_nothing(
    canonical: CanonicalTables, settings: Settings
) -> None:
    tracts, measures = canonical.table("centers"), canonical.table("measures")
    parts = need_parts(canonical.table("definitions").iloc[:0], measures, tracts, settings.need)
    assert set(parts["definition"]) == {"workforce"} and parts["designated"].isna().all()
    assert set(parts.loc[parts["agrees"], "geoid"]) == set(parts.loc[parts["percentile"] >= 75, "geoid"])


def test_a_list_of_designated_tracts_is_ranked_as_ones_and_zeros_where_it_has_a_weight(
    canonical: CanonicalTables, settings: Settings
) -> None:
    listed = grid.definition("hud_qct", [None] * 9, [True] * 9, True).iloc[:2]
    rows = pd.concat([canonical.table("definitions"), listed], ignore_index=True)
    tracts, measures = canonical.table("centers"), canonical.table("measures")
    silent = need_parts(rows, measures, tracts, settings.need)
    assert "hud_qct" not in set(silent["definition"])
    weighted = settings.need.model_copy(update={"weights": {"svi": 1.0, "hud_qct": 1.0}})
    parts = need_parts(rows, measures, tracts, weighted)
    found = parts[parts["definition"] == "hud_qct"].set_index("geoid")
    assert found["value"].tolist() == [1.0, 1.0, *[0.0] * 7]
    assert found["designated"].tolist() == [True, True, *[False] * 7]
    assert found["percentile"].tolist() == pytest.approx([100 * 8 / 9] * 2 + [100 * 3.5 / 9] * 7)


def test_a_run_stops_where_no_definition_with_a_weight_has_a_value_here(canonical, settings) -> None:
    area = study_area(canonical, ["XL"], settings, grid.AS_OF)
    require_need(area, settings)
    nothing = replace(area, definitions=area.definitions.iloc[:0], measures=area.measures.iloc[:0])
    with pytest.raises(OnrampError, match="Nothing says where need is: none of the definitions with a weight"):
        require_need(nothing, settings)
    assert has_need(area, settings) and not has_need(nothing, settings)
    # Of a state cut from a nation its own tracts decide, not those it is compared with.
    elsewhere = replace(area, tracts=area.tracts.assign(geoid="56" + area.tracts["geoid"].str[2:]))
    assert not has_need(elsewhere, settings)
    # What has no weight does not say where need is either.
    unweighted = settings.model_copy(
        update={"need": settings.need.model_copy(update={"weights": {"ejscreen": 1.0, "svi": 0.0}})}
    )
    with pytest.raises(OnrampError, match=r"\(ejscreen\) has a value here"):
        require_need(area, unweighted)


def test_the_reference_area_is_each_state_or_one_for_the_nation_without_people_nobody_is_ranked() -> None:
    tracts = pd.DataFrame({"geoid": ["a", "b", "c"], "state": ["XL", "YL", "XL"], "population": [10.0, 20.0, 0.0]})
    for area, expected in (("state", ["XL", "YL"]), ("nation", ["nation", "nation"])):
        table = reference_areas(tracts, Settings(need={"reference_area": area}).need)
        assert table["geoid"].tolist() == ["a", "b"] and table["reference"].tolist() == expected


def test_an_index_ranked_within_its_state_is_left_out_of_a_national_reference_and_named() -> None:
    rows = pd.DataFrame({"definition": ["own", "svi"], "pooled": ["state", "nation"]})
    kept, notes = usable_definitions(rows, Settings(need={"reference_area": "nation"}).need)
    assert kept["definition"].tolist() == ["svi"] and "“own” is ranked within states" in notes[0]
    kept, notes = usable_definitions(rows, Settings().need)
    assert kept["definition"].tolist() == ["own", "svi"] and notes == []


def test_a_list_with_the_least_weight_is_ranked_and_one_without_any_is_not() -> None:
    rows = grid.definition("hud_qct", [None] * 9, [True] + [False] * 8, True).iloc[:1]
    universe = grid.centers()[["geoid", "state"]]
    for weight, expected in ((0.5, len(grid.GEOIDS)), (0.0, 0)):
        settings = Settings(need={"weights": {"svi": 1.0, "hud_qct": weight}}).need
        table = lists_ranked(rows, universe, settings)
        assert len(table) == expected
        assert table["value"].sum() == (1 if expected else 0)


def test_weights_are_shared_among_the_definitions_a_tract_has() -> None:
    tracts = grid.centers()[["geoid", "state", "population"]]
    svi = grid.definition("svi", [n / 10 for n in range(1, 10)], [None] * 9, True)
    own = grid.definition("own", [None] + [9.0 - n for n in range(1, 9)], [None] * 9, False)
    rows = pd.concat([svi, own], ignore_index=True)
    settings = Settings(need={"weights": {"svi": 0.1, "own": 0.3}}).need
    parts = need_parts(rows, grid.measures(), tracts, settings)
    weight = parts.pivot(index="geoid", columns="definition", values="weight")
    assert weight["svi"].tolist() == pytest.approx([1.0] + [0.25] * 8)
    assert weight["own"].dropna().tolist() == pytest.approx([0.75] * 8)
    # What has no weight is ranked and shown, and neither moves Need nor counts among its indices.
    assert set(weight["workforce"].dropna()) <= {0.0}
    table = need(parts, tracts, settings)
    assert table["n_indices"].tolist() == [1] + [2] * 8
    second = 0.25 * 100 * 1.5 / 9 + 0.75 * 100 * 7.5 / 8
    assert table["need_ensemble"].iloc[1] == pytest.approx(second)


def test_the_survey_composite_is_the_mean_rank_of_the_measures_a_tract_has() -> None:
    first, second, *_ = Settings().need.workforce_measures
    rows = pd.DataFrame(
        [
            ("a", first, 0.1),
            ("b", first, 0.2),
            ("c", first, 0.3),
            ("d", first, 0.9),
            ("a", second, 0.5),
            ("b", second, 0.4),
        ],
        columns=["geoid", "measure", "share"],
    ).assign(status="value")
    universe = pd.DataFrame({"geoid": ["c", "b", "a", "d"], "reference": ["XL", "XL", "XL", "YL"]})
    table = workforce_composite(rows, universe, Settings().need).set_index("geoid")["value"]
    assert table.index.tolist() == ["c", "b", "a", "d"]
    third = 100 / 3
    assert table.tolist() == pytest.approx([2.5 * third, (1.5 * third + 25) / 2, (0.5 * third + 75) / 2, 50])


def test_the_quarter_that_is_worst_off_agrees_and_a_designation_overrides_the_rank() -> None:
    a, b, c, d = grid.GEOIDS[:4]
    tracts = pd.DataFrame({"geoid": [a, b, c, d], "state": "XL", "population": 10.0})
    rows = pd.DataFrame(
        {
            "geoid": [a, a, b, c, d, d],
            "definition": ["svi", "cejst", "svi", "svi", "svi", "cejst"],
            "value": [0.1, 1.0, 0.2, 0.3, 0.4, 0.0],
            "designated": pd.array([None, True, None, None, None, False], dtype="boolean"),
            "official": [True, True, True, True, True, False],
            "archived": False,
            "vintage": 2022,
            "state": "XL",
            "pooled": "nation",
        }
    )
    parts = need_parts(rows, grid.measures(), tracts, Settings(need={"weights": {"svi": 1, "cejst": 1}}).need)
    own = parts[parts["definition"] != "workforce"]
    agrees = own.set_index(["geoid", "definition"])["agrees"].to_dict()
    survey = parts[parts["definition"] == "workforce"]
    assert not survey["official"].any() and not survey["archived"].any()
    # Of four the last is at 87.5 and the third at 62.5; cejst names a and expressly not d.
    assert agrees == {
        (a, "svi"): False,
        (a, "cejst"): True,
        (b, "svi"): False,
        (c, "svi"): False,
        (d, "svi"): True,
        (d, "cejst"): False,
    }
    table = need(parts, tracts, Settings(need={"weights": {"svi": 1}}).need).set_index("geoid")
    assert table["designated_by"].fillna("").tolist() == ["cejst", "", "", ""]
    # The survey's composite of the grid agrees in the worst tract of the four as well.
    assert table["agreement_count"].tolist() == [1, 0, 0, 2]


def test_rows_of_the_reference_are_numbered_anew() -> None:
    tracts = pd.DataFrame({"geoid": ["a", "b"], "state": "XL", "population": [np.nan, 20.0]}, index=[5, 3])
    table = reference_areas(tracts, Settings().need)
    assert table.index.tolist() == [0] and table["geoid"].tolist() == ["b"]
    one = tracts.assign(population=[1.0, 0.0])
    assert reference_areas(one, Settings().need)["geoid"].tolist() == ["a"]


def test_the_middle_of_the_upper_half_is_the_edge_of_the_worst_quarter_and_tracts_without_an_index_count_none() -> None:
    a, b, c = grid.GEOIDS[:3]
    tracts = pd.DataFrame({"geoid": [a, b, c], "state": "XL", "population": 10.0})
    two = grid.definition("svi", [0.1, 0.2] + [None] * 7, [None] * 9, True)
    none = grid.measures().iloc[:0]
    parts = need_parts(two, none, tracts, Settings(need={"weights": {"svi": 1}}).need)
    # Of two the second is at 75 and agrees.
    assert parts.set_index("geoid")["agrees"].to_dict() == {a: False, b: True}
    table = need(parts, tracts, Settings(need={"weights": {"svi": 1}}).need).set_index("geoid")
    assert table["n_indices"].tolist() == [1, 1, 0] and table["agreement_count"].tolist() == [0, 1, 0]
    assert table["need"].tolist() == pytest.approx([25.0, 75.0, np.nan], nan_ok=True)
    assert reference_areas(tracts, Settings().need).columns.tolist() == ["geoid", "state", "reference"]


def test_a_tract_known_by_definitions_without_a_weight_alone_has_no_need_and_weighs_nothing() -> None:
    a, b = grid.GEOIDS[:2]
    tracts = pd.DataFrame({"geoid": [a, b], "state": "XL", "population": 10.0})
    svi = grid.definition("svi", [0.1] + [None] * 8, [None] * 9, True)
    own = grid.definition("own", [1.0, 2.0] + [None] * 7, [None] * 9, False)
    chosen = Settings(need={"weights": {"svi": 1}}).need
    parts = need_parts(pd.concat([own, svi], ignore_index=True), grid.measures().iloc[:0], tracts, chosen)
    assert parts[["geoid", "definition", "weight"]].to_numpy().tolist() == [[a, "own", 0], [a, "svi", 1], [b, "own", 0]]
    assert need(parts, tracts, chosen)["need"].tolist() == pytest.approx([50.0, np.nan], nan_ok=True)
