"""Bills of materials: valid CycloneDX, complete, and the same each time."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jsonschema
import pytest
import referencing

from deploy.scripts.bill_of_materials import main, names, of_image, of_lock
from deploy.scripts.locks import locked
from tests.conftest import ROOT

RUN = ROOT / "locks" / "run.txt"


def hold(bill: dict[str, Any]) -> None:
    """Hold a bill to CycloneDX's own schema, and its references to be one each."""
    folder = files("cyclonedx.schema") / "_res"
    schema = json.loads((folder / "bom-1.6.SNAPSHOT.schema.json").read_text())
    beside = {name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name in ("spdx", "jsf-0.82")}
    registry: Any = referencing.Registry().with_resources(
        (urljoin(schema["$id"], f"{name}.SNAPSHOT.schema.json"), referencing.Resource.from_contents(one))
        for name, one in beside.items()
    )
    jsonschema.Draft7Validator(schema, registry=registry).validate(bill)
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(references) == len(set(references))


def test_the_bill_of_a_lock_holds_every_package_with_its_hashes() -> None:
    bill = of_lock(RUN)
    hold(bill)
    packages = locked(RUN)
    assert [one["purl"] for one in bill["components"]] == [one.purl for one in packages]
    hashes = [place["hashes"][0]["content"] for one in bill["components"] for place in one["externalReferences"]]
    assert hashes == [one for package in packages for one in package.hashes]
    assert names(bill)["geopandas"] == next(one.version for one in packages if one.name == "geopandas")
    licensed = [one["name"] for one in bill["components"] if "licenses" in one]
    assert len(licensed) > 90 and "requests" in licensed


@pytest.mark.parametrize("lock", ["deploy", "build"])
def test_bills_of_other_locks_are_valid_and_the_same_each_time(lock: str) -> None:
    bill = of_lock(ROOT / "locks" / f"{lock}.txt")
    hold(bill)
    assert json.dumps(bill) == json.dumps(of_lock(ROOT / "locks" / f"{lock}.txt"))
    assert bill["serialNumber"] != of_lock(RUN)["serialNumber"]


def test_the_bill_of_an_image_holds_what_debian_and_python_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text(
        "Package: libexpat1\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.7.1-2\nTag: a\n b\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1:1+b~1\n\n"
        "Package: gcc-14-base\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:14.2.0-19\n"
    )
    info = tmp_path / "opt/venv/lib/python3.13/site-packages/Some_Package-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: Some_Package\nVersion: 1.2\nLicense-Expression: MIT\n")
    bill = of_image(tmp_path)
    hold(bill)
    assert names(bill, "deb") == {"libexpat1": "2.7.1-2", "gcc-14-base": "1:14.2.0-19"}
    assert names(bill) == {"some-package": "1.2"}
    assert bill["components"][1]["purl"] == "pkg:deb/debian/gcc-14-base@1%3A14.2.0-19?arch=amd64"
    assert bill["components"][2]["licenses"] == [{"expression": "MIT"}]
    main(["image", str(tmp_path)])
    assert json.loads(capsys.readouterr().out) == bill
    with pytest.raises(SystemExit, match="is no unpacked image"):
        main(["image", str(tmp_path / "opt")])
    with pytest.raises(SystemExit, match="is no lock"):
        main(["lock", str(status)])
