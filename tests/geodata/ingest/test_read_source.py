"""What a folder of files gives a run: whole national files, states they leave out, several lists, and refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geodata.errors import OnrampError, PublisherFailed, SourceUnavailable
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.read_source import read_source
from geodata.schemas.sourced import Sourced
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import Expected
from geodata.states import find_state
from tests.geodata.sources.test_svi import IN_2020, file, row

RI_ROWS = [row(f"4400103010{i}", IN_2020, (4.0 + i, 0.2 + i / 5)) for i in range(4)]
GA_ROWS = [row(f"1300195010{i}", IN_2020, (3.0 + i, 0.1 + i / 5)) for i in range(4)]
PR_ROWS = [row(f"7200195010{i}", IN_2020, (5.0 + i, i / 3)) for i in range(4)]


def put(folder: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(source: str, folder: Path, *states: str, least_rows: int | None = None) -> Sourced:
    known = SOURCES[source]
    if least_rows is not None:
        known = replace(known, spec=replace(known.spec, expected=Expected(least_rows=least_rows)))
    places = [find_state(usps) for usps in states]
    return read_source(known, FolderAcquirer(folder), places, Settings())


def test_a_part_of_the_nation_under_the_name_of_all_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = put(tmp_path, {"SVI_2022_US.csv": file([*RI_ROWS, *GA_ROWS])})
    for source, title in (("svi", "Social Vulnerability Index"), ("svi_measures", "Survey measures of the Social")):
        with pytest.raises(OnrampError) as raised:
            read(source, folder, "RI")
        assert str(raised.value).startswith(f"SVI_2022_US.csv: {title}")
        assert "holds 8 rows where at least 70,000 are expected of the nation" in str(raised.value)
        assert "a file of one state must carry the state in its name" in str(raised.value)


@pytest.mark.parametrize("source", ["svi", "svi_measures"])
def test_a_national_index_serves_one_state_and_all_and_is_known_as_national(tmp_path: Path, source: str) -> None:
    folder = put(tmp_path, {"SVI_2022_US.csv": file([*RI_ROWS, *GA_ROWS]), "GA/SVI_2022_Georgia.csv": file(GA_ROWS)})
    for states in (["RI"], ["GA", "RI"]):
        got = read(source, folder, *states, least_rows=8)
        assert [use.file for use in got.uses] == ["SVI_2022_US.csv"]
        assert set(got.table["state"]) == {"GA", "RI"}
        assert (got.uses[0].rows_in, got.uses[0].rows_kept) == (8, 8)
    if source == "svi":
        assert set(got.table["pooled"]) == {"nation"}


@pytest.mark.parametrize("states", [["PR"], ["GA", "PR", "RI"]])
def test_a_state_the_national_file_leaves_out_is_read_from_its_own(tmp_path: Path, states: list[str]) -> None:
    files = {"SVI_2022_US.csv": file([*RI_ROWS, *GA_ROWS]), "Puerto Rico.csv": file(PR_ROWS)}
    got = read("svi", put(tmp_path, files), *states, least_rows=8)
    assert [use.file for use in got.uses] == ["SVI_2022_US.csv", "Puerto Rico.csv"]
    assert got.table.groupby("state")["pooled"].first().to_dict() == {"GA": "nation", "PR": "state", "RI": "nation"}
    assert len(read("svi", tmp_path, "RI", least_rows=8).uses) == 1


def test_several_indices_of_an_office_are_each_a_definition(tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        {
            "index_equity_2024.csv": "geoid,value\n44001030100,1\n",
            "index_equity_2025.csv": "geoid,value\n44001030100,2\n44001030101,3\n",
            "index_heat.csv": "geoid,value,definition\n44001030100,9,heat\n44001030101,8,equity 2025\n",
        },
    )
    got = read("user_index", folder, "RI")
    rows = got.table.set_index(["definition", "geoid"])["value"].to_dict()
    # The older edition is passed over and named; a row that two files give counts once and is reported.
    assert rows == {("equity_2025", "44001030100"): 2, ("equity_2025", "44001030101"): 3, ("heat", "44001030100"): 9}
    assert [use.file for use in got.uses] == ["index_equity_2025.csv", "index_heat.csv"]
    assert "index_equity_2024.csv" in got.uses[0].note
    assert got.rejects["reason"].tolist() == ["repeated_in_another_file"]


def test_a_states_list_is_read_beside_everybodys_of_the_same_name(tmp_path: Path) -> None:
    header = "name,state,zip,latitude,longitude\n"
    files = {
        "training_providers.csv": f"{header}North,GA,30301,33.7,-84.4\n",
        "RI/training_providers.csv": f"{header}South,RI,02903,41.8,-71.4\n",
    }
    got = read("training_list", put(tmp_path, files), "GA", "RI")
    assert sorted(got.table["name"]) == ["North", "South"]


def test_polygons_of_2010_are_refused_with_what_to_bring_instead(tmp_path: Path) -> None:
    tract = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"GEOID":"44001030100"},'
        '"geometry":{"type":"Polygon","coordinates":[[[-71.3,41.7],[-71.2,41.7],[-71.2,41.8],[-71.3,41.7]]]}}]}'
    )
    folder = put(tmp_path, {"cb_2018_44_tract_500k.json": tract})
    with pytest.raises(OnrampError, match=r"tracts of the 2010 census.* such as cb_2020_44_tract_500k\.zip"):
        read("tracts", folder, "RI")
    assert len(read("tracts", put(tmp_path, {"cb_2020_44_tract_500k.json": tract}), "RI").table) == 1


@pytest.mark.parametrize(
    ("problem", "uses"), [(SourceUnavailable("not asked for"), 0), (PublisherFailed("refused"), 1)]
)
def test_an_optional_source_leaves_a_trace_only_where_its_publisher_was_asked(problem, uses) -> None:
    class Refusing:
        def obtain(self, spec, state=None):
            raise problem

        obtain_all = candidates = obtain

    got = read_source(SOURCES["acs"], Refusing(), [find_state("RI")], Settings())
    assert [use.freshness for use in got.uses] == ["missing"] * uses
