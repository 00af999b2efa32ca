"""The commands that show what was computed: the Dagster UI, the map, the site, the bundle for e-mail."""

from __future__ import annotations

import os
import signal
import socket
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import OnrampError, SettingsError
from geodata.schemas.state_result import StateResult
from geodata.settings import CHECKOUT, SETTINGS_FILE, Settings, load_settings
from geodata.states import SAMPLE_STATE, find_state
from pipelines.command.options import LOOK, PORTS, FileOption, HomeOption, StateOption, settings_changes
from pipelines.command.terminal import Terminal

commands = typer.Typer()
console = Terminal()
HOST = "127.0.0.1"
# Dagster warns at every start about a command that stays for as long as this version does.
QUIET = "ignore:Function `dev_command`"


@commands.command(rich_help_panel=LOOK, epilog="Example:  onramp dev --port 3001, then stop with Ctrl-C")
def dev(
    settings_file: FileOption = None,
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port of the UI.", **PORTS)] = 3000,
) -> None:
    """Open the Dagster UI with everything loaded and ready to materialize; stop with Ctrl-C."""
    from pipelines.instance import prepare

    settings = _settings(settings_file, home)
    free(port)
    prepare(settings.home)
    os.environ["ONRAMP_HOME"] = str(settings.home)
    if settings_file is not None:
        os.environ[SETTINGS_FILE] = str(settings_file.resolve())
    console.print(
        f"The Dagster UI is at http://{HOST}:{port}: Jobs → state → Materialize all…, {SAMPLE_STATE}. Ctrl-C stops it."
    )
    os.chdir(CHECKOUT)
    # A process started with interrupts ignored hands that on, and its children could not be stopped.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    module = ["-m", "pipelines.web.develop", "--workspace", "workspace.yaml", "--host", HOST, "--port", str(port)]
    os.execv(sys.executable, [sys.executable, "-W", QUIET, *module])  # noqa: S606


@commands.command("open", rich_help_panel=LOOK, epilog="Examples:  onramp open --state RI   |   onramp open --nation")
def open_map(
    state: StateOption = SAMPLE_STATE,
    nation: Annotated[bool, typer.Option("--nation", help="The national overview instead of a state.")] = False,
    settings_file: FileOption = None,
    home: HomeOption = None,
) -> None:
    """Open the map of a state that was computed, or of the nation, in the browser."""
    settings = _settings(settings_file, home)
    page = national_page(settings) if nation else first_page(state, settings)
    webbrowser.open(page.as_uri())
    console.print(str(page), soft_wrap=True, markup=False)


@commands.command(rich_help_panel=LOOK, epilog="Example:  onramp serve --state RI --port 8080")
def serve(
    state: StateOption = SAMPLE_STATE,
    settings_file: FileOption = None,
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on this machine.", **PORTS)] = 8000,
) -> None:
    """Preview a state's site at an address on this machine; stop with Ctrl-C."""
    import uvicorn

    from pipelines.web.site import site

    page = first_page(state, _settings(settings_file, home))
    free(port)
    console.print(f"http://{HOST}:{port}/site/index.html", highlight=False)
    with suppress(KeyboardInterrupt):
        uvicorn.run(site(page.parent.parent), host=HOST, port=port, log_level="warning", server_header=False)
    console.print("Stopped")


@commands.command(rich_help_panel=LOOK, epilog="Example:  onramp bundle georgia.zip --state GA --language es")
def bundle(
    file: Annotated[Path, typer.Argument(help="Zip file to write.")],
    state: StateOption = SAMPLE_STATE,
    language: Annotated[str, typer.Option(help="Language of the brief: en or es.")] = "en",
    settings_file: FileOption = None,
    home: HomeOption = None,
) -> None:
    """Pack a state's brief, workbook and map into one zip file small enough for e-mail."""
    from maps.bundle import write_bundle
    from maps.texts import languages
    from pipelines.command.launch import folders

    if language not in languages():
        raise SettingsError(f"There are no texts in “{language}”; there are {', '.join(languages())}.")
    if file.is_dir():
        raise SettingsError(f"{file} is a folder: name the zip file to write in it.")
    result = StateResult.load(folders(find_state(state), _settings(settings_file, home).home).result)
    written = write_bundle(result, file, language)
    console.print(f"{written}: {written.stat().st_size / 1e6:.1f} MB", soft_wrap=True, highlight=False, markup=False)


def national_page(settings: Settings) -> Path:
    """Return the national overview; OnrampError where there is none."""
    from assets.products import national_paths

    page = national_paths(settings.home)["map"]
    if not page.exists():
        raise OnrampError("There is no map of the nation yet. Compute it with onramp nation.")
    return page


def first_page(state: str, settings: Settings) -> Path:
    """Return the page of a state to open first; OnrampError where it has not been computed yet."""
    from pipelines.command.launch import folders

    place = find_state(state)
    page = folders(place, settings.home).page
    if not page.exists():
        raise OnrampError(f"There is no map of {place.name} yet. Compute it with onramp run --state {place.usps}.")
    return page


def free(port: int) -> None:
    """Raise OnrampError where something already listens on a port of this machine."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as problem:
            message = (
                f"Port {port} cannot be used ({problem.strerror}). Choose another with --port, such as {port + 1}."
            )
            raise OnrampError(message) from None


def _settings(file: Path | None, home: Path | None) -> Settings:
    return load_settings(file, settings_changes(None, home=home))
