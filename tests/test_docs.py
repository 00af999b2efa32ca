"""The documents say what is so: links lead somewhere, generated pages are current, walk-throughs do what they say."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from geodata.geography.coordinates import Points
from geodata.geography.sphere import great_circle_km
from geodata.settings import Settings
from geodata.sources import user_index
from geodata.sources.spec import ParseContext
from geodata.travel.great_circle import Curve

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def script(name: str) -> ModuleType:
    """Return a script of docs/scripts/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def block(page: str, kind: str) -> str:
    """Return the first block of a kind on a page of docs/."""
    found = FENCE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    return next(text for language, text in found if language == kind)


def anchors(page: Path) -> set[str]:
    """Return the places in a page a link can lead to."""
    heads = re.findall(r"(?m)^#+\s+(.+?)\s*$", FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = {unquote(target).split("#")[0] for target in LINK.findall(index)}
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - named == set()
    decisions = ROOT / "docs" / "decisions"
    listed = LINK.findall((decisions / "README.md").read_text(encoding="utf-8"))
    assert {page.name for page in decisions.glob("0*.md")} == {name for name in listed if name.startswith("0")}


def test_the_picture_of_the_architecture_is_that_of_the_imports() -> None:
    drawer = script("draw_architecture")
    drawn = drawer.draw(drawer.survey())
    assert drawer.PICTURE.read_text(encoding="utf-8") == drawn, (
        "draw it again: python docs/scripts/draw_architecture.py"
    )


def test_the_coverage_in_the_methodology_is_that_of_the_results_kept() -> None:
    drawer = script("draw_coverage")
    made, again = drawer.results(), "draw it again: python docs/scripts/draw_coverage.py"
    assert drawer.PICTURE.read_text(encoding="utf-8") == drawer.draw(made), again
    text = drawer.PAGE.read_text(encoding="utf-8")
    assert text == drawer.page(text, made), again


def test_the_closing_list_that_is_shown_is_the_one_of_a_rehearsed_run() -> None:
    shown = (
        (ROOT / "docs" / "getting-data.md")
        .read_text(encoding="utf-8")
        .split("```text\nWhat this run")[1]
        .split("```")[0]
    )
    played = ROOT / "tests" / "rehearsal" / "golden" / "a-bad-day-of-everybody.txt"
    assert set(f"What this run{shown}".splitlines()) <= set(played.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("file", ["data-dictionary.md", "settings.md"])
def test_the_reference_pages_say_what_the_code_says(file: str) -> None:
    writer = script("write_reference")
    page = writer.PAGES[file]()
    assert (ROOT / "docs" / file).read_text(encoding="utf-8") == page, (
        "write it again: python docs/scripts/write_reference.py"
    )
    assert file != "settings.md" or "|  |" not in page.replace("| |", "|  |"), "a setting has no description"


def test_every_dependency_has_its_reason_and_its_row() -> None:
    lister = script("list_dependencies")
    named = {name for names in lister.named().values() for name in names}
    assert named == set(lister.WHY)
    rows = dict(re.findall(r"(?m)^\| ([\w-]+) \| ([^|]+?) \|", lister.PAGE.read_text(encoding="utf-8")))
    locked = lister.locked()
    assert {name: locked[name] for name in named} == {name: rows.get(name) for name in named}, (
        "write it again: python docs/scripts/list_dependencies.py"
    )


def test_a_source_can_be_added_as_the_walk_through_says(tmp_path: Path) -> None:
    module = ModuleType("union_halls")
    exec(compile(block("add-a-source.md", "python"), "add-a-source.md", "exec"), module.__dict__)
    file = tmp_path / "union_halls.csv"
    file.write_text(block("add-a-source.md", "csv"), encoding="utf-8")
    parsed = module.parse(file, ParseContext(Settings()))
    assert (parsed.rows_in, parsed.rows_kept, parsed.out_of_scope) == (4, 2, {"other trade": 1})
    assert parsed.rejects["reason"].tolist() == ["no_name"]
    assert parsed.table["seats"].fillna(-1).tolist() == [35, -1]


@pytest.mark.parametrize(
    ("page", "designated", "refused"),
    [("add-an-index.md", [], ["no_value"]), ("add-a-state-designation.md", [True, False, False, True], [])],
)
def test_an_index_is_read_as_its_walk_through_says(
    tmp_path: Path, page: str, designated: list[bool], refused: list[str]
) -> None:
    name = re.search(r"`(index_\w+\.csv)`", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert name is not None
    file = tmp_path / name[1]
    file.write_text(block(page, "csv"), encoding="utf-8")
    parsed = user_index.parse(file, ParseContext(Settings()))
    assert parsed.table["definition"].unique().tolist() == [file.stem.removeprefix("index_")]
    assert parsed.table["designated"].dropna().tolist() == designated
    assert parsed.rejects["reason"].tolist() == refused


def test_the_curves_of_travel_are_found_again_in_drives_made_of_them(tmp_path: Path) -> None:
    """The script that fits them, on made-up files with the faults of the real ones."""
    fit = script("fit_travel")
    rng = np.random.default_rng(4)
    n = 400
    counties = rng.integers(1, 40, n)
    geoids = [f"01{county:03d}{number:06d}" for number, county in enumerate(counties)]
    latitude, longitude = rng.uniform(33, 34, n), rng.uniform(-87, -86, n)
    land = np.where(np.arange(n) % 2, 1e6, 1e9)
    programs = pd.DataFrame({"Latitude": rng.uniform(33, 34, 6), "Longitude": rng.uniform(-87, -86, 6)})
    programs.to_csv(tmp_path / fit.PROGRAMS, index=False)
    homes, there = (
        Points(np.repeat(latitude, 6), np.repeat(longitude, 6)),
        Points(np.tile(programs["Latitude"], n), np.tile(programs["Longitude"], n)),
    )
    km = great_circle_km(homes, there).reshape(n, 6)
    minutes = np.where(land > 1e8, 0.8 * km.T + 3.0 * np.sqrt(km.T), 0.6 * km.T + 2.0 * np.sqrt(km.T)).T
    nearest = minutes.min(axis=1)
    nearest[::20] = 0.0  # a failed request
    nearest[1::20] = np.nan
    driven = pd.DataFrame({"origin": [geoid.lstrip("0") for geoid in geoids], "count within 30": 1, "minutes": nearest})
    driven.to_csv(tmp_path / fit.DRIVEN, index=False)
    parts = pd.DataFrame({"GEOID_TRACT_20": geoids, "GEOID_TRACT_10": geoids, "AREALAND_TRACT_20": land})
    parts["AREALAND_TRACT_10"] = land
    parts["AREALAND_PART"] = np.where(np.arange(n) % 20 == 2, 0.5, 1.0) * land  # changed since 2010
    parts.to_csv(tmp_path / fit.RELATIONSHIP, sep="|", index=False)
    centers = pd.DataFrame({"STATEFP": "01", "COUNTYFP": [g[2:5] for g in geoids], "TRACTCE": [g[5:] for g in geoids]})
    centers["POPULATION"], centers["LATITUDE"], centers["LONGITUDE"] = 4000, latitude, longitude
    centers.to_csv(tmp_path / fit.CENTERS, index=False)
    files = [fit.file_in(tmp_path, name) for name in (fit.DRIVEN, fit.PROGRAMS, fit.RELATIONSHIP, fit.CENTERS)]
    tracts, account = fit.usable(*files)
    assert account["without minutes"] == account["of zero minutes"] == account["not the same in 2020"] == n // 20
    assert sum(count for why, count in account.items() if why != "tracts in the file") == n
    for rural, known in ((True, (0.8, 3.0)), (False, (0.6, 2.0))):
        half = tracts[(tracts["rural"] == rural) & tracts["fitted"]]
        curve = fit.fitted_curve(half["km_0"].to_numpy(), half["minutes"].to_numpy())
        assert (curve.per_km, curve.per_root_km) == pytest.approx(known, abs=1e-6)
    assert set(tracts["fitted"]) == {True, False}
    assert tracts.groupby(tracts["geoid"].str[:5])["fitted"].nunique().max() == 1
    text = fit.report(tracts, account)
    assert "Urban: 0.60 · km + 2.00 · √km" in text and "Rural: 0.80 · km + 3.00 · √km" in text
    with pytest.raises(SystemExit, match="has no"):
        fit.file_in(tmp_path, "elsewhere.csv")


@pytest.mark.realdata
def test_the_curves_of_the_settings_are_those_the_script_finds(realdata: Path) -> None:
    fit = script("fit_travel")
    folders = [realdata, realdata.parent / "realdata-2024"]
    if not folders[1].is_dir():
        pytest.skip("the published drive minutes are not here")
    names = (fit.DRIVEN, fit.PROGRAMS, fit.RELATIONSHIP, fit.CENTERS)
    files = [next(file for folder in folders for file in folder.rglob(name)) for name in names]
    tracts, _ = fit.usable(*files)
    for rural, curve in ((False, Settings().travel.curve_urban), (True, Settings().travel.curve_rural)):
        own = tracts[tracts["rural"] == rural]
        half, judged = own[own["fitted"]], own[~own["fitted"]]
        found = fit.fitted_curve(half["km_0"].to_numpy(), half["minutes"].to_numpy())
        assert (found.per_km, found.per_root_km) == pytest.approx(curve.parts[1:], abs=0.005)
        speed = Curve(0.0, 60 * 1.35 / (70.0 if rural else 40.0), 0.0)
        now, before = (np.abs(c.minutes(judged["km_0"]) - judged["minutes"]).mean() for c in (found, speed))
        assert now < (0.85 if rural else 0.4) * before
