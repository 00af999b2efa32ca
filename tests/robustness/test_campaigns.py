"""Every campaign starts and does its smallest piece of work; the campaigns themselves are run by `make robustness`."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from geodata.errors import OnrampError
from geodata.sample import write_sample
from geodata.settings import load_settings
from tests.robustness import __main__ as campaigns
from tests.robustness import fuzz, fuzz_guided, fuzz_maps, load, mutation, nights, surroundings
from tests.robustness.kill import FetchCampaign


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample") / "files", tracts=100)


@pytest.mark.parametrize("name", campaigns.CAMPAIGNS)
def test_a_campaign_takes_the_options_it_is_run_with(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, module, *_ = campaigns.command(name, tmp_path)
    monkeypatch.setattr("sys.argv", [module, "--help"])
    with pytest.raises(SystemExit) as ended:
        import_module(module).main()
    assert ended.value.code == 0


def test_a_campaign_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        campaigns.main(["fuss"])
    assert "there is no campaign fuss" in capsys.readouterr().err


def test_damaged_files_are_read_in_a_child(sample: Path) -> None:
    (target,) = [target for target in fuzz.seeds(sample, load_settings(None, {})) if target.name == "svi"]
    whole = target.whole.read_bytes()
    batch = [(target, fuzz.mutated(whole, target.whole.name, random.Random(seed))) for seed in range(8)]
    results, died = fuzz._in_child(batch)
    assert died == "" and len(results) == len(batch)
    assert {outcome for outcome, *_ in results} <= {"kept", "refused"}


def test_rasters_and_roads_are_among_the_damaged_files(sample: Path, tmp_path: Path) -> None:
    targets = {name: (whole, read) for name, whole, read in fuzz_maps.targets(tmp_path, sample)}
    whole, read = targets["roads_osm_pbf"]
    assert len(targets) > 3
    read(whole)


@pytest.mark.parametrize("name", fuzz_guided.TARGETS)
def test_a_guided_target_reads_its_own_words(name: str) -> None:
    for watched in fuzz_guided.WATCHED:
        import_module(watched)
    read = fuzz_guided.TARGETS[name]()
    for word in (*fuzz_guided.WORDS, "\n".join(fuzz_guided.WORDS)):
        try:
            read(word.encode())
        except OnrampError as problem:
            assert str(problem).strip()


def test_a_mirror_that_is_killed_leaves_nothing_damaged(tmp_path: Path) -> None:
    account = FetchCampaign(tmp_path).kill(kills=1, seed=5, alone_after=1)
    assert (account.kills, account.problems) == (1, [])


def test_the_nation_of_the_load_is_written_state_by_state(tmp_path: Path) -> None:
    states = [state for state in load.REGISTRY if state.usps in ("RI", "GA")]
    load.write_nation(tmp_path, load.sample_tables(tmp_path / "made", 20), states)
    assert load.disk(tmp_path) > 0


def test_surroundings_know_an_undisturbed_command(tmp_path: Path) -> None:
    place = surroundings.Place(tmp_path, tmp_path / "home", tmp_path / "files")
    done = surroundings.ended(surroundings.start([*place.command()[:-1], "--no-such-option"]))
    assert done.code == 2 and "Traceback" not in done.said


def test_a_change_of_a_file_is_one_of_a_planned_station(sample: Path) -> None:
    changed = json.loads(nights.with_a_change(sample / nights.STATIONS, 7))["fuel_stations"]
    assert [row["ev_dc_fast_num"] for row in changed].count(7) >= 1


def test_a_mutant_differs_from_its_module_in_one_place() -> None:
    module = "geodata/scoring/eligible_adults.py"
    whole = ast.unparse(ast.parse((mutation.ROOT / module).read_text("utf-8"))).splitlines()
    found = mutation.mutants(module)
    assert found == mutation.mutants(module) and module in mutation.modules()
    assert any(one.before == "population - count['under_18'] - count['over_64']" for one in found)
    for one in found[::7]:
        lines = ast.unparse(mutation.mutated(one)).splitlines()
        assert sum(new != old for new, old in zip(lines, whole, strict=True)) == 1, one


def test_the_sample_of_mutants_depends_on_its_seed_alone() -> None:
    names = mutation.modules()[:2]
    assert list(mutation.drawn(names, 3)) == list(mutation.drawn(names, 3)) != list(mutation.drawn(names, 4))


def test_every_listed_survivor_is_a_mutant_and_says_why() -> None:
    known = mutation.known_survivors()
    every = {mutation.known_as(one) for module in {name for name, *_ in known} for one in mutation.mutants(module)}
    assert set(known) <= every
    assert all(len(reason) > 20 for reason in known.values())


def test_most_wrong_signs_of_a_small_module_are_noticed(tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    words = ["--own", "--only", "decisions/quarters", "--report", str(report)]
    subprocess.run([sys.executable, "-m", "tests.robustness.mutation", *words], cwd=mutation.ROOT, check=True)
    said = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert len(said) == len(mutation.mutants("geodata/decisions/quarters.py"))
    assert {one["outcome"] for one in said} <= {"killed", "killed by others", "survived"}
    assert sum(one["outcome"] == "killed" for one in said) > len(said) / 2
