"""The command about storage that machines share: bring what they made to this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import SettingsError
from geodata.settings import load_settings
from geodata.states import find_state
from geodata.storage.shared_home import shared_home
from pipelines.command.options import SOURCES, FileOption
from pipelines.command.terminal import Terminal

commands = typer.Typer()
console = Terminal()


@commands.command(rich_help_panel=SOURCES, epilog="Example:  onramp pull --state RI --home pages")
def pull(
    states: Annotated[list[str] | None, typer.Option("--state", "-s", help="State to bring. Repeatable.")] = None,
    settings_file: FileOption = None,
    home: Annotated[Path | None, typer.Option("--home", help="Folder to bring them to.")] = None,
) -> None:
    """Bring results and products from the shared storage, those of all states where none is named."""
    settings = load_settings(settings_file, {} if home is None else {"home": str(home.resolve())})
    shared = shared_home(settings)
    if shared is None:
        raise SettingsError("There is no shared storage to bring anything from: name it in the setting storage.url.")
    wanted = {find_state(text).usps for text in states or []}
    names = [*shared.names("products"), *shared.names("tables/state_result")]
    for name in names:
        if not wanted or wanted & set(name.split("/")):
            shared.fetch(name)
            console.print(name, highlight=False)
    console.print(f"They are in {settings.home}", soft_wrap=True, markup=False)
