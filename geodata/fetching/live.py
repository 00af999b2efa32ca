"""Obtaining sources from their publishers, with the last good copy to fall back on.

A copy becomes the newest one only after it is whole, is what it should be, holds to its pinned hash and, where a
trial is given, can be read. Until then the last good copy stays, and it is what a failing publisher leaves us with:
marked stale, with its age and the reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from platformdirs import user_cache_path

from geodata.errors import OnrampError, PublisherFailed, SourceUnavailable
from geodata.fetching.acquire import NATION, Acquired, FolderAcquirer, FoldersAcquirer, Status, age_in_days
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.content import HEAD_BYTES
from geodata.fetching.client.download_cache import Cache, Copy, Entry, iso
from geodata.fetching.client.exchange import Download, Validators
from geodata.fetching.client.http import LOG, Fetcher
from geodata.fetching.client.http_errors import FetchError, in_one_error
from geodata.fetching.client.media import Shape, shape_of
from geodata.fetching.client.redaction import Redactor, host_of
from geodata.fetching.copy_names import copy_name
from geodata.fetching.folder import fill_patterns, needs_state, patterns_in_words
from geodata.fetching.publishers.acs_summary_file import SummaryFiles
from geodata.fetching.publishers.arcgis import ArcGisLayer
from geodata.fetching.publishers.career_one_stop import USER_VARIABLE, CareerOneStop
from geodata.fetching.publishers.census_api import CensusApi
from geodata.fetching.publishers.remote_raster import RasterWindow
from geodata.fetching.publishers.station_service import StationService
from geodata.fetching.transport import FtpFile, Job, PlainFile, Transport, fill_address
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.drift import held_to
from geodata.sources.spec import Address, ParseContext, SourceSpec
from geodata.states import State, around
from geodata.storage.shared_home import shared_home, sync

TRANSPORTS: Mapping[str, Transport] = {
    "file": PlainFile(),
    "ftp": FtpFile(),
    "afdc": StationService(),
    "arcgis": ArcGisLayer(),
    "census_api": CensusApi(),
    "acs_summary_file": SummaryFiles(),
    "career_one_stop": CareerOneStop(),
    "raster_window": RasterWindow(),
}
SUPPLIED_FOLDER = "supplied"
BASELINE_FOLDER = "baseline"
# Pages repeat what is said of a source, and name no path of a machine.
_SUPPLIED_IN_WORDS = f"the folder {SUPPLIED_FOLDER} under the home folder"
CAREER_USER = USER_VARIABLE
_NO_COPY = "could not be obtained and there is no earlier copy."
_REMEDY = re.compile(r"\s*(?:Try again later, or|Or) download it at \S+ and put it into the folder .*$")
# After a failure other runs use the last good copy for a while instead of failing one by one.
_REST = timedelta(minutes=10)
_DAILY, _WEEKLY, _MONTHLY = timedelta(hours=12), timedelta(days=6), timedelta(days=30)

_SUFFIXES: Mapping[Shape, str] = {"zip": ".zip", "text": ".csv", "json": ".json", "tiff": ".tif"}

Trial = Callable[[SourceSpec, Path, State | None], None]


@dataclass(frozen=True)
class LiveOptions:
    """`fields` fill addresses (e.g. `afdc_host`); `environ` holds keys; `refresh` asks even for recent copies;
    `optional` names the optional sources that are wanted, `off` those that are not. `alone` is set in a run for one
    state, for which a service may be asked for that state and its neighbors only. `supplied_first` takes what was
    brought by hand before a publisher is asked. `quiet_s` (seconds) is the silence allowed to a source that is not
    required.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    refresh: bool = False
    optional: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    alone: bool = False
    supplied_first: bool = True
    quiet_s: float = 60.0


@dataclass(frozen=True)
class OwnFiles:
    """Where files lie that no publisher is asked for.

    `supplied` is the folder of what the operator brings, `folders` are further ones that he named, and `baseline` holds
    what rarely changes and serves where a publisher gives nothing and there is no earlier copy.
    """

    supplied: Path | None = None
    folders: Sequence[Path] = ()
    baseline: Path | None = None


@dataclass(frozen=True)
class Way:
    """One address of a source, filled in; `spec` has the year, transport and kind of file that hold there.

    `fills_gaps` and `says` are those of the address.
    """

    spec: SourceSpec
    url: str
    fills_gaps: bool = True
    says: str = ""


def asked_again_after(spec: SourceSpec) -> timedelta:
    """Return how long a copy is taken as current without asking the publisher."""
    if spec.archived or spec.sha256:
        return _MONTHLY
    return _DAILY if "daily" in spec.cadence.casefold() else _WEEKLY


