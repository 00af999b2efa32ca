"""What deploy/ holds, as far as it can be tried without an engine: schemas, Dagster's own loading, the pod of a run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
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
from tests.support.cluster import denied, restricted, values
from tests.support.cluster import manifests as cluster_manifests

DEPLOY = ROOT / "deploy"
KUBERNETES = "1.31"
RUN_AS = 10001
IMAGE = values()["image"]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
DAEMON = "system:serviceaccount:onramp:onramp-daemon"
Launch = Callable[..., dict[str, Any]]
CLIS: dict[str, Any] = {"dagster": dagster_cli, "dagster-daemon": daemon_cli, "onramp-web": webserver_cli}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, comments gone and lines joined."""
    lines = [line for line in (DEPLOY / "Containerfile").read_text().splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


def manifests() -> list[dict[str, Any]]:
    secrets = yaml.safe_load_all((DEPLOY / "kubernetes" / "secrets.example.yaml").read_text())
    return [*cluster_manifests(), *secrets]


def test_the_image_copies_what_exists_and_runs_as_nobody_special() -> None:
    steps = instructions()
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    for kind, what in steps:
        if kind == "COPY" and not what.startswith("--from"):
            *sources, _ = what.split()
            assert all((ROOT / source).exists() and source in allowed for source in sources), what
        if kind == "FROM":
            assert what.split()[0] == "${BASE}@sha256:${BASE_DIGEST}", "an image without a digest cannot be a base"
        if kind == "ARG":
            assert not what.startswith("BASE_DIGEST="), "the digest is whoever builds it's to name"
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
    once = {name for name, service in services.items() if service["restart"] == "no"}
    assert once == {"migrate", "restore"}
    for name, service in services.items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "privileged" not in service and "no-new-privileges:true" in service["security_opt"], name
        # The check of the image is lost where it is built in the OCI format.
        assert name in once or "healthcheck" in service, name
        assert service["mem_limit"] == service["memswap_limit"] and service["pids_limit"] <= 2048, name
        for needed, condition in service.get("depends_on", {}).items():
            ended = needed in once
            assert condition["condition"] == ("service_completed_successfully" if ended else "service_healthy")


def test_each_service_has_the_secrets_of_its_role_only() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    names = {
        name: set(re.findall(r"\$\{((?:\w+_PASSWORD|\w+_SECRET|\w+_KEY|\w+_WEBHOOK))\b", str(service)))
        for name, service in services.items()
    }
    passwords = {f"ONRAMP_{role}_PASSWORD" for role in ("WEB", "DAEMON", "RUN", "BACKUP")}
    assert names == {
        "postgres": {"POSTGRES_PASSWORD", *passwords},
        "migrate": {"POSTGRES_PASSWORD"},
        "restore": {"POSTGRES_PASSWORD"},
        "code": {"ONRAMP_RUN_PASSWORD", "ONRAMP_ALERT_WEBHOOK", "CENSUS_API_KEY", "NLR_API_KEY"},
        "web": {"ONRAMP_WEB_PASSWORD", "ONRAMP_PROXY_SECRET"},
        "daemon": {"ONRAMP_DAEMON_PASSWORD"},
        "backup": {"ONRAMP_BACKUP_PASSWORD"},
    }
    example = (DEPLOY / "example.env").read_text()
    composed = "".join((DEPLOY / f"compose{more}.yaml").read_text() for more in ("", ".sign-in"))
    wanted = set(re.findall(r"\$\{(\w+):\?", composed)) | {"CENSUS_API_KEY", "NLR_API_KEY"}
    assert all(f"\n{name}=\n" in example for name in wanted), "the example names everything and holds no secret"


def test_only_what_calls_out_has_a_way_out() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    shut = {name for name, network in composed["networks"].items() if network.get("internal")}
    assert shut == {"records", "code"}
    out = {name for name, service in composed["services"].items() if "out" in service["networks"]}
    assert out == {"code"}
    assert composed["networks"]["door"]["driver_opts"] == {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    published = {name for name, service in composed["services"].items() if "ports" in service}
    assert published == {"web"} and all(port.startswith("127.0.0.1:") for port in composed["services"]["web"]["ports"])
    images = {service["image"] for service in composed["services"].values()}
    assert all(image.startswith("onramp:") or "@sha256:${POSTGRES_DIGEST:?" in image for image in images)


def test_sign_in_leaves_the_proxy_as_the_only_way_in() -> None:
    class Loader(yaml.SafeLoader):
        """Knows compose's own tag, which takes away what the file below says."""

    Loader.add_constructor("!reset", lambda loader, node: [])
    laid_over = yaml.load((DEPLOY / "compose.sign-in.yaml").read_text(), Loader)["services"]
    assert laid_over["web"]["ports"] == laid_over["show"]["ports"] == []
    proxy = laid_over["proxy"]
    assert proxy["read_only"] and proxy["cap_drop"] == ["ALL"] and proxy["mem_limit"] == proxy["memswap_limit"]
    assert proxy["pids_limit"] == 256 and "healthcheck" in proxy
    assert laid_over["show"]["environment"]["ONRAMP_WEB__READ_ONLY"] == "true"
    example = (DEPLOY / "sign-in.example.env").read_text()
    given = {**proxy["environment"], **dict.fromkeys(re.findall(r"(?m)^(\w+)=", example))}
    given |= dict.fromkeys(re.findall(r"(\w+)=", (DEPLOY / "proxy" / "Containerfile").read_text()))
    wanted = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "proxy" / "httpd.conf").read_text())) - {"LIKE_THIS"}
    assert wanted <= given.keys()
    (pod,) = [one for one in manifests() if one["metadata"]["name"] == "onramp-proxy" and one["kind"] == "Deployment"]
    (secret,) = [one for one in manifests() if one["metadata"]["name"] == "onramp-proxy" and one["kind"] == "Secret"]
    container = pod["spec"]["template"]["spec"]["containers"][0]
    told = {one["name"] for one in container["env"]} | secret["stringData"].keys()
    image = {"ONRAMP_PROXY_RUN", "ONRAMP_PROXY_PORT", "OIDC_AUTHORITIES"}
    assert wanted <= told | image


