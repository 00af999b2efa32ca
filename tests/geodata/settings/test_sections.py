"""The rules that hold between settings of one section."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from geodata.settings import Opportunity, Priority, Settings, Uncertainty


def test_every_setting_says_what_it_is() -> None:
    for name, section in Settings.model_fields.items():
        fields = getattr(section.annotation, "model_fields", {})
        assert section.description or fields, name
        for inner, field in fields.items():
            assert field.description, f"{name}.{inner}"


def test_kinds_of_units_are_those_with_a_rate() -> None:
    assert Opportunity().kinds == ("level1", "level2", "dc_fast")
    rates = {"heat_pump": {"low": 0, "mid": 1, "high": 2}}
    with pytest.raises(ValidationError, match="kind_above_kw names the kind “dc_fast”"):
        Opportunity(job_years_per_unit=rates)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="default_units names the kind “dc_fast”"):
        Opportunity(job_years_per_unit=rates, default_units={"dc_fast": 4})  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="at least one kind"):
        Opportunity(job_years_per_unit={})
    with pytest.raises(ValidationError, match="small letters, digits and _"):
        Opportunity(job_years_per_unit={"Heat Pump": rates["heat_pump"]})  # type: ignore[dict-item]


def test_tiers_fall_and_pillars_are_three() -> None:
    assert Uncertainty(tier_a=0.5, tier_b=0.5, tier_c=0.5).tier_a == 0.5
    with pytest.raises(ValidationError, match="must fall"):
        Uncertainty(tier_a=0.5, tier_b=0.6)
    with pytest.raises(ValidationError, match="need, training_gap and opportunity"):
        Priority(weights={"need": 1.0})
    with pytest.raises(ValidationError, match="at least one pillar needs a weight above zero"):
        Priority(weights={"need": 0.0, "training_gap": 0.0, "opportunity": 0.0})
