"""Coverage-guided fuzzing of what reads text by hand, with Atheris from an environment of its own.

    python -m venv fuzzing && fuzzing/bin/pip install atheris       with the project's packages in its path as well
    fuzzing/bin/python -m tests.robustness.fuzz_guided sites -max_total_time=300 -print_final_stats=1

What surrounds the hand-written part is left out, or every execution would pay for the validation of a whole table
(0.3 seconds for one planned site): `values` has up to 500 cells in one execution, `sites` and `survey` a table of
up to 300 rows that never was a file. Words that mean something are given as a dictionary and as first inputs.
"""

from __future__ import annotations

# The words are easier to compare on few lines.
# ruff: noqa: E501
import io
import resource
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

MEMORY_MORE = 2_000_000_000
WATCHED = [
    "geodata.sources.acs",
    "geodata.sources.cip",
    "geodata.sources.planned_sites",
    *(f"geodata.sources.formats.{name}" for name in ("archives", "text_tables", "values")),
    *(f"geodata.geography.{name}" for name in ("geoids", "written_coordinates", "zips")),
    "geodata.fetching.folder",
    *(f"geodata.fetching.client.{name}" for name in ("content", "redaction", "resume")),
]
WORDS = (
    "RI", "02903", "41.8", "-71.4", "Q3 2026", "2026-Q1", "2026-01-01", "01/02/2026", "2026-13", "planned", "not yet open",
    "Operational", "cancelled", "temporarily", "NEVI", "150", "1e308", "-999", "-666666666", "9" * 30, "1400000US44007000101",
    "44007000101", "09110400101", "0500000US44007", "1.0", "+41", "nan", "inf", "\u0661\u0662", "\ufeff", "\x00", '"', "\\", "=1+1",
)  # fmt: skip
Target = Callable[[bytes], object]


def values() -> Target:
    """Cells as numbers, flags, dates, points, counts, codes and ZIP codes."""
    import pandas as pd

    from geodata.geography import geoids, zips
    from geodata.geography.written_coordinates import read_coordinates
    from geodata.sources.formats import values as cells

    def read(data: bytes) -> None:
        text = pd.Series(data.decode("utf-8", "replace").split("\n")[:500], dtype="str")
        cells.numbers(text, codes=cells.SVI_CODES, least=0, most=1, file="f", column="c", notes=[])
        cells.flags(text), cells.dates(text), cells.counts(text)
        states = pd.Series("RI", index=text.index, dtype="str")
        points = read_coordinates(text, text[::-1].reset_index(drop=True), states, states)
        assert points["latitude"].isna().equals(points["longitude"].isna())
        cleaned = geoids.clean_geoids(text)
        geoids.ct_scheme_column(cleaned)
        zips.state_of_zips(zips.clean_zips(text))

    return read


def delimited() -> Target:
    """Bytes as a table of text, up to the columns of its rows."""
    from geodata.sources.formats import text_tables as reading
    from geodata.sources.formats.text_stream import TextStream

    columns = reading.wanted("geoid", "value", required=False)

    def read(data: bytes) -> None:
        stream = TextStream(io.BytesIO(data))
        reading._refuse_other_kinds(stream.head[:400], stream.magic, "x.csv")
        text, delimiter = reading.delimited(stream.head)
        found, body = reading._split_header(text, delimiter, "x.csv")
        chosen, _ = reading.choose_columns(found, columns, "x.csv")
        stream.skip(len(stream.head) - len(body))
        arrow, bad = reading._read_body(stream, len(found), sorted(chosen.values()), delimiter, "x.csv")
        for place in chosen.values():
            assert len(reading._trimmed(arrow.column(str(place)))) == arrow.num_rows
        assert all(place >= 0 for place, _ in bad)

    return read


