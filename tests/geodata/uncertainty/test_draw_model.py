"""What a model of draws must be, and its travel factors."""

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.uncertainty.draw_model import travel_factors
from geodata.uncertainty.draws import simulate_ranks
from tests.geodata.uncertainty.models import model


def test_inputs_that_cannot_be_are_refused():
    for changes, message in (
        ({"measures_se": np.full((40, 3), np.nan)}, "standard error"),
        ({"measures": np.full((40, 3), 1.5)}, "outside the range"),
        ({"training": np.full((40, 3), np.nan)}, "training"),
        ({"definition_weights": [0.0, 0.0, 0.0]}, "above 0"),
        ({"travel_nodes": [1.0, 0.9, 1.1]}, "must rise"),
        ({"job_years": [[2, 1, 3], [1, 1, 1]]}, "must rise"),
        ({"tie_order": np.arange(3)}, "shape"),
        ({"quantiles": (0.5, 0.05, 0.95)}, "quantiles"),
        ({"community_weight": None}, "weight"),
        ({"key": np.ones(40, int)}, "one key"),
    ):
        with pytest.raises(InputError, match=message):
            model(**changes)
    with pytest.raises(InputError, match="no index"):
        model(measures=np.full((40, 3), np.nan), definitions=np.full((40, 2), np.nan))
    with pytest.raises(InputError, match="draw"):
        simulate_ranks(model(), 0)
    with pytest.raises(InputError, match="different lists"):
        simulate_ranks(model(community=np.zeros(40, int)), 2)


def test_travel_factors_hold_the_center_and_the_ends():
    nodes = travel_factors((0.9, 1.0, 1.1), (0.85, 1.0, 1.15))
    assert nodes[0] == pytest.approx(0.9 / 1.15)
    assert nodes[-1] == pytest.approx(1.1 / 0.85)
    assert 1.0 in nodes
    assert travel_factors((1, 1, 1), (1, 1, 1)).tolist() == [1.0]
