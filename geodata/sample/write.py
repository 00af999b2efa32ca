"""Writing the whole sample folder: every file a real state would have, in its publisher's format."""

from __future__ import annotations

from pathlib import Path

from geodata.sample.award_list import write_awards
from geodata.sample.boundary_files import write_boundaries
from geodata.sample.campus_files import write_campuses
from geodata.sample.cejst_file import cejst_table
from geodata.sample.college_files import write_colleges
from geodata.sample.file_writing import write_csv
from geodata.sample.land import build_land
from geodata.sample.raster_files import write_rasters
from geodata.sample.sample_work import SampleWork
from geodata.sample.station_file import write_stations
from geodata.sample.survey_table import age_by_income
from geodata.sample.svi_file import svi_table
from geodata.sample.terrain import sample_terrain
from geodata.sample.tracts_of_2010 import neighbors, old_tracts, relationship_table
from geodata.sample.training_files import write_providers
from geodata.storage.files import folder_written_aside

README = Path(__file__).with_name("readme.txt")


def write_sample(
    folder: Path, *, tracts: int = 400, seed: int = 20, neighbor: bool = True, work: SampleWork | None = None
) -> Path:
    """Write the fictional state XL (FIPS 97), and a strip of its neighbor XS (98), into `folder`.

    `tracts` is the number of tracts of XL, about; `work` what its colleges teach and its office plans, by default
    EV charging. The same arguments always give the same bytes. The folder is replaced as a whole. Returns its path.
    """
    folder, work = Path(folder), work or SampleWork()
    land = build_land(sample_terrain(tracts, seed, neighbor))
    with folder_written_aside(folder) as aside:
        canonical = write_boundaries(land, aside)
        pairs = neighbors(land)
        parts = old_tracts(land, pairs)
        write_csv(aside / "tab20_tract20_tract10_natl.txt", relationship_table(land, parts), bom=True, sep="|")
        index = svi_table(land)
        write_csv(aside / "SVI_2022_US.csv", index, bom=True)
        ages = age_by_income(index, land.terrain.seed)
        for state in land.terrain.states:
            own = ages[ages["GEOID"].str.startswith(state.fips)]
            write_csv(aside / f"acs5_2022_{state.fips}.csv", own)
        write_csv(aside / "2.0-communities.csv", cejst_table(land, parts, pairs))
        stations = write_stations(land, aside)
        write_awards(land, aside, stations, work)
        schools = write_colleges(land, aside, work)
        write_campuses(land, aside, schools)
        write_providers(land, aside, schools, work)
        write_rasters(land, aside, canonical)
        latitude, longitude = land.terrain.center
        text = README.read_text(encoding="utf-8").format(
            seed=land.terrain.seed,
            states=", ".join(f"{s.usps} {s.name}" for s in land.terrain.states),
            latitude=latitude,
            longitude=longitude,
        )
        (aside / "README.txt").write_text(text, encoding="utf-8")
    return folder
