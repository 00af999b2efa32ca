"""Protected connections: untrusted certificates are reported, private ones can be named, no fall back to http."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest

from geodata.fetching.client.exchange import Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from tests.support.publisher_server import Publisher, Reply, file_of

x509 = pytest.importorskip("cryptography.x509", reason="making a certificate needs cryptography")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The files of a certificate for 127.0.0.1 that nobody has signed, and of its key."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "publisher")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture
def protected(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Publisher(tls=context) as server:
        yield server


def test_an_untrusted_certificate_is_reported_with_the_remedy(protected, fetcher, fake_time, tmp_path):
    with pytest.raises(FetchError) as caught:
        fetcher.download(Request(protected.script("/rows.csv", file_of(b"a,b\n"))), tmp_path / "part")
    assert str(caught.value) == (
        f"The certificate of {protected.host} is not trusted here. Behind an inspecting proxy, name its certificate "
        "file in REQUESTS_CA_BUNDLE."
    )
    assert fake_time.slept == []


def test_a_private_certificate_can_be_named_in_the_settings_or_the_environment(
    protected, certificate, fake_time, fetcher, tmp_path, monkeypatch
):
    url = protected.script("/rows.csv", file_of(b"a,b\n"))
    with Fetcher(clock=fake_time.clock(), ca_bundle=certificate / "cert.pem") as trusting:
        assert trusting.download(Request(url), tmp_path / "part").size == 4
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "cert.pem"))
    assert fetcher.download(Request(url), tmp_path / "part").size == 4


def test_a_protected_address_never_leads_to_an_unprotected_one(protected, publisher, certificate, fake_time, tmp_path):
    plain = publisher.script("/rows.csv", file_of(b"a,b\n"))
    url = protected.script("/rows.csv", Reply(b"", 301, {"Location": plain}))
    trusting = Fetcher(clock=fake_time.clock(), ca_bundle=certificate / "cert.pem")
    with trusting, pytest.raises(FetchError) as caught:
        trusting.download(Request(url, secret_headers={"X-Api-Key": "hunter2"}), tmp_path / "part")
    assert str(caught.value) == (
        f"{protected.host} sent us from a protected address to an unprotected one ({plain}), which is not followed."
    )
    assert publisher.seen == []
