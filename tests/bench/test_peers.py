"""The measurements compare like with like: on small sizes every contender finds what ours finds."""

import json
import time

import numpy as np
import pytest

from bench import access_nation, contiguity, cost_curve, distributed, hubs, montecarlo
from bench.__main__ import _measured, _words
from bench.common import Contender, Measured, side_by_side, write_results

SIZE = {"tracts": 1500, "providers": 120, "km": 60.0}


@pytest.fixture(scope="module")
def ours():
    return access_nation.minutes_and_csr(**SIZE)()


@pytest.mark.parametrize("peer", ["tree_and_csr", "csr_with_minutes", "pysal_handed"])
def test_access_with_the_same_distances_is_the_same(ours, peer):
    np.testing.assert_allclose(getattr(access_nation, peer)(**SIZE)(), ours, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("peer", ["geopandas_join", "pysal_own"])
def test_access_with_plane_distances_is_nearly_the_same(ours, peer):
    theirs = getattr(access_nation, peer)(**SIZE)()
    assert np.corrcoef(theirs, ours)[0, 1] > 0.99


@pytest.mark.parametrize("peer", ["sorted_numpy", "pysal_rook", "pysal_graph"])
def test_contiguity_is_the_same(peer):
    assert getattr(contiguity, peer)(400, "")().tolist() == contiguity.compiled(400, "")().tolist()


@pytest.mark.parametrize("peer", ["naive_pandas", "argsort_numpy"])
def test_chances_are_the_same_up_to_sampling(peer):
    mine = montecarlo.ours(600, 3, 250)()
    theirs = getattr(montecarlo, peer)(600, 3, 250)()
    # Clipping (theirs) and truncating (ours) differ a little too; 250 draws leave 0.03 on a chance of a half.
    assert np.abs(mine - theirs).max() < 0.15
    assert np.abs(mine - theirs).mean() < 0.01
    assert mine.sum() == pytest.approx(theirs.sum())


def test_a_curve_has_a_row_for_each_size(monkeypatch):
    def here(module, contender, arguments):
        """Measure in this process: that contenders run apart is tested below."""
        work = getattr(cost_curve, contender.function)(**arguments)
        started = time.perf_counter()
        found = work()
        took = max(time.perf_counter() - started, 1e-6)
        return Measured(contender.name, took, took, took, 1.0, 1.0), np.asarray(found)

    monkeypatch.setattr(cost_curve, "measured", here)
    rows = cost_curve.curve([1000], providers=100, km=60.0, number=10, bandwidth=10.0)
    assert rows[0]["pairs"] > 100
    assert rows[0]["access_seconds"] > 0


@pytest.mark.slow
def test_contenders_run_apart_and_a_failing_one_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.common.RESULTS", tmp_path)
    contenders = [
        Contender("ours", "compiled", 2),
        Contender("theirs", "sorted_numpy"),
        Contender("broken", "compiled", arguments={"polygons": "many"}),
    ]
    rows = side_by_side("bench.contiguity", contenders, {"polygons": 100, "file": ""})
    assert rows[1].largest_difference == 0
    assert rows[1].times_ours > 0
    assert "polygons" in rows[2].failed or "many" in rows[2].failed or "Type" in rows[2].failed
    write_results("small", "Small", rows, {"polygons": 100}, repeat="again")
    account = json.loads((tmp_path / "small.json").read_text(encoding="utf-8"))
    assert [row["contender"] for row in account["rows"]] == ["ours", "theirs", "broken"]
    assert "| theirs |" in (tmp_path / "small.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_cluster_finds_the_same_to_the_last_bit():
    size = {"origins": 5000, "providers": 200, "km": 60.0}
    np.testing.assert_array_equal(distributed.dask_cluster(**size)(), distributed.one_process(**size)())


def test_names_of_measurements_are_separated_from_options_and_their_values():
    given = ["hubs", "--peers", "python", "--quick", "maps", "--realdata=folder", "blocks"]
    assert _words(given) == (["hubs", "maps", "blocks"], ["--peers", "python", "--quick", "--realdata=folder"])


def test_a_measurement_that_fails_does_not_stop_the_others(monkeypatch, capsys):
    def broken(options):
        raise SystemExit("nothing to measure")

    monkeypatch.setattr(hubs, "main", broken)
    assert not _measured("hubs", [])
    monkeypatch.setattr(hubs, "main", lambda options: print("ran", options))
    assert _measured("hubs", ["--quick"])
    assert "ran ['--quick']" in capsys.readouterr().out


def test_hubs_of_states_are_within_their_bounds(monkeypatch):
    monkeypatch.setattr(hubs, "STATES", 5)
    size = {"tracts": 400, "sites": 120, "most": 4}
    exact, near, gap = hubs.exact_states(**size)(), hubs.near_best_states(**size)(), hubs.gaps(**size)()
    assert (near <= exact + 1e-9).all()
    assert gap[0] == 0.0
    assert ((exact - near) / exact <= gap[2] + 1e-9).all()
