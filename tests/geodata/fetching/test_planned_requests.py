"""The requests a run would make: complete, without a secret, and in the order of their turns."""

from __future__ import annotations

from geodata.fetching.client.download_cache import Cache
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.fetching.planned_requests import planned_requests
from geodata.settings import load_settings
from geodata.sources import SOURCES
from geodata.states import find_state

RI = find_state("RI")
SECRETS = {name: f"secret-{name}" for name in ("NLR_API_KEY", "CENSUS_API_KEY", "CAREERONESTOP_TOKEN")}
SECRETS["CAREERONESTOP_USER_ID"] = "secret-user"


def planned(fetcher, tmp_path, **environ):
    settings = load_settings()
    options = LiveOptions(fields={"afdc_host": settings.sources.afdc_host}, environ=environ, alone=True)
    live = LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=options)
    return planned_requests(live, [source.spec for source in SOURCES.values()], [RI], settings)


def test_keys_go_by_their_names(fetcher, tmp_path):
    rows = planned(fetcher, tmp_path, **SECRETS)
    assert "secret" not in str(rows)
    (survey, *_) = [row for row in rows if row.source == "acs"]
    assert survey.address.endswith("&key=$CENSUS_API_KEY")
    (centers,) = [row for row in rows if row.source == "job_centers"]
    assert "/$CAREERONESTOP_USER_ID/RI/" in centers.address
    assert centers.keys == ("CAREERONESTOP_TOKEN", "CAREERONESTOP_USER_ID") and centers.keys_set


def test_a_source_whose_key_is_missing_is_listed_as_not_asked_and_the_survey_not_at_all(fetcher, tmp_path):
    rows = planned(fetcher, tmp_path)
    assert [row.keys_set for row in rows if row.source == "afdc"] == [False, False, False]
    assert not [row for row in rows if row.source == "acs"]


def test_stations_are_those_of_the_state_and_its_neighbors_first(fetcher, tmp_path):
    asked = [(row.turn, row.address) for row in planned(fetcher, tmp_path, **SECRETS) if row.source == "afdc"]
    assert [turn for turn, _ in asked] == [1, 1, 2]
    assert "state=RI,CT,MA,NY" in asked[1][1] and "state=" not in asked[2][1]
