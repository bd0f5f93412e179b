"""A search space is read from words, asked of trials, and written back as words."""

import json
from itertools import pairwise

import optuna
import pytest
from optuna.trial import TrialState

from sweepkit.errors import ConfigError
from sweepkit.sweep.reading import read_space
from sweepkit.sweep.resume import difference
from sweepkit.sweep.space import EXACT

FOREST = {
    "model.estimator.max_depth": "int(interval(2,9))",
    "model.share": "interval(0,1)",
}
RIDGE = {
    "model.estimator.alpha": "tag(log,interval(0.1,10))",
    "model.share": "range(1,4)",
}
SPACES = {"forest": FOREST, "ridge": RIDGE}


@pytest.fixture
def study():
    sampler = optuna.samplers.RandomSampler(seed=0)
    return optuna.create_study(sampler=sampler)


class TestOneModel:
    def test_typed_ranges_replace_and_typed_values_remove(self):
        """What stands on the command line is what the person wants now."""
        space = read_space(FOREST, ["model.estimator.max_depth=3,5", "model.share=0.5"])

        assert space.words == {"model.estimator.max_depth": "choice(3,5)"}
        assert space.fixed == ("model.share=0.5",)

    def test_other_words_go_to_every_trial_unchanged(self):
        """Groups, deletions and quoted text mean in a trial what they meant typed."""
        typed = ["model=linear", "~features.steps.ratios", "data.name='a, b'", "+x=1"]

        space = read_space(FOREST, typed)

        assert space.fixed == tuple(typed)
        assert set(space.words) == set(FOREST)

    def test_a_deleted_or_null_entry_is_not_searched(self):
        """Both say that the key should be left alone."""
        space = read_space(FOREST | {"seed": None}, ["~model.share"])

        assert set(space.words) == {"model.estimator.max_depth"}

    def test_a_written_value_is_fixed_unless_typed_otherwise(self):
        """A space file may pin what its ranges assume."""
        assert read_space(FOREST | {"seed": 7}, []).fixed == ("seed=7",)
        assert read_space(FOREST | {"seed": "7"}, ["seed=1,2"]).fixed == ()

    @pytest.mark.parametrize("typed", [[], ["model=dummy", "seed=1"]])
    def test_nothing_to_search_is_refused(self, typed):
        """Thirty equal trials help nobody."""
        with pytest.raises(ConfigError, match="nothing to search"):
            read_space({}, typed)

    def test_entries_say_where_they_come_from(self):
        """A person must know which file to open."""
        with pytest.raises(ConfigError, match=r"hydra\.sweeper\.params"):
            read_space({"seed": "interval(5,1)"}, [])

    def test_a_trial_is_asked_for_every_key(self, study):
        """The proposal comes back by override key, within the ranges."""
        params = read_space(FOREST, []).suggest(study.ask())

        assert params.keys() == FOREST.keys()
        assert params["model.estimator.max_depth"] in range(2, 10)

    def test_overrides_keep_texts_lists_and_added_keys(self, study):
        """The job must see the proposed value, whatever its signs."""
        space = read_space(
            {}, ["a='x, y',z", "b=[1,2],[3]", "+c='true',true", "d=null,1"]
        )
        params = {"a": "x, y", "b": [1, 2], "c": "true", "d": None, "e": 1e-05}

        assert space.to_overrides(params) == (
            *("a='x, y'", "b=[1,2]", "++c='true'", "d=null", "e=1e-05"),
        )

    def test_lists_are_proposed_as_lists(self, study):
        """Optuna stores text alone; the config wants the list."""
        params = read_space({}, ["b=[1,2],[1,2]", "c={x:1},{x:1}"]).suggest(study.ask())

        assert params == {"b": [1, 2], "c": {"x": 1}}

    def test_queued_values_outside_of_the_space_are_run_as_they_are(self, study):
        """The model's own defaults are trial 0, even where no range holds them."""
        space = read_space(FOREST, [])
        own = {"model.estimator.max_depth": None, "model.share": 7.5}

        study.enqueue_trial(space.to_study(own), user_attrs={EXACT: own})
        trial = study.ask()

        assert space.suggest(trial) == own
        assert trial.params["model.share"] == 1.0
        assert trial.params["model.estimator.max_depth"] in range(2, 10)


