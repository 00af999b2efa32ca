"""Styles and scripts inside pages are the project's own, and a policy allows exactly these."""

from __future__ import annotations

import base64
import hashlib

from maps.inline_content import STATIC, hashed, own_files


def test_a_hash_is_that_of_the_content() -> None:
    digest = base64.b64encode(hashlib.sha256(b"p{color:red}").digest()).decode()
    assert hashed("p{color:red}") == f"'sha256-{digest}'"


def test_files_come_one_after_the_other_unescaped() -> None:
    both = own_files("list_page.css", "tables.css")
    assert both == (STATIC / "list_page.css").read_text("utf-8") + (STATIC / "tables.css").read_text("utf-8")
