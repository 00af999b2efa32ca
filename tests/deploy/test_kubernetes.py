"""The manifests as rendered for a made-up cluster: schemas, what they name, who may do and reach what."""

from __future__ import annotations

import ipaddress
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from dagster._core.instance.ref import InstanceRef

from tests.support.cluster import ROOT, denied, manifests, restricted

KUBERNETES = "1.31"
SECRETS = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "secrets.example.yaml").read_text()))
DAEMON = "system:serviceaccount:onramp:onramp-daemon"


def pods() -> dict[str, dict[str, Any]]:
    """Return the template of each pod by the label its network policies know it by."""
    specs = [one.get("spec", {}) for one in manifests() if one["kind"] in ("Deployment", "Job", "CronJob")]
    templates = [(spec.get("jobTemplate", {}).get("spec") or spec)["template"] for spec in specs]
    return {template["metadata"]["labels"]["app"]: template for template in templates}


def policies(app: str, direction: str) -> list[dict[str, Any]]:
    """Return the rules of one direction that hold for the pods of `app`."""
    found = []
    for one in manifests():
        if one["kind"] != "NetworkPolicy":
            continue
        chosen = one["spec"]["podSelector"]
        labels = chosen.get("matchLabels", {}).get("app", app)
        among = [value for rule in chosen.get("matchExpressions", []) for value in rule["values"]] or [app]
        if labels == app and app in among:
            found += one["spec"].get(direction, [])
    return found


def reaches(app: str, address: str, port: int) -> bool:
    """Return whether a policy lets the pods of `app` call `address` on a TCP port."""
    for rule in policies(app, "egress"):
        ports = any(
            one["protocol"] == "TCP" and one["port"] <= port <= one.get("endPort", one["port"]) for one in rule["ports"]
        )
        for to in rule["to"]:
            block = to.get("ipBlock")
            there = ipaddress.ip_address(address)
            within = bool(block) and there in ipaddress.ip_network(block["cidr"])
            if ports and within and not any(there in ipaddress.ip_network(out) for out in block.get("except", [])):
                return True
    return False


def asks(app: str, other: str, port: int) -> bool:
    """Return whether both sides' policies let the pods of `app` call those of `other`."""

    def named(places: list[dict[str, Any]], wanted: str) -> bool:
        for place in places:
            chosen = place.get("podSelector", {})
            among = [value for rule in chosen.get("matchExpressions", []) for value in rule["values"]]
            if "namespaceSelector" not in place and wanted in (chosen.get("matchLabels", {}).get("app"), *among):
                return True
        return False

    def opened(rules: list[dict[str, Any]], side: str, wanted: str) -> bool:
        return any(named(rule[side], wanted) and any(one["port"] == port for one in rule["ports"]) for rule in rules)

    return opened(policies(app, "egress"), "to", other) and opened(policies(other, "ingress"), "from", app)


def test_manifests_are_what_kubernetes_takes() -> None:
    for document in [*manifests(), *SECRETS]:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
    assert "${" not in yaml.safe_dump([one for one in manifests() if one["metadata"]["name"] != "onramp-backup"])


def test_what_manifests_name_is_there() -> None:
    documents = [*manifests(), *SECRETS]
    names = {(document["kind"], document["metadata"]["name"]) for document in documents}
    for app, template in pods().items():
        pod = template["spec"]
        (container,) = pod["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
        for volume in pod["volumes"]:
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in names, app
            if "persistentVolumeClaim" in volume:
                assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in names, app
            if "secret" in volume:
                assert ("Secret", volume["secret"]["secretName"]) in names and app == "onramp-proxy"
        for origin in container.get("envFrom", []):
            ((kind, named),) = origin.items()
            assert ({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind], named["name"]) in names, app
        if "serviceAccountName" in pod:
            assert ("ServiceAccount", pod["serviceAccountName"]) in names, app


def test_the_namespace_refuses_pods_with_rights_and_none_has_any() -> None:
    (namespace,) = [one for one in manifests() if one["kind"] == "Namespace"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for app, template in pods().items():
        pod = template["spec"]
        (container,) = pod["containers"]
        assert not restricted(pod), app
        assert container["securityContext"]["readOnlyRootFilesystem"] and pod["enableServiceLinks"] is False, app
        assert {"cpu", "memory", "ephemeral-storage"} <= set(container["resources"]["limits"]), app
        assert not denied("onramp-images-by-digest", {"spec": pod}), app


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (("spec", "hostNetwork"), True),
        (("spec", "volumes", 0), {"name": "a", "hostPath": {"path": "/"}}),
        (("spec", "securityContext", "seccompProfile"), {"type": "Unconfined"}),
        (("spec", "securityContext", "runAsNonRoot"), False),
        (("spec", "containers", 0, "securityContext", "privileged"), True),
        (("spec", "containers", 0, "securityContext", "capabilities"), {"add": ["SYS_ADMIN"], "drop": ["ALL"]}),
    ],
)
def test_the_check_of_rights_can_fail(where: tuple[Any, ...], what: object) -> None:
    template: Any = deepcopy(pods()["onramp-code"])
    part = template
    for step in where[:-1]:
        part = part[step]
    part[where[-1]] = what
    assert len(restricted(template["spec"])) == 1


