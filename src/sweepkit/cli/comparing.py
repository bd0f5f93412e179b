"""The command `compare`: two versions side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from omegaconf import OmegaConf

from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json, print_table
from sweepkit.cli.recorded import Recorded, read_recorded
from sweepkit.errors import DiskError, StoreError
from sweepkit.evaluation.metrics import Metric, find_metric
from sweepkit.evaluation.resampling import Comparison, compare_paired
from sweepkit.registry.evidence import PREDICTIONS, Predictions
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.scores import read_scorecard
from sweepkit.training.settings import flatten

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Test:
    """Two versions on the same holdout rows.

    Attributes:
        metric: What was compared.
        comparison: The outcome; the second version in the candidate's place.
    """

    metric: Metric
    comparison: Comparison


def compare_versions(
    first: str, second: str, words: Sequence[str], conf: Path, *, as_json: bool
) -> None:
    """Print what differs between two versions, and whether chance explains it."""
    with opened(words, conf) as place:
        pair = [
            find_facts(place.store, place.model_name, ref) for ref in (first, second)
        ]
        before, after = (read_recorded(place.store, facts.run_id) for facts in pair)
        test = _compare_rows(place, pair)
    metrics = _join(before.metrics, after.metrics)
    settings = _differing(_flatten(before), _flatten(after))
    names = [f"version {facts.version}" for facts in pair]
    if as_json:
        print_json(
            {
                "versions": [facts.version for facts in pair],
                "metrics": metrics,
                "settings": settings,
                "test": test.comparison.to_dict() if test else None,
            }
        )
        return
    print_table("scores", ("metric", *names), _rows(metrics))
    print_table("settings that differ", ("setting", *names), _rows(settings))
    print(_explain(test, *names))


def _compare_rows(place: Place, pair: Sequence[VersionFacts]) -> Test | None:
    """Return the paired test, or None unless both kept equal holdout rows."""
    cards = [read_scorecard(facts.tags) for facts in pair]
    before, after = (_read_predictions(place, facts) for facts in pair)
    if cards[0] is None or before is None or after is None:
        return None
    aligned = after.align(before.rows, before.actual)
    if aligned is None:
        return None
    metric = find_metric(cards[0].metric.removeprefix("holdout_"))
    return Test(
        metric, compare_paired(metric, before.actual, aligned, before.predicted)
    )


def _read_predictions(place: Place, facts: VersionFacts) -> Predictions | None:
    try:
        with place.store.guard(), TemporaryDirectory(prefix="sweepkit-") as folder:
            client = place.store.client
            path = client.download_artifacts(facts.run_id, PREDICTIONS, folder)
            return Predictions.load(Path(path))
    except (StoreError, DiskError):
        return None  # made before predictions were kept; the sentence says so


def _flatten(recorded: Recorded) -> dict[str, Any]:
    plain = OmegaConf.to_container(recorded.cfg)
    assert isinstance(plain, dict)
    return flatten({str(key): value for key, value in plain.items()})


def _join(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Pair]:
    names = sorted(before.keys() | after.keys())
    return {name: (before.get(name), after.get(name)) for name in names}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Pair]:
    joined = _join(before, after)
    return {name: pair for name, pair in joined.items() if pair[0] != pair[1]}


def _rows(pairs: Mapping[str, Pair]) -> list[tuple[Any, ...]]:
    return [(name, *pair) for name, pair in pairs.items()]


def _explain(test: Test | None, first: str, second: str) -> str:
    if test is None:
        return (
            "The two were not judged on the same holdout rows, or did not keep their "
            "predictions: their scores cannot be tested against chance."
        )
    found = test.comparison
    verdict = "chance explains it"
    if found.low > 0 or found.high < 0:
        verdict = f"{second if found.gain > 0 else first} is better by more than chance"
    return (
        f"On the same {found.n_rows:,} holdout rows {test.metric.name} of {second} is "
        f"better by {found.gain:,.6g} ({found.confidence:.0%} interval "
        f"{found.low:,.6g} to {found.high:,.6g}; better in {found.probability:.1%} of "
        f"resamples): {verdict}."
    )
