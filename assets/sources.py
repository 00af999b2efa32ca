"""Source assets: one for each publisher's product, made by a factory from its spec and parser.

Only these assets reach the network and folders of files. Sources cover all places and are not partitioned;
a run for a state obtains the files of that state and of the deployment's states.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    Failure,
    FreshnessPolicy,
    MetadataValue,
    Output,
    asset,
)

from assets.metadata import Metadata, code, docs, provenance_metadata, rejects_by_reason, table_metadata
from assets.resources import Choices
from geodata.errors import OnrampError
from geodata.fetching.choose_acquirer import states_served
from geodata.fetching.to_get import ToGet, to_get
from geodata.ingest.read_source import read_source
from geodata.schemas.sourced import Sourced
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import Source, SourceSpec
from geodata.states import State

GROUP = "1_sources"
# The schedule nightly_sources refreshes them; two missed nights are a warning, a week is a failure.
REFRESHED_NIGHTLY = FreshnessPolicy.time_window(warn_window=timedelta(days=2), fail_window=timedelta(days=7))
PARTITION_TAG = "dagster/partition"
#: The entry of a source in the list of what to get by hand, and the word for how it ended where that is not well.
TO_GET = "to_get_by_hand"
OUTCOME = "outcome"
#: Words for sources of which nothing was expected.
NOT_ASKED, NOT_BROUGHT = "not asked for", "not brought"


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
        description=_description(spec),
        metadata={**_about(spec), **code(source.parse)},
        freshness_policy=REFRESHED_NIGHTLY,
        check_specs=[
            AssetCheckSpec(
                "found_and_fresh",
                asset=key,
                description="A copy was found, and it is not stale. Warns only: the run goes on with what there is.",
            ),
            AssetCheckSpec(
                "rows_accounted_for",
                asset=key,
                blocking=True,
                description="Rows in = kept + rejected + out of scope. Stops what follows: a row was lost.",
            ),
        ],
    )
    def read(context: AssetExecutionContext, choices: Choices) -> Iterator[Output[Sourced] | AssetCheckResult]:
        settings = choices.settings
        states = states_served(settings, context.run.tags.get(PARTITION_TAG))
        try:
            got = read_source(source, choices.acquirer(states), states, settings)
        except OnrampError as error:
            by_hand = {TO_GET: MetadataValue.json(_to_get(spec, states, settings, str(error)).to_dict())}
            raise Failure(description=str(error), metadata=by_hand, allow_retries=False) from None
        poor = [use for use in got.uses if use.freshness in ("missing", "stale")]
        metadata = {
            **table_metadata(got.table, spec.table),
            **provenance_metadata(got.uses),
            **rejects_by_reason(got.rejects),
            "notes": MetadataValue.md("\n".join(f"- {note}" for note in got.notes) or "none"),
        }
        if poor:
            entry = _to_get(spec, states, settings, poor[0].note, old_copy=poor[0].freshness == "stale")
            metadata[TO_GET] = MetadataValue.json(entry.to_dict())
        yield Output(got, metadata=metadata)
        yield freshness(got, key, brought=not (spec.urls or spec.others))
        yield account(got, key)

    return read


def _to_get(
    spec: SourceSpec, states: Sequence[State], settings: Settings, said: str, *, old_copy: bool = False
) -> ToGet:
    return to_get(spec, states, settings, said, environ=os.environ, old_copy=old_copy)


def freshness(got: Sourced, key: AssetKey, *, brought: bool = False) -> AssetCheckResult:
    """Warn of a source that is missing or stale, with its note; `brought` is set for what only offices have."""
    poor = [use for use in got.uses if use.freshness in ("missing", "stale")]
    notes = "; ".join(use.note for use in poor)
    good = f"{len(got.uses)} file(s), none stale." if got.uses else "Optional, and not requested."
    return AssetCheckResult(
        asset_key=key,
        check_name="found_and_fresh",
        passed=not poor,
        severity=AssetCheckSeverity.WARN,
        description=notes if poor else good,
        metadata={
            "files": len(got.uses),
            "stale_or_missing": len(poor),
            OUTCOME: _outcome(got, brought=brought),
        },
    )


def _outcome(got: Sourced, *, brought: bool) -> str:
    """Return the word for how a source ended where that is not well, else nothing."""
    poor = [use for use in got.uses if use.freshness in ("missing", "stale")]
    if not got.uses:
        return NOT_ASKED
    if not poor:
        return ""
    if poor[0].freshness == "stale":
        return "old copy"
    return NOT_BROUGHT if brought else "not obtained"


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
    archived = "\n\n**Archived: withdrawn by its publisher.**" if spec.archived else ""
    need = "Nothing can be computed without it." if spec.required else "A run goes on without it and says so."
    if spec.optional:
        need = "Optional: read where its file is in the folder, downloaded where sources.optional names it."
    page = f"[Publisher’s page]({spec.page}). " if spec.page else ""
    tracts = f" Census tracts of {spec.tract_vintage}." if spec.tract_vintage else ""
    return (
        f"{spec.title}, by {spec.publisher}. {page}Updated {spec.cadence}. License: {spec.licence}.{tracts}\n\n"
        f"Gives the table “{spec.table.name}”: {spec.table.meaning}. {need}{archived}"
    )


def _about(spec: SourceSpec) -> Metadata:
    files = ", ".join(spec.filenames)
    about = {"publisher": spec.publisher, "license": spec.licence, "cadence": spec.cadence, "file_names": files}
    addresses = {"page": spec.page, "key_page": spec.key_page}
    return {
        **about,
        **{name: MetadataValue.url(address) for name, address in addresses.items() if address},
        **({"key_in_environment": spec.key_env} if spec.key_env else {}),
        **docs("sources.md"),
    }


SOURCE_ASSETS: list[AssetsDefinition] = [source_asset(source) for source in SOURCES.values()]
