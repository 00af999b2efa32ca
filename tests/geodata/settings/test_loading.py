"""Settings: which of file, environment and arguments is stronger, and what a digest covers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from geodata.errors import SettingsError
from geodata.settings import DEPLOYMENT_ONLY, Settings, load_settings, of_the_deployment


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text("uncertainty: {draws: 10, seed: 3}\nneed:\n  weights: {svi: 2}\n")
    return path


def test_arguments_are_stronger_than_the_environment_and_that_than_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRAMP_UNCERTAINTY__DRAWS", "20")
    monkeypatch.setenv("ONRAMP_UNCERTAINTY__TOP_COUNT", "7")
    settings = load_settings(file, {"uncertainty": {"top_count": 9}})
    assert (settings.uncertainty.draws, settings.uncertainty.seed, settings.uncertainty.top_count) == (20, 3, 9)


def test_weights_are_replaced_whole(file: Path) -> None:
    assert load_settings(file).need.weights == {"svi": 2.0}
    assert load_settings(file, {"need": {"weights": {"cejst": 1}}}).need.weights == {"cejst": 1.0}


def test_a_digest_covers_the_method_and_not_the_machine(tmp_path: Path) -> None:
    plain = Settings().digest()
    elsewhere = {
        "home": tmp_path,
        "sources": {"folder": tmp_path},
        "languages": ("en",),
        "maps": {"online_tiles": True},
    }
    assert load_settings(None, elsewhere).digest() == plain
    assert load_settings(None, {"uncertainty": {"draws": 999}}).digest() != plain
    roads = [load_settings(None, {"travel": {"roads_file": tmp_path / place / "xl.osm.pbf"}}) for place in ("a", "b")]
    assert roads[0].digest() == roads[1].digest() != plain


def test_changes_of_settings_are_checked() -> None:
    settings = Settings()
    assert settings.with_changes({"uncertainty": {"draws": 5}}).uncertainty.draws == 5
    assert settings.uncertainty.draws == 1000
    with pytest.raises(SettingsError, match=r"uncertainty\.draws"):
        settings.with_changes({"uncertainty": {"draws": -1}})


def test_a_bad_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRAMP_UNCERTAINTY__DRAWS", "many")
    with pytest.raises(SettingsError, match=r"Setting “uncertainty.draws”: must be a valid integer \(given: 'many'\)"):
        load_settings()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_settings(tmp_path / "absent.yaml")


def test_a_date_of_yaml_is_taken_as_written(tmp_path: Path) -> None:
    file = tmp_path / "dated.yaml"
    file.write_text("as_of: 2026-09-30\n")
    assert load_settings(file).as_of == "2026-09-30"


def test_words_must_cover_the_languages_and_the_kinds() -> None:
    word = "heat pumps"
    names = ("name", "site", "sites", "units", "thing", "trade", "credential")
    words = {**dict.fromkeys(names, word), "kinds": dict.fromkeys(("level1", "level2", "dc_fast"), word)}
    with pytest.raises(SettingsError, match="no words in the language “es”"):
        load_settings(None, {"industry": {"words": {"en": words}}})
    with pytest.raises(SettingsError, match="must name the kinds of"):
        load_settings(None, {"languages": ("en",), "industry": {"words": {"en": {**words, "kinds": {"unit": word}}}}})
    settings = load_settings(None, {"languages": ("en",), "industry": {"words": {"en": words}}})
    assert settings.industry.words["en"].site == word


def leaves(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, object]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, f"{before}{name}.")
        else:
            yield before + name, kind


def test_whatever_names_a_folder_a_host_or_a_variable_is_the_deployments() -> None:
    """A new setting of this kind must not be left to whoever can reach the web pages."""
    suspects = {
        name
        for name, kind in leaves(Settings)
        if "Path" in str(kind) or name.endswith(("_env", "_host", "host", "url", "folder", "inbox", "cache", "hosts"))
    }
    assert len(suspects) > 10
    assert {name for name in suspects if not {name, name.split(".")[0]} & DEPLOYMENT_ONLY} == set()
    names = {name for name, _ in leaves(Settings)}
    assert all(one in names or any(name.startswith(one + ".") for name in names) for one in DEPLOYMENT_ONLY)


def test_settings_of_the_deployment_are_found_however_deep() -> None:
    changes = {"home": "/x", "need": {"weights": {"svi": 1}}, "sources": {"folder": "/y", "off": []}, "alerts": {}}
    assert of_the_deployment(changes) == ["home", "sources.folder", "alerts"]
    assert of_the_deployment({"hubs": {"most": 3}, "travel": {"engine": "roads"}}) == []
