"""A small anonymous FTP server on loopback that serves the files of a folder by their names, on whatever path."""

from __future__ import annotations

import socket
import socketserver
import threading
from pathlib import Path


class FtpServer:
    """Answers with the file `names` maps a path to, else with that of the same name in `folder`; `asked` are paths."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, Path] = {}
        self.asked: list[str] = []
        self.refuses = False
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                if outer.refuses:
                    self.say("530 Too many clients")
                    return
                self.say("220 here")
                waiting: socket.socket | None = None
                for raw in self.rfile:
                    verb, _, given = raw.decode().strip().partition(" ")
                    path = outer.names.get(given) or folder / Path(given).name
                    if verb in ("USER", "PASS"):
                        self.say("230 in")
                    elif verb == "TYPE":
                        self.say("200 yes")
                    elif verb == "EPSV":
                        self.say("500 no")
                    elif verb == "PASV":
                        waiting = socket.create_server(("127.0.0.1", 0))
                        high, low = divmod(waiting.getsockname()[1], 256)
                        self.say(f"227 at (127,0,0,1,{high},{low})")
                    elif verb in ("SIZE", "MDTM", "RETR") and not path.is_file():
                        self.say("550 No such file")
                    elif verb == "SIZE":
                        self.say(f"213 {path.stat().st_size}")
                    elif verb == "MDTM":
                        self.say("213 20250101000000")
                    elif verb == "RETR" and waiting is not None:
                        outer.asked.append(given)
                        self.say("150 coming")
                        with waiting, waiting.accept()[0] as data:
                            data.sendall(path.read_bytes())
                        self.say("226 done")
                    elif verb == "QUIT":
                        return
                    else:
                        self.say("502 no")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