@pytest.mark.parametrize(
    "image",
    ["onramp", "onramp:0.2.0", "onramp@sha256:abc", "onramp:0.2.0@sha512:" + "a" * 64, "sha256:" + "a" * 64, ""],
)
def test_the_cluster_denies_an_image_that_is_only_a_name(image: str) -> None:
    pod: Any = deepcopy(pods()["onramp-web"])
    pod["spec"]["containers"][0]["image"] = image
    assert len(denied("onramp-images-by-digest", pod)) == 1
    pod["spec"]["initContainers"], pod["spec"]["containers"] = pod["spec"]["containers"], []
    assert len(denied("onramp-images-by-digest", pod)) == 1


def test_each_part_has_its_own_secret_and_sees_no_other() -> None:
    seen = {
        app: {origin["secretRef"]["name"] for origin in template["spec"]["containers"][0].get("envFrom", [])
              if "secretRef" in origin}
        for app, template in pods().items()
    }  # fmt: skip
    assert seen == {
        "onramp-migrate": {"onramp-owner"},
        "onramp-code": {"onramp-code"},
        "onramp-web": {"onramp-web"},
        "onramp-show": {"onramp-web"},
        "onramp-proxy": {"onramp-proxy"},
        "onramp-daemon": {"onramp-daemon"},
        "onramp-backup": {"onramp-backup"},
    }
    held = {one["metadata"]["name"]: set(one["stringData"]) for one in SECRETS}
    assert {"CENSUS_API_KEY", "NLR_API_KEY"} <= held["onramp-run"]
    assert not any("KEY" in key for name in ("onramp-web", "onramp-daemon", "onramp-backup") for key in held[name])


def test_two_parts_bear_a_token_and_only_the_daemon_starts_anything() -> None:
    bears = {app for app, template in pods().items() if template["spec"]["automountServiceAccountToken"]}
    assert bears == {"onramp-web", "onramp-daemon"}
    roles = {one["metadata"]["name"]: one["rules"] for one in manifests() if one["kind"] == "Role"}
    assert set(roles) == bears
    verbs = {name: {verb for rule in rules for verb in rule["verbs"]} for name, rules in roles.items()}
    assert verbs == {
        "onramp-web": {"delete", "get", "list"},
        "onramp-daemon": {"create", "delete", "get", "list"},
    }
    resources = {resource for rules in roles.values() for rule in rules for resource in rule["resources"]}
    assert not resources & {"secrets", "configmaps", "pods/exec", "pods/attach", "pods/portforward", "*"}
    accounts = [one for one in manifests() if one["kind"] == "ServiceAccount"]
    assert all(one["automountServiceAccountToken"] is False for one in accounts)


def job(**changes: Any) -> dict[str, Any]:
    """Return a job like that of a run, with changes to its pod."""
    image = pods()["onramp-code"]["spec"]["containers"][0]["image"]
    container = {
        "name": "dagster",
        "image": image,
        "env": [{"name": "A", "value": "b"}],
        "envFrom": [{"configMapRef": {"name": "onramp-settings"}}, {"secretRef": {"name": "onramp-run"}}],
    }
    pod = {
        "containers": [container | changes.pop("container", {})],
        "serviceAccountName": "onramp-run",
        "automountServiceAccountToken": False,
        "volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "configMap": {"name": "onramp-files"}}],
    }
    labels = changes.pop("labels", {"app": "onramp-run"})
    return {"spec": {"template": {"metadata": {"labels": labels}, "spec": pod | changes}}}


