"""The tests of a module lie in a file of its name: `geodata/a/b.py` has `tests/geodata/a/test_b.py`.

Modules that had none when this was written are listed; the list may only become shorter. Does not ask what the tests
hold.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("geodata", "maps", "assets", "pipelines", "deploy")
# One line a package: the modules of it that have no test file of their name yet.
WITHOUT = {
    "assets": (
        "canonical_tables decisions history last_finished metadata partitions products resources scenarios "
        "scoring sources steps"
    ),
    "geodata/fetching": "copy_names",
    "geodata/fetching/client": "body clock exchange",
    "geodata/ingest": "canonical_tables gather",
    "geodata/sample": (
        "award_list boundary_files cejst_file cells college_files file_writing hidden_fields invented_names "
        "land published_columns raster_files sample_work settlement spots station_file survey_figures "
        "svi_file terrain tracts_of_2010 training_files write"
    ),
    "geodata/schemas": "canonical computed sourced",
    "geodata/sources": "index_rows spec",
    "maps/briefs": "community_brief model page parts pdf state_brief write_briefs",
    "maps/cartography": "svg",
    "maps/figures": "charts drawing state_map write_figures",
    "maps/interactive": "leaflet map_points map_view packing payload",
    "maps/lists": (
        "column_wording file_names file_provenance list_pages list_specs qgis_project qgis_style write_lists"
    ),
    "maps/site": "addresses",
    "maps/site/views": "area_pages marks method_page nation_page overview site_view state_view",
    "maps/wording": "questions source_lines",
    "pipelines": "build definitions housekeeping instance jobs schedules storage",
    "pipelines/command": "decision_commands entry launch storage_commands terminal viewing_commands",
}


def _without_tests() -> set[str]:
    modules = (path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return {
        module.as_posix()
        for module in modules
        if not module.name.startswith("__") and not (ROOT / "tests" / module.parent / f"test_{module.name}").exists()
    }


def _listed() -> set[str]:
    return {f"{package}/{name}.py" for package, names in WITHOUT.items() for name in names.split()}


def test_every_module_has_a_test_file_of_its_name() -> None:
    new = sorted(_without_tests() - _listed())
    assert not new, f"without tests/…/test_NAME.py: {', '.join(new)}"


def test_a_module_that_has_tests_is_no_longer_listed() -> None:
    done = sorted(_listed() - _without_tests())
    assert not done, f"take off the list: {', '.join(done)}"
