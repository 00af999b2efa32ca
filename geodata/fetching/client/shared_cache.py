"""The download cache of machines that share a home folder: a copy one of them obtained serves the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.fetching.client.download_cache import Cache
from geodata.storage.shared_home import SharedHome


class SharedCache(Cache):
    """A cache that brings what is known of a source before it is obtained, and sends what became of it after."""

    def __init__(self, root: Path, shared: SharedHome) -> None:
        super().__init__(root)
        self._shared = shared

    def obtaining(self, source: str, scope: str) -> Any:
        """Return a context in which this run alone on this machine downloads `source` for `scope`."""
        return self._shared_meanwhile(source, scope)

    @contextmanager
    def _shared_meanwhile(self, source: str, scope: str) -> Iterator[None]:
        name = f"cache/{source}/{scope}"
        with super().obtaining(source, scope):
            self._shared.fetch(name)
            yield
            copies = [self.object_path(entry.sha256, entry.filename) for entry in self.manifest(source, scope).entries]
            self._shared.publish(name, self._manifest_path(source, scope), *(path for path in copies if path.exists()))
