"""EJScreen."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse_text


def test_ejscreen(tmp_path: Path) -> None:
    content = "﻿ID,STATE_NAME,DEMOGIDX_2,DEMOGIDX_5\n44001030100,RI,0.3,0.21\n1001020100,AL,0.4,None\n6601000,GU,,\n"
    parsed = parse_text("ejscreen", tmp_path, "EJScreen_2024_Tract.csv", content)
    assert parsed.table["geoid"].tolist() == ["44001030100", "01001020100"]
    assert parsed.table["value"].tolist()[0] == 0.21
    assert pd.isna(parsed.table["value"].tolist()[1])
    assert parsed.table["archived"].all()
    assert parsed.out_of_scope == {"island area without tract code": 1}
    with pytest.raises(InputError, match="percentiles within states"):
        parse_text("ejscreen", tmp_path, "EJScreen_2024_Tract_StatePct.csv", content)


def test_an_index_in_percent_is_made_a_share(tmp_path: Path) -> None:
    head = "ID,DEMOGIDX_2\n"
    rows = "".join(f"4400103010{i},{10 * i}.5\n" for i in range(1, 8))
    percent = parse_text("ejscreen", tmp_path, "EJScreen_2023_Tract.csv", head + rows)
    assert percent.table["value"].tolist() == pytest.approx([i / 10 + 0.005 for i in range(1, 8)])
    assert "written in percent" in percent.notes[0]
    shares = "".join(f"4400103020{i},0.{i}\n" for i in range(1, 9)) + "44001030190,37\n"
    odd = parse_text("ejscreen", tmp_path, "EJScreen_2023_Tract.csv", head + shares)
    assert odd.table.set_index("geoid")["value"].isna().to_dict()["44001030190"]
    assert "(such as “37”)" in odd.notes[0]
