"""Obtaining sources from their publishers, with the last good copy to fall back on.

A copy becomes the newest one only after it is whole, is what it should be, holds to its pinned hash and, where a
trial is given, can be read. Until then the last good copy stays, and it is what a failing publisher leaves us with:
marked stale, with its age and the reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from platformdirs import user_cache_path

from geodata.errors import OnrampError, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquired, FolderAcquirer, Status, age_in_days
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.download_cache import Cache, Copy, Entry, iso
from geodata.fetching.client.exchange import Download, Progress, Validators
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import Redactor
from geodata.fetching.copy_names import copy_name
from geodata.fetching.folder import fill_patterns, needs_state, patterns_in_words
from geodata.fetching.publishers.acs_summary_file import SummaryFiles
from geodata.fetching.publishers.arcgis import ArcGisLayer
from geodata.fetching.publishers.career_one_stop import CareerOneStop
from geodata.fetching.publishers.census_api import CensusApi
from geodata.fetching.publishers.remote_raster import RasterWindow
from geodata.fetching.publishers.station_service import StationService
from geodata.fetching.transport import Job, PlainFile, Transport, fill_address
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.drift import held_to
from geodata.sources.spec import ParseContext, SourceSpec
from geodata.states import State
from geodata.storage.shared_home import shared_home, sync

TRANSPORTS: Mapping[str, Transport] = {
    "file": PlainFile(),
    "afdc": StationService(),
    "arcgis": ArcGisLayer(),
    "census_api": CensusApi(),
    "acs_summary_file": SummaryFiles(),
    "career_one_stop": CareerOneStop(),
    "raster_window": RasterWindow(),
}
SUPPLIED_FOLDER = "supplied"
# After a failure other runs use the last good copy for a while instead of failing one by one.
_REST = timedelta(minutes=10)
_DAILY, _WEEKLY, _MONTHLY = timedelta(hours=12), timedelta(days=6), timedelta(days=30)

Trial = Callable[[SourceSpec, Path, State | None], None]


@dataclass(frozen=True)
class LiveOptions:
    """`fields` fill addresses (e.g. `afdc_host`); `environ` holds keys; `refresh` asks even for recent copies;
    `optional` names the optional sources that are wanted.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    refresh: bool = False
    optional: frozenset[str] = frozenset()


def asked_again_after(spec: SourceSpec) -> timedelta:
    """Return how long a copy is taken as current without asking the publisher."""
    if spec.archived or spec.sha256:
        return _MONTHLY
    return _DAILY if "daily" in spec.cadence.casefold() else _WEEKLY


