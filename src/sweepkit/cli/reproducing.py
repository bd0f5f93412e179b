"""The command `reproduce`: train a version again and compare it with its record."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hydra.utils import execution_whitelist
from omegaconf import DictConfig

from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json, print_table
from sweepkit.cli.recorded import read_recorded
from sweepkit.errors import NotReproduced
from sweepkit.evaluation.summary import name_scores
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.loading import fetch_version
from sweepkit.tracking.environment import describe_environment
from sweepkit.tracking.model_files import load_folder
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.trial import Trial, run_trial, unfitted_model


@dataclass(slots=True)
class Comparison:
    """What a version's record says and what came of it now.

    Attributes:
        version: The version.
        same_table: Whether the table has the fingerprint on record.
        packages: Versions then and now of the packages that changed.
        metrics: Values then and now.
        largest_difference: Of the predictions for the holdout rows, in the target's
            unit.
    """

    version: str
    same_table: bool = False
    packages: dict[str, tuple[str, str]] = field(default_factory=dict)
    metrics: dict[str, tuple[float, float]] = field(default_factory=dict)
    largest_difference: float = float("nan")

    @property
    def differing(self) -> list[str]:
        """The metrics that are not equal to the last digit."""
        return [name for name, (then, now) in self.metrics.items() if then != now]

    @property
    def equal(self) -> bool:
        """Whether the same model was made again."""
        return self.same_table and not self.differing and self.largest_difference == 0


def reproduce_version(
    ref: str, words: Sequence[str], conf: Path, trust: Sequence[str], *, as_json: bool
) -> None:
    """Train a version again from its record and say what differs.

    Raises:
        NotReproduced: If the table, a score or a prediction differs.
        RegistryError: If there is no such version, or its run lost its record.
    """
    with opened(words, conf) as place, execution_whitelist(list(trust)):
        facts = find_facts(place.store, place.model_name, ref)
        comparison = _compare(place, facts)
    if as_json:
        print_json(
            asdict(comparison)
            | {"differing": comparison.differing, "equal": comparison.equal}
        )
    else:
        _print(comparison)
    if not comparison.equal:
        raise NotReproduced(_explain(comparison))


def _compare(place: Place, facts: VersionFacts) -> Comparison:
    recorded = read_recorded(place.store, facts.run_id)
    comparison = Comparison(facts.version)
    comparison.packages = compare_environments(
        recorded.environment, describe_environment()
    )
    rows = read_rows(recorded.cfg)
    fingerprint = facts.tags.get("data.fingerprint")
    comparison.same_table = rows.table_fingerprint == fingerprint
    trial = _train(recorded.cfg, rows)
    now = name_scores(trial.judgement)
    comparison.metrics = {
        name: (recorded.metrics[name], value)
        for name, value in now.items()
        if name in recorded.metrics
    }
    trusted = recorded.cfg.model.trusted_types
    with TemporaryDirectory(prefix="sweepkit-") as folder:
        files = fetch_version(place.store, facts, Path(folder), trusted)
        then = load_folder(files, trusted).predict(rows.holdout)
    difference = np.abs(then - trial.judgement.predicted)
    comparison.largest_difference = float(difference.max())
    return comparison


def compare_environments(then: str, now: str) -> dict[str, tuple[str, str]]:
    """Return the packages whose versions differ, each with both; absent is empty.

    Args:
        then: Lines of `name==version`.
        now: The same of this environment.
    """
    before, after = _read_versions(then), _read_versions(now)
    return {
        name: (before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def _read_versions(text: str) -> Mapping[str, str]:
    pairs = (line.partition("==") for line in text.splitlines() if "==" in line)
    return {name: version for name, _, version in pairs}


def _train(cfg: DictConfig, rows: Rows) -> Trial:
    model = unfitted_model(cfg, rows)
    return run_trial(cfg, rows, model, on_fold=_say_nothing, on_phase=_say_nothing)


def _say_nothing(*_: object) -> None:
    """Take the place of a display."""


def _print(comparison: Comparison) -> None:
    print("table        " + ("the same" if comparison.same_table else "another one"))
    if comparison.packages:
        changed = [(name, *pair) for name, pair in comparison.packages.items()]
        print_table("packages", ("package", "then", "now"), changed)
    else:
        print("packages     the same")
    scores = [
        (name, *map(repr, pair), pair[0] == pair[1])
        for name, pair in comparison.metrics.items()
    ]
    print_table("scores", ("metric", "then", "now", "equal"), scores)
    print(f"predictions  differ by {comparison.largest_difference:g} at most")


def _explain(comparison: Comparison) -> str:
    found = []
    if not comparison.same_table:
        found.append("the table is not the one on record")
    if comparison.differing:
        found.append(f"{len(comparison.differing)} scores differ")
    if comparison.largest_difference != 0:
        found.append(f"predictions differ by {comparison.largest_difference:g}")
    changed = ", ".join(comparison.packages) or "no package"
    return (
        f"Version {comparison.version} was not reproduced: {'; '.join(found)}. Changed "
        f"since: {changed}. Install its environment.txt, or restore its table."
    )
