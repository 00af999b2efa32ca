"""Asking the confined process: it is started with the first question and ends with this program.

Does not hold what is asked. Of an end that is no answer it says how it came, as a `Stopped`; whoever asked makes a
sentence of it.
"""

from __future__ import annotations

import atexit
import errno
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Literal

from geodata.confinement.answers import Answer, NoAnswer, read_answer
from geodata.confinement.server import NO_MEMORY, TOO_LONG
from geodata.confinement.walls import Limits, clean_environment

log = logging.getLogger(__name__)

# Beyond its own limit a child has this long to be ended by the system.
_GRACE_SECONDS = 10.0
# Loading the libraries takes two seconds, on a busy machine many times that.
_START_SECONDS = 300.0

End = Literal["time", "memory", "broken", "start"]


class Stopped(Exception):
    """There is no answer: out of `time` or `memory`, `broken` (by the signal named), or the process did not `start`."""

    def __init__(self, end: End, signal: str = "") -> None:
        super().__init__(end)
        self.end, self.signal = end, signal


class Confined:
    """The confined process of one worker, written `module:function`; threads may share it."""

    def __init__(self, worker: str, environment: Mapping[str, str]) -> None:
        self._worker, self._environment = worker, environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._owner = 0
        atexit.register(self.close)
        self.promises: dict[str, bool] = {}

    def ask(self, asked: Mapping[str, Any], files: Iterable[Path], limits: Limits) -> Answer:
        """Return the worker's answer to `asked` (what JSON can hold), of a process that sees `files` alone.

        Raises Stopped where it ends without one.
        """
        request = {"asked": asked, "files": [str(file) for file in files], "limits": asdict(limits)}
        with _new_file() as held:
            held.write(json.dumps(request).encode())
            held.flush()
            held.seek(0)
            code = self._ended(held, limits.seconds)
            if code == 0:
                try:
                    return read_answer(held)
                except NoAnswer:
                    raise Stopped("broken") from None
        raise _stopped(code)

    def _ended(self, held: BinaryIO, seconds: float) -> int:
        """Return the exit code of a child that works on the file `held`."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._send(held.fileno(), theirs.fileno())
            ours.settimeout(seconds + _GRACE_SECONDS)
            try:
                with ours.makefile("rb") as lines:
                    return int(json.loads(lines.readline())["code"])
            except TimeoutError:
                self.close()
                raise Stopped("time") from None
            except (OSError, ValueError, KeyError, TypeError):
                self.close()
                raise Stopped("broken") from None

    def _send(self, *descriptors: int) -> None:
        with self._lock:
            for last in (False, True):
                try:
                    socket.send_fds(self._started(), [b"?"], list(descriptors))
                    return
                except OSError:
                    self._end()
                    if last:
                        raise Stopped("start") from None

    def begin(self) -> None:
        """Start the process without waiting until it is ready, for a program that will ask it later."""
        with self._lock:
            if self._channel is None or self._owner != os.getpid():
                self._start()

    def _started(self) -> socket.socket:
        """Return the socket of the process once it is ready; a fork of this program has a process of its own."""
        channel = self._channel
        if channel is None or self._owner != os.getpid():
            channel = self._start()
        if not self.promises:
            with channel.makefile("rb") as lines:
                line = lines.readline()
            if not line:
                raise OSError(errno.EPIPE, "the process ended before it began")
            channel.settimeout(None)
            self.promises = json.loads(line)
            if not self.promises["network"]:
                log.warning(
                    "Files from outside are read in a process of their own, but this system does not let it be cut off "
                    "the network: only the readers' own refusals hold (docs/operations.md)."
                )
        return channel

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        show = None if os.environ.get("ONRAMP_TRACEBACK") else subprocess.DEVNULL
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "geodata.confinement.server", str(theirs.fileno()), self._worker],
                env=clean_environment(self._environment),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=show,
                pass_fds=(theirs.fileno(),),
                # What stops this program by the terminal stops that one when its socket closes, not in the middle.
                start_new_session=True,
            )
        ours.settimeout(_START_SECONDS)
        self._channel, self._owner, self.promises = ours, os.getpid(), {}
        return ours

    def close(self) -> None:
        """End the process and all that it is reading."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._process is not None and self._owner == os.getpid():
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._channel = self._process = None
        self.promises = {}


def _new_file() -> BinaryIO:
    """Return a new file without a name, in memory where the system can: a folder for files may be full or absent."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("onramp", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()  # type: ignore[return-value]


def _stopped(code: int) -> Stopped:
    if code in (NO_MEMORY, TOO_LONG):
        return Stopped("memory")
    if code in (-signal.SIGALRM, -signal.SIGXCPU):
        return Stopped("time")
    if code == -signal.SIGKILL:
        # Nobody here kills a child that is waited for, but a system that has run out of memory does.
        return Stopped("memory")
    return Stopped("broken", signal.Signals(-code).name if code < 0 else "")
