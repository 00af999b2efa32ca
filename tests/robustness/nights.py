"""Seven nights of a deployment, with publishers that change and fail, on a real Dagster instance in one process.

    python -m tests.robustness.nights --tracts 250

prints a line a night, and stops where a night is not as it should be.

The fictional sample is served on loopback, file by file, and its publishers are asked as those of a real state are:
through the cache, by a clock that stands still until the next night. Jobs, sensors and upkeep are the deployment's
own. Stood in for are the addresses of publishers, and that the sample state counts as a real one while sources are
read. The daemon's rounds and many states at once are not here: see `tests/integration/test_daemon.py` and
`tests.robustness.load`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zlib import crc32

import yaml
from dagster import (
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    SensorResult,
    build_run_status_sensor_context,
    build_sensor_context,
)

from assets.products import product_paths, result_folder
from geodata.errors import SourceUnavailable
from geodata.fetching.acquire import Acquired, FolderAcquirer
from geodata.fetching.client.clock import Clock
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.client.http import Fetcher
from geodata.fetching.live import SUPPLIED_FOLDER, LiveAcquirer, LiveOptions, parse_on_trial
from geodata.sample import write_sample
from geodata.schemas.sourced import Sourced
from geodata.schemas.state_result import StateResult
from geodata.settings import SETTINGS_FILE, load_settings
from geodata.sources import SOURCES
from geodata.sources.spec import SourceSpec
from geodata.states import SAMPLE_STATE, State, find_state
from pipelines.alerts import alerts
from pipelines.build import build_defs
from pipelines.instance import prepare
from pipelines.sensors import inbox
from tests.robustness.kill import look_at, records_sound
from tests.robustness.load import disk
from tests.support.publisher_server import Publisher, Reply, file_of

HOOK = "/hook"
STATIONS, CENTERS = "alt_fuel_stations.json", "job_centers.json"
DEPOT = "Depot of the sixth night"
WHOLE_UNTIL = {".html": b"</html>", ".pdf": b"%%EOF"}


class StillClock:
    """A calendar that goes on by nights, and by the seconds somebody sleeps."""

    def __init__(self, now: datetime) -> None:
        self.now, self.slept = now, 0.0

    def sleep(self, seconds: float) -> None:
        """Let the time pass that somebody waits."""
        self.slept += seconds

    def clock(self) -> Clock:
        """Return the clock for those who fetch."""
        return Clock(
            now=lambda: self.now + timedelta(seconds=self.slept),
            monotonic=lambda: self.slept,
            sleep=self.sleep,
            random=lambda: 0.5,
        )


class Loopback(LiveAcquirer):
    """Asks for each source at its address on loopback, as a plain file and without a key."""

    addresses_here: dict[str, str]

    def here(self, spec: SourceSpec) -> SourceSpec:
        """Return the source with its address on loopback; one that is not served there stays as it is."""
        address = self.addresses_here.get(spec.name)
        if address is None:
            return spec
        return replace(spec, urls=(address,), transport="file", media="any", key_env=None, sha256=())

    def obtain(self, spec: SourceSpec, state: State | None = None) -> Acquired:
        """Return the newest copy that can be had."""
        return super().obtain(self.here(spec), state)

    def obtain_all(self, spec: SourceSpec, state: State | None = None) -> list[Acquired]:
        """Return the newest copy, or every list of an office."""
        return super().obtain_all(self.here(spec), state)


@dataclass(frozen=True)
class Row:
    """What one night came to."""

    night: int
    summary: str
    seconds: float
    processor: float
    requests: int
    computed: int
    stale: list[str]
    disk_mb: float
    peak_mb: float

    def __str__(self) -> str:
        return (
            f"{self.night}  {self.summary:44} {self.seconds:6.1f} s, {self.processor:5.1f} s of a processor"
            f"  {self.requests:3} requests  {self.computed:2} assets made  {self.disk_mb:6.1f} MB on disk"
            f"  {self.peak_mb:5.0f} MB peak  stale: {', '.join(self.stale) or 'none'}"
        )


class Week:
    """A deployment for the sample state, the publishers it asks, and the nights it goes through."""

    def __init__(self, folder: Path, publisher: Publisher, tracts: int, first: datetime, **settings: Any) -> None:
        self.home, self.publisher, self.time = folder / "home", publisher, StillClock(first)
        self.rows: list[Row] = []
        self.expected = list(product_paths(self.home, SAMPLE_STATE))
        self.files = write_sample(folder / "files", tracts=tracts, neighbor=False)
        self.state = replace(find_state(SAMPLE_STATE), kind="state")
        self._addresses = self._serve()
        own = {
            "home": str(self.home),
            "as_of": "2026-09-30",
            "sources": {"cache": str(self.home / "cache"), "optional": self._optional()},
            "operations": {"keep_copies": 2},
            **settings,
        }
        file = folder / "settings.yaml"
        file.write_text(yaml.safe_dump(own), encoding="utf-8")
        os.environ |= {SETTINGS_FILE: str(file), "ONRAMP_ALERT_WEBHOOK": publisher.script(HOOK, Reply())}
        self.settings = load_settings(file, {})
        prepare(self.home)
        self.instance = DagsterInstance.from_config(str(self.home / "dagster"))
        self.definitions: Definitions = build_defs(self.settings)

    def _serve(self) -> dict[str, str]:
        """Serve every file that has a publisher, put the others where an office's lie; return addresses by source."""
        found: dict[str, str] = {}
        folder = FolderAcquirer(self.files)
        supplied = self.home / SUPPLIED_FOLDER
        supplied.mkdir(parents=True)
        for name, source in SOURCES.items():
            try:
                path = folder.obtain(source.spec, self.state).path
            except SourceUnavailable:
                continue
            if source.spec.urls:
                self.serve(path.name, path.read_bytes())
                found[name] = f"{self.publisher.url}/{path.name.replace(f'_{self.state.fips}_', '_{fips}_')}"
            else:
                (supplied / path.name).write_bytes(path.read_bytes())
        return found

    def _optional(self) -> list[str]:
        return sorted(name for name in self._addresses if SOURCES[name].spec.optional)

    def serve(self, name: str, content: bytes) -> None:
        """Let the publisher have this edition of a file."""
        self.publisher.script(f"/{name}", file_of(content, etag=f'"{crc32(content):x}"'))

    def acquirer(self, *_: object) -> Loopback:
        """Return what asks the publishers by the clock of the week."""
        clock = self.time.clock()
        made = Loopback(
            Fetcher(clock=clock),
            Cache(self.home / "cache"),
            clock=clock,
            options=LiveOptions(environ={}, optional=frozenset(self._optional())),
            supplied=self.home / SUPPLIED_FOLDER,
            trial=parse_on_trial(self.settings),
        )
        made.addresses_here = self._addresses
        return made

    def job(self, name: str, **choices: Any) -> ExecuteInProcessResult:
        """Run a job of the deployment; those of a state run for the sample's."""
        with (
            patch("assets.resources.acquirer_for", self.acquirer),
            patch("assets.sources.states_served", lambda *_: [self.state]),
        ):
            return self.definitions.resolve_job_def(name).execute_in_process(
                instance=self.instance,
                partition_key=SAMPLE_STATE if name == "analysis" else None,
                run_config={"resources": {"choices": {"config": choices}}},
                raise_on_error=False,
            )

    def refresh(self) -> None:
        """Obtain all sources, as the schedule does at night."""
        assert self.job("refresh_sources").success

    def analysis(self) -> set[str]:
        """Compute the state where something changed, as it follows its sources; return what was made."""
        done = self.job("analysis", only_if_changed=True)
        assert done.success
        return made_by(done)

    def night(self, summary: str, work: Callable[[], set[str]] | None = None) -> set[str]:
        """Obtain the sources, compute the state or do other `work`, look at all of it, and return what was made."""
        self.time.now += timedelta(days=1)
        asked, started, worked = len(self.publisher.seen), time.monotonic(), time.process_time()
        self.refresh()
        made = (work or self.analysis)()
        seconds, processor = time.monotonic() - started, time.process_time() - worked
        problems = self.problems()
        assert not problems, problems
        self.rows.append(
            Row(
                night=len(self.rows) + 1,
                summary=summary,
                seconds=seconds,
                processor=processor,
                requests=len(self.publisher.seen) - asked,
                computed=len(made),
                stale=self.stale(),
                disk_mb=disk(self.home),
                peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            )
        )
        return made

    def source(self, name: str) -> Sourced:
        """Return what was read of a source."""
        return Sourced.load(self.home / "tables" / "sources" / name)

    def stale(self) -> list[str]:
        """Return the sources of which there is the last good copy only."""
        return [name for name in self._addresses if self.source(name).uses[0].freshness == "stale"]

    def problems(self) -> list[str]:
        """Return what is wrong under the home folder: rows lost, files that are not whole, records that are damaged."""
        wrong = [name for name in SOURCES if not accounted(self.source(name))]
        seen = look_at(self.home)
        wrong += [f"{place} is {how}" for place, how in seen.items() if how.startswith("damaged")]
        for place in seen:
            end = WHOLE_UNTIL.get(Path(place).suffix)
            if end and not (self.home / place).read_bytes().rstrip().endswith(end):
                wrong.append(f"{place} is not whole")
        if (self.home / "products").is_dir():
            wrong += [f"{name} is absent" for name in self.expected if not self.products()[name].exists()]
        return [*wrong, *records_sound(self.home)]

    def products(self) -> dict[str, Path]:
        """Return where the products of the state are."""
        return product_paths(self.home, SAMPLE_STATE)

    def pages(self) -> str:
        """Return the text of all pages of the state."""
        return "\n".join(path.read_text("utf-8") for path in sorted(self.products()["map"].parent.glob("*.html")))

    def result(self) -> StateResult:
        """Return the last result of the state."""
        return StateResult.load(result_folder(self.home, SAMPLE_STATE))

    # --- what happens in a night ----------------------------------------------------------------------------------

    def first(self) -> None:
        """Everything is computed."""
        assert "pages" in self.night("first, everything is new")
        assert self.stale() == []

    def nothing_changed(self) -> None:
        """The state is looked at and stays as it is."""
        before = self.result().run_id
        assert self.night("nothing changed") == set()
        assert self.result().run_id == before

    def source_changed(self) -> None:
        """The state follows its source."""
        self.serve(STATIONS, with_a_change(self.files / STATIONS, 37))
        assert "pages" in self.night("a planned station was changed")
        assert self.stale() == []

    def source_down(self) -> None:
        """The last good copy serves and is said to be one."""
        rows = len(self.source("afdc").table)
        self.publisher.script(f"/{STATIONS}", Reply(b"", 503))
        assert "pages" in self.night("a publisher is down")
        self.last_good("afdc", rows)

    def wrong_file(self) -> None:
        """What cannot be read is refused, and the last good copy serves; the other publisher is back."""
        self.serve(STATIONS, with_a_change(self.files / STATIONS, 38))
        rows = len(self.source("job_centers").table)
        self.serve(CENTERS, (self.files / STATIONS).read_bytes())
        assert "pages" in self.night("a publisher gives a wrong file")
        self.last_good("job_centers", rows)

    def last_good(self, name: str, rows: int) -> None:
        """See that a source is stale, has the rows it had, and that the result and the pages say so."""
        assert self.stale() == [name]
        assert len(self.source(name).table) == rows > 0
        (use,) = (use for use in self.result().sources if use.source == name)
        assert use.freshness == "stale"
        assert use.note.startswith("This is the last good copy")
        assert SOURCES[name].spec.title in self.pages()

    def dropped_file(self) -> None:
        """A new site of an office is in the next result and on the next map."""
        self.drop_file()
        assert "pages" in self.night("an office drops in a planned site")
        self.new_site_is_shown()

    def drop_file(self) -> None:
        """Put a list into the inbox and let the sensor look twice, as it does before it takes a file."""
        assert DEPOT not in self.pages()
        (self.home / "inbox").mkdir(exist_ok=True)
        (self.home / "inbox" / "planned_sites_new.csv").write_text(self.new_site(), encoding="utf-8")
        cursor = None
        for _ in range(2):
            with build_sensor_context(cursor=cursor) as context:
                looked = inbox(context)
            assert isinstance(looked, SensorResult)
            cursor = looked.cursor
        assert looked.run_requests

    def new_site_is_shown(self) -> None:
        """See the new site in the result and on the pages."""
        assert (self.result().table("sites")["name"] == DEPOT).sum() == 1
        assert DEPOT in self.pages()

    def new_site(self) -> str:
        """Return a list of one planned site, close to one that is there."""
        sites = self.result().table("sites")
        near = sites[sites["state"] == SAMPLE_STATE].iloc[0]
        return (
            "state,site_id,name,latitude,longitude,status,ports_dc_fast\n"
            f"{SAMPLE_STATE},n6,{DEPOT},{near['latitude'] + 0.002:.5f},{near['longitude']:.5f},planned,8\n"
        )

    def run_fails(self) -> None:
        """The disk of a table is away: the run fails and sends an alert, then runs again alone."""
        self.serve(STATIONS, with_a_change(self.files / STATIONS, 39))
        self.serve(CENTERS, (self.files / CENTERS).read_bytes())
        tracts, away = self.home / "tables" / "tracts", self.home / "tables" / ".away"
        before = self.result().run_id

        def work() -> set[str]:
            tracts.rename(away)
            failed = self.job("analysis", only_if_changed=True)
            assert not failed.success
            self.alert(failed)
            assert self.result().run_id == before
            assert self.problems() == []
            away.rename(tracts)
            return self.analysis()

        assert "pages" in self.night("the state fails and is run again alone", work)
        assert self.stale() == []
        (alert,) = (json.loads(seen.body) for seen in self.publisher.asked(HOOK))
        assert alert["subject"] == f"Onramp: analysis for {SAMPLE_STATE} failed"
        assert "has not been computed yet" in alert["text"]

    def alert(self, failed: ExecuteInProcessResult) -> None:
        """Let the sensor of failures report a run."""
        run = self.instance.get_run_by_id(failed.run_id)
        assert run is not None
        context = build_run_status_sensor_context(
            sensor_name="alerts",
            dagster_event=failed.get_run_failure_event(),
            dagster_instance=self.instance,
            dagster_run=run,
        )
        alerts(context.for_run_failure())

    def upkeep(self) -> tuple[int, float]:
        """Clear up at the end of the week; return how many old copies went, and the megabytes on disk."""
        done = self.job("upkeep")
        assert done.success
        assert self.problems() == []
        (output,) = (
            event for event in done.all_events if event.is_successful_output and event.step_key == "prune_cache"
        )
        gone = output.step_output_data.metadata["old_copies_removed"].value
        return int(gone), disk(self.home)