def sites() -> Target:
    """Rows of a list of planned sites: state, status, identity, place, units, dates."""
    import pandas as pd

    from geodata.settings import load_settings
    from geodata.sources import planned_sites as lists
    from geodata.sources.formats import text_tables as reading
    from geodata.sources.places_of_rows import with_points

    opportunity = load_settings(None, {}).opportunity
    names = [column.name for column in (*lists.columns_of(opportunity.kinds), lists._GEOCODED)]

    def read(data: bytes) -> None:
        rows = [line.split("|") for line in data.decode("utf-8", "replace").split("\n")[:300]]
        frame = pd.DataFrame(
            {name: pd.array([row[i] or None if i < len(row) else None for row in rows], dtype="str")
             for i, name in enumerate(names)}
        )  # fmt: skip
        frame = frame.assign(usps="RI", identifier=lists._identifiers(frame.assign(usps="RI")))
        log = reading.RejectLog("planned_sites", "sites.csv")
        text = reading.Text(frame, "sites.csv", len(frame), log, tuple(names))
        frame = with_points(text, frame.assign(known_status=lists._status(frame)), states=frame["usps"])
        assert len(frame) + len(log.table()) == len(rows)
        found = lists._sites(frame, opportunity, [])
        assert len(found) == len(frame)
        assert found["latitude"].isna().equals(found["longitude"].isna())

    return read


def survey() -> Target:
    """Rows of a survey table: their codes, and a measure with its margin."""
    import pandas as pd

    from geodata.sources import acs
    from geodata.sources.formats import text_tables as reading

    recipes = [(name, recipe) for name, choice in acs.RECIPES.items() for recipe in choice]
    recipes = [(name, recipe) for name, recipe in recipes if len(recipe.variables) <= 6]

    def read(data: bytes) -> None:
        name, recipe = recipes[data[0] % len(recipes)] if data else recipes[0]
        rows = [line.split("|") for line in data[1:].decode("utf-8", "replace").split("\n")[:300]]
        names = ["geoid", "state", "county", "tract", *(f"{v}{kind}" for v in recipe.variables for kind in "EM")]
        frame = pd.DataFrame(
            {column: pd.array([row[i] or None if i < len(row) else None for row in rows], dtype="str")
             for i, column in enumerate(names)}
        )  # fmt: skip
        text = reading.Text(frame, "acs.csv", len(frame), reading.RejectLog("acs", "acs.csv"), tuple(names))
        tracts = acs._with_geoids(text)
        assert len(tracts) + len(text.log.table()) <= len(frame)
        found = acs._measure(text, tracts, name, recipe)
        if "share" in found:
            share = pd.Series(found["share"]).dropna()
            assert share.between(0, 1).all()

    return read


def archives() -> Target:
    """Bytes as a zip archive with a table in it."""
    from geodata.sources.formats import archives as reader

    place = Path(tempfile.mkdtemp(dir="/dev/shm")) / "x.zip"

    def read(data: bytes) -> None:
        place.write_bytes(data)
        reader.read_member(place, "*.csv", most_bytes=10**7)

    return read


def names() -> Target:
    """File names, headers of answers, first bytes of answers."""
    from geodata.fetching import folder
    from geodata.fetching.client import content, redaction, resume

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        folder.vintage_in(text), folder.list_of(text), folder._called(text, "svi_*.csv")
        content.filename_of({"Content-Disposition": text}, "https://x/" + text)
        content.message_in(data)
        resume.span_of({"Content-Range": text})
        assert "\n" not in redaction.printable(text)
        content.check_head(data[:4096], "csv", "text/html", "x")

    return read


TARGETS = {target.__name__: target for target in (values, delimited, sites, survey, archives, names)}


def main() -> None:
    """Fuzz the target named first; what follows is for libFuzzer."""
    import atheris

    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=WATCHED):
        for watched in WATCHED:
            import_module(watched)
    from geodata.errors import OnrampError

    read = TARGETS[name]()

    def one(data: bytes) -> None:
        try:
            read(data)
        except OnrampError as problem:
            assert str(problem).strip()

    scratch = Path(tempfile.mkdtemp())
    (scratch / "first").mkdir()
    for number, word in enumerate(WORDS):
        line = "|".join([word, *WORDS][: len(WORDS)])
        (scratch / "first" / str(number)).write_text("\n".join([word, line, *WORDS]), encoding="utf-8")
    shown = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in WORDS)
    (scratch / "words").write_text("".join(f'"{word}"\n' for word in shown), encoding="ascii")
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_MORE, used + MEMORY_MORE))
    given = [f"-dict={scratch / 'words'}", "-max_len=16384", "-len_control=0", "-timeout=20", str(scratch / "first")]
    atheris.Setup([*sys.argv, *given], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
