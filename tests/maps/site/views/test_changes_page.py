"""The page of changes says what moved, and nothing where nothing did."""

from __future__ import annotations

from pathlib import Path

from geodata.comparison.changes import change_report
from geodata.schemas.state_result import StateResult
from maps.site.build import build_site


def test_changes_are_shown(synthetic: StateResult, tmp_path: Path) -> None:
    before = synthetic
    communities = synthetic.table("communities").iloc[1:].reset_index(drop=True)
    after = StateResult(
        **{
            **vars(synthetic),
            "tables": {**synthetic.tables, "communities": communities, "sites": synthetic.table("sites").iloc[2:]},
        }
    )
    folder = build_site(after, tmp_path / "XL", changes=change_report(before, after), figures=False)
    page = (folder / "changes.html").read_text("utf-8")
    assert "1 community is no longer in the list." in page
    assert "Removed" in page
    assert "1 comunidad ya no está en la lista." in (folder / "es" / "changes.html").read_text("utf-8")
