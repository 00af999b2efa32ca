"""What a model of draws must be."""

from dataclasses import fields

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.settings import Settings
from geodata.uncertainty.draw_model import DrawModel
from geodata.uncertainty.draws import simulate_ranks
from tests.geodata.uncertainty.models import access, model


def test_inputs_that_cannot_be_are_refused():
    known = access()
    falling = known.sites._replace(job_years=np.array([[2, 1, 3], [1, 1, 1], [0, 0, 0]], dtype=float))
    still = known.travel._replace(triangles=np.array([(1, 1, 1), (0, 1, 1)], dtype=float))
    for changes, message in (
        ({"measures_se": np.full((40, 4), np.nan)}, "standard error"),
        ({"measures": np.full((40, 4), 1.5)}, "outside the range"),
        ({"definition_weights": [0.0, 0.0, 0.0]}, "above 0"),
        ({"pillar_weights": (0.0, 0.0, 0.0)}, "above 0"),
        ({"access": known._replace(sites=falling)}, "must rise"),
        ({"access": known._replace(travel=still)}, "speed"),
        ({"tie_order": np.arange(3)}, "shape"),
        ({"quantiles": (0.5, 0.05, 0.95)}, "quantiles"),
        ({"key": np.ones(40, int)}, "one key"),
        ({"reference": np.full(40, -1)}, "cannot be ranked"),
    ):
        with pytest.raises(InputError, match=message):
            model(**changes)
    with pytest.raises(InputError, match="no index"):
        model(measures=np.full((40, 4), np.nan), definitions=np.full((40, 2), np.nan))
    with pytest.raises(InputError, match="draw"):
        simulate_ranks(model(), 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measures_se": np.full((40, 4), -0.1)}, "standard error"),
        ({"measures_se": np.full((40, 4), np.inf)}, "standard error"),
        ({"measures": np.full((40, 4), -0.1)}, "outside the range"),
        ({"measures_range": [[0, 1]] * 3 + [[1, 1]]}, "outside the range"),
        ({"definition_weights": [1.0, -0.1, 1.0]}, "must not be negative"),
        ({"pillar_weights": (1.0, -0.1, 0.5)}, "must not be negative"),
        ({"quantiles": (0.0, 0.5, 0.95)}, "quantiles"),
        ({"quantiles": (0.05, 0.5, 1.1)}, "quantiles"),
        ({"reference": np.where(np.arange(40) == 3, -1, 0)}, "cannot be ranked"),
        ({"key": np.maximum(np.arange(40), 1)}, "one key"),
        (
            {"definitions": np.full((40, 2), np.nan), "in_composite": [False] * 4, "definition_weights": [1, 1]},
            "no index",
        ),
    ],
)
def test_each_rule_of_a_model_is_held_alone(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        model(**changes)


@pytest.mark.parametrize("triangle", [(-0.1, 1.0, 1.0), (1.1, 1.0, 2.0), (0.5, 1.1, 1.0), (1.0, 1.0, np.inf)])
def test_factors_and_rates_must_rise_from_zero(triangle: tuple[float, float, float]) -> None:
    known = access()
    travel = known.travel._replace(triangles=np.array([triangle, (1, 1, 1)]))
    rates = known.sites._replace(job_years=np.array([triangle, (1, 1, 1), (0, 0, 0)]))
    for changed in (known._replace(travel=travel), known._replace(sites=rates)):
        with pytest.raises(InputError, match="must rise"):
            model(access=changed)


def test_the_bounds_of_every_rule_are_allowed() -> None:
    left_out = np.where(np.arange(40) == 3, -1, 0)
    key = np.arange(40)
    key[3] = 2
    made = model(reference=left_out, scope=left_out, key=key, measures=np.zeros((40, 4)), quantiles=(0.5, 0.5, 1.0))
    assert len(made) == 40 and made.reference.dtype == np.int32
    made = model(measures=np.ones((40, 4)), pillar_weights=(0.0, 0.0, 1.0), definition_weights=[0.0, 0.0, 1.0])
    assert made.measures_se.shape == (40, 4)
    known = access()
    zero = known._replace(
        travel=known.travel._replace(triangles=np.array([(0, 0, 0), (0.1, 0.1, 0.1)])),
        sites=known.sites._replace(job_years=np.zeros((3, 3))),
    )
    assert model(access=zero).access is zero


def test_the_rest_of_the_draws_says_what_the_first_half_did_not() -> None:
    drawn = simulate_ranks(model(), 9, 3)
    listed = drawn.listed
    rest = drawn.p_of_rest()[listed] * 5
    # Four draws are the first half, five the rest: whole numbers of each, that add up.
    assert rest == pytest.approx(np.rint(rest), abs=1e-9)
    assert drawn.first_half[listed] * 4 + rest == pytest.approx(drawn.tracts.p_top_share[listed] * 9)
    rows = int(listed.max()) + 1
    assert drawn.of_first(rows).p_gated.tolist() == drawn.p_gated[:rows].tolist()
    with pytest.raises(InputError, match="left out"):
        drawn.of_first(rows - 1)


def test_what_a_model_does_not_say_is_what_the_settings_say() -> None:
    chances, priority = Settings().uncertainty, Settings().priority
    made = {field.name: field.default for field in fields(DrawModel)}
    assert made["pillar_weights"] == tuple(priority.weights[name] for name in ("need", "training_gap", "opportunity"))
    assert (made["gate_need"], made["top_share"], made["top_count"]) == (
        priority.gate_need, chances.top_share, chances.top_count,
    )  # fmt: skip
    # Draws with expected supply are made where they are asked for.
    assert len(simulate_ranks(model(), 3).with_expected) == 0
    assert len(simulate_ranks(model(), 3, 20, 2).with_expected) == 2
    assert len(simulate_ranks(model(), 3, 20, 9).with_expected) == 3
