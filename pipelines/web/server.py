"""Dagster's web server, started behind the guard with all its own options: `python -m pipelines.web.server`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

from dagster_webserver import cli
from starlette.types import ASGIApp

from assets.resources import deployment_file
from geodata.errors import OnrampError, SettingsError
from geodata.settings import Settings, load_settings
from pipelines.web.guard import Guard, Rules

NAME = "pipelines.web.server"
_MAKER = "create_app_from_workspace_process_context"


def rules(settings: Settings) -> Rules:
    """Return the rules of the settings; SettingsError where people must sign in and the proxy's secret is missing."""
    web = settings.web
    secret = os.environ.get(web.proxy_secret_env)
    if web.login_header is not None and not secret:
        raise SettingsError(
            f"Setting “web.login_header” asks for a sign-in proxy; set the environment variable {web.proxy_secret_env} "
            "to the secret that the proxy sends, so that nobody can pass it by."
        )
    return Rules(web.hosts, web.read_only, web.login_header, secret)


def main() -> None:
    """Serve until stopped."""
    try:
        allowed = rules(load_settings(deployment_file()))
    except OnrampError as error:
        sys.exit(str(error))
    if allowed.read_only:
        sys.argv.append("--read-only")
    # Dagster's command builds its application by this function and offers no other way to stand before it.
    vars(cli)[_MAKER] = partial(_guarded, vars(cli)[_MAKER], allowed)
    cli.main()  # type: ignore[no-untyped-call]


def _guarded(make: Callable[..., ASGIApp], allowed: Rules, *args: object, **options: object) -> Guard:
    return Guard(make(*args, **options), allowed)


if __name__ == "__main__":
    main()
