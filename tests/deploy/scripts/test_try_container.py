"""What a runtime is told of the image's containers. The trial itself needs root: `make container`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.scripts import try_container
from deploy.scripts.try_container import Failed, bundle, in_bytes, main, ran, seccomp, until
from tests.conftest import ROOT

PROFILE: dict[str, Any] = {
    "defaultAction": "SCMP_ACT_ERRNO",
    "defaultErrnoRet": 38,
    "syscalls": [
        {"names": ["read", "landlock_restrict_self"], "action": "SCMP_ACT_ALLOW", "includes": {}, "excludes": {}},
        {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64", "x32"]}},
        {"names": ["s390_runtime_instr"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["s390"]}},
        {"names": ["mount", "setns"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
        {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
        {
            "names": ["personality"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": 8, "valueTwo": 0, "op": "SCMP_CMP_EQ"}],
        },
    ],
}
IMAGE = {"Env": ["PATH=/opt/venv/bin", "ONRAMP_HOME=/srv/onramp"], "User": "10001:10001", "WorkingDir": "/opt/onramp"}


def test_a_profile_is_that_of_a_container_without_capabilities() -> None:
    told = seccomp(PROFILE, "x86_64")
    allowed = {name for rule in told["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert allowed == {"read", "landlock_restrict_self", "arch_prctl", "personality"}
    assert told["defaultAction"] == "SCMP_ACT_ERRNO" and told["architectures"] == ["SCMP_ARCH_X86_64"]
    assert {"names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1} in told["syscalls"]
    assert told["syscalls"][-1]["args"] == PROFILE["syscalls"][-1]["args"]


def test_a_container_has_no_more_than_the_manifests_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps(PROFILE))
    monkeypatch.setattr(try_container, "PROFILE", profile)
    monkeypatch.setattr(try_container.platform, "machine", lambda: "x86_64")
    mounts = {"/srv/onramp": tmp_path, "/etc/hosts": profile, "/srv/onramp/dagster/dagster.yaml": profile}
    told = bundle(IMAGE, ["onramp", "run"], mounts, {"ONRAMP_HOME": "/elsewhere", "A": "b"}, (1 << 30, 64))
    process = told["process"]
    assert process["user"] == {"uid": 10001, "gid": 10001} and process["noNewPrivileges"]
    assert not any(process["capabilities"].values()) and told["root"]["readonly"]
    assert process["env"] == ["PATH=/opt/venv/bin", "ONRAMP_HOME=/elsewhere", "A=b"]
    assert told["linux"]["resources"]["pids"] == {"limit": 64}
    assert told["linux"]["resources"]["memory"] == {"limit": 1 << 30, "swap": 1 << 30}
    # A network with nobody in it, and no other machine's processes or mounts.
    assert [one for one in told["linux"]["namespaces"] if one["type"] == "network"] == [{"type": "network"}]
    assert {"pid", "ipc", "uts", "mount"} <= {one["type"] for one in told["linux"]["namespaces"]}
    writable = {one["destination"] for one in told["mounts"] if one["type"] == "bind" and "rw" in one["options"]}
    assert writable == {"/srv/onramp"}
    joined = bundle(IMAGE, ["a"], {}, {}, (1, 1), Path("/proc/7/ns/net"))
    assert {"type": "network", "path": "/proc/7/ns/net"} in joined["linux"]["namespaces"]


def test_limits_of_the_compose_file_are_read() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    assert {name: in_bytes(one["mem_limit"]) >> 20 for name, one in services.items()} == {
        "postgres": 2048, "migrate": 1024, "code": 14336, "web": 1024, "daemon": 1024, "backup": 512, "restore": 512,
    }  # fmt: skip


def test_what_fails_is_told_by_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"sh ended with 3:\nsome words"):
        ran(["sh", "-c", "echo some words; exit 3"])
    log = tmp_path / "log"
    log.write_text("its log")
    begun = time.monotonic()
    with pytest.raises(Failed, match="it is late:\nits log"):
        until(lambda: False, 0.1, "it is late", log)
    assert time.monotonic() - begun < 5


def test_nothing_is_begun_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_container, "ROOM", 1 << 62)
    with pytest.raises(SystemExit, match="nothing was done"):
        main([str(tmp_path)])
    assert not any(tmp_path.iterdir())
