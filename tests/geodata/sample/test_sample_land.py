"""The drawing of the fictional land: borders shared exactly, counties nested, people where they should be."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata.sample.boundary_files import county_layer, place_layer, state_layer, tract_layer
from geodata.sample.invented_names import STATES
from geodata.sample.land import Land, build_land
from geodata.sample.settlement import gather
from geodata.sample.survey_figures import percentile, proportion_margin, survey
from geodata.sample.terrain import sample_terrain
from geodata.sample.tracts_of_2010 import neighbors
from geodata.states import find_state


@pytest.fixture(scope="module")
def land() -> Land:
    return build_land(sample_terrain(220, seed=7))


def test_tracts_of_both_states_form_one_valid_coverage(land):
    shapes = land.tracts.geometry.values
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert set(shapely.get_type_id(shapes[land.tracts["kind"] != "water"])) == {3}


def test_coverage_check_would_notice_a_moved_vertex(land):
    shapes = land.tracts.geometry.values.copy()
    pairs = neighbors(land)
    left, right = shapes[pairs["left"][0]], shapes[pairs["right"][0]]
    shared = shapely.get_coordinates(shapely.intersection(left, right))[1]
    spots = shapely.get_coordinates(left)
    spots[(spots == shared).all(axis=1)] += 0.001
    shapes[pairs["left"][0]] = shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(left)), spots)
    assert not shapely.coverage_is_valid(shapes)


def test_counties_and_states_are_exact_unions_of_tracts(land):
    counties = county_layer(land)
    tracts = land.tracts[land.tracts["kind"] != "water"]
    assert shapely.coverage_is_valid(counties.geometry.values)
    for county in counties.itertuples():
        members = tracts[tracts["geoid"].str[:5] == county.GEOID]
        assert shapely.symmetric_difference(county.geometry, shapely.union_all(members.geometry.values)).area < 1e-12
    states = state_layer(land, counties)
    assert states["ALAND"].sum() == counties["ALAND"].sum() == land.tracts["land_m2"].sum()
    assert len(counties) == 15
    assert counties["NAME"].is_unique


def test_areas_are_those_of_an_equal_area_projection(land):
    plane = land.tracts.to_crs("EPSG:5070").area
    published = land.tracts["land_m2"] + land.tracts["water_m2"]
    assert np.allclose(plane, published, rtol=2e-4, atol=200)


def test_water_tracts_are_lakes_and_absent_from_the_cartographic_file(land):
    water = land.tracts[land.tracts["kind"] == "water"]
    assert len(water) >= 2
    assert (water["geoid"].str[5:] == "990000").all()
    assert (water["land_m2"] == 0).all()
    assert not set(water["geoid"]) & set(tract_layer(land, 0)["GEOID"])


def test_people_stand_in_their_tract(land):
    shapes = land.tracts.geometry.values[land.people["tract"]]
    spots = shapely.points(land.people["longitude"], land.people["latitude"])
    assert shapely.distance(shapes, spots).max() < 0.003
    assert shapely.intersects(shapes, spots).mean() > 0.98
    total = land.people.groupby("tract")["residents"].sum().round()
    assert (land.tracts["population"].loc[total.index] == total).all()


def test_place_has_dense_cities_and_wide_country(land):
    home = land.tracts[(land.tracts["state"] == 0) & (land.tracts["kind"] == "people")]
    density = home["population"] / home["land_m2"] * 1e6
    assert density.quantile(0.9) > 800
    assert density.quantile(0.1) < 5
    assert home["population"].between(300, 16_000).all()
    assert {"park", "barracks", "people", "water"} == set(land.tracts["kind"])


def test_need_is_alike_next_door(land):
    pairs = neighbors(land)
    need = land.fields["need"].to_numpy()
    need = (need - need.mean()) / need.std()
    assert np.mean(need[pairs["left"]] * need[pairs["right"]]) > 0.4  # Moran's I with equal weights


def test_neighbors_are_those_that_share_a_border(land):
    shapes = land.tracts.geometry.values
    left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
    shared = shapely.length(shapely.intersection(shapes[left], shapes[right])) > 0
    expected = {(a, b) for a, b in zip(left[shared], right[shared], strict=True) if a < b}
    assert set(neighbors(land).itertuples(index=False, name=None)) == expected


def test_places_lie_in_their_state_and_do_not_overlap(land):
    places = place_layer(land, 0)
    assert {"Calder City", "Aster Bay"} <= set(places["NAME"])
    outline = shapely.union_all(tract_layer(land, 0).geometry.values).buffer(1e-6)
    assert shapely.within(places.geometry.values, outline).all()
    shapes = places.geometry.to_numpy()
    overlap = shapely.area(shapes).sum() - shapely.union_all(shapes).area
    assert overlap < 0.02 * shapely.area(shapes).sum()


def test_neighbor_can_be_left_out():
    alone = build_land(sample_terrain(200, seed=3, neighbor=False))
    assert set(alone.tracts["geoid"].str[:2]) == {"97"}
    assert len(alone.counties) == 12


def test_narrow_shore_does_not_tangle():
    # In this seed a border runs a hand's breadth beside the lake shore.
    assert shapely.is_valid(build_land(sample_terrain(150, seed=15)).tracts.geometry.values).all()


def test_registry_knows_every_fictional_state():
    for usps, fips, name in STATES:
        state = find_state(fips)
        assert (state.usps, state.name, state.fictional) == (usps, name, True)


@given(
    points=hnp.arrays(float, st.tuples(st.integers(6, 60), st.just(2)), elements=st.floats(-50, 50)),
    centers=st.integers(1, 6),
)
@settings(max_examples=60, deadline=None)
def test_gather_leaves_every_point_with_its_nearest_seed(points, centers):
    seeds, nearest = gather(points, centers, np.random.default_rng(1))
    away = np.hypot(*(points[:, None, :] - seeds[None, :, :]).transpose(2, 0, 1))
    assert np.allclose(away[np.arange(len(points)), nearest], away.min(axis=1))


@given(hnp.arrays(float, st.integers(2, 40), elements=st.floats(0, 9).map(round)))
def test_percentile_is_share_of_others_below(values):
    expected = [(values < value).sum() / (len(values) - 1) for value in values]
    assert np.allclose(percentile(values), expected, atol=5e-5)


def test_percentile_leaves_the_unknown_out():
    assert np.allclose(percentile(np.array([3.0, np.nan, 1.0, 2.0])), [1, np.nan, 0, 0.5], equal_nan=True)


def test_margin_of_a_share_by_hand():
    # 100 of 400, margins 30 and 40: sqrt(900 - 0.0625 * 1600) / 400 = 7.0711 %
    part, whole = np.array([100.0]), np.array([400.0])
    assert proportion_margin(part, whole, np.array([30.0]), np.array([40.0]))[0] == pytest.approx(7.0711, abs=1e-4)
    # where the root would be negative the ratio's formula adds: sqrt(25 + 100) / 400
    assert proportion_margin(part, whole, np.array([5.0]), np.array([40.0]))[0] == pytest.approx(2.7951, abs=1e-4)


def test_survey_parts_never_exceed_their_whole(land):
    counts = survey(land.tracts, land.fields, land.terrain.seed)
    for part in ("POV150", "AGE65", "AGE17", "DISABL", "LIMENG", "MINRTY", "GROUPQ"):
        assert (counts[f"E_{part}"] <= counts["E_TOTPOP"]).all()
    for part in ("NOVEH", "SNGPNT", "HBURD", "CROWD", "NOINT"):
        assert (counts[f"E_{part}"] <= counts["E_HH"]).all()
    races = [f"E_{r}" for r in ("AFAM", "HISP", "ASIAN", "AIAN", "NHPI", "TWOMORE", "OTHERRACE")]
    assert (counts[races].sum(axis=1) == counts["E_MINRTY"]).all()


def test_margins_are_as_wide_as_real_ones(land):
    counts = survey(land.tracts, land.fields, land.terrain.seed)
    small = counts[counts["E_UNEMP"].between(20, 150)]
    variation = small["M_UNEMP"] / 1.645 / small["E_UNEMP"]
    assert 0.3 < variation.median() < 0.7
    zero = counts.loc[counts["E_MOBILE"] == 0, "M_MOBILE"]
    assert len(zero) > 3
    assert set(zero) <= {14, 20}
