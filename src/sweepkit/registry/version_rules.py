"""Rules about versions: files as published, stages by aliases, nothing half-done."""

from __future__ import annotations

from collections.abc import Iterator

from sweepkit.errors import SweepkitError
from sweepkit.registry.aliases import CHALLENGER, CHAMPION, PREVIOUS
from sweepkit.registry.facts import describe
from sweepkit.registry.faults import Fault, Scene
from sweepkit.registry.lifecycle import (
    ARCHIVED,
    DEVELOPMENT,
    PRODUCTION,
    STAGING,
    read_lifecycle,
    set_stage,
)
from sweepkit.registry.loading import verify_version
from sweepkit.registry.repairs import finish_publication, is_abandoned
from sweepkit.registry.verdict import read_decision


def check_files(scene: Scene) -> Iterator[Fault]:
    """Examine the files of versions that are somebody's choice; all would take long."""
    for number in sorted(set(scene.standing.aliases.values()) & set(scene.versions)):
        facts = describe(scene.store, scene.versions[number])
        try:
            verify_version(scene.store, facts, scene.trusted_types)
        except SweepkitError as error:
            yield Fault("manifest", f"Version {number}: {error}")


def check_stages(scene: Scene) -> Iterator[Fault]:
    """The tag `lifecycle` says what the aliases and the history say."""
    for number, version in scene.versions.items():
        stage, wanted = read_lifecycle(version.tags), _expected(scene, number)
        # A person may archive what was never live.
        if stage == wanted or (stage == ARCHIVED and wanted == DEVELOPMENT):
            continue
        yield Fault(
            "lifecycle",
            f"Version {number} is tagged {stage}; by its aliases it is {wanted}.",
            scene.later(set_stage, scene.store.client, scene.name, number, wanted),
        )


def _expected(scene: Scene, number: str) -> str:
    aliases = scene.standing.aliases
    if aliases.get(CHAMPION) == number:
        return PRODUCTION
    was_live = any(
        number in (entry.from_version, entry.to_version)
        for entry in scene.entries
        if entry.action != "refuse"
    )
    was_live = was_live or aliases.get(PREVIOUS) == number
    if aliases.get(CHALLENGER) == number and not was_live:
        return STAGING
    return ARCHIVED if was_live else DEVELOPMENT


def check_publications(scene: Scene) -> Iterator[Fault]:
    """Every version was judged, or is known to have been cut short."""
    for number, version in scene.versions.items():
        if read_decision(version) is None and not is_abandoned(version.tags):
            yield Fault(
                "unfinished",
                f"The publication of version {number} was cut short. The command that "
                f"made it (run {version.run_id}) completes it if typed again; a repair "
                f"only writes down what is known.",
                scene.later(finish_publication, scene.store, version),
            )
