"""A server on loopback that sends bytes as they are given, whole or dripped: what no library of servers would send."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable

Script = Callable[[bytes], Iterable[bytes]]


class RawServer:
    """Reads the head of a request, then sends the pieces of `script(head)` one by one and hangs up.

    With `greets` it sends without having been asked. A client that is gone ends the script.
    """

    def __init__(self, script: Script, *, greets: bool = False) -> None:
        self.script = script
        self.asked = 0
        self._greets = greets
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client:
            try:
                head = b"" if self._greets else _head(client)
                self.asked += 1
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for piece in self.script(head):
                    client.sendall(piece)
                client.shutdown(socket.SHUT_WR)
                # What the client still has to say is read, so that hanging up does not take back what was sent.
                while client.recv(4096):
                    pass
            except OSError:
                return


def _head(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        came = client.recv(4096)
        if not came:
            break
        head += came
    return head
