"""From a cluster's values to manifests, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from deploy.scripts.render import ValuesRefused, checked, main, rendered
from tests.support.cluster import ROOT, values


def test_everything_lies_in_the_namespace_with_the_image_by_digest() -> None:
    documents = rendered(values() | {"namespace": "charging"})
    lies = {one["metadata"].get("namespace") for one in documents if one["kind"] in ("Deployment", "Job", "ConfigMap")}
    assert lies == {"charging"}
    (namespace,) = [one for one in documents if one["kind"] == "Namespace"]
    assert namespace["metadata"]["name"] == "charging" and "namespace" not in namespace["metadata"]
    (backup,) = [one for one in documents if one["kind"] == "ConfigMap" and one["metadata"]["name"] == "onramp-backup"]
    assert backup["data"]["backup.sh"] == (ROOT / "deploy" / "backup.sh").read_text()
    (web,) = [one for one in documents if one["kind"] == "Deployment" and one["metadata"]["name"] == "onramp-web"]
    assert web["spec"]["template"]["spec"]["containers"][0]["image"] == values()["image"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"image": "registry.example.gov/onramp:0.2.0"},
            "“image” is registry.example.gov/onramp:0.2.0, which",
        ),
        ({"image": "onramp"}, "name it by digest"),
        ({"image": "onramp@sha256:" + "a" * 63}, "name it by digest"),
        ({"image": "onramp:latest@sha256:" + "a" * 64}, "name it by digest"),
        ({"postgres_image": "postgres:17"}, "“postgres_image” is postgres:17"),
        ({"database_cidr": "postgres.example.gov"}, "“database_cidr” is postgres.example.gov, which is no range"),
        ({"host": "https://onramp.example.gov/"}, "“host” is https://"),
        ({"store_url": 's3://a"\n  b: c'}, "“store_url” holds a quotation mark"),
        ({"hots": "onramp.example.gov"}, "“hots” is not a value any manifest takes"),
    ],
)
def test_values_that_are_none_are_refused_by_name(changes: dict[str, str], said: str) -> None:
    with pytest.raises(ValuesRefused, match=said):
        checked(values() | changes)


def test_a_registry_with_a_port_is_an_image_too() -> None:
    image = "registry.example.gov:5000/team/onramp@sha256:" + "0" * 64
    assert checked(values() | {"image": image})["image"] == image


def test_the_command_prints_manifests_or_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(values()))
    main([str(file)])
    assert len(list(yaml.safe_load_all(capsys.readouterr().out))) == len(rendered(values()))
    example = ROOT / "deploy" / "kubernetes" / "values.example.yaml"
    for given in (example, tmp_path / "nowhere.yaml"):
        with pytest.raises(SystemExit, match=f"Nothing rendered from {given}: "):
            main([str(given)])
    file.write_text("- a list\n")
    with pytest.raises(SystemExit, match="no names with values"):
        main([str(file)])