class LiveAcquirer:
    """Takes sources from their publishers through the cache.

    `supplied` is the folder of sources that have no address because the operator brings them. `trial` is run on
    each new copy before it is accepted and raises an OnrampError when the copy cannot be used.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        cache: Cache,
        *,
        clock: Clock | None = None,
        options: LiveOptions | None = None,
        supplied: Path | None = None,
        trial: Trial | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._cache = cache
        self._clock = clock or fetcher.clock
        self._options = options or LiveOptions()
        self._supplied = supplied
        self._trial = trial

    @property
    def cache(self) -> Cache:
        """The cache of copies."""
        return self._cache

    @property
    def clock(self) -> Clock:
        """The clock that ages are counted by."""
        return self._clock

    def asks_publisher(self, spec: SourceSpec) -> bool:
        """Return whether this source is downloaded; others come from the operator's folder."""
        return bool(spec.urls) and (not spec.optional or spec.name in self._options.optional)

    def has_key(self, spec: SourceSpec) -> bool:
        """Return whether the environment holds the key this source needs, if it needs one."""
        return spec.key_env is None or bool(self._options.environ.get(spec.key_env, "").strip())

    def probe(self, spec: SourceSpec, state: State | None = None) -> FetchError | None:
        """Return None when a publisher of this source answers and takes the key, else what the last one said."""
        problem: FetchError | None = None
        for addresses in self.addresses(spec, state).values():
            for address in addresses:
                job = Job(spec, state, address, Path(), environ=self._options.environ)
                try:
                    TRANSPORTS[spec.transport].probe(self._fetcher, job)
                except FetchError as caught:
                    problem = caught
                else:
                    return None
        return problem

    def obtain(self, spec: SourceSpec, state: State | None = None) -> Acquired:
        """Return the newest copy that can be had; raises SourceUnavailable when there never was one."""
        if not self.asks_publisher(spec):
            return self._from_operator(spec, state)[0]
        reasons: list[str] = []
        for scope, addresses in self.addresses(spec, state).items():
            try:
                return self._obtain(spec, state if scope != NATION else None, scope, addresses)
            except SourceUnavailable as problem:
                reasons.append(str(problem))
        if not reasons:
            raise SourceUnavailable(f"{spec.title} comes by state: name the state it is wanted for.")
        raise SourceUnavailable(reasons[0])

    def obtain_all(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the newest edition of each list of a source an office brings; of other sources the one file."""
        return [self.obtain(spec, state)] if self.asks_publisher(spec) else self._from_operator(spec, state)

    def candidates(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the one copy of what is downloaded, and every file of what an office brings."""
        return [self.obtain(spec, state)] if self.asks_publisher(spec) else self._from_operator(spec, state, every=True)

    def addresses(self, spec: SourceSpec, state: State | None) -> dict[str, list[str]]:
        """Return the addresses by scope ("nation" or a postal code), in the order they are tried."""
        found: dict[str, list[str]] = {}
        for template in spec.urls:
            filled = fill_address(template, spec, state, self._options.fields)
            if filled is not None:
                scope = state.usps if state and needs_state(template) else NATION
                found.setdefault(scope, []).append(filled)
        like_spec = [scope for scope in found if (scope == NATION) == (spec.scope == NATION)]
        return {scope: found[scope] for scope in [*like_spec, *(scope for scope in found if scope not in like_spec)]}

    def _from_operator(self, spec: SourceSpec, state: State | None, *, every: bool = False) -> list[Acquired]:
        if self._supplied is not None and self._supplied.is_dir():
            folder = FolderAcquirer(self._supplied, clock=self._clock)
            return folder.candidates(spec, state) if every else folder.obtain_all(spec, state)
        where = "a folder named in sources.folder" if self._supplied is None else f"the folder {self._supplied}"
        patterns = patterns_in_words(fill_patterns(spec.filenames, state))
        if spec.urls:
            raise SourceUnavailable(
                f"{spec.title} is optional and not asked for: name {spec.name} in sources.optional to download it, or "
                f"put a file called {patterns} in {where}."
            )
        raise SourceUnavailable(f"{spec.title} is brought by you: put a file called {patterns} in {where}.")

    def _obtain(self, spec: SourceSpec, state: State | None, scope: str, addresses: Sequence[str]) -> Acquired:
        name = spec.file_of or spec.name
        with self._cache.obtaining(name, scope):
            have = self._cache.newest_good(name, scope)
            now = self._clock.now()
            if have and not self._options.refresh:
                if now - have.entry.checked < asked_again_after(spec):
                    return _acquired(spec, scope, have, "cached", now)
                failure = self._cache.manifest(name, scope).last_failure
                if failure and now - datetime.fromisoformat(failure.at) < _REST:
                    return _stale(spec, scope, have, failure.reason, now)
            reasons: list[OnrampError] = []
            for address in addresses:
                try:
                    return self._try(spec, state, scope, address, have)
                except OnrampError as problem:
                    reasons.append(problem)
            reason = " ".join(dict.fromkeys(str(problem) for problem in reasons))
            self._cache.failed(name, scope, now, reason)
            if have is None:
                raise SourceUnavailable(_never(spec, state, reason, reasons[-1]))
            return _stale(spec, scope, have, reason, now)

    def _try(self, spec: SourceSpec, state: State | None, scope: str, address: str, have: Copy | None) -> Acquired:
        """Obtain or confirm a copy from one address; raises an OnrampError."""
        name = spec.file_of or spec.name
        redact = Redactor(self._secrets(spec))
        known = Validators()
        if have and have.entry.asked == redact(address):
            known = Validators(have.entry.etag, have.entry.last_modified, have.entry.version)
        part = self._cache.partial_path(name, scope, unquote(urlsplit(address).path).rsplit("/", 1)[-1] or name)
        # The hash of an archived file is not always published: then the first copy pins the later ones.
        first = (have.entry.sha256,) if have and spec.archived else ()
        job = Job(spec, state, address, part, known, spec.sha256 or first, self._options.environ)
        came = TRANSPORTS[spec.transport].fetch(self._fetcher, job)
        now = self._clock.now()
        if came.state == "unchanged" and have:
            entry = self._cache.confirm(
                name, scope, have.entry.sha256, now, etag=came.etag, last_modified=came.last_modified
            )
            copy = Copy(entry, have.path)
        elif came.state == "new":
            copy = self._accept(job, scope, came, redact)
        else:
            raise FetchError(f"{spec.publisher} gave nothing for {spec.title}.", "content")
        moved = f"It has moved for good to {came.moved_to}." if came.moved_to else ""
        return replace(_acquired(spec, scope, copy, "live", now), note=moved)

    def _accept(self, job: Job, scope: str, came: Download, redact: Redactor) -> Copy:
        """Read a new copy on trial and store it; raises an OnrampError when it cannot be used."""
        spec, part, now = job.spec, job.part, self._clock.now()
        filename = copy_name(spec, job.state, came, now, TRANSPORTS[spec.transport].suffix)
        try:
            if self._trial is not None:
                # A parser may read the vintage from the name.
                part = part.replace(part.with_name(filename))
                self._trial(spec, part, job.state)
            entry = Entry(
                url=redact(came.url),
                asked=redact(job.url),
                filename=filename,
                sha256=came.sha256,
                size=came.size,
                retrieved_at=iso(now),
                checked_at=iso(now),
                licence=spec.licence,
                etag=came.etag,
                last_modified=came.last_modified,
                version=came.version,
            )
            return Copy(entry, self._cache.store(spec.file_of or spec.name, scope, part, entry))
        finally:
            part.unlink(missing_ok=True)

    def _secrets(self, spec: SourceSpec) -> list[str]:
        names = (spec.key_env, "CAREERONESTOP_USER_ID")
        return [self._options.environ.get(name, "") for name in names if name]


def _acquired(spec: SourceSpec, scope: str, copy: Copy, status: Status, now: datetime) -> Acquired:
    entry = copy.entry
    age = age_in_days(entry.retrieved_at, now)
    return Acquired(spec.name, scope, copy.path, status, entry.retrieved_at, age, entry.sha256, entry.size, entry.url)


def _stale(spec: SourceSpec, scope: str, copy: Copy, reason: str, now: datetime) -> Acquired:
    note = f"This is the last good copy, of {copy.entry.retrieved_at[:10]}: {reason}"
    return replace(_acquired(spec, scope, copy, "stale", now), note=note)


def _never(spec: SourceSpec, state: State | None, reason: str, last: OnrampError) -> str:
    """Return what to do about a source that never came: another key, more patience, or one's own download."""
    about_key = isinstance(last, FetchError) and last.kind == "key"
    start = "Or" if about_key else "Try again later, or"
    remedy = f"{start} download it at {spec.page} and name its folder in sources.folder."
    where = "" if state is None else f" for {state.name}"
    return f"{spec.title}{where} could not be obtained and there is no earlier copy. {reason} {remedy}"


def live_acquirer(settings: Settings, *, progress: Progress | None = None, refresh: bool = False) -> LiveAcquirer:
    """Return the acquirer that the settings ask for, with the user's keys, proxies and certificates.

    The cache is the settings' or the user's cache folder. Files an operator brings for sources without an address
    lie in the folder `supplied` under the home folder. New copies are read on trial before they are accepted.
    """
    sync(settings, SUPPLIED_FOLDER, settings.home / SUPPLIED_FOLDER)
    return LiveAcquirer(
        Fetcher(progress=progress),
        cache_of(settings),
        options=LiveOptions(
            fields={"afdc_host": settings.sources.afdc_host.rstrip("/")},
            refresh=refresh,
            optional=frozenset(settings.sources.optional),
        ),
        supplied=settings.home / SUPPLIED_FOLDER,
        trial=parse_on_trial(settings),
    )


def cache_folder(settings: Settings) -> Path:
    """Return the folder of the download cache; it is under the home folder where that is shared among machines."""
    own = user_cache_path("onramp", appauthor=False) if settings.storage.url is None else settings.home / "cache"
    return settings.sources.cache or own


def cache_of(settings: Settings) -> Cache:
    """Return the download cache, shared among machines where the settings name a storage."""
    return Cache(cache_folder(settings), shared=shared_home(settings))


def parse_on_trial(settings: Settings) -> Trial:
    """Return a trial that reads a new copy with the source's own parser, which names what drifted."""

    def trial(spec: SourceSpec, path: Path, state: State | None) -> None:
        parsed = SOURCES[spec.name].read(path, ParseContext(settings, state))
        held_to(parsed, spec, nationwide=state is None)

    return trial
