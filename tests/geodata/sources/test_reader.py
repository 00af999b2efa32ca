"""Files that reach for others: nothing of them is read, nothing asked for, and each is one sentence."""

from __future__ import annotations

import json
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from geodata.confinement.client import Confined
from geodata.errors import InputError, OnrampError, SettingsError, SourceUnavailable
from geodata.settings import Settings
from geodata.sources import SOURCES, reader, spec
from geodata.sources.reader import Fell, answered, drivers, reading_process, refuse_beyond, table_of_text
from geodata.sources.spec import ParseContext
from tests.counterexamples.made import TRACTS, VIRTUAL

SECRET = "4711-of-the-environment"


@pytest.fixture
def requests() -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server on loopback, and what was asked of it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                heard.append(connection.recv(1000))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


def refused(path: Path, source: str = "planned_sites", **files: object) -> str:
    with pytest.raises(InputError) as raised:
        SOURCES[source].read(path, ParseContext(Settings().with_changes({"files": files})))
    sentence = str(raised.value)
    assert sentence.startswith(path.name.split(".")[0])
    assert "Traceback" not in sentence
    return sentence


def virtual(source: str) -> bytes:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="sites"><SrcDataSource>{source}</SrcDataSource>'
        "<GeometryType>wkbPoint</GeometryType></OGRVRTLayer></OGRVRTDataSource>"
    ).encode()


@pytest.mark.parametrize("name", ["planned_sites.gpkg", "planned_sites.geojson", "planned_sites.json"])
@pytest.mark.parametrize("around", [b"", b" \n", b"\xef\xbb\xbf", b'{"type": "FeatureCollection", "name": "'])
def test_a_virtual_layer_reads_no_file_and_asks_no_server(
    tmp_path: Path, name: str, around: bytes, requests: tuple[int, list[bytes]]
) -> None:
    port, heard = requests
    (tmp_path / "secret.csv").write_text("site_id,name\n1,the secret\n")
    for source in (
        f"{tmp_path}/secret.csv",
        f"/vsicurl/http://127.0.0.1:{port}/a.csv",
        "/vsistdin/",
        "/proc/self/environ",
    ):
        path = tmp_path / name
        path.write_bytes(around + virtual(source))
        assert "secret" not in refused(path)
    assert heard == []


def test_a_virtual_layer_in_an_archive_is_refused(tmp_path: Path) -> None:
    for inside in ("a.shp", "a.gpkg", "a.geojson"):
        path = tmp_path / "cb_2020_97_tract_500k.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, VIRTUAL)
        with pytest.raises(InputError, match=f"{inside}: it is named like .* but does not begin like one"):
            SOURCES["tracts"].read(path, ParseContext(Settings()))


@pytest.mark.parametrize("link", ["link", "LINK", "url"])
def test_a_linked_coordinate_system_is_not_followed(
    tmp_path: Path, link: str, requests: tuple[int, list[bytes]]
) -> None:
    port, heard = requests
    layer = json.loads(TRACTS.to_json(drop_id=True))
    href = {"href": f"http://127.0.0.1:{port}/crs", "url": f"http://127.0.0.1:{port}/crs"}
    path = tmp_path / "cb_2020_97_tract_500k.geojson"
    path.write_text(json.dumps(layer | {"crs": {"type": link, "properties": href}}))
    assert "its coordinate system is a link" in refused(path, "tracts")
    # Letters may be written so that no search finds them; then it is the process that reaches nobody.
    path.write_text(json.dumps(layer | {"crs": {"type": link, "properties": href}}).replace('"crs"', '"cr\\u0073"'))
    SOURCES["tracts"].read(path, ParseContext(Settings()))
    assert heard == []


def test_a_named_coordinate_system_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cb_2020_97_tract_500k.geojson"
    TRACTS.to_crs("EPSG:5070").to_file(path, driver="GeoJSON")
    assert b'"crs"' in path.read_bytes()
    table = SOURCES["tracts"].read(path, ParseContext(Settings())).table
    assert table.geometry.iloc[0].bounds == pytest.approx(TRACTS.geometry.iloc[0].bounds, abs=1e-6)


