"""The text of a file block by block is the text of the whole file, wherever the blocks end."""

from __future__ import annotations

import io
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.sources.formats import text_stream
from geodata.sources.formats.text_stream import TextStream, decode

LINES = "Städte;Ñandú;naïve “quotes”;€ 5\r\n"
# The first block is never smaller than what tells the encoding, so what is looked at stands behind it.
BEGINNING = "state;name;place;year\n" * 20
ENCODED = st.builds(
    lambda text, encoding: (BEGINNING + text).encode(encoding, "replace"),
    st.text(max_size=60),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]),
)
DAMAGED = st.binary(max_size=60).map(lambda tail: BEGINNING.encode() + tail)


@given(ENCODED | DAMAGED, st.integers(1, 9))
def test_blocks_of_any_size_give_what_the_file_decoded_whole_gives(data: bytes, block: int) -> None:
    with patch.object(text_stream, "HEAD_BYTES", 8):
        stream = TextStream(io.BytesIO(data), block)
    assert io.BufferedReader(stream, 3).read() == decode(data).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("block", [5, 7, 1 << 20])
def test_every_encoding_comes_out_as_utf8_without_a_mark(encoding: str, block: int) -> None:
    text = BEGINNING + LINES * 3
    stream = TextStream(io.BytesIO(text.encode(encoding)), block)
    assert io.BufferedReader(stream).read().decode() == text


def test_what_is_skipped_of_the_head_is_left_out_and_a_blank_rest_is_seen() -> None:
    stream = TextStream(io.BytesIO("über\n \n".encode()))
    assert (stream.head, stream.magic) == ("über\n \n", "über".encode()[:4])
    assert not stream.is_blank
    stream.skip(5)
    assert stream.is_blank
    assert io.BufferedReader(stream).read() == b" \n"


def test_a_byte_that_is_no_utf8_spoils_no_other_accent() -> None:
    assert decode("Ñandú ".encode() + b"\x96 Per\xfa") == "Ñandú – Perú"