def test_commands_of_the_image_and_the_compose_file_exist() -> None:
    image = [json.loads(what) for kind, what in instructions() if kind == "CMD"]
    health = [json.loads(what.partition("CMD ")[2]) for kind, what in instructions() if kind == "HEALTHCHECK"]
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    own = [service for service in composed if service["image"].startswith("onramp:")]
    checks = [service["healthcheck"]["test"][1:] for service in own if "healthcheck" in service]
    dagsters = [check for check in checks if check[0] != "python"]
    commands = [*image, *health, *dagsters, *(service["command"] for service in own if "command" in service)]
    assert len(commands) == 7
    for program, *words in commands:
        command = CLIS[program]
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, program


def test_the_instance_of_the_compose_file_is_what_dagster_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRAMP_POSTGRES_URL", "postgresql://onramp:p@127.0.0.1:1/onramp")
    (tmp_path / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text())
    known = InstanceRef.from_dir(str(tmp_path))
    assert known.storage_data is not None
    assert known.storage_data.class_name == DagsterPostgresStorage.__name__
    assert known.settings["run_monitoring"]["enabled"]


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """Launch a run with tags, by a code server that says this of its containers; the job asked of Kubernetes."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("POD_NAMESPACE", "charging")
    monkeypatch.setenv("ONRAMP_IMAGE", IMAGE)
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
    home = tmp_path_factory.mktemp("home")
    prepare(home)
    with DagsterInstance.from_config(str(home / "dagster")) as instance:
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

        def launched(tags: dict[str, str], image: str | None = None, context: Any = None) -> dict[str, Any]:
            asked.clear()
            said = RepositoryPythonOrigin(sys.executable, code, image, None, context)
            wanted = run._replace(tags=run.tags | tags, job_code_origin=JobPythonOrigin("analysis", said))
            launcher.launch_run(LaunchRunContext(wanted, None))
            ((namespace, made),) = asked
            assert namespace == "charging"
            return made

        yield launched
    monkeypatch.undo()


def test_a_state_is_a_pod_that_kubernetes_takes(launch: Launch) -> None:
    made = launch({})
    kubernetes_validate.validate(made, KUBERNETES, strict=True)
    template = made["spec"]["template"]
    pod = template["spec"]
    (container,) = pod["containers"]
    assert container["image"] == IMAGE
    assert container["args"][1:5] == ["-m", "dagster", "api", "execute_run"]
    assert not restricted(pod) and {"memory", "cpu", "ephemeral-storage"} <= set(container["resources"]["limits"])
    assert template["metadata"]["labels"]["app"] == "onramp-run" and pod["serviceAccountName"] == "onramp-run"
    assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
    origins = {next(iter(origin.values()))["name"] for origin in container["envFrom"]}
    assert origins == {"onramp-run", "onramp-settings"}
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted == {"/srv/onramp", "/tmp", "/etc/onramp"}
    assert not denied("onramp-runs-only", made, by=DAEMON)


#: What a person, or a page in their browser, could write into the tags of a run.
POD_OF_ONES_OWN = {
    "image": {"container_config": {"image": "attacker/miner"}},
    "command": {"container_config": {"command": ["sh"]}},
    "secrets of others": {"container_config": {"env_from": [{"secret_ref": {"name": "onramp-owner"}}]}},
    "the node's files": {"pod_spec_config": {"volumes": [{"name": "a", "host_path": {"path": "/"}}]}},
    "account": {"pod_spec_config": {"service_account_name": "onramp-daemon"}},
    "token": {"pod_spec_config": {"automount_service_account_token": True}},
    "network of the node": {"pod_spec_config": {"host_network": True}},
    "name of another part": {"pod_template_spec_metadata": {"labels": {"app": "onramp-web"}}},
    "how often": {"job_spec_config": {"backoff_limit": 1000}},
    "metadata": {"job_metadata": {"annotations": {"a": "b"}}},
    "variable": {"container_config": {"env": [{"name": "LD_PRELOAD", "value": "/tmp/a.so"}]}},
}


@pytest.mark.parametrize("wish", POD_OF_ONES_OWN.values(), ids=POD_OF_ONES_OWN)
def test_who_launches_a_run_chooses_nothing_of_its_pod(launch: Launch, wish: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="violated the allowed list"):
        launch({"dagster-k8s/config": json.dumps(wish)})
    with pytest.raises(Exception, match="violated the allowed list"):
        launch({"dagster-k8s/config": json.dumps({**wish, "merge_behavior": "SHALLOW"})})
    with pytest.raises(Exception, match="violated the allowed list"):
        launch({}, context={"k8s": {"run_k8s_config": wish}})


def test_who_launches_a_run_chooses_no_resources_and_no_other_namespace(launch: Launch) -> None:
    with pytest.raises(Exception, match="violated the allowed list"):
        launch({"dagster-k8s/resource_requirements": json.dumps({"limits": {"memory": "900Gi"}})})
    with pytest.raises(Exception, match="violated the allowed list"):
        launch({}, context={"k8s": {"namespace": "kube-system"}})
    for given in ({"env_secrets": ["onramp-owner"]}, {"volumes": [{"name": "a", "host_path": {"path": "/"}}]}):
        with pytest.raises(Exception, match="violated the allowed list"):
            launch({}, context={"k8s": given})


def test_an_image_that_the_code_server_names_is_for_the_cluster_to_deny(launch: Launch) -> None:
    made = launch({}, image="attacker/miner@sha256:" + "c" * 64)
    assert made["spec"]["template"]["spec"]["containers"][0]["image"].startswith("attacker/")
    assert denied("onramp-runs-only", made, by=DAEMON) == ["A run is one container of the deployment's image."]
