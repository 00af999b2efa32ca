"""A home folder shared through an object store, against a real server on loopback that speaks S3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.fs as pafs
import pytest
from dagster import asset, materialize
from typer.testing import CliRunner

from assets.partitions import STATES
from geodata.errors import InputError, OnrampError, SettingsError
from geodata.fetching.client.download_cache import Cache, Entry
from geodata.schemas.canonical import REJECTS
from geodata.schemas.sourced import Sourced
from geodata.settings import load_settings
from geodata.storage.files import sha256_of
from geodata.storage.object_store import connection
from geodata.storage.pointers import Pointer
from geodata.storage.shared_home import ABANDONED, SharedHome
from pipelines.command.cli import app
from pipelines.storage import TableStorage, files_beside
from tests.conftest import ROOT
from tests.support.object_store import KEYS, object_store

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    """What a machine's environment says of the store."""
    own = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    with object_store() as address:
        yield {**own, **KEYS, "AWS_ENDPOINT_URL": address}


@pytest.fixture
def store(
    environ: dict[str, str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> pafs.S3FileSystem:
    for name in KEYS:
        monkeypatch.setenv(name, KEYS[name])
    store = pafs.S3FileSystem(**connection(environ), allow_bucket_creation=True)
    store.create_dir(root_of(request))
    return store


def root_of(request: pytest.FixtureRequest) -> str:
    return "".join(c if c.isalnum() else "-" for c in request.node.name.casefold())[:60].strip("-")


class Machines:
    def __init__(self, folder: Path, store: pafs.S3FileSystem, root: str) -> None:
        self.folder, self.store, self.root = folder, store, f"{root}/onramp"

    def __call__(self, name: str) -> SharedHome:
        (self.folder / name).mkdir(exist_ok=True)
        return SharedHome(self.folder / name, self.store, self.root, f"s3://{self.root}")


@pytest.fixture
def machine(tmp_path: Path, store: pafs.S3FileSystem, request: pytest.FixtureRequest) -> Machines:
    """Return the home folder of a machine by name; all share one place in the store."""
    return Machines(tmp_path, store, root_of(request))


def write(home: SharedHome, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = home.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(home: SharedHome, folder: str) -> dict[str, str]:
    found = (home.home / folder).rglob("*")
    return {path.relative_to(home.home / folder).as_posix(): path.read_text() for path in found if path.is_file()}


def test_what_one_machine_publishes_another_has_whole(machine: Machines) -> None:
    one, other = machine("one"), machine("other")
    write(one, {"products/RI/site/index.html": "v1", "products/RI/site/es/a.html": "v1", "products/RI/site/old": "x"})
    assert one.publish("products/RI/site", one.home / "products/RI/site")
    assert not one.publish("products/RI/site", one.home / "products/RI/site")
    assert other.fetch("products/RI/site")
    assert read(other, "products") == read(one, "products")
    (one.home / "products/RI/site/old").unlink()
    write(one, {"products/RI/site/index.html": "v2"})
    assert one.publish("products/RI/site", one.home / "products/RI/site")
    assert other.fetch("products/RI/site")
    assert read(other, "products/RI/site") == {"index.html": "v2", "es/a.html": "v1"}
    assert other.names("products/RI") == ["products/RI/site"]
    assert not other.fetch("products/CT/site")


def test_times_of_files_travel_so_that_nothing_seems_changed(machine: Machines) -> None:
    one, other = machine("one"), machine("other")
    write(one, {"raster.tif": "cells"})
    os.utime(one.home / "raster.tif", ns=(10**18, 10**18 + 7))
    one.publish("rasters", one.home / "raster.tif")
    other.fetch("rasters")
    assert (other.home / "raster.tif").stat().st_mtime_ns == 10**18 + 7


DIES = """
import os, sys
from pathlib import Path
import pyarrow.fs as pafs
from geodata.storage.object_store import connection
from geodata.storage.shared_home import SharedHome
folder, root, writes = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
shared = SharedHome(folder, pafs.S3FileSystem(**connection(os.environ)), root, "the store")
def counted(send):
    def before(*given):
        global writes
        if writes == 0:
            os._exit(9)
        writes -= 1
        return send(*given)
    return before
shared._send, shared._write = counted(shared._send), counted(shared._write)
for name in ("a", "b", "c"):
    (folder / "site" / name).write_text("new")
shared.publish("site", folder / "site")
"""


def test_a_machine_that_dies_at_any_point_leaves_what_was_there(machine: Machines, environ: dict[str, str]) -> None:
    one = machine("one")
    old = {"site/a": "old", "site/b": "old b", "site/c": "old c"}
    write(one, old)
    one.publish("site", one.home / "site")
    for writes in (1, 3):
        command = [sys.executable, "-c", DIES, str(one.home), machine.root, str(writes)]
        died = subprocess.run(command, env=environ, cwd=ROOT, check=False).returncode
        reader = machine(f"reader{writes}")
        reader.fetch("site")
        seen = read(reader, "site")
        assert (died, seen) == (9, {name.removeprefix("site/"): text for name, text in old.items()})


def test_an_object_that_arrives_changed_is_refused_and_the_copy_here_stays(
    machine: Machines, store: pafs.S3FileSystem
) -> None:
    one, other = machine("one"), machine("other")
    write(one, {"t/table": "good"})
    one.publish("t", one.home / "t")
    other.fetch("t")
    write(one, {"t/table": "next"})
    one.publish("t", one.home / "t")
    (known,) = Pointer.read((one.home / ".shared/t.json").read_text()).files.values()
    with store.open_output_stream(f"{machine.root}/objects/{known.sha256[:2]}/{known.sha256}") as out:
        out.write(b"evil")
    with pytest.raises(OnrampError, match="arrived damaged"):
        other.fetch("t")
    assert read(other, "t") == {"table": "good"}


def test_half_an_object_is_sent_again(machine: Machines, store: pafs.S3FileSystem) -> None:
    one, other = machine("one"), machine("other")
    write(one, {"t/table": "whole"})
    known = one._pointer_of((one.home / "t",)).files["t/table"]
    with store.open_output_stream(f"{machine.root}/objects/{known.sha256[:2]}/{known.sha256}") as out:
        out.write(b"who")
    one.publish("t", one.home / "t")
    other.fetch("t")
    assert read(other, "t") == {"table": "whole"}


def test_clearing_takes_only_what_nothing_names_and_nobody_is_writing(machine: Machines) -> None:
    one, other = machine("one"), machine("other")
    for text in ("first", "second"):
        write(one, {"t/table": text})
        one.publish("t", one.home / "t")
    now = datetime.now(UTC)
    assert one.clear(now) == 0
    assert one.clear(now + ABANDONED + timedelta(hours=1)) == 1
    other.fetch("t")
    assert read(other, "t") == {"table": "second"}


def test_a_pointer_out_of_the_home_folder_is_refused(machine: Machines, store: pafs.S3FileSystem) -> None:
    one = machine("one")
    for path in ("../outside", "/etc/outside"):
        evil = {"roots": [path], "files": {path: {"sha256": "0" * 64, "size": 0, "mtime_ns": 0}}}
        with store.open_output_stream(f"{machine.root}/current/evil.json") as out:
            out.write(json.dumps(evil).encode())
        with pytest.raises(OnrampError, match="outside the home folder"):
            one.fetch("evil")


def test_what_could_not_be_sent_is_not_replaced_by_something_older(machine: Machines) -> None:
    one, other = machine("one"), machine("other")
    write(one, {"supplied/sites.csv": "old"})
    one.sync("supplied", one.home / "supplied")
    other.sync("supplied", other.home / "supplied")
    assert read(other, "supplied") == {"sites.csv": "old"}
    write(one, {"supplied/sites.csv": "newer"})
    one.sync("supplied", one.home / "supplied")
    assert read(one, "supplied") == {"sites.csv": "newer"}
    other.sync("supplied", other.home / "supplied")
    assert read(other, "supplied") == {"sites.csv": "newer"}


def test_a_copy_one_machine_downloaded_serves_the_others(machine: Machines) -> None:
    one, other = machine("one"), machine("other")
    caches = [Cache(home.home / "cache", shared=home) for home in (one, other)]
    moment = "2026-11-22T02:30:00+00:00"
    with caches[0].obtaining("svi", "RI"):
        write(one, {"cache/partial/svi.csv": "rows"})
        sha = sha256_of(one.home / "cache/partial/svi.csv")
        entry = Entry("https://publisher.example/svi.csv", "svi.csv", sha, 4, moment, moment)
        caches[0].store("svi", "RI", one.home / "cache/partial/svi.csv", entry)
    with caches[1].obtaining("svi", "RI"):
        found = caches[1].newest_good("svi", "RI")
        assert found is not None
        assert (found[0], found[1].read_text()) == (entry, "rows")


def test_files_a_table_names_travel_with_it_and_must_lie_under_home(machine: Machines, tmp_path: Path) -> None:
    one = machine("one")
    write(one, {"cache/population.tif": "cells"})
    inside, outside = one.home / "cache/population.tif", tmp_path / "elsewhere.tif"
    outside.write_text("cells")
    table = pd.DataFrame({"kind": ["population"], "path": [str(inside)]})
    assert files_beside(Sourced(table, REJECTS.empty()), tmp_path) == [inside]
    assert files_beside(Sourced(table.drop(columns="path"), REJECTS.empty()), tmp_path) == []
    with pytest.raises(InputError, match="outside the home folder"):
        one.publish("rasters", outside)


def test_a_table_made_on_one_machine_is_read_on_another_and_pulled(
    machine: Machines, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", *KEYS):
        monkeypatch.setenv(name, environ[name])
    url = f"s3://{machine.root}"
    seen = []

    @asset(partitions_def=STATES)
    def ranked() -> pd.DataFrame:
        return pd.DataFrame({"geoid": ["44007000100"], "rank": [1]})

    @asset(partitions_def=STATES)
    def product(ranked: pd.DataFrame) -> None:
        seen.append(ranked)

    one, other = machine("one").home, machine("other").home
    for home, made in ((one, ranked), (other, product)):
        storage = TableStorage(home=str(home), url=url)
        assert materialize([ranked, product], selection=[made], partition_key="RI", resources={"io_manager": storage})
    assert seen[0].to_dict("list") == {"geoid": ["44007000100"], "rank": [1]}

    write(machine("one"), {"products/RI/lists/a.csv": "RI", "products/CT/lists/a.csv": "CT"})
    for usps in ("RI", "CT"):
        machine("one").publish(f"products/{usps}/lists", one / f"products/{usps}/lists")
    third = machine("third").home
    monkeypatch.setenv("ONRAMP_STORAGE__URL", url)
    done = CliRunner().invoke(app, ["pull", "--state", "RI", "--home", str(third)])
    assert done.exit_code == 0, done.output
    assert [path.relative_to(third).as_posix() for path in third.rglob("*.csv")] == ["products/RI/lists/a.csv"]


def test_a_store_that_is_not_there_is_reported_in_a_sentence_without_keys(
    tmp_path: Path, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, KEYS[name])
    nowhere = {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{unused_port}"}
    shared = SharedHome(tmp_path, pafs.S3FileSystem(**connection(nowhere)), "b/onramp", "s3://b/onramp")
    (tmp_path / "t").write_text("x")
    with pytest.raises(OnrampError) as caught:
        shared.publish("t", tmp_path / "t")
    assert "s3://b/onramp" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not any(key in str(caught.value) for key in (KEYS["AWS_SECRET_ACCESS_KEY"], "AWS_SECRET"))


@pytest.mark.parametrize("url", ["https://b", "s3://key:secret@bucket/x", "s3://bucket/../x?y", "s3:///x"])
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"storage\.url") as caught:
        load_settings(None, {"storage": {"url": url}})
    assert "secret" not in str(caught.value)
