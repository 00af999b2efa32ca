"""What deploy/ holds, as far as it can be tried without an engine: schemas, Dagster's own loading, the pod of a run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
import yaml
from dagster import DagsterInstance
from dagster._cli import cli as dagster_cli
from dagster._core.code_pointer import FileCodePointer
from dagster._core.instance.ref import InstanceRef
from dagster._core.launcher import LaunchRunContext
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._daemon.cli import cli as daemon_cli
from dagster._serdes import ConfigurableClassData
from dagster_k8s import K8sRunLauncher
from dagster_postgres import DagsterPostgresStorage
from dagster_webserver.cli import cli as webserver_cli
from kubernetes.client import ApiClient

from pipelines.build import build_defs
from pipelines.instance import prepare
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
KUBERNETES = "1.31"
RUN_AS = 10001
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
CLIS: dict[str, Any] = {"dagster": dagster_cli, "dagster-daemon": daemon_cli, "onramp-web": webserver_cli}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, comments gone and lines joined."""
    lines = [line for line in (DEPLOY / "Containerfile").read_text().splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


def manifests() -> list[dict[str, Any]]:
    return [document for file in sorted((DEPLOY / "kubernetes").glob("*.yaml")) for document in every(file)]


def every(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(file.read_text()))


def test_the_image_copies_what_exists_and_runs_as_nobody_special() -> None:
    steps = instructions()
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    for kind, what in steps:
        if kind == "COPY" and not what.startswith("--from"):
            *sources, _ = what.split()
            assert all((ROOT / source).exists() and source in allowed for source in sources), what
        if kind == "FROM":
            assert ":" in what and "latest" not in what
    users = [what for kind, what in steps if kind == "USER"]
    assert users[-1] == f"{RUN_AS}:{RUN_AS}"
    installed = [what for kind, what in steps if kind == "RUN" and "--require-hashes" in what]
    assert all(any(lock in what for what in installed) for lock in ("locks/deploy.txt", "locks/build.txt"))
    assert {"HEALTHCHECK", "LABEL"} <= {kind for kind, _ in steps}


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("CITATION.cff", r"(?m)^version: (\S+)$"),
        ("CHANGELOG.md", r"(?m)^## (\d[\d.]*)"),
        ("deploy/Containerfile", r"image.version=\"([^\"]+)\""),
        ("deploy/Containerfile", r"onramp:(\d[\d.]*\d)"),
        ("deploy/compose.yaml", r"ONRAMP_VERSION:-([^}]+)}"),
        ("deploy/example.env", r"(?m)^ONRAMP_VERSION=(\S+)$"),
        ("docs/operations.md", r"onramp:(\d[\d.]*\d)"),
    ],
)
def test_every_file_says_the_same_version(file: str, said: str) -> None:
    found = re.search(said, (ROOT / file).read_text(encoding="utf-8"))
    assert found is not None and found[1] == VERSION


def test_the_compose_file_is_one_that_engines_take() -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, DEPLOY / "compose.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_every_service_is_checked_waits_and_has_no_more_rights_than_it_needs() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for name, service in services.items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "privileged" not in service and "no-new-privileges:true" in service["security_opt"], name
        assert name == "code" or "healthcheck" in service, name
        for needed in service.get("depends_on", {}).values():
            assert needed == {"condition": "service_healthy"}
    example = (DEPLOY / "example.env").read_text()
    filled = {name for name in ("POSTGRES_PASSWORD", "CENSUS_API_KEY", "NLR_API_KEY") if f"{name}=\n" in example}
    assert len(filled) == 3, "the example holds no secret"


def test_commands_of_the_image_and_the_compose_file_exist() -> None:
    image = [json.loads(what) for kind, what in instructions() if kind == "CMD"]
    health = [json.loads(what.partition("CMD ")[2]) for kind, what in instructions() if kind == "HEALTHCHECK"]
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    commands = [*image, *health, *(service["command"] for service in composed if "command" in service)]
    assert len(commands) == 4
    for program, *words in commands:
        command = CLIS[program]
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, program


def test_manifests_are_what_kubernetes_takes() -> None:
    kinds = []
    for document in manifests():
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
        kinds.append(document["kind"])
    assert kinds.count("Deployment") == 3


def test_what_manifests_name_is_there() -> None:
    documents = manifests()
    names = {(document["kind"], document["metadata"]["name"]) for document in documents}
    for document in documents:
        if document["kind"] != "Deployment":
            continue
        pod = document["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsUser"] == RUN_AS and container["securityContext"]["readOnlyRootFilesystem"]
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        for volume in pod["volumes"]:
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in names
            if "persistentVolumeClaim" in volume:
                assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in names
        for origin in container["envFrom"]:
            ((kind, named),) = origin.items()
            assert (
                kind.removesuffix("Ref").replace("config", "Config").replace("secret", "Secret"),
                named["name"],
            ) in names


def test_the_instance_of_the_compose_file_is_what_dagster_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRAMP_POSTGRES_URL", "postgresql://onramp:p@127.0.0.1:1/onramp")
    (tmp_path / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text())
    known = InstanceRef.from_dir(str(tmp_path))
    assert known.storage_data is not None
    assert known.storage_data.class_name == DagsterPostgresStorage.__name__
    assert known.settings["run_monitoring"]["enabled"]


def test_a_state_is_a_pod_that_kubernetes_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POD_NAMESPACE", "charging")
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr("dagster_k8s.launcher.load_kubernetes_config", lambda *given, **named: None)
    (files,) = [one for one in manifests() if one["metadata"]["name"] == "onramp-instance"]
    config = yaml.safe_load(files["data"]["dagster.yaml"])["run_launcher"]
    launcher = ConfigurableClassData(config["module"], config["class"], yaml.safe_dump(config["config"])).rehydrate(
        as_type=K8sRunLauncher
    )
    asked: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        launcher._api_client,
        "create_namespaced_job_with_retries",
        lambda body, namespace: asked.append((namespace, ApiClient().sanitize_for_serialization(body))),
    )
    prepare(tmp_path)
    with DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        launcher.register_instance(instance)
        job = build_defs().resolve_job_def("analysis")
        code = FileCodePointer("pipelines/definitions.py", "definitions", "/opt/onramp")
        origin = RepositoryPythonOrigin(sys.executable, code, None, None)
        run = instance.create_run_for_job(
            job,
            tags={"dagster/partition": "RI"},
            job_code_origin=JobPythonOrigin("analysis", origin),
            asset_selection=None,
        )
        launcher.launch_run(LaunchRunContext(run, None))
    ((namespace, made),) = asked
    assert namespace == "charging"
    kubernetes_validate.validate(made, KUBERNETES, strict=True)
    pod = made["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == f"onramp:{VERSION}"
    assert container["args"][1:5] == ["-m", "dagster", "api", "execute_run"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod["securityContext"]["runAsUser"] == RUN_AS
    origins = {next(iter(origin.values()))["name"] for origin in container["envFrom"]}
    assert origins == {"onramp", "onramp-settings"}
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted == {"/srv/onramp", "/tmp", "/etc/onramp"}
