"""The e-mail bundle: what is in it, how large it may be, and that it is the same twice."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pypdf
import pytest

from geodata.errors import InputError
from maps.bundle import FIRST_COMMUNITIES, write_bundle


@pytest.fixture(scope="module")
def bundle(synthetic, tmp_path_factory):
    return write_bundle(synthetic, tmp_path_factory.mktemp("bundle") / "xl.zip")


def test_it_holds_pdf_workbook_and_map_that_open(bundle, synthetic):
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        communities = min(FIRST_COMMUNITIES, len(synthetic.table("communities")))
        assert sum(name.endswith(".pdf") for name in names) == 1 + communities
        assert pypdf.PdfReader(io.BytesIO(archive.read("xl-brief.en.pdf"))).pages
        assert "Tracts" in openpyxl.load_workbook(io.BytesIO(archive.read("xl-lists.en.xlsx"))).sheetnames
        assert archive.read("xl-map.en.png").startswith(b"\x89PNG")
        said = archive.read("README.txt").decode("utf-8-sig")
    assert "Fictional sample data" in said
    assert all(name in said for name in names if name != "README.txt")


def test_it_is_the_same_bytes_twice(bundle, synthetic, tmp_path):
    assert write_bundle(synthetic, tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_it_is_in_the_language_asked_for(synthetic, tmp_path):
    with zipfile.ZipFile(write_bundle(synthetic, tmp_path / "es.zip", "es")) as archive:
        assert "xl-brief.es.pdf" in archive.namelist()
        assert "Datos de muestra ficticios" in archive.read("README.txt").decode("utf-8-sig")


def test_too_large_a_bundle_is_refused_in_one_sentence_and_not_written(synthetic, tmp_path):
    with pytest.raises(InputError, match=r"would be 0\.\d MB, more than the 0\.1 MB .* the largest is xl-"):
        write_bundle(synthetic, tmp_path / "xl.zip", most_bytes=100_000)
    assert list(tmp_path.iterdir()) == []
