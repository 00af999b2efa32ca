"""Source assets: one for each publisher's product, made by a factory from its spec and parser.

Network and folders are reached here and nowhere else in the walk. Sources are of all places and unpartitioned;
a run for a state obtains that state's files as well as those of the deployment's states.
"""

from collections.abc import Iterator

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    MetadataValue,
    Output,
    asset,
)

from assets.metadata import provenance_metadata, rejects_by_reason, table_metadata
from assets.resources import Choices
from geodata.errors import OnrampError
from geodata.fetching.choose import acquirer_for, states_served
from geodata.reading import read_source
from geodata.sourced import Sourced
from geodata.sources import SOURCES
from geodata.sources.spec import Source, SourceSpec

GROUP = "sources"
PARTITION_TAG = "dagster/partition"


def source_key(name: str) -> AssetKey:
    """Return the asset key of a source."""
    return AssetKey(["sources", name])


def source_asset(source: Source) -> AssetsDefinition:
    """Return the asset of one source, with its checks."""
    spec = source.spec
    key = source_key(spec.name)

    @asset(
        key=key,
        group_name=GROUP,
        kinds={"python", spec.media if spec.media in ("csv", "json", "tiff") else "file"},
        owners=["team:data"],
        tags={"publisher": _tag(spec.publisher)},
        description=_description(spec),
        metadata={"page": MetadataValue.url(spec.page), "licence": spec.licence, "cadence": spec.cadence},
        check_specs=[
            AssetCheckSpec("found_and_fresh", asset=key, description="A copy was found, and it is not stale."),
            AssetCheckSpec("rows_accounted_for", asset=key, description="Rows in = kept + rejected + out of scope."),
        ],
    )
    def read(context: AssetExecutionContext, choices: Choices) -> Iterator[Output[Sourced] | AssetCheckResult]:
        settings = choices.settings
        states = states_served(settings, context.run.tags.get(PARTITION_TAG))
        try:
            got = read_source(source, acquirer_for(settings, states), states, settings)
        except OnrampError as error:
            raise Failure(description=str(error), allow_retries=False) from None
        metadata = {
            **table_metadata(got.table, spec.table),
            **provenance_metadata(got.uses),
            **rejects_by_reason(got.rejects),
            "notes": MetadataValue.md("\n".join(f"- {note}" for note in got.notes) or "none"),
        }
        yield Output(got, metadata=metadata)
        yield freshness(got, key)
        yield account(got, key)

    return read


def freshness(got: Sourced, key: AssetKey) -> AssetCheckResult:
    """Warn of a source that is missing or stale, with its sentence."""
    poor = [use for use in got.uses if use.freshness in ("missing", "stale")]
    told = "; ".join(use.note for use in poor)
    if not poor:
        told = f"{len(got.uses)} file(s), none stale." if got.uses else "Optional, and not asked for."
    return AssetCheckResult(
        asset_key=key,
        check_name="found_and_fresh",
        passed=not poor,
        severity=AssetCheckSeverity.WARN,
        description=told,
        metadata={"files": len(got.uses), "stale_or_missing": len(poor)},
    )


def account(got: Sourced, key: AssetKey) -> AssetCheckResult:
    """Fail where rows went missing between the file and the table."""
    rows_in = sum(use.rows_in for use in got.uses)
    out = sum(use.rows_kept + use.rows_rejected + sum(use.rows_out_of_scope.values()) for use in got.uses)
    return AssetCheckResult(
        asset_key=key,
        check_name="rows_accounted_for",
        passed=rows_in == out and len(got.rejects) == sum(use.rows_rejected for use in got.uses),
        description=f"{rows_in} rows came in and {out} are accounted for, {len(got.rejects)} of them rejected.",
    )


def _description(spec: SourceSpec) -> str:
    archived = " **Archived: withdrawn by its publisher.**" if spec.archived else ""
    return f"{spec.title}, by {spec.publisher}.{archived} [Source page]({spec.page}). Updated: {spec.cadence}."


def _tag(text: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in text)[:60].strip("-")


SOURCE_ASSETS: list[AssetsDefinition] = [source_asset(source) for source in SOURCES.values()]
