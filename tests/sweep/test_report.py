"""The report of any sweep opens anywhere, and is the same for the same sweep."""

import math
import re
import warnings
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState

from sweepkit.errors import DiskError
from sweepkit.sweep import report_rows
from sweepkit.sweep.lanes import lay_out
from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.sweep.report import write_sweep_report
from sweepkit.sweep.report_importances import measure_importances
from sweepkit.sweep.report_look import find_limits
from sweepkit.sweep.report_settings import list_log_ticks
from sweepkit.sweep.report_words import write_headline
from sweepkit.sweep.standing import Standing

HOSTILE = "<script>alert('1')</script>"
VOID = {"meta", "link", "img", "br"}
BEGIN = 1_790_000_000.0
TOLD = {
    State.COMPLETE: TrialState.COMPLETE,
    State.PRUNED: TrialState.PRUNED,
    State.FAILED: TrialState.FAIL,
}


class Page(HTMLParser):
    """Collects tags with their attributes, and the text a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def figures(self):
        return [attributes["id"] for tag, attributes in self.tags if tag == "figure"]


def suggest(trial):
    """Ask for every kind of parameter, one of them in some trials only."""
    kind = trial.suggest_categorical("model", ["tree", "line", None])
    flag = trial.suggest_categorical("model.estimator.bootstrap", [True, False])
    rate = trial.suggest_float("model.estimator.rate_$x$", 1e-3, 1.0, log=True)
    trial.suggest_int("features.constant", 3, 3)
    depth = 0
    if kind == "tree":
        depth = trial.suggest_int("tree:model.estimator.depth", 2, 9)
    return 50.0 + math.log(rate) ** 2 - depth + 3 * flag


def finish(study, state=State.COMPLETE, ask=suggest, extra=(), **fields):
    """Ask, report folds and tell one trial; return it with its outcome."""
    trial = study.ask()
    base = ask(trial)
    means = [base + 1, base - 1, base] if state is State.COMPLETE else [base + 9]
    if state is not State.FAILED and not extra:
        for step, mean in enumerate(means):
            trial.report(mean, step)
    values = (base, *extra) if state is State.COMPLETE else ()
    study.tell(trial, values or None, TOLD[state])
    number = trial.number
    given = {
        "params": {name.split(":")[-1]: v for name, v in trial.params.items()},
        "overrides": tuple(f"{name}={v}" for name, v in trial.params.items()),
        "folds": tuple({"rmse": mean} for mean in means),
        "error": "ValueError: bad row" if state is State.FAILED else "",
        "started_at": BEGIN + number,
        "seconds": 1.5,
        "worker": 100 + number % 2,
        "is_default": number == 0,
    }
    return Outcome(number=number, state=state, values=values, **(given | fields))


def make(n_trials=0, states=None, *, n_objectives=1, ask=suggest, facts=None):
    """Run a small study to its end."""
    study = optuna.create_study(
        directions=["minimize"] * n_objectives,
        sampler=optuna.samplers.RandomSampler(seed=1),
    )
    draw = np.random.default_rng(0)
    outcomes = [
        finish(study, state, ask, tuple(draw.uniform(1, 2, n_objectives - 1)))
        for state in states or [State.COMPLETE] * n_trials
    ]
    return study, conclude(outcomes, n_objectives, facts or {})


def conclude(outcomes, n_objectives=1, facts=None, name="housing"):
    ways = ("minimize",) * n_objectives
    standing = Standing(ways)
    for outcome in outcomes:
        standing.add(outcome)
    plan = SweepPlan(
        name=name,
        storage="sqlite:///studies.db",
        space={"model": "choice(tree,line,null)", "model.estimator.rate_$x$": "log"},
        directions=ways,
        objectives=("cv_rmse", "latency_ms", "size_mb")[:n_objectives],
        n_trials=max(1, len(outcomes)),
        n_workers=2,
        folder=Path("/somewhere/outputs"),
    )
    front = tuple(outcome.number for outcome in standing.front)
    return SweepResult(
        plan=plan,
        outcomes=tuple(outcomes),
        best=standing.best,
        front=front,
        reason="the budget of trials is spent",
        seconds=12.0,
        saved_seconds=standing.saved_seconds,
        facts=facts or {},
    )


def render(study, result, tmp_path):
    path = tmp_path / "sweep_report.html"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_sweep_report(study, result, path)
    return Page(path.read_text(encoding="utf-8"))


C, P, F = State.COMPLETE, State.PRUNED, State.FAILED
EVERY = ["history", "importances", "folds", "slices", "parallel", "timeline"]
SWEEPS = {
    "no trial": ([], []),
    "one trial": ([C], ["history", "folds", "timeline"]),
    "all failed": ([F, F], ["timeline"]),
    "all pruned": ([P, P], ["timeline"]),
    "three trials": ([C, P, C], [n for n in EVERY if n != "importances"]),
    "every state": ([C, C, P, F, C, C, P, C, C], EVERY),
}


@pytest.mark.parametrize(("states", "figures"), SWEEPS.values(), ids=SWEEPS)
def test_every_sweep_has_the_figures_it_has_data_for(states, figures, tmp_path):
    study, result = make(states=states) if states else make(0)
    assert render(study, result, tmp_path).figures() == figures


@pytest.mark.parametrize("n_objectives", [2, 3])
def test_several_objectives_add_the_front(n_objectives, tmp_path):
    page = render(*make(12, n_objectives=n_objectives), tmp_path)
    assert page.figures() == ["front", *EVERY]
    assert "latency_ms" in page.text


def test_the_page_needs_nothing_else(tmp_path):
    page = render(*make(6), tmp_path)
    html = (tmp_path / "sweep_report.html").read_text(encoding="utf-8")
    assert not {"script", "iframe", "object"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        for name in ("src", "href"):
            assert attributes.get(name, "data:").startswith("data:")
    assert not re.search(r"@import|url\(", html)
    assert page.open == []


def test_pictures_have_a_text_alternative(tmp_path):
    page = render(*make(6), tmp_path)
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert all(len(picture["alt"]) > 20 for picture in pictures)


def test_names_are_text_wherever_they_come_from(tmp_path):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))

    def ask(trial):
        return len(trial.suggest_categorical(HOSTILE, [HOSTILE, "b"]))

    outcomes = [finish(study, state, ask, error=HOSTILE) for state in (C, C, F)]
    result = conclude(outcomes, facts={HOSTILE: HOSTILE}, name=HOSTILE)
    page = render(study, result, tmp_path)
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count(HOSTILE) >= 6


def test_web_addresses_become_links_and_other_facts_do_not(tmp_path):
    facts = {"run": "http://127.0.0.1:5000/#/x", "seed": "42", "bad": "javascript:1"}
    page = render(*make(1, facts=facts), tmp_path)
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == ["http://127.0.0.1:5000/#/x"]
    assert "javascript:1" in page.text


def test_the_same_sweep_gives_the_same_bytes(tmp_path):
    study, result = make(states=[C, C, P, F, C, C])
    for name in ("one", "two"):
        write_sweep_report(study, result, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_drawing_leaves_no_global_figure_behind(tmp_path):
    """Pyplot keeps what it draws, and picks a window system."""
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    render(*make(5), tmp_path)
    assert plt.get_fignums() == before


def test_a_study_that_lacks_the_trials_is_no_obstacle(tmp_path):
    """A report can be written from the outcomes of another machine."""
    _, result = make(6)
    page = render(optuna.create_study(), result, tmp_path)
    assert page.figures() == [name for name in EVERY if name != "importances"]


def test_values_that_do_not_differ_can_be_drawn(tmp_path):
    def ask(trial):
        return 0.0 * trial.suggest_float("a", 0, 1)

    page = render(*make(5, ask=ask), tmp_path)
    assert page.figures() == [name for name in EVERY if name != "importances"]


def test_trials_without_times_have_no_timeline(tmp_path):
    study = optuna.create_study()
    result = conclude([finish(study, started_at=0.0) for _ in range(2)])
    assert "timeline" not in render(study, result, tmp_path).figures()


def test_a_long_table_keeps_the_best_and_says_what_it_hides(monkeypatch, tmp_path):
    monkeypatch.setattr(report_rows, "MOST_ROWS", 3)
    study, result = make(states=[F, C, P, C, C, C])
    table = report_rows.list_trials(result)
    shown = [row["number"] for row in table["rows"]]
    assert result.best.number in shown and shown == sorted(shown) and len(shown) == 3
    assert table["hidden"] == 3
    assert "3 more trials" in render(study, result, tmp_path).text


def test_a_folder_that_cannot_be_made_is_a_disk_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="file"):
        write_sweep_report(*make(1), tmp_path / "file" / "report.html")


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (conclude([]), "before its first trial"),
        (make(states=[F, F])[1], "None of 2 trials came to a value."),
        (make(1)[1], "Tuning did not help"),
        (make(9)[1], "better than the model's defaults."),
        (make(9, n_objectives=2)[1], "the best choices between RMSE and latency_ms"),
    ],
    ids=["nothing", "failed", "no gain", "gain", "front"],
)
def test_the_headline_says_what_came_of_it(result, words):
    assert words in write_headline(result)


def test_a_parameter_of_one_model_is_shown_for_that_model_alone():
    tree = Outcome(
        number=0, state=C, values=(1.0,), params={"model": "tree", "model.depth": 3}
    )
    line = Outcome(
        number=1, state=C, values=(2.0,), params={"model": "line"}, is_default=True
    )
    result = conclude([tree, line])
    result.plan.space.clear()
    result.plan.space.update({"tree:model.depth": "a", "line:model.depth": "b"})
    rows = {row["name"]: row for row in report_rows.list_space(result)}
    assert rows["tree:model.depth"]["best"] == "3"
    assert rows["line:model.depth"]["best"] == ""
    assert "model.depth" not in rows


def test_importances_name_the_parameter_that_matters():
    study, _ = make(40, ask=lambda t: t.suggest_float("a", 0, 1) + _ignore(t))
    shares = measure_importances(study)
    assert next(iter(shares)) == "a"
    assert sum(shares.values()) == pytest.approx(1)


def _ignore(trial):
    return 0.0 * trial.suggest_float("b", 0, 1)


def test_a_parameter_of_some_trials_has_an_importance_too():
    study, _ = make(30)
    assert "tree:model.estimator.depth" in measure_importances(study)


def worked(number, begin, seconds, worker):
    return Outcome(
        number=number,
        state=C,
        values=(1.0,),
        params={},
        started_at=BEGIN + begin,
        seconds=seconds,
        worker=worker,
    )


def test_each_worker_has_a_lane_and_its_successor_goes_on_in_it():
    lanes = lay_out(
        [worked(0, 0, 4, 7), worked(1, 0, 2, 8), worked(2, 3, 1, 9), worked(3, 4, 2, 7)]
    )
    assert [bar.lane for bar in lanes.bars] == [0, 1, 1, 0]
    assert lanes.busy_share == pytest.approx(9 / 12)


def test_a_pause_between_sessions_takes_no_room():
    lanes = lay_out([worked(0, 0, 10, 7), worked(1, 9_000, 10, 8)])
    assert lanes.worked == 20.0 and lanes.span < 25.0 and lanes.count == 1
    assert [pause for _, pause in lanes.pauses] == [8_990.0]


def test_bad_first_guesses_do_not_flatten_the_rest():
    values = np.array([9e9, *np.linspace(100, 110, 40)])
    low, high = find_limits(values, "minimize")
    assert low < 100 and 110 < high < 200
    low, high = find_limits(-values, "maximize")
    assert high > -100 and -200 < low < -110


@pytest.mark.parametrize(
    ("low", "high"), [(0.001, 1000.0), (0.022, 0.077), (31.0, 48.0), (5.0, 60.0)]
)
def test_logarithmic_axes_have_a_few_marks(low, high):
    ticks = list_log_ticks(low, high)
    assert 2 <= len(ticks) <= 4
    assert low <= min(ticks) and max(ticks) <= high
