"""The command `doctor`: look for what should never be, and repair what is safe."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json
from sweepkit.cli.run_checks import check_databases, check_open_runs, check_studies
from sweepkit.errors import RegistryError
from sweepkit.registry.invariants import Fault, find_faults

# Repairing one fault may uncover another.
_ROUNDS = 5


def examine(words: Sequence[str], conf: Path, *, fix: bool, as_json: bool) -> None:
    """Print the faults of registry, runs, studies and databases.

    Raises:
        RegistryError: If a fault is left.
    """
    mended: list[Fault] = []
    with opened(words, conf) as place:
        faults = look(place)
        for _ in range(_ROUNDS if fix else 0):
            repairs = [fault for fault in faults if fault.repair is not None]
            if not repairs:
                break
            mended += [_mend(fault) for fault in repairs]
            faults = look(place)
    if as_json:
        print_json({"repaired": _as_records(mended), "left": _as_records(faults)})
    else:
        _print(mended, faults)
    if faults:
        raise RegistryError(_advise(faults))


def look(place: Place) -> list[Fault]:
    """Return every fault there is, the databases' own first."""
    checks: tuple[Callable[[Place], list[Fault]], ...] = (
        check_databases,
        _check_registry,
        check_studies,
        check_open_runs,
    )
    return [fault for check in checks for fault in check(place)]


def _check_registry(place: Place) -> list[Fault]:
    trusted = place.settings["model"]["trusted_types"]
    return find_faults(place.store, place.model_name, trusted)


def _mend(fault: Fault) -> Fault:
    assert fault.repair is not None
    fault.repair()
    return replace(fault, repair=None)


def _as_records(faults: Sequence[Fault]) -> list[dict[str, object]]:
    return [
        {
            "kind": fault.kind,
            "message": fault.message,
            "repairable": fault.repair is not None,
        }
        for fault in faults
    ]


def _print(mended: Sequence[Fault], left: Sequence[Fault]) -> None:
    for fault in mended:
        print(f"repaired  {fault.kind}: {fault.message}")
    for fault in left:
        print(f"fault     {fault.kind}: {fault.message}")
    if not left:
        print("Everything is as it should be.")


def _advise(faults: Sequence[Fault]) -> str:
    safe = sum(fault.repair is not None for fault in faults)
    advice = f"`sweepkit doctor --fix` repairs {safe} of them" if safe else ""
    count = "1 fault is" if len(faults) == 1 else f"{len(faults)} faults are"
    return f"{count} left; {advice or 'each message says what to do'}."
