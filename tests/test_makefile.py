"""What make does before it installs anything: which interpreter it takes, and what it says of one it cannot take."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def stub(path: Path, version: str) -> Path:
    """Write an interpreter that says which version it is; whatever else it is asked to do, it notes in `asked`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answer = f"echo {version}" if version else "exit 127"
    asked = path.parent / "asked"
    path.write_text(f"""#!/bin/sh
case "$1" in -c) {answer};; *) echo "$@" >> "{asked}";; esac
""")
    path.chmod(0o755)
    return path


def make(*words: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "VENV", "MAKEFLAGS")}
    env = {**kept, "PATH": f"{path}:{kept['PATH']}" if path else kept["PATH"]}
    return subprocess.run(["make", *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10", "3.15"])
@pytest.mark.parametrize("target", ["run", "dev", "test", "install"])
def test_an_interpreter_that_is_not_supported_is_refused_before_anything_is_installed(
    tmp_path: Path, version: str, target: str
) -> None:
    python = stub(tmp_path / "bin" / f"python{version}", version)
    done = make(target, f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    said = f"Onramp runs on Python 3.11 to 3.14 and {python} is Python {version}: install one of these or name it"
    assert done.returncode == 2 and said in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "venv").exists() and not (tmp_path / "bin" / "asked").exists()


def test_an_interpreter_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    done = make("run", f"PYTHON={tmp_path / 'python3'}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2 and "is not there: install one of these" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_first_supported_interpreter_is_taken(tmp_path: Path) -> None:
    for name, version in (("python3", "3.10"), ("python3.14", ""), ("python3.13", "3.13"), ("python3.12", "3.12")):
        stub(tmp_path / "bin" / name, version)
    done = make("--dry-run", "run", f"VENV={tmp_path / 'venv'}", path=tmp_path / "bin")
    assert done.returncode == 0 and f'"python3.13" -m venv --clear {tmp_path / "venv"}' in done.stdout


def test_an_environment_keeps_its_interpreter_until_another_is_named(tmp_path: Path) -> None:
    stub(tmp_path / "venv" / "bin" / "python", "3.12")
    other = stub(tmp_path / "bin" / "python3.13", "3.13")
    kept = make("--dry-run", "run", f"VENV={tmp_path / 'venv'}")
    assert kept.returncode == 0 and "-m venv" not in kept.stdout and "--require-hashes" in kept.stdout
    made_again = make("--dry-run", "run", f"VENV={tmp_path / 'venv'}", f"PYTHON={other}")
    assert f'"{other}" -m venv --clear {tmp_path / "venv"}' in made_again.stdout


def test_an_environment_whose_interpreter_is_gone_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / ".run-3.12").touch()
    other = stub(tmp_path / "bin" / "python3.12", "3.12")
    done = make("--dry-run", "run", f"VENV={tmp_path / 'venv'}", f"PYTHON={other}")
    assert f'"{other}" -m venv --clear {tmp_path / "venv"}' in done.stdout


def test_help_lists_every_task() -> None:
    named = re.search(r"(?s)^\.PHONY: (.*?[^\\])\n", MAKEFILE, re.MULTILINE)
    assert named is not None
    tasks = set(named[1].replace("\\\n", " ").split()) - {"supported", "renewed"}
    assert set(re.findall(r"(?m)^make ([a-z-]+) ", make("help").stdout)) == tasks


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_tasks_that_exist(page: Path) -> None:
    known = set(re.findall(r"(?m)^([a-z-]+):", MAKEFILE))
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"(?m)^make ([a-z-]+)", text)
    assert set(named) <= known


def test_supported_pythons_are_the_same_everywhere() -> None:
    supported = re.search(r"(?m)^SUPPORTED := (.*)$", MAKEFILE)
    assert supported is not None
    versions = supported[1].split()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r"Python :: (3\.\d+)\"", project) == versions
    after = f"3.{int(versions[-1].split('.')[1]) + 1}"
    assert f'requires-python = ">={versions[0]},<{after}"' in project
    workflow = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert f"python: {[*versions]}".replace("'", '"') in workflow
    for page in ("README.md", "CONTRIBUTING.md"):
        assert f"Python {versions[0]} to {versions[-1]}" in (ROOT / page).read_text(encoding="utf-8"), page
