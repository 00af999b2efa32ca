"""Build the image and run a deployment of it: `sudo python -m deploy.scripts.try_container FOLDER` (`make container`).

Needs Debian's packages buildah, runc, debootstrap and golang-github-containers-common (the usual seccomp profile), and
postgresql for the part with the database; no container engine, no registry, no cluster. The base is a Debian made
here. Everything is run as a cluster would: the image's unprivileged user, root read-only, no capabilities, no new
privileges, limits of memory and processes, a network without a way out. What is asked and answered is printed, without
paths or addresses of this machine. Does not try compose or Kubernetes themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import pwd
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml
from packaging.markers import default_environment

from deploy.scripts.bill_of_materials import names, of_image
from deploy.scripts.locks import locked

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
SUITE, PACKAGES = "trixie", "python3,python3-venv,python-is-python3,ca-certificates"
BASE, IMAGE, PROXY = "localhost/onramp-base", "localhost/onramp", "localhost/onramp-proxy"
USER = 10001
#: Bytes that must be free: layers are whole copies where the storage driver is vfs.
ROOM = 12 << 30
PROFILE = Path("/usr/share/containers/seccomp.json")
_MACHINES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
_PORT = 3000
_CERTIFICATES = {"CERTIFICATE": "pem", "KEY": "key"}
#: Launches the smallest job of the deployment, as the UI does.
_LAUNCH = """mutation($p: ExecutionParams!){launchRun(executionParams: $p){__typename
... on LaunchRunSuccess{run{runId}} ... on PythonError{message}}}"""
_STATUS = "query($r: ID!){runOrError(runId: $r){... on Run{status}}}"
_SELECTOR = {"repositoryLocationName": "onramp", "repositoryName": "__repository__", "jobName": "check_ages"}
#: Tries to write beside the volume, to call out, and to become somebody else.
_WALLS = """import errno, os, socket
def refused(deed):
    try:
        deed()
    except OSError as problem:
        return errno.errorcode.get(problem.errno, type(problem).__name__)
    return "possible"
print(os.getuid(), refused(lambda: open("/opt/onramp/a", "w")), refused(lambda: open("/etc/a", "w")),
      refused(lambda: socket.create_connection(("1.1.1.1", 443), 3)), refused(lambda: os.setuid(0)),
      refused(lambda: os.chroot("/tmp")))
"""


class Failed(Exception):
    """Something of the image or the deployment is not as it should be; the sentence says what."""


def seccomp(profile: Mapping[str, Any], machine: str) -> dict[str, Any]:
    """Return an engine's `profile` as a runtime takes it, for a container without any capability on `machine`."""
    arch, known_as = _MACHINES[machine]
    rules = []
    for rule in profile["syscalls"]:
        includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
        if includes.get("caps") or (includes.get("arches") and arch not in includes["arches"]):
            continue
        if arch in excludes.get("arches", []):
            continue
        kept = {name: rule[name] for name in ("names", "action", "errnoRet") if rule.get(name) is not None}
        conditions = [
            {name: one[name] for name in ("index", "value", "valueTwo", "op")} for one in rule.get("args") or []
        ]
        rules.append({**kept, **({"args": conditions} if conditions else {})})
    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile.get("defaultErrnoRet", 1),
        "architectures": [known_as],
        "syscalls": rules,
    }


