"""The notebook of the docs, every code cell run in order, in an empty folder, without Dagster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
NOTEBOOK = json.loads((ROOT / "docs" / "notebook.ipynb").read_text("utf-8"))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder, names = tmp_path_factory.mktemp("notebook"), {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MPLBACKEND", "Agg")
        patch.setenv("ONRAMP_HOME", str(folder / "home"))
        for number, cell in enumerate(NOTEBOOK["cells"]):
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    return folder, names


def test_it_carries_no_outputs() -> None:
    code = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_it_finds_communities_and_accounts_for_every_row(ran: tuple[Path, dict[str, Any]]) -> None:
    _, names = ran
    assert len(names["communities"]) > 0 and names["communities"]["rank"].is_monotonic_increasing
    account = names["account"]
    assert (account["rows_in"] >= account["rows_kept"] + account["rows_rejected"]).all()


def test_another_weight_and_an_own_index_move_ranks(ran: tuple[Path, dict[str, Any]]) -> None:
    _, names = ran
    assert not names["ranks"]["all"].equals(names["ranks"]["svi"])
    assert (names["moved"]["before"] != names["moved"]["with_heat"]).any()


def test_it_draws_and_writes(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, names = ran
    assert (folder / "tiers.png").read_bytes().startswith(b"\x89PNG")
    page = (folder / "need.html").read_text("utf-8")
    assert names["scores"]["geoid"].iloc[0] in page and "tile.openstreetmap" not in page
    written = gpd.read_parquet(folder / "tracts.parquet")
    assert len(written) == len(names["shown"]) == len(gpd.read_file(folder / "tracts.gpkg"))
    assert len(pd.read_csv(folder / "communities.csv")) == len(names["communities"])


def test_it_needs_no_dagster() -> None:
    source = "".join("".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code")
    assert "dagster" not in source and "assets" not in source and "pipelines" not in source
