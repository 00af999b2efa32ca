from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.geography.crosswalk import CODE_CHANGES, align_connecticut, corrected_codes, to_2020
from geodata.schemas.canonical import CENTERS, DEFINITIONS, RELATIONSHIP

SLIVER = 0.01
A10, B10, C10, D10 = (f"4400101010{i}" for i in range(4))
A20, B20, C20, D20, W20 = (f"4400102010{i}" for i in range(5))


def definitions(
    rows: dict[str, tuple[float | None, bool | None]], vintage: int = 2010, name: str = "cejst"
) -> pd.DataFrame:
    return DEFINITIONS.validate(
        pd.DataFrame(
            {
                "geoid": list(rows),
                "state": "RI",
                "definition": name,
                "value": [value for value, _ in rows.values()],
                "designated": pd.array([flag for _, flag in rows.values()], dtype="boolean"),
                "official": True,
                "archived": True,
                "pooled": "none",
                "crosswalk_basis": "none",
                "vintage": 2022,
                "tract_vintage": vintage,
                "ct_scheme": "not_applicable",
            }
        )
    )


def relationship(parts: list[tuple[str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(parts, columns=["geoid_2020", "geoid_2010", "land_part_m2"])
    frame["land_2020_m2"] = frame.groupby("geoid_2020")["land_part_m2"].transform("sum")
    frame["land_2010_m2"] = frame.groupby("geoid_2010")["land_part_m2"].transform("sum")
    return RELATIONSHIP.validate(frame)


def test_four_tracts_by_hand() -> None:
    # A is unchanged; B and C of 2010 (designated and not) became B20 with 60 + 40 and C20 with 30 + 70 of land.
    parts = [(A20, A10, 100), (B20, B10, 60), (B20, C10, 40), (C20, B10, 30), (C20, C10, 70), (W20, A10, 0)]
    found = to_2020(definitions({A10: (4, True), B10: (2, True), C10: (0, False)}), relationship(parts), SLIVER)
    table = found.table.set_index("geoid")
    assert table.index.tolist() == [A20, B20, C20]
    assert table["designated_share"].tolist() == pytest.approx([1.0, 0.6, 0.3])
    assert table["designated"].tolist() == [True, True, False]
    assert table["value"].tolist() == pytest.approx([4.0, 2.0, 0.0])
    assert (table["crosswalk_basis"] == "land").all()
    assert (table["tract_vintage"] == 2020).all()
    assert found.unmatched.to_numpy().tolist() == [[W20, "cejst", "no_land"]]
    assert found.notes == [
        "cejst: 3 tracts of 2010 were carried over to 3 tracts of 2020 by share of land; 0 found no place, "
        "1 tracts of 2020 have no value, 2 lie partly in designated land."
    ]


def test_exactly_half_is_designated() -> None:
    parts = [(A20, A10, 50), (A20, B10, 50)]
    found = to_2020(definitions({A10: (1, True), B10: (0, False)}), relationship(parts), SLIVER)
    assert found.table[["designated", "designated_share"]].to_numpy().tolist() == [[True, 0.5]]


def test_what_is_missing_is_not_taken_for_undesignated() -> None:
    parts = [(A20, A10, 70), (A20, B10, 30), (B20, B10, 60), (B20, A10, 40), (C20, D10, 10)]
    found = to_2020(definitions({A10: (None, True), C10: (1, True)}), relationship([*parts, (D20, C10, 5)]), SLIVER)
    table = found.table.set_index("geoid")
    # B of 2010 is unknown: A20 knows 70 % of its land and is judged by it, B20 knows 40 % and is not.
    assert table.index.tolist() == [A20, D20]
    assert table.loc[A20, ["designated", "designated_share"]].tolist() == [True, 1.0]
    assert pd.isna(table.loc[A20, "value"])
    assert set(map(tuple, found.unmatched.to_numpy())) == {
        (B20, "cejst", "no_2010_value"),
        (C20, "cejst", "no_2010_value"),
    }


def test_a_list_of_designated_tracts_says_of_the_others_that_they_are_not() -> None:
    parts = [(A20, A10, 60), (A20, B10, 40), (B20, A10, 30), (B20, B10, 70), (C20, B10, 10)]
    found = to_2020(definitions({A10: (None, True)}), relationship(parts), SLIVER).table.set_index("geoid")
    assert found["designated_share"].to_dict() == {A20: 0.6, B20: 0.3, C20: 0.0}
    assert found["designated"].tolist() == [True, False, False]
    assert found["value"].isna().all()


def test_tracts_without_a_successor_are_refused_by_name() -> None:
    found = to_2020(definitions({A10: (1, True), D10: (2, True)}), relationship([(A20, A10, 1)]), SLIVER)
    assert found.rejects[["key", "reason"]].to_numpy().tolist() == [[D10, "no_2020_tract"]]


def test_rows_on_2020_tracts_pass_unchanged_and_states_elsewhere_are_not_listed() -> None:
    svi = definitions({A20: (0.5, None)}, 2020, "svi")
    parts = [(A20, A10, 1), ("13001020100", "13001010100", 1)]
    found = to_2020(pd.concat([svi, definitions({A10: (1, True)})], ignore_index=True), relationship(parts), SLIVER)
    assert found.table[["geoid", "definition", "value"]].to_numpy().tolist() == [[A20, "svi", 0.5], [A20, "cejst", 1.0]]
    assert pd.isna(found.table["designated"][0])
    assert found.unmatched.empty
    assert to_2020(svi, relationship(parts), SLIVER).notes == []


def test_an_index_that_designates_nothing_is_carried_over_without_designation() -> None:
    found = to_2020(
        definitions({A10: (0.2, None), B10: (0.6, None)}), relationship([(A20, A10, 1), (A20, B10, 3)]), SLIVER
    )
    assert found.table["value"].tolist() == pytest.approx([0.5])
    assert found.table[["designated", "designated_share"]].isna().all().all()


def test_a_sliver_of_designated_land_designates_nothing_and_ranks_nothing() -> None:
    # B20 has 0.0019 % of its land from designated A10: two drawings of one border. C20 has 3 %, a real piece.
    parts = [(A20, A10, 50_000), (B20, A10, 1.9), (B20, B10, 99_998.1), (C20, A10, 3_000), (C20, C10, 97_000)]
    old = definitions({A10: (3, True), B10: (0, False), C10: (0, False)})
    found = to_2020(old, relationship(parts), SLIVER)
    table = found.table.set_index("geoid")
    assert table["designated_share"].to_dict() == pytest.approx({A20: 1.0, B20: 0.0, C20: 0.03})
    assert table["designated"].to_dict() == {A20: True, B20: False, C20: False}
    # A degree that only designated tracts have: what is not designated has none, however much land it took over.
    assert table["value"].to_dict() == {A20: 3.0, B20: 0.0, C20: 0.0}
    assert found.notes[0].endswith("1 pieces below 1.0% of a tract's land were left out as slivers.")
    assert to_2020(old, relationship(parts), 0.0).table.set_index("geoid")["designated_share"][B20] > 0


def test_a_small_tract_cut_out_of_a_wide_one_keeps_its_designation() -> None:
    # 0.5 % of the wide A10 is all there is of B20: it is a sliver of neither.
    found = to_2020(definitions({A10: (1, True)}), relationship([(A20, A10, 99.5), (B20, A10, 0.5)]), SLIVER)
    assert found.table["designated"].tolist() == [True, True]


def test_a_score_that_undesignated_tracts_have_too_is_a_mean_over_the_land() -> None:
    parts = relationship([(A20, A10, 60), (A20, B10, 40)])
    found = to_2020(definitions({A10: (90, True), B10: (40, False)}), parts, SLIVER).table
    assert found[["value", "designated"]].to_numpy().tolist() == [[70.0, True]]


shares = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 10_000)), min_size=1, max_size=25)


