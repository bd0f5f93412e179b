"""The command `compare`: two versions side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from sweepkit.cli.own_metrics import learn_metrics
from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json, print_table
from sweepkit.cli.recorded import Recorded, read_predictions, read_recorded
from sweepkit.errors import RegistryError
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.resampling import Comparison, compare_paired
from sweepkit.registry.evidence import Predictions
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.scores import read_scorecard
from sweepkit.training.settings import flatten

Pair = tuple[Any, Any]
_OTHER_ROWS = (
    "The two were not judged on the same holdout rows, or did not keep their "
    "predictions: their scores cannot be tested against chance."
)


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Two versions on the same holdout rows.

    Attributes:
        metric: What was compared.
        comparison: The outcome; the second version in the candidate's place.
    """

    metric: str
    comparison: Comparison


def compare_versions(
    first: str,
    second: str,
    words: Sequence[str],
    conf: Path,
    trust: Sequence[str] = (),
    *,
    as_json: bool,
) -> None:
    """Print what differs between two versions, and whether chance explains it."""
    with opened(words, conf, trust=trust) as place:
        learn_metrics(place.cfg, trust)
        pair = [
            find_facts(place.store, place.model_name, ref) for ref in (first, second)
        ]
        before, after = (read_recorded(place.store, facts.run_id) for facts in pair)
        test = _compare_rows(place, pair)
    metrics = _join(before.metrics, after.metrics)
    settings = _differing(_flatten(before), _flatten(after))
    if as_json:
        told = None
        if isinstance(test, PairedTest):
            told = {"metric": test.metric, **test.comparison.to_dict()}
        print_json(
            {
                "versions": [facts.version for facts in pair],
                "metrics": metrics,
                "settings": settings,
                "test": told,
            }
        )
        return
    names = [f"version {facts.version}" for facts in pair]
    print_table("scores", ("metric", *names), _rows(metrics))
    if settings:
        print_table("settings that differ", ("setting", *names), _rows(settings))
    else:
        print("settings     the same")
    print(_explain(test, *names))


def _compare_rows(place: Place, pair: Sequence[VersionFacts]) -> PairedTest | str:
    """Return the paired test, or why there is none."""
    card = read_scorecard(pair[0].tags)
    before, after = (read_predictions(place.store, facts.run_id) for facts in pair)
    if card is None or before is None or after is None:
        return _OTHER_ROWS
    try:
        return _test(card.metric.removeprefix("holdout_"), before, after)
    except RegistryError as error:
        return f"The two cannot be tested against chance: {error}"


def _test(name: str, before: Predictions, after: Predictions) -> PairedTest | str:
    # The labels of the one that knows more; those that it lacks have no probability.
    swapped = len(after.classes) > len(before.classes)
    known, other = (after, before) if swapped else (before, after)
    aligned = other.align(known.rows, known.actual, known.classes)
    if aligned is None:
        return _OTHER_ROWS
    said = (known.outputs, aligned) if swapped else (aligned, known.outputs)
    metric = find_metric(name)
    rows = (known.actual, *map(metric.pick, said))
    return PairedTest(metric.name, compare_paired(metric, *rows))


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


def _explain(test: PairedTest | str, first: str, second: str) -> str:
    if isinstance(test, str):
        return test
    found = test.comparison
    verdict = "chance explains it"
    if found.low > 0 or found.high < 0:
        verdict = f"{second if found.gain > 0 else first} is better by more than chance"
    way = "worse" if found.gain < 0 else "better"
    return (
        f"On the same {found.n_rows:,} holdout rows {test.metric} of {second} is "
        f"{way} by {abs(found.gain):,.6g} ({found.confidence:.0%} interval of the gain "
        f"{found.low:,.6g} to {found.high:,.6g}; better in {found.probability:.1%} of "
        f"resamples): {verdict}."
    )
