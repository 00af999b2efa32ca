"""The sample's table of ages and incomes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.sample.write import write_sample


def test_the_table_of_ages_and_incomes_is_of_the_people_of_the_index(tmp_path: Path) -> None:
    folder = write_sample(tmp_path / "xl", tracts=60, neighbor=False)
    index, ages = (
        pd.read_csv(folder / name, dtype={"FIPS": str, "GEOID": str})
        for name in ("SVI_2022_US.csv", "acs5_2022_97.csv")
    )
    both = ages.merge(index, left_on="GEOID", right_on="FIPS", validate="one_to_one")
    assert len(both) == len(ages) == (index["ST"] == 97).sum()
    estimates = both[[f"B17024_{line:03d}E" for line in range(1, 132)]].to_numpy()
    of_ages = estimates[:, 1:].reshape(len(both), 10, 13)
    assert (of_ages[:, :, 0].sum(axis=1) == estimates[:, 0]).all()
    assert (of_ages[:, :, 1:].sum(axis=2) == of_ages[:, :, 0]).all()
    assert (of_ages[:, :, 1:6].sum(axis=(1, 2)) == both["E_POV150"]).all()
    assert (estimates[:, 0] <= both["E_TOTPOP"]).all()
    assert (of_ages[:, :3, 0].sum(axis=1) <= both["E_AGE17"]).all()
    margins = both[[f"B17024_{line:03d}M" for line in range(1, 132)]].to_numpy()
    assert (margins > 0).all()
