"""Survey measures of 2010 tracts on 2020 tracts: nobody is lost, margins follow, what is unknown stays unknown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.geography.crosswalk_measures import measures_to_2020
from geodata.ingest.combine import combine
from geodata.schemas.canonical import MEASURES, REJECTS, RELATIONSHIP
from geodata.schemas.provenance import SourceUse
from geodata.schemas.sourced import Sourced
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from geodata.states import find_state
from tests.geodata.geography.test_crosswalk import A10, A20, B10, B20, C10, C20, D10, SLIVER, W20, relationship

Row = dict[str, object]


def survey(measure: str, rows: dict[str, Row], vintage: int = 2018, source: str = "svi") -> pd.DataFrame:
    frame = pd.DataFrame([{"geoid": geoid, "status": "value", **row} for geoid, row in rows.items()])
    frame = frame.assign(state="RI", measure=measure, source=source, vintage=vintage, ct_scheme="not_applicable")
    return MEASURES.validate(frame.assign(tract_vintage=2020 if vintage >= 2020 else 2010))


def of(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    return table[table["measure"] == measure].set_index("geoid")


def test_two_tracts_by_hand() -> None:
    # B of 2010 gave 60 of its 100 of land to B20 and 40 to C20; C of 2010 all of its 50 to C20.
    parts = relationship([(B20, B10, 60), (C20, B10, 40), (C20, C10, 50), (W20, D10, 0)])
    people = survey("population", {B10: {"count": 1000, "count_moe": 50}, C10: {"count": 600, "count_moe": 30}})
    poor = survey(
        "no_vehicle",
        {
            B10: {"count": 100, "count_moe": 20, "share": 0.25, "share_moe": 0.05},
            C10: {"count": 30, "count_moe": 10, "share": 0.05, "share_moe": 0.02},
        },
    )
    table, rejects, notes = measures_to_2020(pd.concat([people, poor], ignore_index=True), parts, SLIVER)
    found = of(table, "no_vehicle")
    assert found.index.tolist() == [B20, C20]
    assert found["count"].tolist() == pytest.approx([60, 0.4 * 100 + 30])
    assert found["count_moe"].tolist() == pytest.approx([12, np.hypot(0.4 * 20, 10)])
    # C20 has 400 people of B and 600 of C.
    assert found["share"].tolist() == pytest.approx([0.25, 0.4 * 0.25 + 0.6 * 0.05])
    assert found["share_moe"].tolist() == pytest.approx([0.05, np.hypot(0.4 * 0.05, 0.6 * 0.02)])
    assert set(table["tract_vintage"]) == {2020} and set(table["crosswalk_basis"]) == {"land"}
    assert of(table, "population")["share"].isna().all()
    assert rejects.empty
    assert notes == [
        "Measures of 2 tracts of 2010 were carried over to 2 tracts of 2020 by share of land, 1,600 of 1,600 people "
        "with them; 0 found no place, 0 tracts of 2020 lack a value."
    ]


def test_slivers_of_both_tracts_carry_nobody_and_those_of_one_carry_whom_they_must() -> None:
    # A10 lost 0.2 % of its land to B20, a sliver of both. C20 is a small town cut out of wide B10: a sliver of that
    # one, and all it is. D10 is a small town that wide B20 took in: a sliver of that one, and all its people.
    land = [(A20, A10, 998), (B20, A10, 2), (B20, B10, 9_950), (C20, B10, 50), (B20, D10, 40)]
    people = {A10: {"count": 1000, "count_moe": 10}, B10: {"count": 2000, "count_moe": 0}}
    whole = survey("population", {**people, D10: {"count": 500, "count_moe": 0}})
    table, _, _ = measures_to_2020(whole, relationship(land), SLIVER)
    found = of(table, "population")
    assert found["count"].to_dict() == pytest.approx({A20: 1000, B20: 2000 * 0.995 + 500, C20: 10})
    assert found["count_moe"].to_dict() == pytest.approx({A20: 10, B20: 0, C20: 0})
    assert found["count"].sum() == pytest.approx(3500)


def test_missing_empty_and_unplaced_are_distinguished() -> None:
    parts = relationship(
        [(A20, A10, 99.5), (A20, B10, 0.5), (B20, B10, 80), (B20, A10, 20), (C20, C10, 10), (W20, "44001990000", 0)]
    )
    gone = {"count": None, "status": "suppressed"}
    nobody = {"count": 0, "status": "not_applicable"}
    people = survey("population", {A10: {"count": 1195}, B10: gone, C10: nobody, "44001990000": nobody, D10: nobody})
    table, rejects, _ = measures_to_2020(people, parts, SLIVER)
    found = of(table, "population")
    # Half a percent of A20 is unknown, a sliver of two drawings; most of B20 is.
    assert found["status"].to_dict() == {
        A20: "value",
        B20: "suppressed",
        C20: "not_applicable",
        W20: "not_applicable",
    }
    assert found.loc[A20, "count"] == pytest.approx(995)
    assert pd.isna(found.loc[B20, "count"]) and pd.isna(found.loc[A20, "count_moe"])
    assert found.loc[[C20, W20], "count"].tolist() == [0, 0]
    assert rejects[["key", "reason"]].to_numpy().tolist() == [[D10, "no_2020_tract"]]


shared = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(1, 10_000), min_size=1)


@settings(max_examples=4, deadline=None)
@given(shared, st.lists(st.integers(0, 9_000), min_size=6, max_size=6), st.lists(st.floats(0, 1), min_size=6))
def test_people_are_conserved(land: dict[tuple[int, int], int], people: list[int], shares: list[float]) -> None:
    """All people arrive, and people times share are as many as before; a border between states is not crossed."""
    pairs = [(f"440010201{i:02d}", f"440010101{j:02d}", float(size)) for (i, j), size in land.items()]
    pairs += [("25001020100", pairs[0][1], 7.0)]
    old = sorted({j for _, j, _ in pairs})
    old_rows = {
        j: {"count": people[k], "share": shares[k], "count_moe": 1, "share_moe": 0.1} for k, j in enumerate(old)
    }
    whole = {j: {"count": row["count"], "count_moe": 1} for j, row in old_rows.items()}
    both = pd.concat([survey("population", whole), survey("no_vehicle", old_rows)], ignore_index=True)
    table, _, _ = measures_to_2020(both, relationship(pairs), SLIVER)
    assert (table["state"] == "RI").all()
    found = of(table, "population")["count"]
    assert found.sum() == pytest.approx(sum(row["count"] for row in old_rows.values()))
    after = of(table, "no_vehicle")["share"].fillna(0)
    assert (after * found).sum() == pytest.approx(sum(row["count"] * row["share"] for row in old_rows.values()))


def test_codes_of_both_censuses_do_not_meet_before_they_are_carried_over() -> None:
    # The same code is other land in 2010: the survey on 2020 tracts, which stands first, must not hide it.
    parts = relationship([(A20, A10, 50), (B20, A10, 50)])
    newer = Sourced(survey("population", {A10: {"count": 7}}, 2021, "acs"), REJECTS.empty())
    use = SourceUse("svi_measures", "SVI", "CDC", "measures", "folder", note="The date is that of the file.")
    older = Sourced(survey("population", {A10: {"count": 100}}), REJECTS.empty(), [use])
    there = Sourced(RELATIONSHIP.validate(parts), REJECTS.empty())
    made = combine(MEASURES, {"acs": newer, "svi_measures": older, "relationship": there}, Settings())
    assert made.table.set_index("geoid")["count"].to_dict() == {A10: 7.0, A20: 50.0, B20: 50.0}
    assert made.uses[0].note.startswith("The date is that of the file. Measures of 1 tracts of 2010 were carried over")
    assert made.notes[0].startswith("svi_measures: Measures of 1 tracts")


def test_a_measure_one_source_lacks_is_taken_from_the_next_and_the_reason_of_the_first_stays() -> None:
    first = {A20: {"count": 7}, B20: {"count": None, "status": "suppressed"}, C20: {"count": None, "status": "missing"}}
    second = {A20: {"count": 8}, B20: {"count": 9}, C20: {"count": None, "status": "suppressed"}}
    reads = {
        "acs": Sourced(survey("population", first, 2022, "acs"), REJECTS.empty()),
        "svi_measures": Sourced(survey("population", second, 2022, "svi"), REJECTS.empty()),
    }
    made = combine(MEASURES, reads, Settings()).table.set_index("geoid").sort_index()
    assert made["source"].to_dict() == {A20: "acs", B20: "svi", C20: "acs"}
    assert made["status"].to_dict() == {A20: "value", B20: "value", C20: "missing"}


@pytest.mark.realdata
def test_rhode_island_of_2018_keeps_its_people(realdata: Path) -> None:
    context = ParseContext(Settings(), find_state("RI"))
    old = SOURCES["svi_measures"].read(realdata / "RI/SVI_2018_RhodeIsland.csv", context).table
    new = SOURCES["svi_measures"].read(realdata / "RI/SVI_2020_RhodeIsland.csv", context).table
    parts = SOURCES["relationship"].read(realdata / "national/tab20_tract20_tract10_natl.txt", context).table
    table, rejects, _ = measures_to_2020(old, parts, SLIVER)
    assert rejects.empty
    before, after = (one.groupby("measure")["count"].sum() for one in (old, table))
    assert after.to_dict() == pytest.approx(before.to_dict())
    # Every populated tract of 2020 has them, and two surveys two years apart describe the same places.
    beside = of(new, "no_vehicle").join(of(table, "no_vehicle"), rsuffix="_carried")
    assert beside["share_carried"].notna().sum() >= 244
    assert beside["share"].corr(beside["share_carried"], method="spearman") > 0.85


def test_a_tract_without_land_is_divided_evenly_and_sources_keep_their_vintage() -> None:
    parts = relationship([(B20, B10, 0), (C20, B10, 0), (A20, A10, 5)])
    first = survey("population", {B10: {"count": 8, "count_moe": 2}, D10: {"count": 1}})
    second = survey("population", {A10: {"count": 3}, D10: {"count": 1}}, source="acs")
    table, rejects, notes = measures_to_2020(pd.concat([first, second]), parts, SLIVER)
    assert table.set_index("geoid")["count"].to_dict() == {A20: 3.0, B20: 4.0, C20: 4.0}
    assert table.set_index("geoid")["source"].to_dict() == {A20: "acs", B20: "svi", C20: "svi"}
    assert rejects[["source", "key"]].to_numpy().tolist() == [["acs", D10], ["svi", D10]]
    assert table.index.tolist() == [0, 1, 2] and rejects.index.tolist() == [0, 1] and len(notes) == 2


def test_a_piece_without_people_says_nothing_and_takes_nothing() -> None:
    """Half of A20's land is B10, where nobody lives and the survey has no margin; of B20's, one person does."""
    parts = relationship([(A20, A10, 50), (A20, B10, 50), (B20, C10, 50), (B20, D10, 50)])
    people = {A10: {"count": 100}, B10: {"count": 0}, C10: {"count": 100}, D10: {"count": 1}}
    half = {"count": 20, "count_moe": 4, "share": 0.2, "share_moe": 0.1}
    unknown = {"count": 0, "share": 0.9}
    measure = survey("no_vehicle", {A10: half, B10: unknown, C10: half, D10: unknown})
    table, _, _ = measures_to_2020(pd.concat([survey("population", people), measure]), parts, SLIVER)
    found = of(table, "no_vehicle")
    assert found["share"].tolist() == pytest.approx([0.2, (20 + 0.9) / 101])
    assert found["share_moe"].tolist() == pytest.approx([0.1, np.nan], nan_ok=True)
    assert found["count_moe"].tolist() == [4.0, 4.0]


def test_without_a_count_there_is_no_share_and_no_margin() -> None:
    parts = relationship([(A20, A10, 50), (A20, B10, 50)])
    row = {"share": 0.2, "share_moe": 0.1}
    measure = survey("no_vehicle", {A10: {"count": 20, **row}, B10: {"count": None, **row, "status": "suppressed"}})
    both = pd.concat([survey("population", {A10: {"count": 100}, B10: {"count": 100}}), measure])
    found = of(measures_to_2020(both, parts, SLIVER)[0], "no_vehicle").loc[A20]
    assert found[["count", "count_moe", "share", "share_moe"]].isna().all() and found["status"] == "suppressed"


def test_where_nobody_lives_nothing_need_be_known_and_where_one_does_it_must() -> None:
    parts = relationship([(A20, A10, 50), (A20, B10, 50), (B20, C10, 50), (B20, D10, 50)])
    people = {A10: {"count": 100}, B10: {"count": 0}, C10: {"count": 100}, D10: {"count": 1}}
    half = {"count": 20, "count_moe": 4, "share": 0.2, "share_moe": 0.1}
    measure = survey("no_vehicle", {A10: half, B10: {"count": 0}, C10: half, D10: {"count": 1}})
    found = of(measures_to_2020(pd.concat([survey("population", people), measure]), parts, SLIVER)[0], "no_vehicle")
    nan = np.nan
    assert found["share"].tolist() == pytest.approx([0.2, nan], nan_ok=True)
    assert found["share_moe"].tolist() == pytest.approx([0.1, nan], nan_ok=True)
    assert found["count_moe"].tolist() == pytest.approx([4.0, nan], nan_ok=True)


def test_shares_weigh_by_people_that_are_known_though_few() -> None:
    parts = relationship([(A20, A10, 50), (A20, B10, 50), (W20, B10, 0)])
    row = {"count": 20, "share": 0.2, "share_moe": 0.1}
    measure = survey("no_vehicle", {A10: row, B10: {**row, "share": 0.8}})
    both = pd.concat([survey("population", {A10: {"count": 0.5}}), measure])
    found = of(measures_to_2020(both, parts, SLIVER)[0], "no_vehicle")
    # A piece without land of a tract with some is nobody's home and makes no tract.
    assert found.index.tolist() == [A20]
    assert found.loc[A20, ["share", "share_moe"]].tolist() == pytest.approx([0.2, 0.1])


def test_land_below_a_square_meter_divides_people_and_the_reason_of_a_gap_is_kept() -> None:
    parts = relationship([(A20, A10, 0.6), (B20, A10, 0.2), (C20, C10, 1), (W20, B10, 1)])
    gaps = {C10: {"count": None, "status": "missing"}, B10: {"count": None, "status": "suppressed"}}
    found = of(measures_to_2020(survey("population", {A10: {"count": 8}, **gaps}), parts, SLIVER)[0], "population")
    assert found["count"].fillna(-1).to_dict() == pytest.approx({A20: 6.0, B20: 2.0, C20: -1, W20: -1})
    assert found["status"].to_dict() == {A20: "value", B20: "value", C20: "missing", W20: "suppressed"}
    table, rejects, _ = measures_to_2020(survey("population", {D10: {"count": 8}}), parts, SLIVER)
    assert table.empty and rejects["key"].tolist() == [D10]


def test_a_survey_that_names_no_year_is_carried_over_as_well() -> None:
    undated = survey("population", {A10: {"count": 8}}).assign(vintage=pd.array([None], dtype="Int64"))
    table, _, notes = measures_to_2020(MEASURES.validate(undated), relationship([(A20, A10, 1)]), SLIVER)
    assert table["count"].tolist() == [8.0] and table["vintage"].isna().all() and len(notes) == 1


def test_a_margin_of_more_than_everybody_is_everybody() -> None:
    row = {"count": 20, "share": 0.2, "share_moe": 1.5}
    both = pd.concat([survey("population", {A10: {"count": 100}}), survey("no_vehicle", {A10: row})])
    table, _, _ = measures_to_2020(both, relationship([(A20, A10, 50)]), SLIVER)
    assert of(table, "no_vehicle")["share_moe"].tolist() == [1.0]
