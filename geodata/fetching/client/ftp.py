"""Files of an FTP server, asked as its anonymous guest. Its date stands in for a validator."""

from __future__ import annotations

import ftplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket
from typing import IO
from urllib.parse import unquote, urlsplit

from geodata.fetching.client.body import Bounds
from geodata.fetching.client.content import HEAD_BYTES, check_head, check_whole
from geodata.fetching.client.exchange import Download, Request
from geodata.fetching.client.http_errors import FetchError, broken_connection, no_connection, size
from geodata.fetching.client.watchdog import hold

_GONE = ("550", "551", "553")


class FtpSession:
    """One connection to the server of `request`, open within `connected`."""

    def __init__(self, connection: ftplib.FTP, request: Request) -> None:
        self._ftp, self._request = connection, request
        self._path = unquote(urlsplit(request.url).path)

    def modified(self) -> str | None:
        """Return when the file was changed last, as the server writes it; None where it does not say."""
        with suppress(ftplib.error_perm):
            return self._ftp.voidcmd(f"MDTM {self._path}").partition(" ")[2].strip() or None
        return None

    def announced(self) -> int | None:
        """Return the size of the file in bytes; None where the server does not say."""
        self._ftp.voidcmd("TYPE I")
        return self._ftp.size(self._path)

    def copy(self, out: IO[bytes], bounds: Bounds, report: Callable[[int, int | None], None]) -> int:
        """Write the file to `out` and return its size; raises FetchError where it is not what is expected."""
        request, whole = self._request, self.announced()
        head = b""
        done = 0

        def take(chunk: bytes) -> None:
            nonlocal head, done
            done += len(chunk)
            if done > bounds.most:
                raise FetchError(f"{request.host} sent more than the {size(bounds.most)} allowed.", "too_large")
            if bounds.monotonic() > bounds.deadline:
                raise FetchError(f"{request.host} was too slow: {size(done)} came in the time allowed.", "too_slow")
            if len(head) < HEAD_BYTES:
                head += chunk[: HEAD_BYTES - len(head)]
            out.write(chunk)
            report(done, whole)

        self._ftp.retrbinary(f"RETR {self._path}", take)
        check_head(head, request.media, "", request.host)
        if whole is not None and done != whole:
            raise FetchError(f"{request.host} broke off after {size(done)} of {size(whole)}.", "truncated", again=True)
        return done


class _Ftp(ftplib.FTP):
    """Shows its sockets to the watchdog: an FTP server may drip its answers too."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket, int | None]:
        found, whole = super().ntransfercmd(cmd, rest)
        hold(found)
        return found, whole


@contextmanager
def connected(request: Request, connect_s: float, timeout_s: float) -> Iterator[FtpSession]:
    """Yield a session with the server of `request`; every exception on the way becomes a FetchError.

    `connect_s` and `timeout_s` are the seconds given to the connection and to each answer.
    """
    parts = urlsplit(request.url)
    # What comes is public, checked for its kind, and said to have come over an open connection.
    ftp = _Ftp(timeout=connect_s)
    hold(None, ftp)
    try:
        try:
            ftp.connect(parts.hostname or "", parts.port or ftplib.FTP_PORT)
        except TimeoutError:
            raise no_connection(request.host) from None
        if ftp.sock is not None:
            ftp.sock.settimeout(timeout_s)
        ftp.login()
        yield FtpSession(ftp, request)
    except ftplib.error_perm as problem:
        code = str(problem)[:3]
        if code in _GONE:
            raise FetchError(f"{request.host} has no such file (FTP {code}).", "absent") from None
        raise FetchError(f"{request.host} refuses to serve this computer (FTP {code}).", "refused") from None
    except (ftplib.Error, EOFError) as problem:
        code = str(problem)[:3]
        said = code if code.isdigit() else "an odd answer" if code else "no answer"
        raise FetchError(f"{request.host} is failing (FTP {said}).", "failing", again=True) from None
    except OSError as problem:
        raise broken_connection(problem, request.host) from None
    finally:
        ftp.close()


def download(session: FtpSession, request: Request, path: Path, copy: Callable[[IO[bytes]], int]) -> Download:
    """Return what came, with the file in `path`; unchanged where its date is that of the last copy."""
    modified = session.modified()
    name = urlsplit(request.url).path.rsplit("/", 1)[-1]
    came = Download("new", url=request.url, filename=unquote(name), last_modified=modified)
    if modified is not None and modified == request.known.last_modified:
        return Download("unchanged", url=request.url, last_modified=modified)
    with path.open("wb") as out:
        count = copy(out)
    sha256 = check_whole(path, request.media, request.sha256, request.host)
    return Download(**{**vars(came), "sha256": sha256, "size": count})