@settings(max_examples=10, deadline=None)
@given(shares, st.lists(st.booleans(), min_size=6, max_size=6), st.lists(st.floats(0.5, 8), min_size=6, max_size=6))
def test_land_is_conserved(parts: list[tuple[int, int, int]], flags: list[bool], values: list[float]) -> None:
    """Designated land, and land times a value that all tracts have, are in all the same before and after."""
    unique = {(i, j): land for i, j, land in parts}
    rows = [(f"440010201{i:02d}", f"440010101{j:02d}", float(land)) for (i, j), land in unique.items()]
    there = relationship(rows)
    old_rows = {f"440010101{j:02d}": (values[j], flags[j]) for j in range(6)}
    found = to_2020(definitions(old_rows), there, 0.0).table.set_index("geoid")
    land20 = there.groupby("geoid_2020")["land_part_m2"].sum()
    land10 = there.groupby("geoid_2010")["land_part_m2"].sum()
    before = sum(land10[j] for j in land10.index if old_rows[j][1])
    assert (found["designated_share"] * land20).sum() == pytest.approx(before)
    assert (found["value"] * land20).sum() == pytest.approx(sum(land10[j] * old_rows[j][0] for j in land10.index))
    assert found["value"].between(min(values) - 1e-9, max(values) + 1e-9).all()


