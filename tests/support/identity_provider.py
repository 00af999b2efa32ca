"""An OpenID provider on loopback, with certificates of its own authority: whoever asks is signed in as `person`."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

CLIENT, WORD = "onramp", "the client's word"


def _encoded(value: bytes | dict[str, Any]) -> str:
    data = json.dumps(value).encode() if isinstance(value, dict) else value
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Authority:
    """A certificate authority in a folder: `ca.pem`, and `server.pem` with `server.key` for the names given."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.folder, self.ca = folder, folder / "ca.pem"
        key, common = (
            rsa.generate_private_key(65537, 2048),
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")]),
        )
        server = rsa.generate_private_key(65537, 2048)
        alternative = x509.SubjectAlternativeName(
            [*(x509.DNSName(name) for name in names), x509.IPAddress(ip_address("127.0.0.1"))]
        )
        usage = x509.BasicConstraints(ca=True, path_length=None), x509.BasicConstraints(ca=False, path_length=None)
        for name, own, basic, more in (("ca", key, usage[0], []), ("server", server, usage[1], [alternative])):
            now = datetime.now(UTC)
            subject = common if name == "ca" else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
            made = x509.CertificateBuilder(common, subject, own.public_key(), x509.random_serial_number())
            made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
            made = made.add_extension(basic, critical=True)
            for extension in more:
                made = made.add_extension(extension, critical=False)
            signed = made.sign(key, hashes.SHA256())
            (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        private = server.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "server.key").write_bytes(private)


class Provider:
    """A running provider; `person` are the claims of whoever signs in next."""

    def __init__(self, authority: Authority) -> None:
        self.person: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []
        self.key = rsa.generate_private_key(65537, 2048)
        self.wrong_key = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *given: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.folder / "server.pem", authority.folder / "server.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def get(self, asked: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(asked.path)
        if parts.path == "/.well-known/openid-configuration":
            self.say(
                asked,
                {
                    "issuer": self.address,
                    "authorization_endpoint": f"{self.address}/authorize",
                    "token_endpoint": f"{self.address}/token",
                    "jwks_uri": f"{self.address}/keys",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                },
            )
        elif parts.path == "/keys":
            numbers = self.key.public_key().public_numbers()
            modulus, exponent = (number.to_bytes((number.bit_length() + 7) // 8) for number in (numbers.n, numbers.e))
            key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1"}
            self.say(asked, {"keys": [{**key, "n": _encoded(modulus), "e": _encoded(exponent)}]})
        elif parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            code = secrets.token_hex(8)
            self.codes[code] = query
            asked.send_response(302)
            back = urlencode({"code": code, "state": query["state"]})
            asked.send_header("Location", f"{query['redirect_uri']}?{back}")
            asked.send_header("Content-Length", "0")
            asked.end_headers()

    def post(self, asked: BaseHTTPRequestHandler) -> None:
        given = {
            name: values[0]
            for name, values in parse_qs(asked.rfile.read(int(asked.headers["Content-Length"])).decode()).items()
        }
        who = base64.b64decode(asked.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        begun = self.codes.pop(given.get("code", ""), None)
        proof = _encoded(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if begun is None or proof != begun.get("code_challenge") or who.partition(":")[0] != CLIENT:
            self.refused.append(str(given))
            self.say(asked, {"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        signed = f"{_encoded({'alg': 'RS256', 'kid': '1'})}.{_encoded({**claims, 'sub': 'a', **self.person})}"
        key = rsa.generate_private_key(65537, 2048) if self.wrong_key else self.key
        mark = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        self.say(
            asked,
            {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": f"{signed}.{_encoded(mark)}"},
        )

    def say(self, asked: BaseHTTPRequestHandler, what: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(what).encode()
        asked.send_response(status)
        asked.send_header("Content-Type", "application/json")
        asked.send_header("Content-Length", str(len(body)))
        asked.end_headers()
        asked.wfile.write(body)
