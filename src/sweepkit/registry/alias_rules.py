"""Rules about aliases: one champion, its twin, a way back, nothing that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from sweepkit.registry.aliases import CHAMPION, PREVIOUS, TWINS, point
from sweepkit.registry.audit import find_breaks
from sweepkit.registry.faults import Fault, Scene
from sweepkit.registry.repairs import note_by_hand, reinstate
from sweepkit.registry.ways import list_ways


def check_champion(scene: Scene) -> Iterator[Fault]:
    """Once there was a champion there is one, and the history knows it."""
    champion = scene.standing.aliases.get(CHAMPION)
    was = [e.to_version for e in scene.entries if e.action != "refuse"]
    if champion is None and was:
        last = next(
            (
                v
                for v in (was[-1], *list_ways(scene.entries, was[-1]))
                if v in scene.versions
            ),
            None,
        )
        repair = scene.later(reinstate, scene.store, scene.name, last) if last else None
        yield Fault(
            "champion",
            f"No version is champion; the last that was and still exists is "
            f"{last or 'none'}. `sweepkit promote` makes another one.",
            repair,
        )
    elif champion is not None and (not was or was[-1] != champion):
        before = was[-1] if was else ""
        yield Fault(
            "history",
            f"Version {champion} became champion past this package; the history's last "
            f"is {before or 'none'}.",
            scene.later(note_by_hand, scene.store, scene.name, before, champion),
        )


def check_aliases(scene: Scene) -> Iterator[Fault]:
    """Aliases point to versions that exist, twins to the same, and back to another."""
    aliases, client = scene.standing.aliases, scene.store.client
    for alias, version in aliases.items():
        if version not in scene.versions:
            yield Fault(
                "alias",
                f"The alias {alias} points to version {version}, which is gone.",
                scene.later(client.delete_registered_model_alias, scene.name, alias),
            )
    for alias, twin in TWINS.items():
        if aliases.get(alias) != aliases.get(twin):
            yield Fault(
                "alias",
                f"{twin} is version {aliases.get(twin, 'none')} and {alias} is "
                f"{aliases.get(alias, 'none')}; they are to be the same.",
                scene.later(point, client, scene.name, alias, aliases.get(alias)),
            )
    champion = aliases.get(CHAMPION)
    if champion and aliases.get(PREVIOUS) == champion:
        ways = [v for v in list_ways(scene.entries, champion) if v in scene.versions]
        back = ways[0] if ways else None
        yield Fault(
            "alias",
            f"{PREVIOUS} is the champion itself; it should be {back or 'none'}.",
            scene.later(point, client, scene.name, PREVIOUS, back),
        )


def check_history(scene: Scene) -> Iterator[Fault]:
    """Every entry of the history follows from the one before."""
    broken = find_breaks(scene.standing.tags)
    if broken:
        yield Fault(
            "history",
            f"Entries {broken} of the history do not follow from those before: one was "
            f"changed or removed by hand. Restore it from a copy of the database.",
        )
