"""The process that has the libraries loaded and forks itself for each file: `python -m geodata.confinement.server`.

It is a new process, never forked from the program, so that it holds no thread, secret or open file of it. For each
request it gets two descriptors: a file that holds the request and takes the answer, and a connection on which it tells
how the child ended, and whose other end closes when nobody waits any more. Does not hold who asks
(`geodata.confinement.client`) or what is read (the worker it is given).
"""

from __future__ import annotations

import errno
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from geodata.confinement import walls
from geodata.confinement.answers import Answer, write_answer

Worker = Callable[[dict[str, Any]], Answer]

#: Exit codes of a child: out of memory, and an answer beyond what it may write.
NO_MEMORY, TOO_LONG = 97, 98


def main() -> None:
    """Serve until the program that started this is gone: argv is the descriptor of its socket, module and worker.

    The module of the worker also has `prepare`, which loads what the children would otherwise load one by one, or could
    not any more behind their walls.
    """
    channel = socket.socket(fileno=int(sys.argv[1]))
    apart = walls.leave_network()
    module, _, name = sys.argv[2].partition(":")
    held = importlib.import_module(module)
    worker: Worker = getattr(held, name)
    held.prepare()
    # What is loaded stays shared with the children, which the collector would otherwise copy by looking at it.
    gc.collect()
    gc.freeze()
    channel.sendall(json.dumps(_promises(apart)).encode() + b"\n")
    _Server(channel, worker).serve()


def _promises(apart: bool) -> dict[str, bool]:
    """Return which walls stand on this system, tried on a child."""
    child = os.fork()
    if child == 0:
        held = walls.limit(walls.Limits(60.0, 1 << 30))
        blind = walls.see_only(walls.program_files())
        os._exit(held | blind << 1 | walls.refuse_calls() << 2)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    memory, files, calls = (bool(code > 0 and code >> bit & 1) for bit in range(3))
    return {"network": apart or calls, "memory": memory, "files": files}


class _Server:
    def __init__(self, channel: socket.socket, worker: Worker) -> None:
        self._channel, self._worker = channel, worker
        self._children: dict[int, socket.socket] = {}
        self._events = selectors.DefaultSelector()

    def serve(self) -> None:
        """Fork for each request, tell each end, and end a child nobody waits for."""
        noticed, wake = socket.socketpair()
        for end in (noticed, wake):
            end.setblocking(False)
        # A child that ends wakes the loop: the handler itself has nothing to do.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._events.register(self._channel, selectors.EVENT_READ)
        self._events.register(noticed, selectors.EVENT_READ)
        while True:
            for key, _ in self._events.select():
                if key.fileobj is noticed:
                    noticed.recv(4096)
                    self._reap()
                elif key.fileobj is not self._channel:
                    self._give_up(key.data)
                elif not self._take():
                    for child in self._children:
                        os.kill(child, signal.SIGKILL)
                    return

    def _take(self) -> bool:
        """Take one request; False where the program is gone."""
        message, given, _, _ = socket.recv_fds(self._channel, 1, 2)
        if not message or len(given) != 2:
            return False
        file, connection = given[0], socket.socket(fileno=given[1])
        child = os.fork()
        if child == 0:
            self._be_a_child(file, connection)
        os.close(file)
        self._children[child] = connection
        self._events.register(connection, selectors.EVENT_READ, child)
        return True

    def _be_a_child(self, file: int, connection: socket.socket) -> NoReturn:
        """Read the request, put up the walls, answer and end."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self._channel, connection, *self._children.values()):
                other.close()
            code = _answered(file, self._worker)
        finally:
            os._exit(code)

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            connection = self._children.pop(child)
            self._forget(connection)
            with suppress(OSError):
                connection.sendall(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
            connection.close()

    def _give_up(self, child: int) -> None:
        """End a child whose answer nobody waits for any more."""
        self._forget(self._children[child])
        os.kill(child, signal.SIGKILL)

    def _forget(self, connection: socket.socket) -> None:
        with suppress(KeyError, ValueError):
            self._events.unregister(connection)


def _answered(file: int, worker: Worker) -> int:
    """Read the request from `file`, write the answer to it, and return the exit code."""
    with os.fdopen(file, "r+b") as held:
        request = json.loads(held.read())
        held.seek(0)
        held.truncate()
        os.umask(0o077)
        walls.limit(walls.Limits(**request["limits"]))
        walls.see_only([*walls.program_files(), *(Path(one) for one in request["files"])])
        walls.refuse_calls()
        try:
            write_answer(worker(request["asked"]), held)
        except MemoryError:
            return NO_MEMORY
        except OSError as problem:
            if problem.errno == errno.EFBIG:
                return TOO_LONG
            raise
    return 0


if __name__ == "__main__":
    main()
