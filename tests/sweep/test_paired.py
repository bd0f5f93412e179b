"""A trial is ended when the best one is out of its reach, and never before."""

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState, create_trial

from sweepkit.errors import ConfigError
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.paired import PairedPruner, read_means, take_apart
from sweepkit.sweep.resume import open_memory
from sweepkit.sweep.sampling import build_pruner
from sweepkit.sweep.storage import open_storage

# Folds differ by far more than trials do, as they really do.
BEST = (40.0, 50.0, 45.0, 60.0, 42.0)
OFFSETS = (
    (1.0, 3.0, 2.0, 4.0, 0.0),
    (3.0, 1.0, 4.0, 0.0, 2.0),
    (2.0, 4.0, 0.0, 1.0, 3.0),
    (4.0, 0.0, 3.0, 2.0, 1.0),
)
EARLIER = (BEST, *(tuple(map(sum, zip(BEST, o, strict=True))) for o in OFFSETS))
scores = st.floats(-1e6, 1e6, allow_nan=False)


def means(folds):
    return {k: sum(folds[: k + 1]) / (k + 1) for k in range(len(folds))}


def study_of(trials, direction="minimize", **settings):
    study = optuna.create_study(direction=direction, pruner=PairedPruner(**settings))
    study.add_trials([ended(folds) for folds in trials])
    return study


def ended(folds, state=TrialState.COMPLETE, **changes):
    space = {"x": FloatDistribution(0, 1)}
    told = {"intermediate_values": means(folds), "value": sum(folds) / len(folds)}
    return create_trial(
        state=state, params={"x": 0.5}, distributions=space, **(told | changes)
    )


def verdicts(study, folds):
    """Report fold by fold, to the end; return what the pruner says after each."""
    trial, said = study.ask(), []
    for step, mean in means(folds).items():
        trial.report(mean, step)
        said.append(trial.should_prune())
    study.tell(trial, state=TrialState.FAIL)
    return said


def shifted(*by):
    return tuple(fold + more for fold, more in zip(BEST, by, strict=True))


def test_a_trial_far_behind_ends_after_its_first_fold():
    """That is where most is saved."""
    assert verdicts(study_of(EARLIER), shifted(*[30.0] * 5))[0]


def test_a_hard_first_fold_is_no_fault_of_the_trial():
    """Its scores look bad among those of all folds, and are the best on their own."""
    first_is_hard = tuple((folds[3], *folds[:3], folds[4]) for folds in EARLIER)
    slightly_better = tuple(fold - 0.1 for fold in first_is_hard[0])

    assert not any(verdicts(study_of(first_is_hard), slightly_better))


@settings(max_examples=60, deadline=None)
@given(
    trials=st.lists(st.tuples(*[scores] * 4), min_size=5, max_size=9),
    better_by=st.tuples(*[st.floats(0, 1e3)] * 4),
    direction=st.sampled_from(["minimize", "maximize"]),
)
def test_a_trial_as_good_on_every_fold_is_never_ended(trials, better_by, direction):
    """Whatever the others were; equal scores included, and rounding."""
    sign = 1 if direction == "minimize" else -1
    best = min(trials, key=lambda folds: sign * sum(folds))
    folds = [one - sign * more for one, more in zip(best, better_by, strict=True)]

    assert not any(verdicts(study_of(trials, direction), folds))


@settings(max_examples=60, deadline=None)
@given(folds=st.tuples(*[scores] * 5))
def test_the_last_fold_ends_no_trial(folds):
    """All of the time is spent by then; it would only hide the result."""
    assert not verdicts(study_of(EARLIER), folds)[-1]


@settings(max_examples=60, deadline=None)
@given(folds=st.tuples(*[st.floats(-100, 100)] * 5))
def test_both_directions_decide_alike(folds):
    """A score that is to be large is a loss with the sign turned round."""
    turned = [tuple(-fold for fold in one) for one in EARLIER]

    assert verdicts(study_of(EARLIER), folds) == verdicts(
        study_of(turned, "maximize"), tuple(-fold for fold in folds)
    )


@settings(max_examples=60, deadline=None)
@given(folds=st.tuples(*[st.floats(0, 100)] * 5), more=st.floats(0, 3))
def test_a_larger_z_ends_nothing_that_a_smaller_one_spares(folds, more):
    """The one setting has to do what its comment says."""
    bold = verdicts(study_of(EARLIER, z=1.0), folds)
    careful = verdicts(study_of(EARLIER, z=1.0 + more), folds)

    assert all(b >= c for b, c in zip(bold, careful, strict=True))


def test_what_is_a_little_behind_may_still_catch_up():
    """Within the noise of one fold nothing is proved by one, and much by four."""
    little = verdicts(study_of(EARLIER), shifted(*[1.5] * 5))

    assert not little[0]
    assert little[3]


@pytest.mark.parametrize(("n_complete", "ends"), [(0, False), (4, False), (5, True)])
def test_nothing_is_ended_before_enough_trials_are_complete(n_complete, ends):
    """The first trials tell how much folds differ; trial 0 has nothing to compare."""
    assert any(verdicts(study_of(EARLIER[:n_complete]), shifted(*[30.0] * 5))) is ends


