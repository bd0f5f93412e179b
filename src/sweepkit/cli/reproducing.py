"""The command `reproduce`: train a version again and compare it with its record."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from sweepkit.cli.judging import FINGERPRINT, load_version
from sweepkit.cli.own_metrics import learn_metrics
from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json, print_table
from sweepkit.cli.rebuilt import Outcome, compare_environments, is_same
from sweepkit.cli.recorded import Recorded, read_recorded
from sweepkit.errors import NotReproduced
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.summary import name_scores
from sweepkit.models.outputs import ask
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.tracking.environment import describe_environment
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.trial import Trial, run_trial, unfitted_model


def reproduce_version(
    ref: str, words: Sequence[str], conf: Path, trust: Sequence[str], *, as_json: bool
) -> None:
    """Train a version again from its record and say what differs.

    Raises:
        NotReproduced: If the table, a score or a prediction differs.
        RegistryError: If there is no such version, or its run lost its record.
    """
    with opened(words, conf, trust=trust) as place:
        learn_metrics(place.cfg, trust)
        facts = find_facts(place.store, place.model_name, ref)
        outcome = remake(place, facts)
    if as_json:
        found = {"differing": outcome.differing, "equal": outcome.equal}
        print_json(asdict(outcome) | found)
    else:
        _print(outcome)
    if not outcome.equal:
        raise NotReproduced(_explain(outcome))


def remake(place: Place, facts: VersionFacts) -> Outcome:
    """Train a version again and compare it with its record.

    Raises:
        SweepkitError: One of its subclasses, if there is nothing to train from.
    """
    recorded = read_recorded(place.store, facts.run_id)
    outcome = Outcome(facts.version)
    now = describe_environment()
    outcome.packages = compare_environments(recorded.environment, now)
    rows = read_rows(recorded.cfg)
    outcome.same_table = rows.table_fingerprint == facts.tags.get(FINGERPRINT)
    trial = _train(recorded, rows)
    outcome.metrics = {
        name: (recorded.metrics[name], value)
        for name, value in name_scores(trial.judgement).items()
        if name in recorded.metrics
    }
    if outcome.same_table:
        then = ask(load_version(place, facts), rows.holdout)
        outcome.largest_difference = _find_difference(then, trial.judgement)
    return outcome


def _find_difference(then: Predicted, now: Judgement) -> float:
    """Return the largest difference of predictions; of classes, of probabilities."""
    if now.probabilities is None or then.probabilities is None:
        return float(np.abs(then.values - now.predicted).max())
    if then.probabilities.shape != now.probabilities.shape:
        return float("inf")
    apart = float(np.abs(then.probabilities - now.probabilities).max())
    # Equal probabilities may still be cut at another threshold.
    return apart or float((then.values != now.predicted).any())


def _train(recorded: Recorded, rows: Rows) -> Trial:
    cfg = recorded.cfg
    model = unfitted_model(cfg, rows)
    return run_trial(cfg, rows, model, on_fold=_say_nothing, on_phase=_say_nothing)


def _say_nothing(*_: object) -> None:
    """Take the place of a display."""


def _print(outcome: Outcome) -> None:
    print("table        " + ("the same" if outcome.same_table else "another one"))
    if outcome.packages:
        changed = [(name, *pair) for name, pair in outcome.packages.items()]
        print_table("packages", ("package", "then", "now"), changed)
    else:
        print("packages     the same")
    scores = [
        (name, *map(repr, pair), is_same(*pair))
        for name, pair in outcome.metrics.items()
    ]
    print_table("scores", ("metric", "then", "now", "equal"), scores)
    print(f"predictions  {_tell_difference(outcome.largest_difference)}")


def _tell_difference(largest: float | None) -> str:
    if largest is None:
        return "not compared, since the rows are others"
    return f"differ by up to {largest:g}" if largest else "the same"


def _explain(outcome: Outcome) -> str:
    found = []
    if not outcome.same_table:
        found.append("the table is not the one on record")
    if not outcome.metrics:
        found.append("its run has no scores on record")
    if outcome.differing:
        found.append(f"{len(outcome.differing)} scores differ")
    if outcome.largest_difference:
        found.append(f"predictions differ by up to {outcome.largest_difference:g}")
    changed = ", ".join(outcome.packages) or "no package"
    return (
        f"Version {outcome.version} was not reproduced: {'; '.join(found)}. Changed "
        f"since: {changed}. Install its environment.txt, or restore its table."
    )