def bundle(
    image: Mapping[str, Any],
    command: Sequence[str],
    mounts: Mapping[str, Path],
    environment: Mapping[str, str],
    limits: tuple[int, int],
    network: Path | None = None,
) -> dict[str, Any]:
    """Return what a runtime is told of one container.

    `image` is its configuration, `mounts` the folders and files of this machine by their place in the container,
    those under /etc and dagster.yaml read-only. `limits` are bytes of memory and processes. Without `network` (a
    namespace's file) the container has one of its own, in which there is nobody but itself.
    """
    set_by_image = {name: value for name, _, value in (one.partition("=") for one in image["Env"])}
    variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", **set_by_image, **environment}
    uid, _, gid = image["User"].partition(":")
    usual = [
        ("/proc", "proc", "proc", []),
        ("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        ("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),  # noqa: S108
        ("/tmp", "tmpfs", "tmpfs", ["nosuid", "nodev", "mode=1777", "size=1g"]),  # noqa: S108
    ]
    bound = [
        {
            "destination": place,
            "type": "bind",
            "source": str(source),
            "options": ["rbind", "nosuid", "nodev", "ro" if place.startswith("/etc") or source.is_file() else "rw"],
        }
        for place, source in mounts.items()
    ]
    memory, processes = limits
    return {
        "ociVersion": "1.0.0",
        "process": {
            "terminal": False,
            "user": {"uid": int(uid), "gid": int(gid)},
            "args": list(command),
            "env": [f"{name}={value}" for name, value in variables.items()],
            "cwd": image.get("WorkingDir") or "/",
            "capabilities": {kind: [] for kind in ("bounding", "effective", "inheritable", "permitted", "ambient")},
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs", "readonly": True},
        "hostname": "onramp",
        "mounts": [
            *({"destination": a, "type": b, "source": c, "options": list(d)} for a, b, c, d in usual),
            *bound,
        ],
        "linux": {
            "namespaces": [
                *({"type": kind} for kind in ("pid", "ipc", "uts", "mount")),
                {"type": "network", **({"path": str(network)} if network else {})},
            ],
            "resources": {
                "memory": {"limit": memory, "swap": memory},
                "pids": {"limit": processes},
                "devices": [{"allow": False, "access": "rwm"}],
            },
            "seccomp": seccomp(json.loads(PROFILE.read_text(encoding="utf-8")), platform.machine()),
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/sys/firmware"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    }


class Trial:
    """One image and its containers under a folder of their own."""

    def __init__(self, folder: Path, driver: str) -> None:
        """Keep everything under `folder`, layers by the storage driver named."""
        self.folder = folder
        self._store = ["--root", f"{folder}/store", "--runroot", f"{folder}/run", "--storage-driver", driver]
        self.image: dict[str, Any] = {}
        self.rootfs = Path()

    def buildah(self, *words: str, **options: Any) -> str:
        """Return what buildah prints; Failed with its last lines where it ends with an error."""
        return ran(["buildah", *self._store, *words], **options)

    def make_base(self, mirror: str | None) -> str:
        """Return the digest of a base image made from Debian's own packages."""
        tree = self.folder / "base"
        if not (tree / "usr/bin/python").exists():
            shutil.rmtree(tree, ignore_errors=True)
            where = [str(tree), *([mirror] if mirror else [])]
            ran(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, *where])
        if not self.known(BASE):
            container = self.buildah("from", "scratch")
            # A runtime brings /dev itself; devices are no files to copy.
            inside = self.buildah("mount", container)
            ran(["tar", "--create", f"--directory={tree}", f"--file={tree}.tar", "--exclude=./dev/*", "."])
            ran(["tar", "--extract", f"--directory={inside}", f"--file={tree}.tar", "--preserve-permissions"])
            self.buildah("commit", "--quiet", "--rm", "--format", "docker", container, BASE)
        return self.known(BASE)

    def known(self, name: str) -> str:
        """Return the digest (hexadecimal) of an image that is here, or nothing."""
        listed = json.loads(self.buildah("images", "--json") or "[]")
        found = [
            one["digest"] for one in listed if any(known.rpartition(":")[0] == name for known in one["names"] or [])
        ]
        return found[0].removeprefix("sha256:") if found else ""

    def build(self, digest: str, files: Mapping[str, Path]) -> None:
        """Build the image on the base with `digest`, with `files` as secrets of the build."""
        given = [word for name, file in files.items() for word in ("--secret", f"id={name},src={file}")]
        self.buildah(
            "build",
            *("--isolation", "chroot", "--format", "docker", "--pull-never"),
            *("--build-arg", f"BASE={BASE}", "--build-arg", f"BASE_DIGEST={digest}", *given),
            *("--file", str(DEPLOY / "Containerfile"), "--tag", IMAGE, str(ROOT)),
        )

    def build_proxy(self, digest: str) -> None:
        """Build the sign-in proxy's image on the base with `digest`."""
        self.buildah(
            "build",
            *("--isolation", "chroot", "--format", "docker", "--pull-never"),
            *("--build-arg", f"BASE={BASE}", "--build-arg", f"BASE_DIGEST={digest}"),
            *("--file", str(DEPLOY / "proxy/Containerfile"), "--tag", PROXY, str(DEPLOY / "proxy")),
        )

    def unpack(self, name: str = IMAGE) -> None:
        """Mount an image and read its configuration."""
        container = self.buildah("from", "--pull-never", name)
        self.rootfs = Path(self.buildah("mount", container))
        said = json.loads(self.buildah("inspect", container))
        self.image = said["Docker"]["config"]

    def new_home(self, name: str) -> Path:
        """Return a volume as an engine makes it: what the image holds there, with its owner."""
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        ran(["cp", "--archive", str(self.rootfs / "srv/onramp"), str(home)])
        return home

    def prepared(self, name: str, spec: Mapping[str, Any]) -> Path:
        """Return the folder a runtime is given for a container."""
        folder = self.folder / "bundles" / name
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "rootfs").mkdir(parents=True)
        told = {**spec, "root": {"path": str(self.rootfs), "readonly": True}}
        (folder / "config.json").write_text(json.dumps(told), encoding="utf-8")
        return folder

    def runtime(self, *words: str, **options: Any) -> str:
        """Return what the runtime prints."""
        return ran(["runc", "--root", f"{self.folder}/runc", *words], **options)

    def run(self, name: str, spec: Mapping[str, Any], seconds: int = 900) -> str:
        """Return what a container prints that ends by itself."""
        return self.runtime("run", "--bundle", str(self.prepared(name, spec)), name, timeout=seconds)

    @contextmanager
    def running(self, name: str, spec: Mapping[str, Any]) -> Iterator[int]:
        """Run a container beside this program; gives its process."""
        log = self.folder / f"{name}.log"
        command = ["runc", "--root", f"{self.folder}/runc", "run", "--bundle", str(self.prepared(name, spec)), name]
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield until(lambda: self._pid(name), 20, f"{name} did not start", log)
        finally:
            subprocess.run(
                ["runc", "--root", f"{self.folder}/runc", "delete", "--force", name], capture_output=True, check=False
            )
            process.wait(timeout=30)

    def _pid(self, name: str) -> int:
        done = subprocess.run(
            ["runc", "--root", f"{self.folder}/runc", "state", name], capture_output=True, text=True, check=False
        )
        return int(json.loads(done.stdout)["pid"]) if done.returncode == 0 else 0

    def healthy(self, name: str, check: Sequence[str], seconds: int = 120) -> float:
        """Return after how many seconds a container answers its health check."""
        begun = time.monotonic()
        command = ["runc", "--root", f"{self.folder}/runc", "exec", name, *check]
        until(
            lambda: subprocess.run(command, capture_output=True, check=False).returncode == 0,
            seconds,
            f"{name} is not healthy",
            self.folder / f"{name}.log",
        )
        return time.monotonic() - begun


def ran(command: Sequence[str], **options: Any) -> str:
    """Return what a program prints; Failed with its last lines where it ends with an error."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise Failed(f"{command[0]} ended with {done.returncode}:\n{last}")
    return str(done.stdout).strip()


def until(ready: Callable[[], Any], seconds: float, sentence: str, log: Path) -> Any:
    """Return what `ready` gives once it gives something; Failed with the end of `log` after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ready()
        if found:
            return found
        time.sleep(0.5)
    last = "\n".join(log.read_text(encoding="utf-8").splitlines()[-12:]) if log.exists() else ""
    raise Failed(f"{sentence}:\n{last}")


def held(condition: object, sentence: str) -> None:
    """Print what holds; Failed where it does not."""
    if not condition:
        raise Failed(f"Not so: {sentence}")
    print(f"  {sentence}", flush=True)


def look_at(trial: Trial, files: Mapping[str, Path]) -> None:
    """Hold the image to what it should be before anything of it runs."""
    check = trial.image.get("Healthcheck", {}).get("Test", [])
    held(check[:1] == ["CMD"], "the image (docker format) carries its health check")
    held(trial.image["User"] == f"{USER}:{USER}", f"it runs as user {USER}")
    held((trial.rootfs / "srv/onramp").stat().st_uid == USER, "its volume belongs to that user")
    held(not (trial.rootfs / "etc/pip.conf").exists(), "nothing of the build's package settings is left")
    history = trial.buildah("inspect", "--type", "image", IMAGE)
    lines = {line.strip() for file in files.values() for line in file.read_text().splitlines() if "://" in line}
    held(not any(line in history for line in lines), "nor in its history")
    environment: dict[str, str] = {name: str(value) for name, value in default_environment().items()}
    environment |= {"python_full_version": "3.13.5", "python_version": "3.13"}
    wanted = {
        one.name: one.version
        for one in locked(ROOT / "locks/deploy.txt")
        if one.marker is None or one.marker.evaluate(environment)
    }
    installed = names(of_image(trial.rootfs))
    extra = {name for name in installed if installed[name] != wanted.get(name)} - {"onramp", "pip"}
    held(
        not extra and wanted.keys() <= installed.keys(), f"it holds the {len(wanted)} packages of the lock and no other"
    )
    added = (path for folder in ("opt", "srv") for path in (trial.rootfs / folder).rglob("*"))
    odd = [path.name for path in added if not path.is_symlink() and path.stat().st_mode & 0o6000]
    held(not odd, "it adds no program that runs as another user")
    size = sum(path.lstat().st_size for path in trial.rootfs.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"  {size / 1e9:.2f} GB unpacked, {IMAGE.partition('/')[2]} on Debian {SUITE}", flush=True)


def sample(trial: Trial) -> None:
    """Run the sample state from publishers' files to products, in a container without any network."""
    home = trial.new_home("home-sample")
    mounts = {"/srv/onramp": home}
    said = trial.run("walls", bundle(trial.image, ["python", "-c", _WALLS], mounts, {}, (512 << 20, 64))).split()
    held(said[0] == str(USER) and "possible" not in said, f"nothing is written, called or become: {' '.join(said[1:])}")
    for what, code, little, much in (
        ("processes", "import subprocess, sys; [subprocess.Popen(['sleep', '1']) for _ in range(%d)]", 10, 200),
        ("memory", "bytearray(%d << 20).replace(b'a', b'b')", 50, 2000),
    ):
        limits = (512 << 20, 64)
        trial.run(f"few-{what}", bundle(trial.image, ["python", "-c", code % little], mounts, {}, limits))
        try:
            trial.run(f"many-{what}", bundle(trial.image, ["python", "-c", code % much], mounts, {}, limits))
        except Failed:
            held(True, f"a container that takes too much ({what}) is stopped")
        else:
            raise Failed(f"{what} are not limited")
    begun = time.monotonic()
    printed = trial.run("sample", bundle(trial.image, ["onramp", "run"], mounts, {}, (6 << 30, 1024)))
    held("communities" in printed.lower(), f"the sample state ran in {time.monotonic() - begun:.0f} s")
    print("\n".join(f"    | {line}" for line in printed.splitlines()[:6]), flush=True)
    products = home / "products"
    for kind, least in (("*.html", 3), ("*.csv", 1), ("*.xlsx", 1), ("*.gpkg", 1), ("*.pdf", 1), ("*.svg", 1)):
        found = [path for path in products.rglob(kind) if path.stat().st_size > 500]
        held(len(found) >= least, f"{len(found)} products {kind}")
    owners = {path.stat().st_uid for path in home.rglob("*")}
    held(owners == {USER}, f"all files of the home folder belong to user {USER}")


def database(trial: Trial, network: Path, words: Mapping[str, str]) -> ExitStack:
    """Start a PostgreSQL of this machine in the network of the containers, with the roles of a deployment."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))[-1]
    account = pwd.getpwnam("postgres")
    folder = trial.folder / "postgres"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.chown(folder, account.pw_uid, account.pw_gid)
    word = folder / "word"
    word.write_text(words["owner"], encoding="utf-8")
    inside = ["nsenter", f"--net={network}", "setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"]
    inside.append("--clear-groups")
    create = ["initdb", "--username=onramp", f"--pwfile={word}", "--auth=scram-sha-256", "--no-sync", f"{folder}/data"]
    ran([*inside, str(programs / create[0]), *create[1:]], cwd=folder)
    word.unlink()
    options = "-c listen_addresses=127.0.0.1 -p 5432 -c unix_socket_directories='' -c fsync=off"
    control = [*inside, str(programs / "pg_ctl"), "-w", "-D", f"{folder}/data"]
    # The server outlives its starter and would keep a pipe open.
    subprocess.run(
        [*control, "-l", f"{folder}/log", "-o", options, "start"], stdout=subprocess.DEVNULL, check=True, cwd=folder
    )
    stack = ExitStack()
    stack.callback(subprocess.run, [*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd=folder)
    libpq = {"PGHOST": "127.0.0.1", "PGUSER": "onramp", "PGPASSWORD": words["owner"], "PGDATABASE": "postgres"}
    asked = ["nsenter", f"--net={network}", str(programs / "psql"), "--quiet", "--no-psqlrc"]
    ran([*asked, "--command", "CREATE DATABASE onramp"], env=libpq)
    roles = {f"ONRAMP_{role.upper()}_PASSWORD": word for role, word in words.items()}
    ran([*asked, f"--file={DEPLOY / 'postgres/roles.sql'}"], env=libpq | roles | {"PGDATABASE": "onramp"})
    return stack


def deployment(trial: Trial) -> None:
    """Run the parts of the compose file together, and a run through all of them."""
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    words = {role: secrets.token_hex(12) for role in ("owner", "web", "daemon", "run", "backup")}
    home = trial.new_home("home-deployment")
    # An engine makes the place of a mounted file.
    (home / "dagster/dagster.yaml").touch()
    hosts = trial.folder / "hosts"
    hosts.write_text("127.0.0.1 localhost onramp postgres code web daemon\n", encoding="utf-8")
    mounts = {
        "/srv/onramp": home,
        "/srv/onramp/dagster/dagster.yaml": DEPLOY / "dagster.yaml",
        "/etc/hosts": hosts,
        "/etc/onramp/workspace.yaml": DEPLOY / "workspace.yaml",
        "/etc/onramp/settings.yaml": DEPLOY / "settings.yaml",
    }

    def part(name: str, role: str, network: Path | None) -> dict[str, Any]:
        service = composed[name]
        user = "onramp" if role == "owner" else f"onramp_{role}"
        told = {
            "ONRAMP_SETTINGS": "/etc/onramp/settings.yaml",
            "ONRAMP_POSTGRES_URL": f"postgresql://{user}:{words[role]}@postgres:5432/onramp",
        }
        command = service.get("command", trial.image["Cmd"])
        return bundle(
            trial.image, command, mounts, told, (in_bytes(service["mem_limit"]), service["pids_limit"]), network
        )

    def check(name: str) -> list[str]:
        test: list[str] = composed[name]["healthcheck"]["test"]
        return test[1:]

    with ExitStack() as stack:
        alone = bundle(trial.image, ["sleep", "infinity"], {}, {}, (64 << 20, 8))
        network = Path(f"/proc/{stack.enter_context(trial.running('network', alone))}/ns/net")
        stack.enter_context(database(trial, network, words))
        trial.run("migrate", part("migrate", "owner", network))
        held(True, "the migration made the tables as their owner and ended")
        stack.enter_context(trial.running("code", part("code", "run", network)))
        for name in ("image", "compose"):
            test = trial.image["Healthcheck"]["Test"][1:] if name == "image" else check("code")
            held(True, f"the code server is healthy by the {name}'s check after {trial.healthy('code', test):.0f} s")
        for name in ("web", "daemon"):
            stack.enter_context(trial.running(name, part(name, name, network)))
        for name, called in (("web", "web server"), ("daemon", "daemon")):
            held(
                True,
                f"the {called} is healthy by the compose file's check after {trial.healthy(name, check(name)):.0f} s",
            )
        asked = {"query": _LAUNCH, "variables": {"p": {"selector": _SELECTOR, "runConfigData": {}, "mode": "default"}}}
        launched = _ask(trial, asked)["launchRun"]
        held(launched["__typename"] == "LaunchRunSuccess", "a run is launched through the guard")
        status = {"query": _STATUS, "variables": {"r": launched["run"]["runId"]}}
        ended = until(
            lambda: {"SUCCESS": 1, "FAILURE": 2, "CANCELED": 2}.get(_ask(trial, status)["runOrError"]["status"]),
            180,
            "the run did not end",
            trial.folder / "daemon.log",
        )
        held(ended == 1, "the daemon took it from the queue, the code server ran it, and it ended well")


def proxy(trial: Trial) -> None:
    """Start the sign-in proxy's image, as a stranger meets it; its sign-in is tried by tests/deploy/test_sign_in.py."""
    folder = trial.folder / "certificates"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subject = ["-subj", "/CN=onramp.example.gov", "-days", "2", "-newkey", "rsa:2048", "-nodes"]
    ran(["openssl", "req", "-x509", *subject, "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.pem"])
    uid = int(trial.image["User"].partition(":")[0])
    for file in folder.iterdir():
        os.chown(file, uid, uid)
    example = (DEPLOY / "sign-in.example.env").read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in example if "=" in line and not line.startswith("#"))
    said |= {"OIDC_CLIENT_SECRET": "a", "OIDC_COOKIE_SECRET": "b", "ONRAMP_PROXY_SECRET": "c"}
    said |= {"ONRAMP_WEB": "http://web:3000/", "ONRAMP_SHOW_WEB": "http://show:3000/"}
    said |= {f"ONRAMP_PROXY_{name}": f"/etc/onramp/certificates/server.{end}" for name, end in _CERTIFICATES.items()}
    spec = bundle(trial.image, trial.image["Cmd"], {"/etc/onramp/certificates": folder}, said, (512 << 20, 256))
    with trial.running("proxy", spec):
        check = ["perl", "-MIO::Socket::INET", "-e", "IO::Socket::INET->new(PeerAddr => '127.0.0.1:8443') or exit 1"]
        seconds = trial.healthy("proxy", check, 30)
        held(uid > 0, f"the sign-in proxy runs as user {uid} with a read-only root, healthy after {seconds:.0f} s")


