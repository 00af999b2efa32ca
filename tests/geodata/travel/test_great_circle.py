import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InputError, SettingsError
from geodata.geography.coordinates import Points
from geodata.geography.sphere import great_circle_km
from geodata.travel.great_circle import Curve, GreatCircle, constant_speed
from geodata.travel.minutes import TravelEngine

PLAIN = GreatCircle.at_constant_speed(
    detour_factor=1.0, speed_kmh_urban=60.0, speed_kmh_rural=120.0
)  # a km a minute, or two

CURVED = GreatCircle(urban=Curve(2.0, 0.5, 4.0), rural=Curve(0.0, 0.5, 2.0))
PARTS = st.floats(0.0, 20.0)


def test_a_degree_of_the_equator_is_111_km_and_of_a_meridian_the_same():
    one, other = Points([0.0, 0.0], [0.0, 20.0]), Points([0.0, 1.0], [1.0, 20.0])
    np.testing.assert_allclose(great_circle_km(one, other), 6371.0088 * np.pi / 180, rtol=1e-12)


def test_known_distance():
    # Chicago O'Hare to Boston Logan: about 1,395 km on the sphere.
    km = great_circle_km(Points([41.9786], [-87.9048]), Points([42.3643], [-71.0052]))
    assert km[0] == pytest.approx(1395, abs=5)


def test_minutes_follow_detour_speed_and_area_type():
    origins = Points([0.0, 0.0], [0.0, 0.0], [False, True])
    engine = GreatCircle.at_constant_speed(1.5, 30.0, 90.0)
    found = engine.minutes(origins, Points([0.0], [0.1]), 60.0)
    km = 6371.0088 * np.radians(0.1)
    np.testing.assert_allclose(found.minutes, [km * 1.5 / 30 * 60, km * 1.5 / 90 * 60], rtol=1e-9)
    assert (found.engine, found.data_date) == ("great_circle", None)
    assert isinstance(engine, TravelEngine)


def test_across_the_date_line_and_the_pole():
    engine = PLAIN
    across = engine.minutes(Points([52.0], [179.95]), Points([52.0], [-179.95]), 30.0)
    np.testing.assert_allclose(across.minutes, great_circle_km(Points([52.0], [0.0]), Points([52.0], [0.1])), rtol=1e-6)
    over = engine.minutes(Points([89.95], [0.0]), Points([89.95], [180.0]), 30.0)
    np.testing.assert_allclose(over.minutes, 6371.0088 * np.radians(0.1), rtol=1e-6)


def test_the_edge_of_a_catchment_belongs_to_it():
    degree = 6371.0088 * np.pi / 180
    found = PLAIN.minutes(Points([0.0], [0.0]), Points([0.0, 0.0], [1.0, 1.0001]), degree * (1 + 1e-13))
    assert found.destination.tolist() == [0]
    assert found.minutes[0] <= degree * (1 + 1e-13)


@pytest.mark.parametrize("engine", [PLAIN, CURVED], ids=["constant speed", "curves"])
@given(seed=st.integers(0, 10_000), n=st.integers(0, 40), m=st.integers(0, 20), many_reaches=st.booleans())
def test_finds_exactly_the_pairs_within(engine, seed, n, m, many_reaches):
    rng = np.random.default_rng(seed)
    origins = Points(rng.uniform(40, 41, n), rng.uniform(-1, 1, n), rng.random(n) < 0.5)
    destinations = Points(rng.uniform(40, 41, m), rng.uniform(-1, 1, m))
    limit = rng.uniform(1, 60, n) if many_reaches else np.where(origins.is_rural, 60.0, 30.0)
    found = engine.minutes(origins, destinations, limit)
    rows, columns = np.divmod(np.arange(n * m), max(m, 1))
    km = great_circle_km(origins.take(rows), destinations.take(columns))
    every = np.where(origins.is_rural[rows], engine.rural.minutes(km), engine.urban.minutes(km))
    within = every <= limit[rows]
    np.testing.assert_array_equal(found.origin, rows[within])
    np.testing.assert_array_equal(found.destination, columns[within])
    np.testing.assert_allclose(found.minutes, every[within], rtol=1e-9, atol=1e-7)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(SettingsError, match="detour"):
        GreatCircle.at_constant_speed(0.9, 40.0, 60.0)
    with pytest.raises(InputError, match="catchment"):
        PLAIN.minutes(Points([0.0], [0.0]), Points([0.0], [0.0]), -1.0)


def test_points_without_a_place_are_refused_and_longitudes_wrapped():
    with pytest.raises(InputError, match=r"row 1.*latitude"):
        Points([10.0, np.nan], [0.0, 0.0])
    with pytest.raises(InputError, match=r"row 0.*longitude"):
        Points([10.0], [np.inf])
    np.testing.assert_allclose(Points([0.0, 0.0], [190.0, -360.0]).longitude, [-170.0, 0.0])


def test_zero_minutes_are_kept_as_pairs():
    same = PLAIN.minutes(Points([10.0], [10.0]), Points([10.0], [10.0]), 30.0)
    assert same.minutes.tolist() == [0.0]


def test_a_curve_worked_by_hand_and_its_way_back():
    curve = Curve(2.0, 0.5, 4.0)
    np.testing.assert_allclose(curve.minutes([0.0, 1.0, 4.0, 100.0]), [2.0, 6.5, 12.0, 92.0])
    np.testing.assert_allclose(curve.km([2.0, 6.5, 12.0, 92.0]), [0.0, 1.0, 4.0, 100.0])
    assert curve.km(1.9) < 0
    np.testing.assert_allclose(constant_speed(1.35, 40.0).minutes([10.0]), [20.25])


@given(PARTS, st.floats(0.01, 20.0), PARTS, st.floats(0.0, 500.0), st.floats(0.0, 100.0))
def test_a_curve_never_falls_and_its_way_back_is_exact(start, per_km, per_root_km, km, more):
    curve = Curve(start, per_km, per_root_km)
    assert curve.minutes(km + more) >= curve.minutes(km)
    # What is added to `start` keeps no more digits than it has.
    np.testing.assert_allclose(curve.km(curve.minutes(km)), km, rtol=1e-9, atol=1e-10 * (1 + start))


@pytest.mark.parametrize("parts", [(-1.0, 1.0, 1.0), (0.0, 0.0, 1.0), (0.0, 1.0, -1.0), (0.0, float("nan"), 0.0)])
def test_a_curve_that_could_fall_is_refused(parts):
    with pytest.raises(SettingsError, match="no part below 0"):
        Curve(*parts)


def test_urban_and_rural_origins_keep_their_own_curve():
    origins = Points([0.0, 0.0], [0.0, 0.0], [False, True])
    km = 6371.0088 * np.radians(0.1)
    found = CURVED.minutes(origins, Points([0.0], [0.1]), 60.0)
    np.testing.assert_allclose(found.minutes, [2 + 0.5 * km + 4 * km**0.5, 0.5 * km + 2 * km**0.5], rtol=1e-9)
    # Two minutes are over before an urban origin starts.
    assert CURVED.minutes(origins, Points([0.0], [0.0]), 1.0).origin.tolist() == [1]
