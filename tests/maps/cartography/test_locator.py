"""The still maps of places, where published polygons do not meet as they should."""

import numpy as np
import shapely

from maps.cartography.locator import joined


def test_tracts_that_overlap_are_drawn_as_one_area_all_the_same():
    left, right = shapely.box(0, 0, 2, 2), shapely.Polygon([(2, 0), (2, 2), (1, 1)])
    assert joined(np.array([left, right], dtype=object)).equals(left)
    assert joined(np.array([left, shapely.box(2, 0, 4, 2)], dtype=object)).equals(shapely.box(0, 0, 4, 2))