def test_pruned_and_failed_trials_are_no_measure():
    """They never reached the folds they would be compared on."""
    study = study_of(EARLIER[:4])
    study.add_trials(
        [
            ended(BEST[:2], TrialState.PRUNED),
            ended(BEST[:2], TrialState.FAIL, value=None),
        ]
    )

    assert not any(verdicts(study, shifted(*[30.0] * 5)))


def test_a_new_best_trial_is_the_measure_from_then_on():
    """What was good enough against the old one is not against the new."""
    trial = shifted(*[0.5] * 5)
    study = study_of(EARLIER)
    before = verdicts(study, trial)
    study.add_trial(ended(shifted(*[-30.0] * 5)))

    assert not any(before)
    assert verdicts(study, trial)[0]


def test_luck_of_the_best_trial_is_not_held_against_others():
    """One that is better in the end may be far behind after a fold the best one won."""
    good = [shifted(*[0.5 * n] * 5) for n in range(4)]
    lucky = shifted(-8.0, 1.5, 1.5, 1.5, 1.5)
    study = study_of([lucky, *good, *EARLIER], best_share=0.5)
    alone = study_of([lucky, *good, *EARLIER], best_share=0.0)

    assert not verdicts(study, shifted(-1.0, *[-1.0] * 4))[0]
    assert verdicts(alone, shifted(-1.0, *[-1.0] * 4))[0]


def test_a_trial_with_a_fold_missing_is_left_alone():
    """A fold that gave no number was not reported: means have a gap."""
    trial = study_of(EARLIER).ask()
    for step in (1, 2, 3):
        trial.report(1e6, step)
        assert not trial.should_prune()


def test_trials_without_reports_are_no_measure():
    """Another launcher than the pool reports no folds, and its best may be the best."""
    silent = ended(shifted(*[-20.0] * 5), intermediate_values={})
    study = study_of(EARLIER)
    study.add_trial(silent)

    assert verdicts(study, shifted(*[30.0] * 5))[0]
    assert not any(verdicts(study, BEST))


def test_trials_of_another_number_of_folds_tell_nothing_of_the_noise():
    """Their folds are other rows."""
    study = study_of([*EARLIER[:4], (*EARLIER[4][:3], 70.0, 80.0, 90.0)])

    assert not any(verdicts(study, shifted(*[30.0] * 5)))


def test_trials_with_the_very_settings_of_the_best_do_not_hide_the_noise():
    """Samplers repeat themselves where choices are few."""
    study = study_of([*EARLIER, *[BEST] * 20])

    assert verdicts(study, shifted(*[1.5] * 5)) == verdicts(
        study_of(EARLIER), shifted(*[1.5] * 5)
    )


@settings(max_examples=60, deadline=None)
@given(folds=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=10))
def test_scores_come_back_from_running_means(folds):
    """Means are what is reported and stored."""
    known = take_apart([read_means(ended(folds))])

    assert list(known[0]) == pytest.approx(folds, abs=1e-9)


def test_a_resumed_study_decides_as_the_one_that_never_stopped(tmp_path):
    """Nothing is kept but what the study's storage has."""
    url = f"sqlite:///{tmp_path / 'studies.db'}"
    memory = opened(url)
    for folds in EARLIER:
        assert not any(told(memory, folds))
    trial = shifted(4.0, 1.0, 1.0, 1.0, 1.0)
    study = study_of(EARLIER)

    assert told(opened(url), trial) == verdicts(study, trial)
    assert any(verdicts(study, trial))


def test_of_two_objectives_none_ends_a_trial(tmp_path):
    """A trial behind in one may lead in the other, and Optuna has no best one."""
    memory = opened(f"sqlite:///{tmp_path / 'studies.db'}", ("minimize", "minimize"))
    for folds in (*EARLIER, shifted(*[30.0] * 5)):
        assert not any(told(memory, folds))


def opened(url, directions=("minimize",)):
    node = {"_target_": "sweepkit.sweep.paired.PairedPruner"}
    return open_memory(
        open_storage(url),
        "s",
        directions=directions,
        contract={},
        make_sampler=lambda n: optuna.samplers.RandomSampler(seed=n),
        pruner=build_pruner(node),
    )


def told(memory, folds):
    trial, params = memory.ask(lambda one: {"x": one.suggest_float("x", 0, 1)})
    said = [memory.report(trial.number, step, m) for step, m in means(folds).items()]
    memory.tell(
        Outcome(
            number=trial.number,
            state=State.COMPLETE,
            params=params,
            values=(sum(folds) / len(folds),) * len(memory.study.directions),
        )
    )
    return said


@pytest.mark.parametrize(
    "setting", [{"z": -1.0}, {"n_startup_trials": 1}, {"best_share": 2.0}]
)
def test_a_setting_out_of_range_is_refused(setting):
    """One trial has no noise to tell of, and a negative z would end better ones."""
    node = {"_target_": "sweepkit.sweep.paired.PairedPruner", **setting}

    with pytest.raises(ConfigError, match=next(iter(setting))):
        build_pruner(node)