def test_documented_renumberings_are_undone_in_either_direction() -> None:
    codes = pd.Series(["46113940500", "04019002704", "36085008900", "44001010100"], dtype="str")
    known = pd.Series(["46102940500", "04019002701", "44001010100"], dtype="str")
    assert corrected_codes(codes, known).tolist() == ["46102940500", "04019002701", "36085008900", "44001010100"]


def test_a_renumbering_onto_a_tract_that_is_there_is_refused() -> None:
    codes = pd.Series(["46113940500", "46102940500"], dtype="str")
    assert corrected_codes(codes, pd.Series(["46102940500"], dtype="str")).tolist() == codes.tolist()


def test_the_list_of_renumberings_is_one_to_one() -> None:
    assert len(CODE_CHANGES) == 25
    assert len(set(CODE_CHANGES.values())) == 25
    assert not set(CODE_CHANGES) & set(CODE_CHANGES.values())
    assert all(len(code) == 11 and code.isdigit() for pair in CODE_CHANGES.items() for code in pair)


def centers(geoids: list[str], scheme: str, vintage: int = 2020) -> pd.DataFrame:
    rows = {"geoid": geoids, "state": "CT", "population": 1, "latitude": 41.0, "longitude": -73.0}
    return CENTERS.validate(pd.DataFrame(rows | {"tract_vintage": vintage, "ct_scheme": scheme}))


def test_connecticut_is_brought_under_one_scheme() -> None:
    tables = {
        "centers": centers(["09013528100", "09001010101", "44001010100"], "counties"),
        "measures": centers(["09110528100", "09190010101", "44001010100"], "planning_regions"),
        "old": centers(["09013528100"], "counties", 2010),
    }
    found = align_connecticut(tables)
    assert set(found["centers"]["geoid"]) == set(found["measures"]["geoid"])
    ours = found["measures"][found["measures"]["geoid"].str.startswith("09")]
    assert (ours["ct_scheme"] == "counties").all()
    assert align_connecticut({"centers": tables["centers"]})["centers"] is tables["centers"]


def test_a_table_of_both_schemes_and_water_that_shares_a_number_are_brought_under_one() -> None:
    both = pd.concat([centers(["09001010101"], "counties"), centers(["09110528100"], "planning_regions")])
    tables = {
        "centers": centers(["09013528100", "09001010101", "09001990000", "09007990000"], "counties"),
        "definitions": both.reset_index(drop=True),
        "measures": centers(["09190010101"], "planning_regions"),
    }
    found = align_connecticut(tables)
    assert found["definitions"]["geoid"].tolist() == ["09001010101", "09013528100"]
    assert found["measures"]["geoid"].tolist() == ["09001010101"]
    assert found["centers"] is tables["centers"]
    for table in found.values():
        assert (table["ct_scheme"] == "counties").all()


def test_a_code_the_bridge_does_not_know_keeps_its_own() -> None:
    tables = {
        "centers": centers(["09013528100"], "counties"),
        "measures": centers(["09110528100", "09110999999"], "planning_regions"),
    }
    found = align_connecticut(tables)
    assert found["measures"]["geoid"].tolist() == ["09013528100", "09110999999"]
    assert found["measures"]["ct_scheme"].tolist() == ["counties", "planning_regions"]


