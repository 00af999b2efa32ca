"""What a table of the project is: its columns with kind, unit and meaning, and the check every frame passes.

A `Table` lists its columns. `validate` coerces and checks a frame before it is returned to anyone. The coordinate
system of every geometry column is EPSG:4326 (longitude, latitude in degrees). Does not hold any table (see
`geodata.schemas.canonical` and `geodata.schemas.computed`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd

from geodata.errors import OnrampError

if TYPE_CHECKING:
    import pandera.pandas as pa

Kind = Literal["text", "number", "integer", "flag", "date", "geometry"]


DTYPES: dict[str, str] = {
    "text": "str",
    "number": "float64",
    "integer": "Int64",
    "flag": "boolean",
    "date": "datetime64[s]",
    "geometry": "geometry",
}


CRS = "EPSG:4326"


GEOID_PATTERN = r"^\d{11}$"


COUNTY_PATTERN = r"^\d{5}$"


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, unit, meaning and the checks its values must pass.

    A name that ends with `*` stands for all columns that begin so, none or many; they follow in the frame's order.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    nullable: bool = True
    least: float | None = None
    most: float | None = None
    pattern: str | None = None
    one_of: tuple[str, ...] | None = None

    @property
    def family(self) -> bool:
        """True where the column stands for all that begin with its name."""
        return self.name.endswith("*")

    def checks(self) -> list[pa.Check]:
        """Return the pandera checks of this column."""
        import pandera.pandas as pa

        checks = []
        if self.least is not None:
            checks.append(pa.Check.ge(self.least))
        if self.most is not None:
            checks.append(pa.Check.le(self.most))
        if self.pattern is not None:
            checks.append(pa.Check.str_matches(self.pattern))
        if self.one_of is not None:
            checks.append(pa.Check.isin(self.one_of))
        return checks

    def holds(self, values: pd.Series) -> bool:
        """Say whether values pass all `checks` of this column and are of its type."""
        if (
            values.dtype != DTYPES[self.kind]
            or (not self.nullable and values.hasnans)
            or (self.least is not None and (values < self.least).any())
            or (self.most is not None and (values > self.most).any())
        ):
            return False
        if self.pattern is None and self.one_of is None:
            return True
        known = values.dropna()
        return (self.pattern is None or bool(known.str.match(self.pattern).all())) and (
            self.one_of is None or bool(known.isin(self.one_of).all())
        )


@dataclass(frozen=True)
class Table:
    """A canonical table. `key` columns identify a row; `extra` says whether more columns may follow."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    extra: bool = False

    @cached_property
    def schema(self) -> pa.DataFrameSchema:
        """The pandera schema of every column but geometry, which geopandas checks itself."""
        import pandera.pandas as pa

        columns: dict[str, Any] = {
            (f"^{column.name[:-1]}.+$" if column.family else column.name): pa.Column(
                DTYPES[column.kind],
                checks=column.checks(),
                nullable=column.nullable,
                description=column.meaning,
                regex=column.family,
                required=not column.family,
            )
            for column in self.columns
            if column.kind != "geometry"
        }
        return pa.DataFrameSchema(columns, name=self.name, unique=list(self.key) or None)

    @property
    def names(self) -> list[str]:
        """The names of the columns every frame of this table has, in order."""
        return [column.name for column in self.columns if not column.family]

    def columns_of(self, names: Iterable[str]) -> list[Column]:
        """Return the table's columns with every family replaced by its members among `names`."""
        present = list(names)
        found: list[Column] = []
        for column in self.columns:
            members = [name for name in present if name.startswith(column.name[:-1])] if column.family else None
            found += [column] if members is None else [replace(column, name=name) for name in members]
        return found

    @property
    def spatial(self) -> bool:
        """True where the table has a geometry column."""
        return any(column.kind == "geometry" for column in self.columns)

    @cached_property
    def _without_rows(self) -> pd.DataFrame:
        return self.validate(pd.DataFrame({name: [] for name in self.names}))

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, with the right types."""
        return self._without_rows.copy()

    def validate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with the table's columns, order and types; raise OnrampError naming what is wrong.

        A nullable column that is absent is added empty (a family has the members the frame has); columns the table
        does not know are dropped unless `extra` is set. A frame with geometry must be in EPSG:4326 or have no rows.
        """
        columns = self.columns_of(frame.columns)
        missing = [c.name for c in columns if c.name not in frame.columns and not c.nullable]
        if missing:
            raise OnrampError(f"Table “{self.name}” lacks the columns {', '.join(missing)}.")
        beyond = [name for name in frame.columns if name not in self.names] if self.extra else []
        parts: dict[str, pd.Series] = {}
        for column in columns:
            if column.kind == "geometry":
                continue
            if column.name in frame.columns:
                values = frame[column.name].reset_index(drop=True)
            else:
                values = pd.Series([None] * len(frame), dtype="object")
            parts[column.name] = _coerced(values, column, self.name)
        parts |= {name: frame[name].reset_index(drop=True) for name in beyond}
        out = pd.DataFrame(parts, index=pd.RangeIndex(len(frame)))
        if not self._holds(out, columns):
            self._refuse(out)
        if not self.spatial:
            return out
        geometry = gpd.GeoSeries(frame["geometry"].reset_index(drop=True) if len(frame) else [], crs=None)
        crs = getattr(frame, "crs", None) if isinstance(frame, gpd.GeoDataFrame) else None
        if crs is not None and crs != CRS:
            geometry = geometry.set_crs(crs, allow_override=True).to_crs(CRS)
        located: pd.DataFrame = gpd.GeoDataFrame(out, geometry=gpd.GeoSeries(geometry.values), crs=CRS)
        return located

    def _holds(self, frame: pd.DataFrame, columns: Iterable[Column]) -> bool:
        """Say whether a frame passes all checks: never where the schema, which takes ten times as long, says no."""
        return all(column.holds(frame[column.name]) for column in columns if column.kind != "geometry") and not (
            self.key and frame.duplicated(list(self.key)).any()
        )

    def _refuse(self, frame: pd.DataFrame) -> None:
        """Raise OnrampError with what the schema finds wrong in a frame."""
        from pandera.errors import SchemaErrors

        try:
            self.schema.validate(frame, lazy=True)
        except SchemaErrors as errors:
            raise OnrampError(_first_failures(self.name, errors.failure_cases)) from None


def _coerced(values: pd.Series, column: Column, table: str) -> pd.Series:
    if values.dtype == DTYPES[column.kind]:
        return values
    try:
        if column.kind == "date":
            return pd.to_datetime(values).astype("datetime64[s]")
        if column.kind == "text":
            return values.astype("str").where(values.notna(), None).astype("str")
        return values.astype(DTYPES[column.kind])  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError) as error:
        raise OnrampError(f"Table “{table}”, column “{column.name}” is not {column.kind}: {error}.") from None


def _first_failures(table: str, cases: pd.DataFrame, most: int = 3) -> str:
    failures = [
        f"column “{case.column}” breaks “{case.check}” at row {case.index} (value {case.failure_case!r})"
        for case in cases.head(most).itertuples()
    ]
    more = f", and {len(cases) - most} more" if len(cases) > most else ""
    return f"Table “{table}” is not valid: {'; '.join(failures)}{more}."