def accounted(got: Sourced) -> bool:
    """Return whether every row that came in was kept, refused or out of scope."""
    sums = [use.rows_kept + use.rows_rejected + sum(use.rows_out_of_scope.values()) for use in got.uses]
    refused = sum(use.rows_rejected for use in got.uses)
    return sums == [use.rows_in for use in got.uses] and len(got.rejects) == refused


def made_by(done: ExecuteInProcessResult) -> set[str]:
    return {event.asset_key.to_user_string() for event in done.get_asset_materialization_events()}


def with_a_change(file: Path, fast: int) -> bytes:
    """Return the stations with another number of fast ports at the first planned one."""
    stations = json.loads(file.read_bytes())
    planned = next(
        row for row in stations["fuel_stations"] if (row["status_code"], row["state"]) == ("P", SAMPLE_STATE)
    )
    planned["ev_dc_fast_num"] = fast
    return json.dumps(stations).encode()


@contextmanager
def week(folder: Path, tracts: int, first: datetime, **settings: Any) -> Iterator[Week]:
    """Give a week to go through under `folder`, with the environment as it was afterwards."""
    quiet = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with patch.dict(os.environ, quiet, clear=True), Publisher() as publisher:
        made = Week(folder, publisher, tracts, first, **settings)
        with made.instance:
            yield made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracts", type=int, default=250)
    tracts = parser.parse_args().tracts
    # Upkeep looks at the real calendar, so the last night is this one.
    start = datetime.now(UTC) - timedelta(days=7)
    with tempfile.TemporaryDirectory(prefix="onramp-nights-") as folder, week(Path(folder), tracts, start) as now:
        for night in (
            now.first,
            now.nothing_changed,
            now.source_changed,
            now.source_down,
            now.wrong_file,
            now.dropped_file,
            now.run_fails,
        ):
            night()
            print(now.rows[-1], flush=True)
        gone, size = now.upkeep()
        print(f"upkeep removed {gone} old copies; {size:.1f} MB on disk")


if __name__ == "__main__":
    main()
