"""What stands in locks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.scripts.locks import locked
from tests.conftest import ROOT


@pytest.mark.parametrize("lock", sorted((ROOT / "locks").glob("*.txt")), ids=lambda lock: lock.stem)
def test_every_package_of_a_lock_is_read_with_its_hashes(lock: Path) -> None:
    packages = locked(lock)
    text = lock.read_text()
    assert len(packages) == len(re.findall(r"(?m)^[a-zA-Z0-9]", text))
    assert sum(len(one.hashes) for one in packages) == text.count("--hash=sha256:")
    assert all(one.hashes and one.purl == f"pkg:pypi/{one.name}@{one.version}" for one in packages)


def test_a_package_is_known_by_one_name_and_by_where_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "lock.txt"
    hashes = f"    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{'1' * 64}\n"
    file.write_text(
        f"# a comment\nRuamel.Yaml_Clib[extra]==1.0.post2 ; python_full_version < '3.13' \\\n{hashes}b==2 \\\n{hashes}"
    )
    first, second = locked(file)
    assert (first.name, first.version, len(first.hashes)) == ("ruamel-yaml-clib", "1.0.post2", 2)
    assert first.marker is not None and first.marker.evaluate({"python_full_version": "3.11.0"}) and not second.marker


@pytest.mark.parametrize("text", ["", "# nothing\n", "a>=1\n", "a==1\nhttps://example.org/a.whl\n"])
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "lock.txt"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"lock.txt is no lock: it holds"):
        locked(file)
