"""The cache keeps the last good copy through anything: damage, two runs at once, a clean-up, a death half-way."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from geodata.fetching.client.download_cache import Cache, CacheBusyError, CorruptObjectError, Entry, iso, safe_name

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def entry_for(content: bytes, filename: str = "stations.csv", **changes) -> Entry:
    values = {
        "url": "https://publisher.example/stations.csv",
        "filename": filename,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "retrieved_at": iso(NOW),
        "checked_at": iso(NOW),
        "licence": "public domain",
        "etag": '"1"',
    }
    return Entry(**(values | changes))


def put(cache: Cache, content: bytes, source: str = "stations", scope: str = "RI", **changes) -> Path:
    part = cache.partial_path(source, scope, f"{os.getpid()}-{hashlib.md5(content).hexdigest()}")
    part.write_bytes(content)
    return cache.store(source, scope, part, entry_for(content, **changes))


def test_a_stored_file_keeps_the_publishers_name_and_comes_back_with_its_entry(tmp_path):
    cache = Cache(tmp_path)
    path = put(cache, b"a,b\n1,2\n")
    entry, found = cache.newest_good("stations", "RI")
    assert found == path
    assert path.name == "stations.csv"
    assert path.read_bytes() == b"a,b\n1,2\n"
    assert entry == entry_for(b"a,b\n1,2\n")
    assert not list((tmp_path / "partial").rglob("*.csv"))


def test_history_is_newest_first_bounded_and_without_repeats(tmp_path):
    cache = Cache(tmp_path, history=2)
    for content in (b"one", b"two", b"three", b"two"):
        put(cache, content)
    sizes = [entry.sha256 for entry in cache.manifest("stations", "RI").entries]
    assert sizes == [hashlib.sha256(content).hexdigest() for content in (b"two", b"three")]


def test_damaged_bytes_are_set_aside_and_the_earlier_copy_is_used(tmp_path):
    cache = Cache(tmp_path)
    older = put(cache, b"older")
    newer = put(cache, b"newer")
    newer.write_bytes(b"NEWER")
    entry, path = Cache(tmp_path).newest_good("stations", "RI")
    assert path == older
    assert entry.sha256 == hashlib.sha256(b"older").hexdigest()
    assert newer.with_name("stations.csv.damaged").exists()


def test_damage_is_named_when_the_copy_is_opened(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"good").write_bytes(b"evil")
    with pytest.raises(CorruptObjectError, match=r"stations\.csv no longer has the SHA-256"):
        Cache(tmp_path).open(entry_for(b"good"))
    with pytest.raises(CorruptObjectError, match="is gone"):
        Cache(tmp_path).open(entry_for(b"good"))


def test_of_a_damaged_manifest_the_one_before_it_is_taken(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"one")
    put(cache, b"two")
    manifest = tmp_path / "manifests" / "stations" / "RI.json"
    manifest.write_text('{"entries": [{"wrong": 1}]}')
    assert cache.newest_good("stations", "RI")[1].read_bytes() == b"one"
    assert manifest.with_suffix(".damaged").exists()
    put(cache, b"three")
    assert cache.newest_good("stations", "RI")[1].read_bytes() == b"three"
    for known in (manifest, manifest.with_suffix(".earlier")):
        known.write_text("")
    assert cache.newest_good("stations", "RI") is None


def test_what_a_damaged_or_missing_manifest_named_is_not_pruned_while_the_one_before_names_it(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"one")
    cache.failed("stations", "RI", NOW, "away")
    manifest = tmp_path / "manifests" / "stations" / "RI.json"
    manifest.write_text("")
    for _ in range(2):
        cache.prune(1, now=NOW)
        assert cache.newest_good("stations", "RI")[1].read_bytes() == b"one"
    assert [one.scope for one in cache.manifests()] == ["RI"]


def test_a_manifest_in_which_a_disk_changed_a_bit_is_never_believed(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"one")
    put(cache, b"two")
    manifest = tmp_path / "manifests" / "stations" / "RI.json"
    whole, earlier = manifest.read_bytes(), manifest.with_suffix(".earlier").read_bytes()
    sound = [cache.manifest("stations", "RI").entries, cache.manifest("stations", "RI").entries[1:]]
    found = []
    for bit in range(0, 8 * len(whole), 7):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        manifest.write_bytes(flipped)
        manifest.with_suffix(".earlier").write_bytes(earlier)
        found.append(sound.index(cache.manifest("stations", "RI").entries))
    # Most are noticed; of the others no value changed (a blank, or the name of the checksum).
    assert found.count(1) > 0.7 * len(found)


def test_confirming_moves_the_check_date_and_keeps_the_retrieval_date(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"one")
    cache.failed("stations", "RI", NOW, "the publisher was away")
    later = NOW + timedelta(days=3)
    entry = cache.confirm("stations", "RI", entry_for(b"one").sha256, later, etag='"2"', last_modified=None)
    assert (entry.retrieved_at, entry.checked_at, entry.etag) == (iso(NOW), iso(later), '"2"')
    assert cache.manifest("stations", "RI").last_failure is None


def test_a_failure_is_noted_and_touches_no_copy(tmp_path):
    cache = Cache(tmp_path)
    put(cache, b"one")
    cache.failed("stations", "RI", NOW, "the publisher was away")
    manifest = cache.manifest("stations", "RI")
    assert manifest.last_failure.reason == "the publisher was away"
    assert cache.newest_good("stations", "RI")[1].read_bytes() == b"one"


def test_prune_keeps_the_newest_and_objects_that_another_source_names(tmp_path):
    cache = Cache(tmp_path)
    shared = put(cache, b"shared")
    put(cache, b"shared", source="other")
    put(cache, b"older")
    newest = put(cache, b"newest")
    abandoned = cache.partial_path("stations", "RI", "abandoned.zip")
    abandoned.write_bytes(b"12345")
    os.utime(abandoned, (0, 0))
    pruned = cache.prune(1, now=datetime.now(UTC))
    assert (pruned.objects, pruned.partials, pruned.freed) == (1, 1, len(b"older") + 5)
    assert shared.exists() and newest.exists()
    assert cache.newest_good("stations", "RI")[1] == newest
    with pytest.raises(ValueError, match="at least 1"):
        cache.prune(0, now=NOW)


def test_two_runs_storing_at_once_lose_nothing(tmp_path):
    contents = [f"copy {number}".encode() for number in range(16)]

    def store(content: bytes) -> None:
        put(Cache(tmp_path, history=99), content)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store, contents))
    entries = Cache(tmp_path).manifest("stations", "RI").entries
    assert {entry.sha256 for entry in entries} == {hashlib.sha256(content).hexdigest() for content in contents}


def test_a_held_lock_is_a_sentence_after_a_while(tmp_path):
    cache = Cache(tmp_path, download_seconds=0.05)
    (tmp_path / "locks").mkdir()
    with (
        FileLock(tmp_path / "locks" / "stations.RI.lock"),
        pytest.raises(CacheBusyError, match="Another run has held"),
        cache.obtaining("stations", "RI"),
    ):
        pass


def test_a_run_that_dies_before_the_manifest_is_renamed_leaves_the_last_good_copy(tmp_path, monkeypatch):
    cache = Cache(tmp_path)
    good = put(cache, b"good")

    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("geodata.fetching.client.download_cache.write_text", dies)
    with pytest.raises(KeyboardInterrupt):
        put(cache, b"half-way")
    monkeypatch.undo()
    assert Cache(tmp_path).newest_good("stations", "RI")[1] == good


@pytest.mark.parametrize(
    ("text", "safe"),
    [("../../etc/passwd", "etc_passwd"), ("a b?key=1", "a_b_key_1"), ("...", "file"), ("x" * 300, "x" * 120)],
)
def test_names_cannot_leave_their_folder(text, safe):
    assert safe_name(text) == safe
