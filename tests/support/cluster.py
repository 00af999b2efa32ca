"""What a cluster would say of a pod or a job, as far as that can be known without one.

`restricted` is Pod Security's profile of that name as its documentation lists it; `denied` evaluates the expressions
of the admission policies as they stand in deploy/kubernetes/access.yaml. Neither is the cluster's own program.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cel
import yaml

from deploy.scripts.render import rendered

ROOT = Path(__file__).resolve().parent.parent.parent
VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


def values() -> dict[str, Any]:
    """Return the example's values with images by digest."""
    example: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "values.example.yaml").read_text())
    digests = {"image": "a", "postgres_image": "b", "proxy_image": "c"}
    return {
        name: f"{value.partition('@')[0]}@sha256:{digests[name] * 64}" if name in digests else value
        for name, value in example.items()
    }


@cache
def manifests() -> list[dict[str, Any]]:
    """Return everything that is applied, with the example's values."""
    return rendered(values())


def restricted(pod: dict[str, Any]) -> list[str]:
    """Return what of a pod's spec the profile “restricted” forbids."""
    said = [name for name in ("hostNetwork", "hostPID", "hostIPC") if pod.get(name)]
    context = pod.get("securityContext", {})
    for volume in pod.get("volumes", []):
        said += [f"volume {kind}" for kind in volume if kind != "name" and kind not in VOLUMES]
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        own = container.get("securityContext", {})
        merged = {**context, **own}
        if merged.get("runAsNonRoot") is not True or merged.get("runAsUser") == 0:
            said.append("root")
        if merged.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            said.append("seccomp")
        if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
            said.append("privilege")
        capabilities = own.get("capabilities", {})
        if "ALL" not in capabilities.get("drop", []) or set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
            said.append("capabilities")
        said += ["host port" for port in container.get("ports", []) if port.get("hostPort")]
    return said


def denied(policy: str, made: dict[str, Any], by: str = "anybody") -> list[str]:
    """Return the messages of the validations of `policy` that `made`, asked for by the user `by`, does not pass."""
    (spec,) = [
        one["spec"]
        for one in manifests()
        if one["kind"] == "ValidatingAdmissionPolicy" and one["metadata"]["name"] == policy
    ]
    context: dict[str, Any] = {"object": made, "request": {"userInfo": {"username": by}}}
    if not all(cel.evaluate(one["expression"], context) is True for one in spec.get("matchConditions", [])):
        return []
    context["variables"] = {one["name"]: cel.evaluate(one["expression"], context) for one in spec.get("variables", [])}
    return [one["message"] for one in spec["validations"] if cel.evaluate(one["expression"], context) is not True]
