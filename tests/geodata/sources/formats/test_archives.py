"""Archives from outside: what could do harm is named and refused, what is data is let through."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import InputError
from geodata.sources.formats.archives import ArchiveLimits, check_zip


def archive(path: Path, *members: tuple[str, bytes], attributes: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = attributes
            member.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(member, content)
    return path


def test_files_are_listed_and_folders_are_not(tmp_path):
    made = archive(tmp_path / "a.zip", ("data/", b""), ("data/rows.csv", b"a,b\n"), ("readme.txt", b""))
    assert [member.filename for member in check_zip(made)] == ["data/rows.csv", "readme.txt"]


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/passwd", "C:\\evil.csv", "a/../../evil.csv", "..\\evil.csv", "\\\\host\\share"]
)
def test_a_member_that_would_leave_the_folder_is_named(tmp_path, name):
    made = archive(tmp_path / "a.zip", ("rows.csv", b"a"), (name, b"evil"))
    with pytest.raises(InputError, match=r"a\.zip: its member “.*” would be written outside the folder\. Download it"):
        check_zip(made)


def test_a_link_is_refused(tmp_path):
    made = archive(tmp_path / "a.zip", ("rows.csv", b"/etc/passwd"), attributes=(stat.S_IFLNK | 0o777) << 16)
    with pytest.raises(InputError, match=r"“rows\.csv” is a link"):
        check_zip(made)


def test_an_encrypted_member_is_refused(tmp_path):
    made = archive(tmp_path / "a.zip", ("rows.csv", b"a,b\n"))
    content = bytearray(made.read_bytes())
    # The flag stands at offset 8 of the entry in the archive's directory.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    made.write_bytes(content)
    with pytest.raises(InputError, match=r"“rows\.csv” is encrypted"):
        check_zip(made)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path):
    made = archive(tmp_path / "a.zip", ("rows.csv", b"a"), ("rows.csv", b"b"))
    with pytest.raises(InputError, match=r"“rows\.csv” appears twice"):
        check_zip(made)


def test_bombs_are_refused_by_ratio_by_size_and_by_number(tmp_path):
    tight = archive(tmp_path / "tight.zip", ("rows.csv", b"\0" * 12_000_000))
    with pytest.raises(InputError, match=r"“rows.csv” would unpack to \d+ times its size"):
        check_zip(tight)
    small = ArchiveLimits(members=2, member_bytes=100, total_bytes=150)
    with pytest.raises(InputError, match="would unpack to 101 bytes, more than 100"):
        check_zip(archive(tmp_path / "large.zip", ("a", b"x" * 101)), small)
    with pytest.raises(InputError, match="would unpack to 160 bytes, more than 150"):
        check_zip(archive(tmp_path / "both.zip", ("a", b"x" * 80), ("b", b"x" * 80)), small)
    with pytest.raises(InputError, match="holds 3 members, more than 2"):
        check_zip(archive(tmp_path / "many.zip", ("a", b""), ("b", b""), ("c", b"")), small)


def test_repetitive_data_of_ordinary_size_is_no_bomb(tmp_path):
    assert check_zip(archive(tmp_path / "a.zip", ("rows.csv", b"0,0,0\n" * 1_000_000)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 400), flip=st.integers(0, 400))
def test_any_damage_is_a_sentence_or_harmless(tmp_path, cut, flip):
    made = archive(tmp_path / "a.zip", ("rows.csv", bytes(range(256))), ("more.csv", b"b"))
    content = bytearray(made.read_bytes()[: len(made.read_bytes()) - cut])
    if content:
        content[flip % len(content)] ^= 0xFF
    made.write_bytes(content)
    try:
        check_zip(made)
    except InputError as raised:
        assert str(raised).startswith("a.zip: ")
