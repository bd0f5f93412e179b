"""Commands that change which version is live: promote, rollback."""

from collections.abc import Sequence
from pathlib import Path

from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json
from sweepkit.errors import ConfigError, RegistryError
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.gate import Decision
from sweepkit.registry.promotion import promote, roll_back


def promote_version(
    ref: str,
    words: Sequence[str],
    conf: Path,
    *,
    force: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Make a version the champion if the gate agrees, or if it is forced.

    Raises:
        ConfigError: If it is forced without a reason.
        RegistryError: If the gate refuses, or there is no such version.
    """
    if force and not reason:
        raise ConfigError("--force passes the gate by; say why: --reason '...'.")
    with opened(words, conf) as place:
        facts = find_facts(place.store, place.model_name, ref)
        decision = Decision(True, f"forced: {reason}")
        if not force:
            decision = _ask_gate(place, facts, reason)
        promote(
            place.store,
            place.model_name,
            facts.version,
            reason=decision.reason,
            numbers=decision.numbers,
            action="force-promote" if force else "promote",
            trusted_types=place.settings["model"]["trusted_types"],
        )
    _report(f"{place.model_name} version {facts.version} is the champion", as_json)


def roll_back_champion(
    words: Sequence[str], conf: Path, *, reason: str, as_json: bool
) -> None:
    """Make the champion before this one the champion again."""
    with opened(words, conf) as place:
        version = roll_back(
            place.store, place.model_name, reason=reason or "rolled back by hand"
        )
    _report(f"{place.model_name} version {version} is the champion again", as_json)


def _ask_gate(place: Place, facts: VersionFacts, reason: str) -> Decision:
    from sweepkit.cli.judging import judge_version

    decision = judge_version(place, facts)
    if not decision.promote:
        raise RegistryError(
            f"The gate keeps the champion: {decision.reason}. To promote version "
            f"{facts.version} all the same: `sweepkit promote {facts.version} --force "
            f"--reason '...'`."
        )
    print(f"gate: {decision.reason}")
    note = f" ({reason})" if reason else ""
    return Decision(True, decision.reason + note, numbers=decision.numbers)


def _report(sentence: str, as_json: bool) -> None:
    if as_json:
        print_json({"done": sentence})
    else:
        print(sentence)
