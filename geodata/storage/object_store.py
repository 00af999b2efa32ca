"""The object store that machines share, opened as the environment says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import pyarrow.fs as pafs

CONNECT_SECONDS = 10.0


def open_store() -> pafs.FileSystem:
    """Return the store, with keys and address from the environment as the clients of S3 take them."""
    # Older stores keep the checksums that clients append unasked as part of the file. Ours are compared instead.
    os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_REQUIRED")
    os.environ.setdefault("AWS_RESPONSE_CHECKSUM_VALIDATION", "WHEN_REQUIRED")
    return pafs.S3FileSystem(**connection(os.environ))


def connection(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return how the store is reached: endpoint, region, proxy and certificates of the environment."""
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
    parts = urlsplit(endpoint if "//" in endpoint else f"https://{endpoint}")
    host = parts.hostname or "s3.amazonaws.com"
    certificates = environ.get("AWS_CA_BUNDLE") or environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE")
    proxy = None if proxy_bypass(host) else getproxies().get(parts.scheme)
    return {
        "region": environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        "scheme": parts.scheme,
        "endpoint_override": parts.netloc or None,
        "connect_timeout": CONNECT_SECONDS,
        # Small files arrive in one request, which is there whole or not at all.
        "allow_delayed_open": True,
        **({"proxy_options": proxy} if proxy else {}),
        **({"tls_ca_file_path": certificates} if certificates else {}),
    }
