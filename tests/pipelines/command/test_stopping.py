"""Being stopped is a sentence and the exit code that names the signal."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console

from pipelines.command import cli, entry
from pipelines.command.console import StepLines
from pipelines.command.stopping import STOPPED, noting_stops


@pytest.fixture(autouse=True)
def nothing_ignored() -> Iterator[None]:
    """Let signals do what they do in a terminal, whatever started the tests: in the background Ctrl-C is ignored."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def ended(monkeypatch: pytest.MonkeyPatch, command: Callable[[], object]) -> int:
    monkeypatch.setattr(cli, "app", lambda **_: command())
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_command_unwinds_says_so_and_names_the_signal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    unwound = []

    def command() -> None:
        try:
            signal.raise_signal(number)
        finally:
            unwound.append(True)

    before = signal.getsignal(number)
    assert ended(monkeypatch, command) == 128 + number
    assert unwound == [True]
    assert capsys.readouterr().err == f"{STOPPED}\n"
    assert signal.getsignal(number) == before


def test_a_command_that_ends_well_after_it_was_stopped_ended_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def command() -> None:
        with suppress(KeyboardInterrupt):  # as the preview does
            signal.raise_signal(signal.SIGINT)

    assert ended(monkeypatch, command) == 0


def test_what_nobody_stopped_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def command() -> None:
        raise GeneratorExit

    monkeypatch.setattr(cli, "app", lambda **_: command())
    with pytest.raises(GeneratorExit):
        cli.main()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_is_ignored_stays_so_and_others_still_stop(number: int) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with noting_stops() as stops:
            signal.raise_signal(number)
            assert stops.last() is None
            # Dagster gives SIGTERM whatever SIGINT has, and so would have it ignored.
            signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
            assert stops.last() == signal.SIGTERM
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_a_signal_a_library_swallowed_stops_the_run_at_its_next_step() -> None:
    from dagster import Definitions, LoggerDefinition, asset, define_asset_job, in_process_executor

    done = []

    @asset
    def first() -> int:
        """Made although somebody asked to stop: a library let nothing of it through."""
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        signal.raise_signal(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
        done.append("first")
        return 1

    @asset
    def second(first: int) -> int:
        """What is not begun."""
        done.append("second")
        return first

    definitions = Definitions(
        assets=[first, second],
        jobs=[define_asset_job("job", executor_def=in_process_executor)],
        loggers={"lines": LoggerDefinition(lambda _: lines)},
    )
    lines = logging.Logger("lines", logging.DEBUG)
    lines.addHandler(StepLines(Console(quiet=True)))
    with noting_stops() as stops:
        result = definitions.resolve_job_def("job").execute_in_process(
            raise_on_error=False, run_config={"loggers": {"lines": {}}}
        )
        assert stops.last() == signal.SIGTERM
    assert not result.success
    assert done == ["first"]


@pytest.mark.parametrize("words", ["--version", "doctor --offline --quick --json", "doctor --offline --quick"])
def test_a_reader_that_wants_no_more_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str) -> None:
    monkeypatch.setenv("ONRAMP_HOME", str(tmp_path))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", errors="replace") as hung_up:
        monkeypatch.setattr(sys, "stdout", hung_up)
        monkeypatch.setattr(sys, "argv", ["onramp", *words.split()])
        with pytest.raises(SystemExit) as left:
            cli.main()
    assert left.value.code == 141


@pytest.mark.parametrize(
    ("problem", "code", "message"),
    [
        (KeyboardInterrupt(), 130, STOPPED),
        (MemoryError(), 1, "There is not enough memory for this."),
        (ImportError("x.so: failed to map segment from shared object"), 1, "There is not enough memory for this."),
    ],
)
def test_what_happens_while_the_command_is_loaded_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], problem: BaseException, code: int, message: str
) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise problem

    monkeypatch.setitem(sys.modules, "pipelines.command.cli", Loading("pipelines.command.cli"))
    with pytest.raises(SystemExit) as left:
        entry.main()
    assert left.value.code == code
    assert capsys.readouterr().err == f"{message}\n"


def test_where_memory_is_short_even_for_the_sentence_it_is_said_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def short(_: BaseException) -> str:
        raise MemoryError

    monkeypatch.setattr(cli, "sentence_of", short)
    monkeypatch.setattr(cli, "app", lambda **_: [][0])
    with pytest.raises(SystemExit) as left:
        entry.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == "There is not enough memory for this.\n"
