"""A state's tables in the order pages read them; the same in every language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geodata.communities.community_table import means_by_community
from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.settings import Uncertainty
from maps.cartography.locator import Locator
from maps.wording.hub_choice import recommended_hubs
from maps.wording.rows import Row, records


@dataclass
class StateView:
    """A state's tables as pages read them; the same in every language."""

    result: StateResult

    @cached_property
    def scores(self) -> pd.DataFrame:
        """All tracts, ranked ones first."""
        return self.result.table("tract_scores").sort_values([col.RANK, col.GEOID], na_position="last")

    @cached_property
    def communities(self) -> pd.DataFrame:
        """The communities in order of rank."""
        return self.result.table("communities").sort_values([col.RANK, col.COMMUNITY_ID]).reset_index(drop=True)

    @cached_property
    def community_index(self) -> dict[str, Row]:
        """Each community's row by its id."""
        return {row[col.COMMUNITY_ID]: row for row in records(self.communities)}

    @cached_property
    def tracts_of(self) -> dict[str, pd.DataFrame]:
        """The tracts of each community, by rank."""
        members = self.result.table("community_tracts")[[col.COMMUNITY_ID, col.GEOID]]
        joined = self.scores.drop(columns=col.COMMUNITY_ID).merge(members, on=col.GEOID, how="inner")
        return {str(ident): group for ident, group in joined.groupby(col.COMMUNITY_ID)}

    @cached_property
    def points_of(self) -> dict[str, tuple[float, float, float]]:
        """The mean points (need, training gap, work) of each community's tracts, weighted by eligible adults."""
        names = [col.POINTS_NEED, col.POINTS_TRAINING_GAP, col.POINTS_OPPORTUNITY]
        # A pillar that is missing adds no points.
        grouped = self.scores[self.scores[col.COMMUNITY_ID].notna()].fillna(dict.fromkeys(names, 0.0))
        means = [means_by_community(grouped, name, col.ELIGIBLE_ADULTS) for name in names]
        return {str(ident): (need, gap, work) for ident, need, gap, work in zip(means[0].index, *means, strict=True)}

    def points(self, ident: str) -> tuple[float, float, float]:
        """Return the mean points of a community's tracts; zeros where it has none."""
        return self.points_of.get(ident, (0.0, 0.0, 0.0))

    @cached_property
    def drawn(self) -> pd.Series:
        """Whether each tract has a boundary."""
        return self.scores[col.HAS_POLYGON].fillna(False).astype(bool)

    @cached_property
    def barriers_of(self) -> dict[str, pd.DataFrame]:
        """The barriers of each community, by its id."""
        table = self.result.table("barriers")
        table = table[table[col.UNIT_KIND] == "community"]
        return {str(ident): group for ident, group in table.groupby(col.UNIT_ID)}

    @cached_property
    def quarters_of(self) -> dict[tuple[str, str], pd.DataFrame]:
        """Planned work by quarter, by kind and id of the unit."""
        table = self.result.table("work_by_quarter")
        table = table[table[col.UNIT_KIND] != "tract"]
        return {
            (str(kind), str(ident)): group.sort_values(col.QUARTER)
            for (kind, ident), group in table.groupby([col.UNIT_KIND, col.UNIT_ID])
        }

    @cached_property
    def hubs(self) -> pd.DataFrame:
        """The recommended hubs in order."""
        return recommended_hubs(self.result)

    @property
    def hub_minutes(self) -> float:
        """Travel within which a hub reaches people."""
        return self.result.settings.hubs.cover_minutes

    @cached_property
    def rollups(self) -> pd.DataFrame:
        """Counties and other areas in order of rank."""
        return self.result.table("rollups").sort_values([col.AREA_KIND, col.RANK, col.AREA_ID])

    @cached_property
    def locator(self) -> Locator:
        """The drawer of still maps."""
        return Locator(self.result)

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """The settings of the uncertainty analysis."""
        return self.result.settings.uncertainty


def available_definitions(result: StateResult) -> list[str]:
    """Return the definitions of disadvantage that have a value for any tract of the state, sorted."""
    parts = result.table("need_parts")
    return sorted(set(parts.loc[parts[col.PERCENTILE].notna(), col.DEFINITION]))