class TestManyModels:
    def test_each_model_is_asked_for_its_own_settings(self, study):
        """Equal keys of two models are two parameters, with two ranges."""
        space = read_space({}, ["features=none,geo"], SPACES)
        for _ in range(20):
            trial = study.ask()
            params = space.suggest(trial)
            study.tell(trial, 0.0)

            own = SPACES[params["model"]]
            assert params.keys() == {"model", "features", *own}

        assert space.words["forest:model.share"] == "interval(0.0,1.0)"
        assert space.words["ridge:model.share"] == "int(interval(1,3))"
        assert {t.params["model"] for t in study.trials} == set(SPACES)

    def test_multivariate_tpe_searches_it(self):
        """The sampler of optuna_all must cope with parameters that come and go."""
        sampler = optuna.samplers.TPESampler(
            seed=0, n_startup_trials=3, multivariate=True, group=True
        )
        study = optuna.create_study(sampler=sampler)
        space = read_space({}, [], SPACES)
        for _ in range(12):
            trial = study.ask()
            study.tell(trial, space.suggest(trial)["model.share"])

        assert all(t.state is TrialState.COMPLETE for t in study.trials)

    def test_typed_entries_concern_every_model(self):
        """Which of them have the key is known once the config is composed."""
        space = read_space({}, ["model.share=choice(5,6)", "seed=1"], SPACES)
        fixed = read_space({}, ["model.share=5"], SPACES)

        assert space.words["forest:model.share"] == "choice(5,6)"
        assert space.words["ridge:model.share"] == "choice(5,6)"
        assert space.fixed == ("seed=1",)
        assert "forest:model.share" not in fixed.words
        assert fixed.fixed_for == dict.fromkeys(SPACES, ("model.share=5",))

    def test_models_can_be_chosen(self):
        """One model leaves nothing conditional; an unknown one has no space."""
        two = read_space({}, ["model=ridge,forest"], SPACES)
        one = read_space({}, ["model=ridge"], SPACES)

        assert two.words["model"] == "choice(ridge,forest)"
        assert set(one.words) == set(RIDGE)
        assert one.fixed == ("model=ridge",)
        with pytest.raises(ConfigError, match="model=dummy has no space"):
            read_space({}, ["model=dummy,ridge"], SPACES)

    def test_overrides_choose_the_model_and_its_fixed_values(self):
        """A trial's words hold what only its own model gets."""
        space = read_space({}, ["model.estimator.alpha=2", "seed=1"], SPACES)
        params = {"model": "ridge", "model.share": 2}

        assert space.to_overrides(params) == (
            *("seed=1", "model=ridge", "model.estimator.alpha=2", "model.share=2"),
        )

    def test_queued_parameters_get_their_models_names(self):
        """A warm start gives keys; Optuna knows them by model."""
        space = read_space({}, [], SPACES)

        queued = space.to_study({"model": "ridge", "model.share": 99, "other": 1})

        assert queued == {"model": "ridge", "ridge:model.share": 3}
        assert space.to_study({"model": "unknown", "model.share": 1}) == {}


class TestGrid:
    def test_holds_every_combination_once(self):
        """The number of trials of a grid is its size."""
        space = read_space({}, ["a=range(0.1,0.45,0.1)", "b=x,y", "c=range(1,4)"])

        grid = space.grid()

        assert len(grid) == len({json.dumps(point) for point in grid}) == 4 * 2 * 3
        assert [point["a"] for point in grid][:: 2 * 3] == [0.1, 0.2, 0.3, 0.4]

    def test_can_be_queued(self, study):
        """Points are in Optuna's form: names by model, lists as text."""
        spaces = {"forest": {"model.a": "1,2"}, "ridge": {"model.b": "[1],[2],[3]"}}
        space = read_space({}, [], spaces)
        for point in space.grid():
            study.enqueue_trial(point)
            assert space.suggest(study.ask())["model"] == point["model"]

        assert [trial.params for trial in study.trials] == space.grid()
        assert len(space.grid()) == 2 + 3

    def test_refuses_ranges_without_end_of_values(self):
        """The message is a command line that works."""
        with pytest.raises(ConfigError) as refusal:
            read_space({}, ["lr=interval(0.1,0.5)"]).grid()

        assert "lr=0.1,0.5" in str(refusal.value)
        assert "range(first,end,step)" in str(refusal.value)

    def test_refuses_more_points_than_anybody_waits_for(self):
        """Two careless ranges are a million fits."""
        with pytest.raises(ConfigError, match="a has 1000, b has 1000"):
            read_space({}, ["a=range(0,1000)", "b=range(0,1000)"]).grid()


class TestContract:
    def test_description_is_plain_and_does_not_depend_on_the_way_of_writing(self):
        """It is stored with the study and compared when a sweep is resumed."""
        first = read_space({"a": "range(2, 10)", "b": "x,y"}, [])
        again = read_space(
            {"a": "interval(0,1)"}, ["a=int(interval(2,9))", "b=choice(x,y)"]
        )

        assert json.loads(json.dumps(first.describe())) == again.describe()
        assert first.fingerprint() == again.fingerprint()

    def test_every_change_changes_the_fingerprint(self):
        """A study's trials share one space."""
        spaces = [
            read_space(FOREST, []),
            read_space(FOREST, ["model.share=interval(0,2)"]),
            read_space(FOREST, ["model.share=1"]),
            read_space({}, [], SPACES),
            read_space({}, ["model.share=1"], SPACES),
            read_space({}, ["model.share=2"], SPACES),
            read_space({}, ["model=ridge,forest"], SPACES),
        ]

        for one, other in pairwise(spaces):
            assert one.fingerprint() != other.fingerprint()

    def test_the_difference_is_told_in_words(self):
        """Who changed a range must see which."""
        before = read_space(FOREST, []).describe()
        now = read_space(FOREST, ["model.share=interval(0,2)"]).describe()

        assert difference(before, now) == [
            "model.share was 'interval(0.0,1.0)' and is 'interval(0.0,2.0)'"
        ]