def test_a_table_without_a_vintage_is_no_part_of_the_bridge_and_stays() -> None:
    tables = {
        "centers": centers(["09013528100"], "counties"),
        "measures": centers(["09110528100"], "planning_regions"),
        "names": pd.DataFrame({"geoid": ["09190010101"]}),
        "counties": pd.DataFrame({"name": ["Hartford"]}),
    }
    found = align_connecticut(tables)
    assert found["names"] is tables["names"] and found["counties"] is tables["counties"]
    assert found["measures"]["geoid"].tolist() == ["09013528100"]
    with_county = tables["measures"].assign(county_geoid="09110")
    assert align_connecticut({**tables, "measures": with_county})["measures"]["county_geoid"].tolist() == ["09013"]


def test_definitions_are_carried_over_by_name_and_their_rows_are_numbered_anew() -> None:
    """Two definitions, the second by name first, each with a tract that has no successor."""
    old = pd.concat([definitions({A10: (1, True), D10: (1, True)}, name=name) for name in ("svi", "cejst")])
    parts = relationship([(W20, A10, 0), (C20, C10, 5), (B20, C10, 5), (A20, A10, 1)])
    found = to_2020(old, parts, SLIVER)
    assert [note.split(":")[0] for note in found.notes] == ["cejst", "svi"]
    assert found.rejects[["source", "key"]].to_numpy().tolist() == [["cejst", D10], ["svi", D10]]
    for table in (found.table, found.rejects, found.unmatched):
        assert table.index.tolist() == list(range(len(table)))
    assert found.unmatched["geoid"].tolist() == [B20, C20, W20] * 2
    newer = definitions({A20: (0.5, None)}, 2020)
    newer.index = pd.Index([7])
    assert to_2020(newer, parts, SLIVER).table.equals(newer.reset_index(drop=True))
    nowhere = to_2020(definitions({D10: (1, True)}), parts, SLIVER)
    assert nowhere.table.empty and nowhere.rejects["key"].tolist() == [D10]


def test_a_note_counts_as_slivers_and_as_mixed_only_what_has_land() -> None:
    parts = [
        (A20, A10, 1),
        (A20, B10, 999),
        (A20, C10, 0),
        (B20, A10, 1.1),
        (B20, B10, 998.9),
        (C20, A10, 999),
        (C20, B10, 1),
    ]
    old = definitions({A10: (1, True), B10: (0, False), C10: (0, False)})
    note = to_2020(old, relationship(parts), 0.0).notes[0]
    # Of A20 a thousandth is designated, which is none, and of C20 all but that; of B20 a little more.
    assert note.endswith("1 lie partly in designated land.")
    assert to_2020(old, relationship([(A20, A10, 1), (A20, C10, 0)]), SLIVER).notes[0].endswith("designated land.")


def test_a_score_below_one_is_a_mean_as_well_and_an_unknown_verdict_makes_no_degree_a_score() -> None:
    parts = relationship([(A20, A10, 60), (A20, B10, 40), (C20, C10, 5)])
    found = to_2020(definitions({A10: (0.9, True), B10: (0.4, False)}), parts, SLIVER)
    assert found.table["value"].tolist() == pytest.approx([0.7])
    degree = to_2020(definitions({A10: (3, True), B10: (0, False), C10: (2, None)}), parts, SLIVER)
    assert degree.table.set_index("geoid")["value"].to_dict() == {A20: 3.0, C20: 2.0}


def test_half_a_square_meter_is_land_and_an_index_has_no_mixed_tracts() -> None:
    parts = relationship([(A20, A10, 1), (C20, C10, 0.5)])
    found = to_2020(definitions({A10: (0.2, None)}), parts, SLIVER)
    assert found.unmatched.to_numpy().tolist() == [[C20, "cejst", "no_2010_value"]]
    assert found.notes[0].endswith("0 lie partly in designated land.")


def test_connecticut_s_tracts_of_2010_are_no_part_of_the_bridge() -> None:
    tables = {
        "old": centers(["09013528100"], "counties", 2010),
        "measures": centers(["09110528100", "44001010100"], "planning_regions"),
    }
    found = align_connecticut(tables)
    assert found["measures"] is tables["measures"] and found["old"] is tables["old"]
