"""The note on a sweep's run: what was searched, what was found, where to look."""

from collections.abc import Mapping, Sequence

from sweepkit.sweep.outcome import Outcome, SweepResult
from sweepkit.sweep.standing import rank
from sweepkit.sweep.summary import describe_gain
from sweepkit.sweep.wording import (
    count_states,
    plain,
    shorten_names,
    write_seconds,
    write_setting,
    write_settings,
    write_states,
    write_value,
)
from sweepkit.tracking.links import run_url
from sweepkit.tracking.store import OpenStore

_MOST_TRIALS = 5


def write_note(
    result: SweepResult, store: OpenStore, run_ids: Mapping[int, str], trials_url: str
) -> str:
    """Return the note in Markdown.

    Args:
        result: What came of the sweep.
        store: Where its runs are.
        run_ids: Run of each trial by its number.
        trials_url: The list of all its trials.
    """
    pages = {
        number: run_url(store.uri, store.experiment_id, run_id)
        for number, run_id in run_ids.items()
    }
    parts = [_write_outcome(result, trials_url)]
    if result.best is not None:
        parts += [_write_best(result, pages), _write_trials(result, pages)]
    return "\n\n".join([*parts, _write_space(result)])


def _write_outcome(result: SweepResult, trials_url: str) -> str:
    states = write_states(count_states(result.outcomes))
    total = result.plan.n_trials
    limit = f" of {total} trials" if total is not None else ""
    text = f"[{states}]({trials_url}){limit}. "
    text += f"Ended: {_cell(result.reason or 'done')}."
    if result.saved_seconds > 0:
        text += f" Pruning saved about {write_seconds(result.saved_seconds)}."
    return text


def _write_best(result: SweepResult, pages: Mapping[int, str]) -> str:
    best, name = result.best, result.plan.objectives[0]
    assert best is not None
    text = f"**Best: {_link(best, pages)}, {name} {write_value(best.values[0])}.**"
    if any(outcome.is_default for outcome in result.outcomes):
        text += f" Tuned against defaults: {_cell(describe_gain(result))}."
    return text


def _write_trials(result: SweepResult, pages: Mapping[int, str]) -> str:
    plan = result.plan
    shown = rank(result.outcomes, plan.directions)[:_MOST_TRIALS]
    labels = shorten_names(dict.fromkeys(name for o in shown for name in o.params))
    rows = [
        [
            _link(outcome, pages),
            *(write_value(value) for value in outcome.values),
            write_seconds(outcome.seconds),
            write_settings(outcome.params, labels) or "defaults",
        ]
        for outcome in shown
    ]
    return _table(["trial", *plan.objectives, "time", "parameters"], rows)


def _write_space(result: SweepResult) -> str:
    best = result.best.params if result.best is not None else {}
    rows = [
        [key, words, write_setting(best[key]) if key in best else ""]
        for key, words in result.plan.space.items()
    ]
    return _table(["searched", "range", "best"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")


def _link(outcome: Outcome, pages: Mapping[int, str]) -> str:
    name = f"trial {outcome.number}"
    page = pages.get(outcome.number)
    return f"[{name}]({page})" if page else name
