"""The UI and its daemon on one machine, the UI behind the guard: what `onramp dev` becomes."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import Popen

from dagster._cli import dev

from pipelines.web import server

_STARTER, _BARE_SERVER = "open_ipc_subprocess", "dagster_webserver"


def main() -> None:
    """Run Dagster's own development command, with the guarded server in the place of the bare one."""
    start: Callable[..., Popen[bytes]] = vars(dev)[_STARTER]

    def guarded(parts: list[str], **options: object) -> Popen[bytes]:
        return start([server.NAME if part == _BARE_SERVER else part for part in parts], **options)

    # Dagster starts its server by module name and has no option for another.
    vars(dev)[_STARTER] = guarded
    dev.dev_command()


if __name__ == "__main__":
    main()
