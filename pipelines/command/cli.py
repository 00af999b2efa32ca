"""The `onramp` command: what the Dagster UI does, from a terminal, through the same jobs.

Exit codes: 0 done; 1 something could not be computed or obtained; 2 the command or a setting is wrong. Holds the
commands that compute and the sample; the others are in the modules `*_commands`.
"""

from __future__ import annotations

import io
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import OnrampError, SettingsError
from geodata.fetching.client.progress import download_bars
from geodata.ingest.preflight import usable_settings
from geodata.schemas.state_result import StateResult
from geodata.settings import load_settings
from geodata.states import SAMPLE_STATE, find_state
from pipelines.command.console import telling_requests
from pipelines.command.decision_commands import commands as decision_commands
from pipelines.command.first_questions import first_answers, may_ask, take_own_answers
from pipelines.command.options import (
    COMPUTE,
    SOURCES,
    FileOption,
    HomeOption,
    LiveOption,
    OneStateOption,
    SetOption,
    SourcesOption,
    VerboseOption,
    settings_changes,
)
from pipelines.command.report import announce, report, report_unread
from pipelines.command.source_commands import commands as source_commands
from pipelines.command.stopping import STOPPED, noting_stops
from pipelines.command.storage_commands import commands as storage_commands
from pipelines.command.terminal import Terminal
from pipelines.command.viewing_commands import commands as viewing_commands
from pipelines.error_messages import sentence_of, traceback_wanted

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    help="Find the communities where recruitment for EV charging, or other clean-economy work, should be concentrated.",
    epilog="Exit codes: 0 done; 1 something could not be computed or obtained; 2 the command or a setting is wrong. "
    "Begin with: onramp run",
)
console = Terminal()
errors = Terminal(stderr=True)


def print_version(wanted: bool) -> None:
    """Print the version and end, where it was asked for."""
    if wanted:
        console.print(f"onramp {version('onramp')}", highlight=False)
        raise typer.Exit


@app.callback()
def onramp(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that belong to no command."""


@app.command(rich_help_panel=COMPUTE, epilog="Examples:  onramp run   |   onramp run --state RI --sources downloads")
def run(
    state: OneStateOption = None,
    sources: SourcesOption = None,
    live: LiveOption = False,
    settings_file: FileOption = None,
    changes: SetOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date that the run is for; else its sources' newest.")
    ] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing, as where there is no terminal.")] = False,
) -> None:
    """Compute one state: read its sources, score its tracts, write maps and lists."""
    from pipelines.command.launch import launch_state

    if not sources and may_ask(no_input=no_input, settings_file=settings_file):
        chosen, settings_file = first_answers(state, _ask, _say, os.environ)
        state = chosen.usps
        take_own_answers()
    named = load_settings(settings_file).states if state is None else ()
    # Of several states nobody can tell which is meant.
    place = find_state(state or (named[0] if len(named) == 1 else SAMPLE_STATE))
    given = settings_changes(changes, sources=sources, live=live, home=home, as_of=as_of)
    settings = usable_settings(settings_file, given)
    announce(console, place, settings)
    report_unread(console, settings, place)
    with telling_requests(console, every=verbose), download_bars(console):
        folder = launch_state(place, settings, settings_file, given, console)
    report(console, StateResult.load(folder.result), folder.products)


def _ask(question: str, hidden: bool) -> str:
    answer: str = typer.prompt(question, default="", show_default=False, hide_input=hidden)
    return answer


def _say(sentence: str) -> None:
    console.print(sentence, highlight=False, markup=False, soft_wrap=True)


@app.command(
    rich_help_panel=COMPUTE,
    epilog="Examples:  onramp nation --sources downloads   |   onramp nation --products pages,lists",
)
def nation(
    sources: SourcesOption = None,
    live: LiveOption = False,
    settings_file: FileOption = None,
    changes: SetOption = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Date that the run is for; else its sources' newest.")
    ] = None,
    products: Annotated[
        str, typer.Option(help="What to write for each state: pages, lists, briefs, or none.")
    ] = "pages",
    home: HomeOption = None,
) -> None:
    """Compute all states together in one run, and write the national overview that links to them."""
    from assets.products import MAKERS, national_paths
    from pipelines.command.launch import launch_nation

    wanted = [name.strip() for name in products.split(",") if name.strip() not in ("", "none")]
    unknown = sorted(set(wanted) - set(MAKERS))
    if unknown:
        raise SettingsError(f"There is no product {', '.join(unknown)}. Choose from {', '.join(MAKERS)}, or none.")
    given = settings_changes(changes, sources=sources, live=live, home=home, as_of=as_of)
    settings = usable_settings(settings_file, given)
    report_unread(console, settings, None)
    with telling_requests(console, every=False), download_bars(console):
        made = launch_nation(settings, settings_file, given, wanted, console)
    for name in ("missing", "failed"):
        if made[name].value:
            console.print(f"[yellow]{name}[/yellow]: {made[name].value}", highlight=False)
    for name, path in national_paths(settings.home).items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)


@app.command(rich_help_panel=SOURCES, epilog="Example:  onramp sample fictional --tracts 250")
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write the fictional files to.")],
    tracts: Annotated[int, typer.Option(help="How many tracts.", min=100)] = 400,
    seed: Annotated[int, typer.Option(help="Another seed makes another place.")] = 20,
) -> None:
    """Write the fictional sample state in publishers' formats."""
    from geodata.sample import write_sample

    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise SettingsError(f"{folder} exists already and would be replaced: name a folder that does not exist yet.")
    write_sample(folder, tracts=tracts, seed=seed)
    console.print(f"Fictional files written to {folder}", markup=False)


app.add_typer(source_commands)
app.add_typer(decision_commands)
app.add_typer(storage_commands)
app.add_typer(viewing_commands)


def main() -> None:
    """Run the command; an error is one sentence and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a letter shows a question mark, and the run goes on.
            stream.reconfigure(errors="replace")
    take_own_answers()
    with noting_stops() as stops:
        try:
            code = _ended()
        except BaseException:
            if stops.last() is None:
                raise
            code = 1
        number = stops.last()
    if code and number is not None:
        code = print_error(STOPPED, 128 + number)
    try:
        sys.stdout.flush() if sys.stdout else None
    except BrokenPipeError:
        code = _hung_up()
    raise SystemExit(code)


def _ended() -> int:
    """Run the command, print what went wrong, and return the exit code."""
    output = sys.stdout
    try:
        app(standalone_mode=True)
    except SettingsError as error:
        return print_error(str(error), 2)
    except OnrampError as error:
        return print_error(str(error), 1)
    except SystemExit as ending:
        if sys.stdout is not output:
            return _hung_up()  # Where a pipe broke, typer puts another there and ends with code 1.
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BrokenPipeError:
        return _hung_up()
    except Exception as problem:
        if traceback_wanted():
            raise
        return print_error(sentence_of(problem), 1)
    return 0


def print_error(sentence: str, code: int) -> int:
    """Print what went wrong, unbroken so that a path can be copied and a log searched; return the exit code."""
    errors.print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)
    return code


def _hung_up() -> int:
    """Return the exit code of a command whose reader (such as head) stopped reading, which is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141  # 128 and the number of SIGPIPE, as a shell would report.


if __name__ == "__main__":
    main()