class LiveAcquirer:
    """Takes sources from their publishers through the cache.

    `trial` is run on each new copy before it is accepted and raises an OnrampError when the copy cannot be used.
    `ahead` are the sources whose hosts are asked, all at once, whether they can be reached, before the first of them is
    downloaded.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        cache: Cache,
        *,
        clock: Clock | None = None,
        options: LiveOptions | None = None,
        own: OwnFiles | None = None,
        trial: Trial | None = None,
        ahead: Sequence[tuple[SourceSpec, State | None]] = (),
    ) -> None:
        self._fetcher = fetcher
        self._cache = cache
        self._clock = clock or fetcher.clock
        self._options = options or LiveOptions()
        self._own = own or OwnFiles()
        self._trial = trial
        self._ahead = ahead

    @property
    def cache(self) -> Cache:
        """The cache of copies."""
        return self._cache

    @property
    def clock(self) -> Clock:
        """The clock that ages are counted by."""
        return self._clock

    def asks_publisher(self, spec: SourceSpec) -> bool:
        """Return whether this source is downloaded; others come from the operator's folder.

        An optional source that needs a key is wanted where its key is set.
        """
        wanted = not spec.optional or spec.name in self._options.optional or (spec.key_env and self.has_key(spec))
        return bool(spec.urls or spec.others) and bool(wanted) and spec.name not in self._options.off

    def has_key(self, spec: SourceSpec) -> bool:
        """Return whether the environment holds the key this source needs, if it needs one."""
        return spec.key_env is None or bool(self._options.environ.get(spec.key_env, "").strip())

    def probe(self, spec: SourceSpec, state: State | None = None) -> FetchError | None:
        """Return None when a publisher of this source answers and takes the key, else what the first one said."""
        problem: FetchError | None = None
        for ways in self.ways(spec, state).values():
            for way in ways:
                job = Job(way.spec, state, way.url, Path(), environ=self._options.environ)
                try:
                    TRANSPORTS[way.spec.transport].probe(self._fetcher, job)
                except FetchError as caught:
                    problem = problem or caught
                else:
                    return None
        return problem

    def obtain(self, spec: SourceSpec, state: State | None = None) -> Acquired:
        """Return the newest copy that can be had; raises SourceUnavailable when there never was one."""
        return self.obtain_all(spec, state)[0]

    def obtain_all(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the newest edition of each list of a source an office brings; of other sources the one file.

        What the operator brought counts before the publisher is asked, or after it gave nothing, as the options say.
        """
        return self._all(spec, state, every=False)

    def candidates(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the one copy of what is downloaded, and every file of what an office or the operator brings."""
        return self._all(spec, state, every=True)

    def _all(self, spec: SourceSpec, state: State | None, *, every: bool) -> list[Acquired]:
        if not self.asks_publisher(spec):
            return self._from_operator(spec, state, every=every)
        # A list that offices bring is theirs first in any case.
        first = self._options.supplied_first or not spec.urls
        if first and (brought := self._brought(spec, state, every=every)):
            return brought
        try:
            return [self._from_publisher(spec, state)]
        except SourceUnavailable as problem:
            if not first and (brought := self._brought(spec, state, every=every)):
                return [replace(one, note=f"{one.note} {problem}".strip()) for one in brought]
            if kept := self._from_baseline(spec, state, never_came(str(problem))):
                return kept
            raise

    def _from_publisher(self, spec: SourceSpec, state: State | None) -> Acquired:
        reasons: list[str] = []
        for scope, ways in self.ways(spec, state).items():
            try:
                return self._obtain(spec, state if scope != NATION else None, scope, ways)
            except SourceUnavailable as problem:
                reasons.append(str(problem))
        if not reasons:
            raise SourceUnavailable(f"{spec.title} comes by state: name the state it is wanted for.")
        raise PublisherFailed(reasons[0])

    def ways(self, spec: SourceSpec, state: State | None) -> dict[str, list[Way]]:
        """Return the addresses by scope ("nation" or a postal code), in the order they are tried.

        Of a yearly source the newest edition that may be out comes first, from all its addresses, then the one before.
        """
        addresses = [*(Address(url, fills_gaps=True) for url in spec.urls), *spec.others]
        found: dict[str, list[Way]] = {}
        for year in self._years(spec):
            dated = replace(spec, year=year)
            for address in addresses:
                filled = fill_address(address.url, dated, state, self._fields(state))
                if filled is None or filled in {way.url for ways in found.values() for way in ways}:
                    continue
                scope = state.usps if state and needs_state(address.url) else NATION
                own = replace(dated, transport=address.transport or spec.transport, media=address.media or spec.media)
                found.setdefault(scope, []).append(Way(own, filled, address.fills_gaps, address.says))
        like_spec = [scope for scope in found if (scope == NATION) == self._by_nation(spec)]
        return {scope: found[scope] for scope in [*like_spec, *(scope for scope in found if scope not in like_spec)]}

    def _by_nation(self, spec: SourceSpec) -> bool:
        """Return whether the national file comes before those of states; not where a state's surroundings will do."""
        return spec.scope == NATION and not (self._options.alone and any("{around}" in url for url in spec.urls))

    def _years(self, spec: SourceSpec) -> list[int | None]:
        if spec.year is None or spec.editions is None:
            return [spec.year]
        return [*spec.editions.candidates(spec.year, self._clock.now().year)]

    def _fields(self, state: State | None) -> dict[str, str]:
        near = {"around": ",".join(around(state))} if state is not None and self._options.alone else {}
        return {**self._options.fields, **near}

    def in_place_of_publisher(
        self, spec: SourceSpec, state: State | None, problem: OnrampError | None = None
    ) -> Acquired | None:
        """Return the file that a run would take without a publisher's answer, None where it would ask.

        It is what was brought by hand or, where the publisher has a `problem`, that or the copy of the baseline.
        """
        first = self._options.supplied_first or not spec.urls
        brought = self._brought(spec, state, every=False) if first or problem is not None else []
        kept = [] if problem is None else self._from_baseline(spec, state, str(problem))
        return next(iter([*brought, *kept]), None)

    def _brought(self, spec: SourceSpec, state: State | None, *, every: bool) -> list[Acquired]:
        """Return what the operator put into the folder of supplied files; empty where there is nothing."""
        folder = self._by_hand()
        if folder is None:
            return []
        try:
            found = folder.candidates(spec, state) if every else folder.obtain_all(spec, state)
        except SourceUnavailable:
            return []
        return [replace(one, note=f"It was brought by hand. {one.note}".strip()) for one in found]

    def _by_hand(self) -> FoldersAcquirer | None:
        """Return what takes files from the folders that the operator filled, None where there is no folder."""
        places = [*self._own.folders, *([self._own.supplied] if self._own.supplied is not None else [])]
        here = [folder for folder in places if folder.is_dir()]
        return FoldersAcquirer(here, clock=self._clock) if here else None

    def _from_baseline(self, spec: SourceSpec, state: State | None, reason: str) -> list[Acquired]:
        """Return the copy of the baseline, marked as an old one that serves because of `reason`; empty without one."""
        if self._own.baseline is None or not self._own.baseline.is_dir():
            return []
        try:
            found = FolderAcquirer(self._own.baseline, clock=self._clock).obtain_all(spec, state)
        except SourceUnavailable:
            return []
        return [
            replace(one, status="stale", note=f"It is the copy of the baseline, of {one.retrieved_at[:10]}: {reason}")
            for one in found
        ]

    def _look_ahead(self) -> None:
        """Ask all hosts at once whether they can be reached, before the first download of a run."""
        ahead, self._ahead = self._ahead, ()
        now = self._clock.now()
        addresses: list[str] = []
        for spec, state in ahead:
            if not self.asks_publisher(spec):
                continue
            for scope, ways in self.ways(spec, state).items():
                if not self.has_key(spec) and all(way.spec.sends_key(way.url) for way in ways):
                    continue
                have = self._cache.newest_good(spec.file_of or spec.name, scope)
                if have is None or self._options.refresh or now - have.entry.checked >= asked_again_after(spec):
                    addresses += [way.url for way in ways]
        if addresses:
            self._fetcher.look_ahead(addresses)

    def _from_operator(self, spec: SourceSpec, state: State | None, *, every: bool = False) -> list[Acquired]:
        folder = self._by_hand()
        if folder is not None:
            return folder.candidates(spec, state) if every else folder.obtain_all(spec, state)
        where = "a folder named in sources.folder" if self._own.supplied is None else _SUPPLIED_IN_WORDS
        patterns = patterns_in_words(fill_patterns(spec.filenames, state))
        if spec.urls:
            raise SourceUnavailable(
                f"{spec.title} is optional and not asked for: name {spec.name} in sources.optional to download it, or "
                f"put a file called {patterns} in {where}."
            )
        raise SourceUnavailable(f"{spec.title} is brought by you: put a file called {patterns} in {where}.")

    def _obtain(self, spec: SourceSpec, state: State | None, scope: str, ways: Sequence[Way]) -> Acquired:
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
            self._look_ahead()
            reasons: list[OnrampError] = []
            quiet_s, what = (
                (float("inf"), f"{spec.title} (required)") if spec.required else (self._options.quiet_s, spec.title)
            )
            with self._fetcher.sparing(quiet_s, what):
                acquired = self._first_that_works(spec, state, scope, ways, have, reasons)
            if acquired is not None:
                return acquired
            reason = " ".join(dict.fromkeys(str(problem) for problem in _telling(reasons)))
            self._cache.failed(name, scope, now, reason)
            if have is None:
                raise PublisherFailed(_never(spec, state, reason, reasons[-1]))
            return _stale(spec, scope, have, reason, now)

    def _first_that_works(
        self,
        spec: SourceSpec,
        state: State | None,
        scope: str,
        ways: Sequence[Way],
        have: Copy | None,
        reasons: list[OnrampError],
    ) -> Acquired | None:
        """Return the copy of the first address that gives one; what the others said is added to `reasons`.

        An edition that a publisher's address does not have is looked for elsewhere only where that may have it.
        """
        absent: set[int | None] = set()
        for way in ways:
            if way.spec.year in absent and not way.fills_gaps:
                continue
            try:
                acquired = self._try(way.spec, state, scope, way.url, have)
            except OnrampError as problem:
                reasons.append(problem)
                if isinstance(problem, FetchError) and problem.kind == "absent":
                    absent.add(way.spec.year)
                continue
            except Exception as problem:
                # An answer that nobody foresaw must not keep the last good copy from serving.
                LOG.debug("%s", spec.name, exc_info=True)
                reasons.append(in_one_error(problem, host_of(way.url)))
                continue
            return replace(acquired, note=" ".join(filter(None, (acquired.note, *_account(spec, way, reasons)))))
        return None

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
        filename = copy_name(spec, job.state, came, now, TRANSPORTS[spec.transport].suffix or _suffix(came, part))
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
        names = (spec.key_env, CAREER_USER)
        return [self._options.environ.get(name, "") for name in names if name]


def _suffix(came: Download, part: Path) -> str:
    """Return the ending of a file whose publisher gave it a name without one, by its first bytes; else nothing."""
    if "." in came.filename:
        return ""
    with part.open("rb") as handle:
        return _SUFFIXES.get(shape_of(handle.read(HEAD_BYTES)), "")


def _telling(reasons: Sequence[OnrampError]) -> list[OnrampError]:
    """Return what says why nothing came: that an edition is not out yet does so only where nothing else was said."""
    others = [one for one in reasons if not (isinstance(one, FetchError) and one.kind == "absent")]
    return others or list(reasons[-1:])


def _account(spec: SourceSpec, way: Way, reasons: Sequence[OnrampError]) -> list[str]:
    """Return what is to be said of a copy: which edition it is, where it came from, and what was tried before."""
    account = []
    if way.spec.year != spec.year:
        account.append(f"It is the edition of {way.spec.year}; the one known to this program is that of {spec.year}.")
    failed = [one for one in reasons if not (isinstance(one, FetchError) and one.kind == "absent")]
    if failed:
        said = " ".join(dict.fromkeys(str(one) for one in failed))
        account.append(f"It came from {host_of(way.url)}, after another address failed: {said}")
    return [*account, *([way.says] if way.says else [])]


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
    remedy = f"{start} download it at {spec.page} and put it into {_SUPPLIED_IN_WORDS}."
    where = "" if state is None else f" for {state.name}"
    return f"{spec.title}{where} {_NO_COPY} {reason} {remedy}"


def never_came(said: str) -> str:
    """Return what the publisher said, out of the sentence about a source that never came; others stay as they are."""
    return _REMEDY.sub("", said.rpartition(_NO_COPY)[2]).strip()


def live_acquirer(settings: Settings, states: Sequence[State] = (), *, refresh: bool = False) -> LiveAcquirer:
    """Return the acquirer that the settings ask for, with the user's keys, proxies and certificates.

    The cache is the settings' or the user's cache folder. Files an operator brings lie in the folder `supplied` under
    the home folder. New copies are read on trial before they are accepted. `states` are those that the run is for: the
    hosts of their sources are asked at once whether they can be reached, before the first download.
    """
    sync(settings, SUPPLIED_FOLDER, settings.home / SUPPLIED_FOLDER)
    chosen = settings.sources
    return LiveAcquirer(
        Fetcher(contact=chosen.contact, private_redirects=chosen.private_redirects),
        cache_of(settings),
        options=LiveOptions(
            fields={"afdc_host": chosen.afdc_host.rstrip("/")},
            refresh=refresh,
            optional=frozenset(chosen.optional),
            off=frozenset(chosen.off),
            alone=len(states) == 1,
            supplied_first=chosen.supplied == "first",
            quiet_s=chosen.quiet_seconds,
        ),
        own=OwnFiles(settings.home / SUPPLIED_FOLDER, chosen.given_folders, settings.home / BASELINE_FOLDER),
        trial=parse_on_trial(settings),
        ahead=[(source.spec, state) for source in SOURCES.values() for state in states],
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
