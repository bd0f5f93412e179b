"""The command `doctor`: look for what should never be, and repair what is safe."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json
from sweepkit.cli.run_checks import (
    check_databases,
    check_open_runs,
    check_studies,
    note_strangers,
)
from sweepkit.errors import RegistryError, SweepkitError
from sweepkit.registry.catalog import find_aliases
from sweepkit.registry.invariants import Fault, find_faults

# Repairing one fault may uncover another.
_ROUNDS = 5


@dataclass(slots=True)
class Findings:
    """What an examination found.

    Attributes:
        left: Faults that are there still.
        mended: Faults that were repaired.
        notes: What is no fault, and should be known.
    """

    left: list[Fault]
    mended: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def examine(words: Sequence[str], conf: Path, *, fix: bool, as_json: bool) -> None:
    """Print the faults of registry, runs, studies and databases.

    Raises:
        RegistryError: If a fault is left.
    """
    with opened(words, conf) as place:
        findings = Findings(look(place))
        if fix:
            mend(place, findings)
        findings.notes = [*note_strangers(place), *_note_no_model(place)]
    if as_json:
        print_json(
            {
                "repaired": _as_records(findings.mended),
                "left": _as_records(findings.left),
                "notes": findings.notes,
            }
        )
    else:
        _print(findings)
    if findings.left:
        raise RegistryError(_advise(findings.left))


def look(place: Place) -> list[Fault]:
    """Return every fault there is, the databases' own first."""
    checks: tuple[Callable[[Place], Iterable[Fault]], ...] = (
        check_databases,
        _check_registry,
        check_open_runs,
        check_studies,
    )
    return [fault for check in checks for fault in check(place)]


def mend(place: Place, findings: Findings) -> None:
    """Repair what is safe, and look again until nothing more can be done."""
    refused: dict[str, str] = {}
    for _ in range(_ROUNDS):
        for fault in findings.left:
            if fault.repair is None or fault.message in refused:
                continue
            try:
                fault.repair()
            except SweepkitError as error:
                refused[fault.message] = str(error)
            else:
                findings.mended.append(replace(fault, repair=None))
        before = [fault.message for fault in findings.left]
        findings.left = look(place)
        if [fault.message for fault in findings.left] == before:
            break
    findings.left = [_explain(fault, refused) for fault in findings.left]


def _explain(fault: Fault, refused: dict[str, str]) -> Fault:
    why = refused.get(fault.message)
    if why is None:
        return fault
    return Fault(fault.kind, f"{fault.message} It was not repaired: {why}")


def _check_registry(place: Place) -> list[Fault]:
    return find_faults(place.store, place.model_name, place.trusted_types)


def _note_no_model(place: Place) -> list[str]:
    try:
        find_aliases(place.store, place.model_name)
    except RegistryError as error:
        return [str(error)]
    return []


def _as_records(faults: Sequence[Fault]) -> list[dict[str, object]]:
    return [
        {
            "kind": fault.kind,
            "message": fault.message,
            "repairable": fault.repair is not None,
        }
        for fault in faults
    ]


def _print(findings: Findings) -> None:
    for fault in findings.mended:
        print(f"repaired  {fault.kind}: {fault.message}")
    for fault in findings.left:
        print(f"fault     {fault.kind}: {fault.message}")
    for note in findings.notes:
        print(f"note      {note}")
    if not findings.left:
        print("Everything is as it should be.")


def _advise(faults: Sequence[Fault]) -> str:
    safe = sum(fault.repair is not None for fault in faults)
    advice = f"`sweepkit doctor --fix` repairs {safe} of them" if safe else ""
    count = "1 fault is" if len(faults) == 1 else f"{len(faults)} faults are"
    return f"{count} left; {advice or 'each message says what to do'}."
