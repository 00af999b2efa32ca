"""Keeping keys out of everything that is written down: errors, logs, manifests and names."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlsplit

HIDDEN = "REDACTED"

# Parameters that carry a key at some publisher or storage service, whatever their value is.
_KEY_PARAMETERS = re.compile(
    r"(?i)([?&;](?:api[-_]?key|key|token|access[-_]?token|sig|signature|credential|secret|password|userid|"
    r"x-amz-[a-z-]+|awsaccesskeyid|x-goog-[a-z-]+)=)[^&#\s\"']*"
)
_USER_INFORMATION = re.compile(r"(?i)(https?://)[^/@\s]+@")


class Redactor:
    """Hides key parameters, passwords in addresses, and every value named as secret."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        for secret in secrets:
            if secret:
                forms |= {secret, quote(secret, safe=""), quote_plus(secret)}
        # The longest first, so that no part of one secret is left over from hiding another.
        self._secrets = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return `text` with everything secret replaced."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = _KEY_PARAMETERS.sub(rf"\g<1>{HIDDEN}", text)
        return _USER_INFORMATION.sub(rf"\g<1>{HIDDEN}@", text)


class _RedactingFilter(logging.Filter):
    """Redacts the log records of the HTTP library, which write the path of each request."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = Redactor(_log_secrets)(message)
        if clean != message:
            record.msg, record.args = clean, ()
        return True


_log_secrets: set[str] = set()
_log_filter = _RedactingFilter()


def redact_logs(secrets: Iterable[str] = ()) -> None:
    """Make the HTTP library's loggers redact, `secrets` included from now on."""
    _log_secrets.update(secret for secret in secrets if secret)
    for name in ("urllib3.connectionpool", "urllib3.util.retry", "requests"):
        logger = logging.getLogger(name)
        if _log_filter not in logger.filters:
            logger.addFilter(_log_filter)


def host_of(url: str) -> str:
    """Return the host of an address as shown to people, without port 80 or 443 and without credentials."""
    parts = urlsplit(url)
    host = parts.hostname or "the address"
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def printable(text: str, most: int = 160) -> str:
    """Return what a publisher wrote as one short line that can do no harm in a terminal or a page."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