def in_bytes(limit: str) -> int:
    """Return the bytes of a limit such as `1g` or `${NAME:-14g}`."""
    text = limit.removesuffix("}").rpartition(":-")[2]
    return int(text[:-1]) << {"k": 10, "m": 20, "g": 30}[text[-1]]


def _ask(trial: Trial, question: Mapping[str, Any]) -> dict[str, Any]:
    code = (
        "import sys, urllib.request as u\n"
        f"r = u.Request('http://127.0.0.1:{_PORT}/graphql', sys.argv[1].encode(), "
        "{'Content-Type': 'application/json'})\n"
        "print(u.urlopen(r, timeout=30).read().decode())"
    )
    data: dict[str, Any] = json.loads(trial.runtime("exec", "web", "python", "-c", code, json.dumps(question)))["data"]
    return data


def main(words: list[str] | None = None) -> None:
    """Build and try everything; ends with an error at the first thing that is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a scratch folder with 12 GB of room")
    parser.add_argument("--pip-conf", type=Path, help="settings of pip while the image is built")
    parser.add_argument("--authority", type=Path, help="certificates, as /run/authority.crt while the image is built")
    parser.add_argument("--debian", help="mirror of Debian (default: debootstrap's own)")
    parser.add_argument("--storage", default="vfs", choices=("vfs", "overlay"), help="of layers (%(default)s)")
    given = parser.parse_args(words)
    files = {name: file.resolve() for name, file in (("pip", given.pip_conf), ("authority", given.authority)) if file}
    given.folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(given.folder).free < ROOM:
        sys.exit(f"{given.folder} has less than {ROOM >> 30} GB of room; nothing was done.")
    trial = Trial(given.folder.resolve(), given.storage)
    try:
        print("The image", flush=True)
        begun = time.monotonic()
        digest = trial.make_base(given.debian)
        print(f"  a base was made in {time.monotonic() - begun:.0f} s", flush=True)
        try:
            trial.build("", {})
        except Failed:
            held(True, "without the digest of a base nothing is built")
        else:
            raise Failed("An image was built on a base without a digest.")
        begun = time.monotonic()
        trial.build(digest, files)
        print(f"  built in {time.monotonic() - begun:.0f} s", flush=True)
        trial.unpack()
        look_at(trial, files)
        print("The sample state, without network", flush=True)
        sample(trial)
        print("A deployment: PostgreSQL, migration, code server, web server, daemon", flush=True)
        deployment(trial)
        print("The sign-in proxy", flush=True)
        trial.build_proxy(digest)
        trial.unpack(PROXY)
        proxy(trial)
    except Failed as problem:
        sys.exit(str(problem))
    print("All of it held.")


if __name__ == "__main__":
    main()
