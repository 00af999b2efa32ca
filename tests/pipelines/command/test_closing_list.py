"""The closing list in a terminal and as JSON: what was refused, what may be brought, the keys, the command."""

from __future__ import annotations

import io
import json

import pytest
from dagster import DagsterInstance, Failure, MetadataValue, asset, materialize
from rich.console import Console

from assets.sources import TO_GET
from geodata.fetching.to_get import ToGet, keys_not_set, to_get
from geodata.settings import load_settings
from geodata.sources import SOURCES
from geodata.states import find_state
from pipelines.command.closing_list import FILE_NAME, entries_of, print_list, write_list

RI = find_state("RI")


def entry(source: str, said: str = "It is refused.") -> ToGet:
    return to_get(SOURCES[source].spec, [RI], load_settings(), said, environ={})


@pytest.fixture
def printed():
    def show(entries, keys=()) -> str:
        out = io.StringIO()
        print_list(Console(file=out, width=60), entries, keys, "onramp run --state RI")
        return out.getvalue()

    return show


def test_a_block_can_be_copied_from_and_the_command_repeated(printed):
    said = printed([entry("centers"), entry("planned_sites")])
    address = "https://www2.census.gov/geo/docs/reference/cenpop2020/tract/CenPop2020_Mean_TR.txt"
    assert f"    file: CenPop2020_Mean_TR.txt, about 4.3 MB\n    from: {address}\n" in said
    assert "What this run did not get (1)" in said
    assert "• Planned sites supplied by the operator: planned_sites*.csv" in said
    assert said.rstrip().endswith("Then repeat: onramp run --state RI")


def test_all_keys_are_asked_for_at_once_and_one_that_is_set_is_not(printed):
    settings = load_settings(None, {"sources": {"off": ["job_centers"]}})
    keys = keys_not_set(settings, {"NLR_API_KEY": "secret"})
    assert [names for names, _, _ in keys] == [("CENSUS_API_KEY",)]
    said = printed([], keys)
    assert "• CENSUS_API_KEY: American Community Survey, five-year estimates; ask at https://api.census.gov/" in said
    assert len(keys_not_set(load_settings(), {})) == 3


def test_nothing_is_printed_where_nothing_is_missing(printed):
    assert printed([]) == ""


def test_the_entries_of_a_run_are_taken_from_its_events_those_of_failed_steps_too():
    @asset
    def went_on():
        from dagster import MaterializeResult

        return MaterializeResult(metadata={TO_GET: MetadataValue.json(entry("svi").to_dict())})

    @asset
    def served_by_another():
        from dagster import MaterializeResult

        return MaterializeResult(metadata={TO_GET: MetadataValue.json(entry("svi_measures").to_dict())})

    @asset
    def stopped():
        raise Failure("no", metadata={TO_GET: MetadataValue.json(entry("centers").to_dict())}, allow_retries=False)

    with DagsterInstance.ephemeral() as instance:
        result = materialize([went_on, served_by_another, stopped], instance=instance, raise_on_error=False)
    assert entries_of(result.all_events) == [entry("centers"), entry("svi")]


def test_the_list_is_json_beside_the_result_and_goes_when_nothing_is_missing(tmp_path):
    path = write_list([entry("centers")], tmp_path)
    assert path == tmp_path / FILE_NAME
    (written,) = json.loads(path.read_text())
    assert (written["source"], written["required"], written["keys"]) == ("centers", True, [])
    assert write_list([], tmp_path) is None
    assert not path.exists()
