"""Locks against made-up records of weaknesses."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from deploy.scripts.known_weaknesses import ACCEPTED, DatabaseRefused, accepted, affects, load, main, weaknesses
from deploy.scripts.locks import Locked

TODAY = datetime.now(UTC)


def span(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


def record(id: str = "PYSEC-2026-1", package: str = "Some_Package", **more: Any) -> dict[str, Any]:
    affected = {"package": {"ecosystem": "PyPI", "name": package}, **more.pop("affected", span({"introduced": "0"}))}
    return {"id": id, "modified": TODAY.isoformat(), "summary": "It is weak.", "affected": [affected], **more}


def written(folder: Path, *records: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(records):
        (folder / f"{number}.json").write_text(one if isinstance(one, str) else json.dumps(one))
    return folder


@pytest.mark.parametrize(
    ("affected", "yes", "no"),
    [
        (span({"introduced": "0"}), "1.0 0.0.1a1 9!1", ""),
        (span({"introduced": "0"}, {"fixed": "1.2"}), "1.1 1.2rc1 1.2.dev3 0.1", "1.2 1.2.0 1.2.post1 2.0"),
        (span({"introduced": "1.0"}, {"fixed": "1.2"}), "1.0 1.0.0 1.1.9", "0.9 1.0rc1 1.2"),
        (span({"introduced": "1.0"}, {"last_affected": "1.2"}), "1.0 1.2 1.2.0", "1.2.1 1.2.post1 0.9"),
        (
            span({"fixed": "3.1"}, {"introduced": "3.0"}, {"fixed": "2.4"}, {"introduced": "2.0"}),
            "2.3 3.0",
            "2.4 1 3.1",
        ),
        (span({"introduced": "1.0"}, {"limit": "2.0"}), "1.5", "2.0 0.1"),
        (span({"introduced": "1.0"}, {"limit": "*"}), "1.5 9", "0.1"),
        (span({"introduced": "1.0"}, {"fixed": "1.10"}), "1.9 1.2", "1.10 1.11"),
        (span({"introduced": "1.0+local"}, {"fixed": "2"}), "1.1 1.0+local", "1.0"),
        ({"versions": ["1.0", "1.1.0"]}, "1.0 1.0.0 1.1", "1.2"),
        ({"versions": ["0.1"], **span({"introduced": "2"}, {"fixed": "3"})}, "0.1 2.5", "1 3"),
        # Commits only, nothing at all, or no version: it may be any.
        (span({"introduced": "0"}, {"fixed": "0c1d"}, kind="GIT"), "1.0", ""),
        ({}, "1.0", ""),
        (span({"introduced": "0"}, {"fixed": "the next one"}), "1.0", ""),
        ({"versions": ["unreadable"]}, "", "1.0"),
        ({"versions": ["1.0"], **span({"introduced": "0"}, kind="GIT")}, "1.0", "1.1"),
    ],
)
def test_versions_are_compared_as_python_compares_them(affected: dict[str, Any], yes: str, no: str) -> None:
    assert {version for version in (yes + " " + no).split() if affects(affected, version)} == set(yes.split())


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4, unique=True).map(sorted),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_a_version_lies_within_as_many_ends_say(ends: list[tuple[int, int]], ours: tuple[int, int]) -> None:
    events = [{"fixed" if place % 2 else "introduced": "{}.{}".format(*end)} for place, end in enumerate(ends)]
    inside = sum(ours >= end for end in ends) % 2 == 1
    assert affects(span(*reversed(events)), "{}.{}".format(*ours)) is inside


def test_a_weakness_is_found_by_any_spelling_and_told_once(tmp_path: Path) -> None:
    database = load(
        written(
            tmp_path / "db",
            record("GHSA-a", aliases=["CVE-2026-1"], affected=span({"introduced": "0"}, {"fixed": "1.3"})),
            record("PYSEC-2026-1", "some.package", aliases=["CVE-2026-1", "GHSA-a"], summary=""),
            record("GHSA-b"),
            record("GHSA-withdrawn", withdrawn=TODAY.isoformat()),
            record("GHSA-other", "another"),
            {**record("GHSA-npm"), "affected": [{"package": {"ecosystem": "npm", "name": "some-package"}}]},
            record("GHSA-fixed", affected=span({"introduced": "0"}, {"fixed": "1.0"})),
        )
    )
    first, second = weaknesses([Locked("some-package", "1.2", ())], database)
    assert (first.id, first.summary, first.fixed) == ("GHSA-b", "It is weak.", ())
    assert (second.id, second.summary, second.fixed) == ("PYSEC-2026-1", "It is weak.", ("1.3",))
    assert second.aliases == {"PYSEC-2026-1", "CVE-2026-1", "GHSA-a"}
    assert database.records == 7 and Version(first.version) == Version("1.2")


def lock(tmp_path: Path) -> str:
    file = tmp_path / "lock.txt"
    file.write_text(f"some-package==1.2 \\\n    --hash=sha256:{'0' * 64}\n")
    return str(file)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_command_says_what_is_known_and_how_much_that_is_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("PYSEC-2026-1.json", json.dumps(record(aliases=["CVE-2026-1"])))
        out.writestr("read.me", "not a record")
    code, said, doubts = told(capsys, str(archive), "--lock", lock(tmp_path))
    assert code == 1 and not doubts
    assert "1 packages of 1 locks against 1 records" in said and "1 known weaknesses, 0 accepted" in said
    assert "some-package 1.2: PYSEC-2026-1 (CVE-2026-1), fixed in no version\n    It is weak." in said

    reasons = tmp_path / "accepted.yaml"
    until = (TODAY + timedelta(days=9)).date()
    reasons.write_text(f"- {{id: CVE-2026-1, reason: that part is not used, until: {until}}}\n")
    code, said, doubts = told(capsys, str(archive), "--lock", lock(tmp_path), "--accepted", str(reasons))
    assert code == 0 and "(accepted: that part is not used)" in said and "0 known weaknesses, 1 accepted" in said

    old = record(package="other", modified="2026-01-01T00:00:00Z")
    code, said, doubts = told(capsys, str(written(tmp_path / "old", old)), "--lock", lock(tmp_path))
    assert code == 2 and "0 known weaknesses" in said and "the newest record is" in doubts

    odd = record(package="other"), "{", "[]", '{"id": "a"}', "no JSON"
    broken = written(tmp_path / "broken", *odd)
    code, said, doubts = told(capsys, str(broken), "--lock", lock(tmp_path))
    assert code == 2 and "4 records could not be read: 1.json, 2.json, 3.json, 4.json" in doubts


@pytest.mark.parametrize("given", ["nowhere.zip", "empty", "lock.txt"])
def test_no_database_is_not_a_database_without_weaknesses(
    tmp_path: Path, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    code, said, doubts = told(capsys, str(tmp_path / given), "--lock", lock(tmp_path))
    assert code == 2 and not said and given in doubts and len(doubts.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: A, until: 2030-01-01}", "an entry has id, reason and until"),
        ("- {id: A, reason: b}", "an entry has id, reason and until"),
        ("- {id: A, reason: b, until: 2020-01-01}", "A was accepted until 2020-01-01; look at it again"),
    ],
)
def test_what_is_accepted_has_a_reason_and_an_end(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(text)
    with pytest.raises(DatabaseRefused, match=said):
        accepted(file, date(2026, 1, 1))
    assert accepted(ACCEPTED, TODAY.date()) == {}
