"""From the settings of a deployment to the rules of the guard. The running server: tests/integration/test_ui.py."""

from __future__ import annotations

import pytest

from geodata.errors import SettingsError
from geodata.settings import load_settings
from pipelines.web.guard import Rules
from pipelines.web.server import rules


def test_a_deployment_says_who_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules(load_settings()) == Rules()
    monkeypatch.setenv("ONRAMP_PROXY_SECRET", "long and random")
    web = {"hosts": ["onramp.example.gov"], "read_only": True, "login_header": "X-Forwarded-Email"}
    expected = Rules(("onramp.example.gov",), True, "X-Forwarded-Email", "long and random")
    assert rules(load_settings(None, {"web": web})) == expected


@pytest.mark.parametrize("secret", [None, ""])
def test_a_sign_in_without_a_secret_is_refused(secret: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONRAMP_PROXY_SECRET", raising=False)
    if secret is not None:
        monkeypatch.setenv("ONRAMP_PROXY_SECRET", secret)
    with pytest.raises(SettingsError, match="set the environment variable ONRAMP_PROXY_SECRET"):
        rules(load_settings(None, {"web": {"login_header": "X-Forwarded-Email"}}))
