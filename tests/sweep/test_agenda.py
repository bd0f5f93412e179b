"""What a session with a time budget tries, in which order, and what it leaves out."""

from dataclasses import replace

import optuna
import pytest

from sweepkit.errors import ConfigError
from sweepkit.sweep.agenda import Agenda
from sweepkit.sweep.candidates import CHOSEN, choose
from sweepkit.sweep.clock import Clock
from sweepkit.sweep.costs import Costs
from sweepkit.sweep.memory import decode_outcome, encode_outcome
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.portfolio import read_portfolio
from sweepkit.sweep.queue import queue_owed
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import earlier_outcomes, open_memory
from sweepkit.sweep.storage import open_storage

SPACES = {
    "boost": {"model.rate": "interval(0.01,0.2)"},
    "forest": {"model.trees": "int(interval(10,90))"},
}
PORTFOLIO = {
    "quick": {"model": "boost", "cost": 1, "with": {"model.rate": 0.5}},
    "own": {"model": "boost", "cost": 4},
    "forest": {"model": "forest", "cost": 20},
}
DEFAULTS = {
    "boost": {"model": "boost", "model.rate": 0.1},
    "forest": {"model": "forest", "model.trees": 50},
}


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'studies.db'}"


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def make_agenda(url, tmp_path, now):
    def make(candidates=(), typed=(), budget_s=100.0, portfolio=PORTFOLIO):
        memory = open_memory(
            open_storage(url),
            "s",
            directions=["minimize"],
            contract={},
            make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
            pruner=optuna.pruners.NopPruner(),
        )
        queue_owed(memory)
        space = read_space({}, typed, SPACES)
        costs = Costs(tmp_path / "costs.json", "s", 6.0, {"s": [0.0]})
        clock = Clock(
            budget_s, costs, began_at=0.0, now=lambda: now[0], has_ensemble=False
        )
        points = read_portfolio(portfolio, space, "boost", DEFAULTS.__getitem__)
        ways = ("minimize",)
        return Agenda(clock, memory, space, "rmse", ways, points, list(candidates))

    return make


class Player:
    """Runs trials one after the other as a session does."""

    def __init__(self, agenda):
        self.agenda = agenda
        self.outcomes = list(earlier_outcomes(agenda.memory))

    def begin(self):
        reason = self.agenda.queue_next(self.outcomes, self.agenda.memory.n_running)
        if reason:
            return reason
        trial, params = self.agenda.memory.ask(self.agenda.space.suggest)
        self.agenda.memory.keep(trial.number)
        return trial.number, self.agenda.complete(params, self.outcomes)

    def end(self, number, params, value=1.0, seconds=1.0):
        folds = ({"rmse": value},) * 3
        outcome = Outcome(
            number=number,
            state=State.COMPLETE,
            params=params,
            values=(value,),
            seconds=seconds,
            folds=folds,
        )
        self.agenda.note_end(self.outcomes, outcome)
        self.agenda.memory.tell(outcome)
        self.outcomes.append(decode_outcome(encode_outcome(outcome)))

    def run(self, value=1.0, seconds=1.0):
        number, params = self.begin()
        self.end(number, params, value, seconds)
        return params


def test_the_portfolio_goes_first_in_its_order(make_agenda):
    """Points outside of the space run exactly; then the sampler has its turn."""
    player = Player(make_agenda())

    tried = [player.run() for _ in range(4)]

    assert tried[0] == {"model": "boost", "model.rate": 0.5}, "beyond what is searched"
    assert tried[1] == {"model": "boost", "model.rate": 0.1}
    assert tried[2] == {"model": "forest", "model.trees": 50}
    assert 0.01 <= tried[3]["model.rate"] <= 0.2


def test_only_the_commands_own_settings_are_called_defaults(make_agenda):
    """Tuning is compared with what a plain run would have done."""
    points = make_agenda().points

    assert [point.name for point in points if point.is_default] == ["own"]


def test_what_was_typed_stands(make_agenda):
    """A value stays, a range holds the point within it, other models are left out."""
    within = make_agenda(typed=["model=choice(boost)", "model.rate=interval(0.02,0.3)"])
    fixed = Player(make_agenda(typed=["model.rate=0.07"]))

    tried = [(point.name, point.params["model.rate"]) for point in within.points]
    assert tried == [("quick", 0.3), ("own", 0.1)]
    params = fixed.run()
    assert "model.rate=0.07" in fixed.agenda.space.to_overrides(params)
    assert "model.rate=0.5" not in fixed.agenda.space.to_overrides(params)


