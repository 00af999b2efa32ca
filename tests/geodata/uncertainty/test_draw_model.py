"""What a model of draws must be."""

import numpy as np
import pytest

from geodata.errors import InputError
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
