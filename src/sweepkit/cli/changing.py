"""Commands that change which version is live: promote, rollback."""

from collections.abc import Sequence
from pathlib import Path

from sweepkit.cli.own_metrics import learn_metrics
from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json
from sweepkit.errors import ConfigError, RegistryError
from sweepkit.registry import audit
from sweepkit.registry.aliases import CHAMPION
from sweepkit.registry.deciding import CHAMPION_VERSION
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
    trust: Sequence[str] = (),
    as_json: bool,
) -> None:
    """Make a version the champion if the gate agrees, or if it is forced.

    Raises:
        ConfigError: If it is forced without a reason.
        RegistryError: If the gate refuses, there is no such version, or another one
            became the champion while the gate decided.
    """
    if force and not reason.strip():
        raise ConfigError("--force passes the gate by; say why: --reason '...'.")
    with opened(words, conf, trust=trust) as place:
        learn_metrics(place.cfg, trust)
        facts = find_facts(place.store, place.model_name, ref)
        if CHAMPION in facts.aliases:
            _report(place, facts.version, "is the champion already", None, as_json)
            return
        if force:
            decision, expected = Decision(True, reason.strip()), None
        else:
            decision = _ask_gate(place, facts, reason.strip())
            expected = decision.numbers[CHAMPION_VERSION] or ""
        promote(
            place.store,
            place.model_name,
            facts.version,
            reason=decision.reason,
            numbers=decision.numbers,
            action="force-promote" if force else "promote",
            expected=expected,
            trusted_types=place.trusted_types,
        )
        entry = _find_entry(place, facts.version)
        _report(place, facts.version, "is the champion", entry, as_json)


def roll_back_champion(
    words: Sequence[str], conf: Path, *, reason: str, as_json: bool
) -> None:
    """Make the champion before this one the champion again."""
    with opened(words, conf) as place:
        version = roll_back(
            place.store,
            place.model_name,
            reason=reason.strip() or "rolled back by hand",
            trusted_types=place.trusted_types,
        )
        entry = _find_entry(place, version)
        _report(place, version, "is the champion again", entry, as_json)


def _ask_gate(place: Place, facts: VersionFacts, reason: str) -> Decision:
    from sweepkit.cli.judging import judge_version

    decision = judge_version(place, facts)
    if not decision.promote:
        raise RegistryError(
            f"The gate keeps the champion: {decision.reason}. To promote version "
            f"{facts.version} all the same: `sweepkit promote {facts.version} --force "
            f"--reason '...'`."
        )
    note = f" ({reason})" if reason else ""
    return Decision(True, decision.reason + note, numbers=decision.numbers)


def _find_entry(place: Place, version: str) -> audit.Entry:
    """Return what the history says about a change that was just made."""
    entries = audit.read(place.store, place.model_name)
    return [entry for entry in entries if entry.to_version == version][-1]


def _report(
    place: Place, version: str, what: str, entry: audit.Entry | None, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "model_name": place.model_name,
                "version": version,
                "changed": entry is not None,
                "entry": None if entry is None else entry.to_dict(),
            }
        )
        return
    why = f": {entry.reason}" if entry is not None else ""
    print(f"{place.model_name} version {version} {what}{why}")