def test_no_trial_begins_that_cannot_end(make_agenda, now):
    """The forest would take twenty times as long as the quick one did."""
    player = Player(make_agenda())
    player.run(seconds=1.0)
    now[0] = 85.0

    assert player.run(seconds=4.0)["model"] == "boost"
    assert player.run(seconds=4.0)["model"] == "boost", "not the forest"
    now[0] = 99.5
    assert "time budget of 100 s" in player.begin()


def test_samples_go_mostly_to_the_best_model(make_agenda):
    """A minute is too short to learn again and again that forests are slow."""
    player = Player(make_agenda())
    player.run(1.0)
    player.run(1.0)
    player.run(9.0)

    models = [player.run(5.0)["model"] for _ in range(8)]

    assert models.count("boost") == 6


def test_features_are_tried_at_both_ends_first(make_agenda):
    """Nothing and everything, side by side; their difference decides most."""
    player = Player(make_agenda(["none", "lag", "knn"]))
    one, other = player.begin(), player.begin()

    assert (one[1][CHOSEN], other[1][CHOSEN]) == ("none", "knn")
    early = player.begin()
    assert early[1][CHOSEN] == "knn", "taken to be the best until that is known"
    player.end(*one, value=5.0)
    player.end(*other, value=3.0)
    assert player.run(value=4.0)[CHOSEN] == "lag", "there is time to try it too"

    later = player.run(value=3.0)

    assert later[CHOSEN] == "knn"
    assert later["model"] == "forest", "the quick point was tried with the features"


def test_a_set_of_features_in_between_is_not_worth_a_late_trial(make_agenda, now):
    """It can hardly beat the richest, which contains it."""
    player = Player(make_agenda(["none", "lag", "knn"]))
    one, other = player.begin(), player.begin()
    player.end(*one, value=5.0, seconds=5.0)
    player.end(*other, value=3.0, seconds=5.0)
    now[0] = 30.0

    assert player.run()[CHOSEN] == "knn"


def test_a_session_that_goes_on_knows_what_was_chosen(make_agenda):
    """The study alone tells; nothing is tried out twice."""
    first = Player(make_agenda(["none", "knn"]))
    for value in (5.0, 3.0):
        first.run(value)

    second = Player(make_agenda(["none", "knn"]))
    params = second.run()

    assert params == {"model": "boost", "model.rate": 0.1, CHOSEN: "knn"}


def test_a_point_that_died_is_repeated_exactly(make_agenda):
    """Killed at a deadline, it is owed with its values and its features."""
    first = Player(make_agenda(["none", "knn"]))
    _, params = first.begin()
    first.agenda.memory.give_back()

    assert Player(make_agenda(["none", "knn"])).begin()[1] == params
    assert params == {"model": "boost", "model.rate": 0.5, CHOSEN: "none"}


def scored(number, *folds):
    return Outcome(
        number=number,
        state=State.COMPLETE,
        params={},
        values=(sum(folds) / len(folds),),
        folds=tuple({"rmse": fold} for fold in folds),
    )


@pytest.mark.parametrize(
    ("costly", "chosen"),
    [
        ((4.0, 4.0, 4.0), "knn"),
        ((5.0, 5.0, 5.0), "none"),
        ((5.1, 5.1, 1.0), "none"),
    ],
    ids=["better everywhere", "a tie", "better by one lucky fold"],
)
def test_costlier_features_must_win_clearly(costly, chosen):
    """Every later trial pays for them."""
    found = {"none": scored(0, 5.0, 5.0, 5.0), "knn": scored(1, *costly)}

    assert choose(["none", "knn"], found, "rmse", "minimize") == chosen


def test_features_that_failed_lose():
    """A step may refuse a table that it seemed to fit."""
    failed = replace(scored(1, 1.0), state=State.FAILED)

    assert (
        choose(["a", "b"], {"a": scored(0, 5.0), "b": failed}, "rmse", "minimize")
        == "a"
    )


@pytest.mark.parametrize(
    "point",
    [
        "boost",
        {"cost": 1},
        {"model": "boost", "costs": 2},
        {"model": "boost", "cost": 0},
    ],
    ids=["a text", "no model", "misspelt", "no cost"],
)
def test_a_point_that_is_none_is_refused(make_agenda, point):
    """The message names the key."""
    with pytest.raises(ConfigError, match=r"hydra\.sweeper\.portfolio\.mine"):
        make_agenda(portfolio={"mine": point})


def test_a_budget_that_was_too_short_is_said(make_agenda, now):
    """The first trial was waited for, so the command took longer than was asked."""
    player = Player(make_agenda())
    begun = player.begin()
    now[0] = 120.0
    assert "time budget" in player.begin(), "nothing more begins"
    player.end(*begun)

    assert "too short" in player.begin()
