"""Which way to obtain files: the fictional sample, a folder, or the publishers themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.fetching.acquire import Acquirer, FolderAcquirer, FoldersAcquirer
from geodata.fetching.live import SUPPLIED_FOLDER, live_acquirer
from geodata.sample import SampleWork, write_sample
from geodata.settings import Settings
from geodata.states import SAMPLE_STATE, State, find_state

SAMPLE_FOLDER = "sample"


def states_served(settings: Settings, asked_for: str | None = None) -> list[State]:
    """Return the states whose files are read: those of the settings, and the one `asked_for`.

    With neither it is the sample's. Fictional and real states never meet in one run: the one asked for decides,
    else the first of the settings.
    """
    texts = [*([asked_for] if asked_for else []), *settings.states] or [SAMPLE_STATE]
    states = list(dict.fromkeys(find_state(text) for text in texts))
    return sorted(state for state in states if state.fictional == states[0].fictional)


def acquirer_for(settings: Settings, states: Sequence[State]) -> Acquirer:
    """Return the way to obtain files for `states`.

    Folders named in the settings are all there is, unless publishers may fill them up. Without one, fictional states
    come from the sample, which is generated under the home folder the first time, and real ones from their publishers.
    """
    folders, invented = settings.sources.given_folders, all(state.fictional for state in states)
    if folders and (invented or not settings.sources.asks_publishers):
        return FolderAcquirer(folders[0]) if len(folders) == 1 else FoldersAcquirer(folders)
    if invented:
        return FolderAcquirer(sample_folder(settings))
    return live_acquirer(settings, states)


def operator_folder(settings: Settings) -> Path:
    """Return the folder that files an office brings are read from; the sample's only where it is named in `states`."""
    if settings.sources.given_folders:
        return settings.sources.given_folders[0]
    if settings.states and all(state.fictional for state in states_served(settings)):
        return sample_folder(settings)
    return settings.home / SUPPLIED_FOLDER


def sample_folder(settings: Settings) -> Path:
    """Return the folder of the fictional sample's files under the home folder, writing it where it is not there."""
    work = SampleWork.of(settings)
    folder = settings.home / f"{SAMPLE_FOLDER}{work.mark}"
    if not folder.exists():
        write_sample(folder, work=work)
    return folder
