"""`onramp` as a person types it: help, version, completion, and what is said of what cannot be done."""

from __future__ import annotations

import os
import socket
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from geodata.errors import OnrampError
from pipelines.command import cli


@pytest.fixture
def onramp(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONRAMP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "file").write_text("x\n")
    (tmp_path / "bad.yaml").write_text("need: [\n  a: b")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["onramp", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        output = capsys.readouterr()
        return left.value.code or 0, " ".join(f"{output.out} {output.err}".split())

    return run


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("run --state ZZ", 2, "There is no state “ZZ”. Give a postal code such as RI"),
        ("run --state RI --sources nowhere", 2, "nowhere does not exist. Fill one with onramp mirror"),
        ("run --state RI --sources file", 2, "is a file, not a folder."),
        ("run --set nonsense", 2, "“nonsense” is not a setting: write name=value, such as"),
        ("run --set =5", 2, "“=5” is not a setting"),
        ("run --set need.weights={svi:", 2, "Setting “need.weights”: the value {svi: cannot be read."),
        ("run --set need=5 --set need.reference_area=nation", 2, "“need.reference_area” and “need” are both set"),
        ("run --set need.weigts.svi=1", 2, "There is no setting “need.weigts”; did you mean “need.weights”?"),
        ("run --set need.weights.svii=1", 2, "there is no “svii”; did you mean “svi”?"),
        ("run --set travel.engine=osrm", 2, "osrm needs the address of a server; set travel.server_url."),
        ("run --as-of yesterday", 2, "must be a date written YYYY-MM-DD"),
        ("run --settings nowhere.yaml", 2, "The settings file nowhere.yaml cannot be read: No such file or directory."),
        ("run --settings bad.yaml", 2, "bad.yaml, line 2: this is not YAML. Check the indents"),
        ("run --settings file", 2, "The settings file file must hold names and values."),
        ("run --home file/below", 2, "below cannot be written to (Not a directory). Name another with --home"),
        ("rum", 2, "No such command 'rum'. Did you mean 'run'?"),
        ("open --state RI", 1, "There is no map of Rhode Island yet. Compute it with onramp run --state RI."),
        ("serve --state RI", 1, "There is no map of Rhode Island yet"),
        ("serve --port 99999", 2, "less than or equal to 65535"),
        ("dev --port 0", 2, "greater than or equal to 1"),
        ("bundle out.zip --language xx", 2, "There are no texts in “xx”; there are en, es."),
        ("bundle out.zip --state RI", 1, "does not hold a finished run"),
        ("bundle .", 2, ". is a folder: name the zip file to write in it."),
        ("sample file", 2, "file exists already and would be replaced"),
        ("sample .", 2, ". exists already and would be replaced"),
        ("sample file/below", 1, "A file is where a folder is needed."),
        ("scenario nowhere.yaml", 1, "nowhere.yaml: the scenario cannot be read. Give the path of a YAML file."),
        ("compare nowhere nowhere", 1, "nowhere: this folder does not hold a finished run."),
        ("doctor --sources nowhere --offline", 2, "nowhere does not exist."),
        ("geocode nowhere.csv out.csv", 1, "nowhere.csv: the file is not there."),
        ("prune --keep 0", 2, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_an_exit_code(onramp, words: str, code: int, sentence: str) -> None:
    left, output = onramp(*words.split())
    assert sentence in output
    assert left == code
    assert "Traceback" not in output


def test_a_file_or_folder_that_is_there_is_left_alone(onramp, tmp_path: Path) -> None:
    onramp("sample", "file")
    assert (tmp_path / "file").read_text() == "x\n"


@pytest.mark.parametrize("command", ["open", "serve", "scenario file", "bundle out.zip", "pull", "doctor", "run"])
def test_the_settings_file_of_the_deployment_holds_for_every_command(onramp, monkeypatch, tmp_path, command) -> None:
    monkeypatch.setenv("ONRAMP_SETTINGS", str(tmp_path / "bad.yaml"))
    assert onramp(*command.split()) == (
        2,
        "bad.yaml, line 2: this is not YAML. Check the indents, colons and quotes there.",
    )


def test_the_ui_opens_in_the_home_folder_of_the_settings_file(onramp, monkeypatch, tmp_path) -> None:
    (tmp_path / "good.yaml").write_text(f"home: {tmp_path / 'srv'}\n")
    monkeypatch.delenv("ONRAMP_HOME")
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("ONRAMP_SETTINGS", "good.yaml")
    monkeypatch.setattr("pipelines.command.viewing_commands.free", lambda port: None)
    monkeypatch.setattr("os.chdir", lambda folder: None)
    monkeypatch.setattr("os.execv", lambda *_: sys.exit(0))
    assert onramp("dev")[0] == 0
    assert (tmp_path / "srv" / "dagster" / "dagster.yaml").is_file()
    assert (os.environ["ONRAMP_HOME"], os.environ["ONRAMP_SETTINGS"]) == (
        str(tmp_path / "srv"),
        str(tmp_path / "good.yaml"),
    )


@pytest.mark.parametrize("command", ["serve", "dev"])
def test_a_port_in_use_is_reported_with_another_to_choose(onramp, command: str, tmp_path: Path, monkeypatch) -> None:
    page = tmp_path / "home" / "products" / "XL" / "site" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        left, output = onramp(command, "--port", str(port))
    assert left == 1
    assert f"Port {port} cannot be used (Address already in use). Choose another with --port" in output


def test_help_is_grouped_and_shows_examples_and_exit_codes(onramp) -> None:
    left, output = onramp("--help")
    assert left == 0
    assert all(panel in output for panel in ("Compute", "Look at results", "Sources and files"))
    assert "Exit codes: 0 done; 1 something could not be computed or obtained; 2 the command or a setting" in output
    commands = [
        "run",
        "scenario",
        "compare",
        "open",
        "serve",
        "bundle",
        "dev",
        "sample",
        "mirror",
        "doctor",
        "geocode",
        "prune",
    ]
    for command in commands:
        left, output = onramp(command, "--help")
        assert left == 0
        assert f"onramp {command} " in output.rpartition("Example")[2]


def test_the_version_is_printed(onramp) -> None:
    assert onramp("--version") == (0, f"onramp {metadata.version('onramp')}")


@pytest.mark.parametrize("words", ["run --state RI", "nation --products none"])
def test_files_nothing_reads_are_named_before_anything_is_computed(
    onramp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    folder = tmp_path / "downloads"
    for name in ("SVI_2022_US.csv", "my training list.csv", "national/holiday_plans.xlsx", "README.txt", "notes.docx"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")

    def stop(*_: object) -> None:
        raise OnrampError("Here it would be computed.")

    # What computes takes seconds to be imported, and is not asked to.
    launcher = SimpleNamespace(launch_state=stop, launch_nation=stop)
    monkeypatch.setitem(sys.modules, "pipelines.command.launch", launcher)
    monkeypatch.setitem(sys.modules, "assets.products", SimpleNamespace(MAKERS={}, national_paths=None))
    code, output = onramp(*words.split(), "--sources", "downloads")
    assert code == 1
    before = output.partition("Here it would be computed.")[0]
    assert "“my training list.csv” is not read: no source has such a name" in before
    assert "“national/holiday_plans.xlsx” is not read" in before
    # A text may hold a list that somebody means to be read.
    assert "“notes.docx” is not read" in before
    assert not any(name in before for name in ("SVI_2022", "README"))
