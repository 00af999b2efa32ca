"""What other services read of the repository is what they understand, and names what exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", [ROOT / ".github" / "workflows" / "test.yml"]),
        ("dependabot", [ROOT / ".github" / "dependabot.yml"]),
        ("github-issue-forms", FORMS),
    ],
)
def test_files_for_the_host_are_what_it_takes(schema: str, files: list[Path]) -> None:
    assert files
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_workflow_runs_tasks_that_exist() -> None:
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    matrix = yaml.safe_load(text)["jobs"]["test"]["strategy"]["matrix"]
    tasks = {
        *matrix["make"],
        *(extra["make"] for extra in matrix["include"]),
        *re.findall(r"run: make ([a-z-]+)", text),
    }
    assert tasks <= set(re.findall(r"(?m)^([a-z-]+):", makefile))


def test_hooks_before_a_commit_run_the_tools_of_the_environment() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    entries = [hook["entry"].split()[0] for repo in hooks for hook in repo["hooks"]]
    assert all(repo["repo"] == "local" for repo in hooks)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(entry.replace(".venv/bin/", "$(BIN)/") in makefile for entry in entries)


def test_the_dev_container_installs_as_a_person_does() -> None:
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    container = json.loads(text)
    assert "make install" in container["postCreateCommand"]


def test_locks_name_no_index_and_hold_every_package_to_a_hash() -> None:
    for lock in (ROOT / "locks").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        packages = re.split(r"(?m)^(?=[a-zA-Z0-9])", text)
        assert all("--hash=sha256:" in package for package in packages if package.strip()), lock.name


def test_the_run_lock_holds_nothing_that_only_building_and_commands_around_it_need() -> None:
    names = set(re.findall(r"(?m)^([\w.-]+)==", (ROOT / "locks" / "run.txt").read_text(encoding="utf-8")))
    unwanted = {
        "dagster-dg-cli",
        "dagster-cloud-cli",
        "django",
        "django-leaflet",
        "editables",
        "gitpython",
        "hatchling",
    }
    assert names & unwanted == set()
    deploy = set(re.findall(r"(?m)^([\w.-]+)==", (ROOT / "locks" / "deploy.txt").read_text(encoding="utf-8")))
    assert names <= deploy