def test_nothing_of_the_environment_is_there_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENSUS_API_KEY", SECRET)
    reading_process().close()
    path = tmp_path / "planned_sites.csv"
    path.write_text("state,site_id,name,latitude,longitude\nRI,1,Depot,41.8,-71.4\n")
    SOURCES["planned_sites"].read(path, ParseContext(Settings()))
    process = reading_process()._process
    assert process is not None
    environment = Path(f"/proc/{process.pid}/environ")
    if not environment.exists():
        pytest.skip("this system does not show the environment of a process")
    assert SECRET.encode() not in environment.read_bytes()


def test_gdal_has_the_three_forms_and_no_other() -> None:
    assert drivers() == {"ESRI Shapefile", "GPKG", "GeoJSON"}
    skipped = reading_process()._environment["GDAL_SKIP"].split(",")
    assert {"OGR_VRT", "VRT", "HTTP", "WFS", "SQLite", "LIBKML", "GDALG", "WMS"} <= set(skipped)
    assert set(pyogrio.list_drivers()) - set(skipped) == drivers()


def test_each_limit_has_its_sentence(tmp_path: Path) -> None:
    path = tmp_path / "planned_sites.csv"
    rows = "RI,{i},Depot,41.8,-71.4\n"
    path.write_text("state,site_id,name,latitude,longitude\n" + "".join(rows.format(i=i) for i in range(300)))
    assert "more than the 299 rows allowed" in refused(path, rows=299)
    assert "bytes, more than the 1e-06 GB allowed" in refused(path, size_gb=1e-6)
    heavy = tmp_path / "planned_sites_heavy.csv"
    heavy.write_bytes(
        b"state,site_id,name,latitude,longitude\n" + b"RI,1,%b,41.8,-71.4\n" % (b"Depot" * 50) * 1_250_000
    )
    assert "takes more than the 0.25 GB of memory allowed" in refused(heavy, memory_gb=0.25)


def test_a_file_of_holes_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "planned_sites.csv"
    path.write_text("state\n")
    os.truncate(path, 200_000_000)
    with pytest.raises(InputError, match=r"it says that it has 200,000,000 bytes and holds .* the rest are holes"):
        refuse_beyond(path, Settings().files)


def test_the_errors_of_a_parser_come_back_as_they_were() -> None:
    for raised in (
        InputError("p", file="f.csv", row=3, field="g", remedy="R."),
        SourceUnavailable("s."),
        SettingsError("t."),
        OnrampError("u."),
    ):

        def read(problem: OnrampError = raised) -> None:
            raise problem

        assert answered(read).facts["error"]["kind"] == type(raised).__name__  # type: ignore[arg-type]


def test_a_parser_that_stumbles_over_something_new_still_says_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(lambda: {}["absent"]).facts["error"]["kind"] == "KeyError"

    def stumble(*args: object, **more: object) -> object:
        raise Fell("KeyError")

    monkeypatch.setattr(spec, "read_confined", stumble)
    with pytest.raises(InputError, match=r"x\.txt: this cannot be read as “Centers of Population.*KeyError"):
        SOURCES["centers"].read(tmp_path / "x.txt", ParseContext(Settings()))


def test_where_the_process_does_not_start_no_file_is_blamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "planned_sites.csv"
    path.write_text("state\n")
    monkeypatch.setattr(reader, "reading_process", lambda: Confined("tests.support.hostile_worker:absent", {}))
    with pytest.raises(OnrampError, match=r"did not start, so planned_sites\.csv was not read") as raised:
        SOURCES["planned_sites"].read(path, ParseContext(Settings()))
    assert not isinstance(raised.value, InputError)


def test_a_table_is_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\nzip;note\n02903;\n")
    frame = pd.DataFrame({"zip": ["02903"], "note": [""]})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    for name in ("a.csv", "a.xlsx"):
        assert table_of_text(tmp_path / name, Settings()).to_dict("list") == {"zip": ["02903"], "note": [""]}
