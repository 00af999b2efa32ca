"""The survey's summary files: tracts alone, under the names the Data API uses."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.errors import SourceUnavailable
from geodata.fetching.client.download_cache import Cache
from geodata.sources.spec import SourceSpec
from tests.geodata.fetching.publishers.survey import RI, TRACTS, keyed, source
from tests.support.publisher_server import Publisher, Reply

FILES = "/programs-surveys/acs/summary_file/2024/table-based-SF/data/5YRData/acsdt5y2024-"


@pytest.fixture
def live(fetcher, tmp_path):
    return keyed(fetcher, Cache(tmp_path / "cache"))


def summary(table: str, lines: int, tracts=TRACTS) -> bytes:
    header = ["GEO_ID", *(f"{table}_{kind}{line:03d}" for line in range(1, lines + 1) for kind in "EM")]
    rows = [["0100000US", *["9"] * 2 * lines], ["0400000US44", *["8"] * 2 * lines], ["140000044", *["7"] * 2 * lines]]
    rows += [
        ["1400000US" + "".join(place), *([str(number), "-555555555"] * lines)] for number, place in enumerate(tracts)
    ]
    return "\n".join("|".join(row) for row in [header, *rows]).encode() + b"\n"


def summary_source(publisher: Publisher) -> SourceSpec:
    variables = "B25044_003E,B25044_003M,B28002_013E"
    url = f"{publisher.url}{FILES.replace('2024', '{year}')}TABLE.dat?variables={variables}"
    return source(publisher, scope="nation", urls=(url,), transport="acs_summary_file", key_env=None)


def test_summary_files_give_tracts_alone_under_the_names_of_the_api(publisher, live):
    publisher.script(f"{FILES}b25044.dat", Reply(summary("B25044", 3)))
    publisher.script(f"{FILES}b28002.dat", Reply(summary("B28002", 13, TRACTS[::-1])))
    acquired = live.obtain(summary_source(publisher), RI)
    assert (acquired.scope, acquired.path.name) == ("nation", "acs5_2024_tracts.csv")
    table = pd.read_csv(acquired.path, dtype=str)
    assert list(table.columns) == ["GEOID", "B25044_003E", "B25044_003M", "B28002_013E"]
    assert list(table["GEOID"]) == ["44001030100", "44007000101", "44007000102"]
    assert list(table["B25044_003E"]) == ["0", "1", "2"]
    assert list(table["B28002_013E"]) == ["2", "1", "0"]
    assert not [path for path in (live.cache.root / "partial").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (summary("B28002", 12), "sent a table without the columns expected"),
        (summary("B28002", 13, TRACTS[:2]), "sent tables that do not hold the same tracts"),
        (summary("B28002", 13, [TRACTS[0]] * 3), "tract codes are not 11 digits each, once"),
    ],
)
def test_summary_files_that_do_not_fit_are_refused(publisher, live, body, sentence):
    publisher.script(f"{FILES}b25044.dat", Reply(summary("B25044", 3)))
    publisher.script(f"{FILES}b28002.dat", Reply(body))
    with pytest.raises(SourceUnavailable) as caught:
        live.obtain(summary_source(publisher))
    assert sentence in str(caught.value)


# --- geocoder -----------------------------------------------------------------------------------------------------