def test_a_run_may_be_started_with_the_token_of_the_daemon() -> None:
    assert denied("onramp-runs-only", job(), by=DAEMON) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"container": {"image": "attacker/miner@sha256:" + "c" * 64}}, "one container of the deployment's image"),
        ({"initContainers": [{"name": "x", "image": "x"}]}, "one container of the deployment's image"),
        ({"serviceAccountName": "onramp-daemon"}, "nobody to Kubernetes"),
        ({"serviceAccountName": "default", "automountServiceAccountToken": True}, "nobody to Kubernetes"),
        ({"volumes": [{"name": "a", "secret": {"secretName": "onramp-owner"}}]}, "empty volumes"),
        ({"volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": "onramp-backups"}}]}, "empty volumes"),
        ({"volumes": [{"name": "a", "projected": {"sources": []}}]}, "empty volumes"),
        ({"volumes": [{"name": "a", "configMap": {"name": "other"}}]}, "empty volumes"),
        ({"container": {"envFrom": [{"secretRef": {"name": "onramp-owner"}}]}}, "secret of runs only"),
        (
            {"container": {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "onramp-web", "key": "a"}}}]}},
            "no other secret by a variable",
        ),
        ({"labels": {"app": "onramp-web"}}, "the network of runs"),
    ],
)
def test_nothing_else_is_started_with_the_token_of_the_daemon(changes: dict[str, Any], said: str) -> None:
    (sentence,) = denied("onramp-runs-only", job(**changes), by=DAEMON)
    assert said in sentence


def test_nobody_reaches_anybody_unless_a_policy_says_so() -> None:
    (nobody,) = [one for one in manifests() if one["metadata"]["name"] == "nobody"]
    assert nobody["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    apps = [*pods(), "onramp-run"]
    spoken = {
        (one, other) for one in apps for other in apps for port in (80, 3000, 4000, 5432) if asks(one, other, port)
    }
    asks_code = {(f"onramp-{one}", "onramp-code") for one in ("web", "show", "daemon")}
    assert spoken == asks_code | {("onramp-proxy", "onramp-web"), ("onramp-proxy", "onramp-show")}


#: Address and port, and the parts that reach it.
REACHED = {
    ("10.20.0.5", 5432): {"web", "show", "code", "daemon", "run", "migrate", "backup"},
    ("10.20.0.9", 443): {"code", "run"},
    ("10.96.0.1", 443): {"web", "daemon"},
    ("10.20.0.25", 587): {"code"},
    ("10.20.0.30", 443): {"proxy"},
    # A publisher by HTTPS, by FTP, and the data of the one that is asked by FTP.
    ("203.0.113.7", 443): {"run", "code"},
    ("203.0.113.7", 21): {"run"},
    ("148.129.75.1", 40000): {"run"},
    ("2610:20:2040::1", 443): {"run", "code"},
    # Not: other ports, private networks, a cloud's metadata, other pods, the mail server from a run.
    ("203.0.113.7", 80): set(),
    ("203.0.113.7", 22): set(),
    ("203.0.113.7", 40000): set(),
    ("10.1.2.3", 443): set(),
    ("192.168.1.1", 443): set(),
    ("172.20.0.1", 443): set(),
    ("100.64.0.1", 443): set(),
    ("169.254.169.254", 443): set(),
    ("fd00::1", 443): set(),
    ("fe80::1", 443): set(),
    ("10.96.0.1", 6444): set(),
}


@pytest.mark.parametrize(("there", "who"), REACHED.items(), ids=[f"{host}-{port}" for host, port in REACHED])
def test_who_reaches_what(there: tuple[str, int], who: set[str]) -> None:
    assert {app for app in [*pods(), "onramp-run"] if reaches(app, *there)} == {f"onramp-{name}" for name in who}


def test_instances_without_a_launcher_are_what_dagster_loads(tmp_path: Path) -> None:
    (files,) = [one for one in manifests() if one["metadata"]["name"] == "onramp-instance"]
    (tmp_path / "dagster.yaml").write_text(files["data"]["migration.yaml"])
    known = InstanceRef.from_dir(str(tmp_path))
    assert known.run_coordinator_data is not None and known.storage_data is not None
    assert known.run_coordinator_data.class_name == "QueuedRunCoordinator"
    assert "k8s" not in files["data"]["migration.yaml"].lower()
