"""What each publisher answers when all is well, from the files of the sample laid out as Rhode Island."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import geopandas as gpd
import pytest

from geodata.sample import invented_names, write_sample
from tests.support.publisher_server import Reply, Seen
from tests.support.rehearsal import TODAY, Answer, features_at, files_at

TRACTS = 100
KEY = "k3y-of-the-rehearsal"
PLACES = (("RI", "44", "Rhode Island"), ("MA", "25", "Massachusetts"))
JSON = {"Content-Type": "application/json"}


def lay_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the sample as if its state were Rhode Island, under the names of the newest editions; return the folder."""
    with monkeypatch.context() as patched:
        patched.setattr(invented_names, "STATES", PLACES)
        write_sample(folder, tracts=TRACTS)
    for path in sorted(folder.iterdir()):
        # The sample's boundaries say 2020; publishers have newer ones.
        newer = re.sub(r"^(cb|tl)_2020_", r"\1_2025_", path.name)
        # Primary roads come for the nation.
        newer = newer.replace("_44_primaryroads", "_us_primaryroads")
        newer = {"HD2023.zip": "HD2024.zip", "C2023_A.zip": "C2024_A.zip"}.get(newer, newer)
        if newer != path.name:
            shutil.move(path, folder / newer)
    rows = (folder / "CenPop2020_Mean_TR.txt").read_text(encoding="utf-8-sig").splitlines()
    own = [rows[0], *(row for row in rows if row.startswith("44,"))]
    (folder / "CenPop2020_Mean_TR44.txt").write_text("\n".join(own) + "\n", encoding="utf-8-sig")
    for path in folder.iterdir():
        # Where nobody says when a file was obtained, its date does.
        os.utime(path, (TODAY.timestamp(), TODAY.timestamp()))
    return folder


def publishers(folder: Path) -> dict[str, Answer]:
    """Return the answers by host."""
    shapes = r"/geo/tiger/(?:GENZ2025/shp|TIGER2025/\w+)/"
    census = {shapes + path.name: path for path in folder.glob("*_2025_*.zip")}
    centers = "/geo/docs/reference/cenpop2020/tract/"
    relations = "/geo/docs/maps-data/data/rel2020/tract/"
    census |= {centers + path.name: path for path in folder.glob("CenPop2020*.txt")}
    census |= {relations + path.name: path for path in folder.glob("tab20*.txt")}
    tracts = gpd.read_file(folder / "cb_2025_44_tract_500k.zip").to_crs(4326)
    detailed = json.loads(
        tracts.rename(columns={"NAME": "BASENAME", "ALAND": "AREALAND", "AWATER": "AREAWATER"})[
            ["GEOID", "BASENAME", "AREALAND", "AREAWATER", "geometry"]
        ].to_json()
    )
    corridors = json.loads((folder / "NTAD_Alternative_Fuel_Corridors.geojson").read_text())
    nces = "/ipeds/datacenter/data/"
    cejst = files_at({r".*/2\.0-communities\.csv": folder / "2.0-communities.csv"})
    ntad = "/xOi1kZaI0eWDREZv/arcgis/rest/services/NTAD_Alternative_Fuel_Corridors/FeatureServer"
    return {
        "www2.census.gov": files_at(census),
        "tigerweb.geo.census.gov": features_at(
            "/arcgis/rest/services/TIGERweb/tigerWMS_ACS2025/MapServer", "Census Tracts", detailed, 8
        ),
        "api.census.gov": lambda seen: survey(seen, tracts["GEOID"].tolist()),
        "svi.cdc.gov": files_at({"/Documents/Data/2022/csv/states/SVI_2022_US.csv": folder / "SVI_2022_US.csv"}),
        "svi2.cdc.gov": lambda seen: (
            Reply((folder / "SVI_2022_US.csv").read_bytes()) if seen.query.get("year") == "2022" else Reply(b"", 404)
        ),
        "dblew8dgr6ajz.cloudfront.net": cejst,
        "web.archive.org": cejst,
        "developer.nlr.gov": lambda seen: stations(seen, folder / "alt_fuel_stations.json"),
        "nces.ed.gov": files_at({nces + name: folder / name for name in ("HD2024.zip", "C2024_A.zip")}),
        "www.trainingproviderresults.gov": files_at({"/data/DownloadPrograms.xlsx": folder / "DownloadPrograms.xlsx"}),
        "api.careeronestop.org": lambda seen: centers_of_jobs(seen, folder / "job_centers.json"),
        "services.arcgis.com": features_at(ntad, "NTAD Alternative Fuel Corridors", corridors),
        "data.worldpop.org": spans(folder / "population.tif"),
        "hot.storage.heigit.org": spans(folder / "friction.tif"),
    }


def spans(path: Path) -> Answer:
    """Return the answers of a store that serves parts of a file."""
    content = path.read_bytes()

    def answer(seen: Seen) -> Reply:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", seen.headers.get("range", ""))
        headers = {"Accept-Ranges": "bytes", "ETag": f'"{len(content)}"'}
        if wanted is None:
            return Reply(content, 200, headers)
        first = int(wanted.group(1))
        part = content[first : int(wanted.group(2)) + 1 if wanted.group(2) else None]
        return Reply(part, 206, {**headers, "Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(content)}"})

    return answer


def stations(seen: Seen, path: Path) -> Reply:
    """Answer as the station service: a key in a header, the states that are asked for."""
    if seen.headers.get("x-api-key") != KEY:
        return Reply(b'{"error":{"code":"API_KEY_MISSING","message":"No api_key was supplied."}}', 403, JSON)
    if seen.path.endswith("last-updated.json"):
        return Reply(b'{"last_updated":"2026-11-29T02:07:04Z"}', headers=JSON)
    whole = json.loads(path.read_text())
    wanted = seen.query.get("state", "").split(",")
    rows = [one for one in whole["fuel_stations"] if wanted == [""] or one["state"] in wanted]
    return Reply(json.dumps({**whole, "total_results": len(rows), "fuel_stations": rows}).encode(), headers=JSON)


def centers_of_jobs(seen: Seen, path: Path) -> Reply:
    """Answer as CareerOneStop: a token in a header, an identity and a first record in the path."""
    if seen.headers.get("authorization") != f"Bearer {KEY}":
        return Reply(b'{"message":"Unauthorized"}', 401, JSON)
    whole = json.loads(path.read_text())
    first = int(unquote(seen.path).split("/")[-2])
    rows = whole["OneStopCenterList"]
    return Reply(json.dumps({"OneStopCenterList": rows[first:], "RecordCount": len(rows)}).encode(), headers=JSON)


def survey(seen: Seen, geoids: list[str]) -> Reply:
    """Answer as the Census Data API, with a hundred of everything; without a key it sends on to a page about keys."""
    if seen.query.get("key") != KEY:
        return Reply(b"", 302, {"Location": "https://api.census.gov/data/missing_key.html"})
    asked = seen.query["get"].split(",")
    rows = [[*asked, "state", "county", "tract"]]
    for geoid in geoids:
        values = ["100" if name.endswith("E") and name != "NAME" else "20" for name in asked]
        rows.append([*values, geoid[:2], geoid[2:5], geoid[5:]])
    return Reply(json.dumps(rows).encode(), headers=JSON)
