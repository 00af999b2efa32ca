"""How the object store is reached, as the environment says."""

from __future__ import annotations

import pytest

from geodata.storage.object_store import connection


def test_the_connection_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    said = connection({"AWS_ENDPOINT_URL": "https://minio.example.gov:9000", "REQUESTS_CA_BUNDLE": "/etc/ca.pem"})
    assert (said["scheme"], said["endpoint_override"]) == ("https", "minio.example.gov:9000")
    assert said["tls_ca_file_path"] == "/etc/ca.pem"
    assert connection({})["endpoint_override"] is None
    monkeypatch.setenv("https_proxy", "http://proxy.example.gov:3128")
    assert connection({})["proxy_options"] == "http://proxy.example.gov:3128"
    monkeypatch.setenv("no_proxy", "minio.example.gov")
    assert "proxy_options" not in connection({"AWS_ENDPOINT_URL": "https://minio.example.gov:9000"})
