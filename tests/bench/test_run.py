"""Every measurement runs to its end at its least size, so that none breaks unseen."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import numba
import pytest

import bench
from bench import common, report
from bench.__main__ import NOT_MEASUREMENTS

MODULES = (found.name for found in pkgutil.iter_modules(bench.__path__))
MEASUREMENTS = sorted(name for name in MODULES if name not in NOT_MEASUREMENTS)
SLOW = {"distributed", "hubs", "maps", "nation_walk", "travel_friction"}
MARKS = {name: [pytest.mark.slow] for name in SLOW} | {"maps": [pytest.mark.slow, pytest.mark.browser]}
Figures = dict[str, Any]


def in_this_process(
    module: str, contender: common.Contender, arguments: dict[str, Any], result: Path
) -> dict[str, Any]:
    """Contend here, once: that contenders run in processes of their own is tested beside."""
    threads = numba.get_num_threads()
    try:
        return common.contend(module, contender.function, arguments, 1, result)
    finally:
        numba.set_num_threads(threads)


@pytest.mark.parametrize("name", [pytest.param(name, marks=MARKS.get(name, ())) for name in MEASUREMENTS])
def test_a_measurement_runs_at_its_least_size(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(f"bench.{name}")
    for place in (common, module):
        if hasattr(place, "RESULTS"):
            monkeypatch.setattr(place, "RESULTS", tmp_path)
    monkeypatch.setattr(common, "figures_of", in_this_process)
    module.main(["--tiny", "--peers", ""])
    written = sorted(tmp_path.glob("*_tiny.json"))
    assert written
    for path in written:
        rows = json.loads(path.read_text(encoding="utf-8")).get("rows", [])
        assert [row["failed"] for row in rows if row.get("failed")] == []
        assert path.with_suffix(".md").read_text(encoding="utf-8").startswith("## ")


def test_results_of_small_sizes_are_not_kept() -> None:
    kept = {path.stem for path in common.RESULTS.glob("*.json")}
    assert kept
    assert not [name for name in kept if name.endswith(("_quick", "_tiny"))]


def test_the_document_holds_every_result_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "performance.md")
    report.main()
    text = (tmp_path / "performance.md").read_text(encoding="utf-8")
    for path in common.RESULTS.glob("*.md"):
        if not path.stem.endswith(("_quick", "_tiny")):
            assert path.read_text(encoding="utf-8").splitlines()[0] in text
