"""A state's products on this machine, for `onramp serve`: files as they lie there, behind the guard, without links.

The pages bring their own Content-Security-Policy; what a page cannot say of itself, and what holds for the lists and
downloads beside it, is said in headers.
"""

from __future__ import annotations

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pipelines.web.guard import Guard, Rules

_HEADERS = {
    "Content-Security-Policy": "object-src 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class _Products(StaticFiles):
    """Files of one folder; a link, wherever it leads, is as good as nothing."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        full, found = super().lookup_path(path)
        return (full, found) if Path(full) == Path(str(self.directory), path) else ("", None)

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers.update(_HEADERS)
        return answer


def site(folder: Path) -> Guard:
    """Return the application that shows the files in `folder` to browsers on this machine."""
    return Guard(Starlette(routes=[Mount("/", _Products(directory=folder.resolve()))]), Rules(read_only=True))
