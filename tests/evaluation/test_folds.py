import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedKFold,
    TimeSeriesSplit,
)

from sweepkit.errors import DataError
from sweepkit.evaluation.folds import cross_validate, draw_folds
from sweepkit.evaluation.metrics import score_all
from sweepkit.evaluation.predicted import Predicted
from sweepkit.tasks import Task

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame({"a": RNG.normal(size=60), "b": RNG.normal(size=60)})
TARGET = (3 * ROWS["a"] - ROWS["b"] + RNG.normal(size=60)).to_numpy()


def fit(rows, target):
    return LinearRegression().fit(rows, target)


def ask(model, rows):
    return Predicted(model.predict(rows))


def test_each_row_is_judged_once_by_a_model_that_never_saw_it():
    """That is all that cross-validation promises."""
    folds = draw_folds(KFold(5, shuffle=True, random_state=0), ROWS)

    judged = np.concatenate([test for _, test in folds])

    assert sorted(judged) == list(range(60))
    assert all(not set(train) & set(test) for train, test in folds)


def test_scores_are_those_of_a_plain_loop():
    """Same folds, same models, same numbers."""
    folds = draw_folds(KFold(3), ROWS)

    found = cross_validate(fit, ask, ROWS, TARGET, folds)

    pairs = zip(folds, found.scores, found.predicted, strict=True)
    for (train, test), scores, predicted in pairs:
        model = LinearRegression().fit(ROWS.iloc[train], TARGET[train])
        said = ask(model, ROWS.iloc[test])
        assert scores == score_all(Task.REGRESSION, TARGET[test], said)
        assert predicted.values.tolist() == said.values.tolist()


def test_reports_every_fold_as_it_ends():
    """A sweep prunes on these reports, so they must come in between."""
    fitted, reports = [], []

    def counting_fit(rows, target):
        fitted.append(len(rows))
        return fit(rows, target)

    cross_validate(
        counting_fit,
        ask,
        ROWS,
        TARGET,
        draw_folds(KFold(3), ROWS),
        on_fold=lambda step, scores: reports.append((step, len(fitted), scores["r2"])),
    )

    assert [(step, n) for step, n, _ in reports] == [(0, 1), (1, 2), (2, 3)]


def test_what_on_fold_raises_ends_the_work():
    """A pruned trial must not fit another fold."""
    fitted = []

    def stop(step, scores):
        raise StopAsyncIteration

    def counting_fit(rows, target):
        fitted.append(1)
        return fit(rows, target)

    with pytest.raises(StopAsyncIteration):
        cross_validate(
            counting_fit, ask, ROWS, TARGET, draw_folds(KFold(3), ROWS), on_fold=stop
        )

    assert fitted == [1]


def test_groups_stay_on_one_side():
    """Rows of one customer on both sides would let the model recognise him."""
    groups = np.repeat(np.arange(12), 5)

    for train, test in draw_folds(GroupKFold(4), ROWS, groups=groups):
        assert not set(groups[train]) & set(groups[test])


def test_time_is_never_read_backwards():
    """Rows must be predicted from earlier ones only."""
    for train, test in draw_folds(TimeSeriesSplit(4), ROWS):
        assert train.max() < test.min()


def test_too_few_rows_are_refused_with_the_key_to_change():
    """scikit-learn's own message does not know the config."""
    with pytest.raises(DataError, match=r"KFold cannot split 4 .*n_splits"):
        draw_folds(KFold(5), ROWS.head(4))


def test_every_fold_has_its_share_of_each_class_and_says_nothing_of_rare_ones(recwarn):
    """The table's profile says it in words, with what to do."""
    codes = np.array([0.0] * 40 + [1.0] * 18 + [2.0] * 2)

    folds = draw_folds(StratifiedKFold(4, shuffle=True, random_state=0), ROWS, codes)

    assert {int(np.sum(codes[test] == 0)) for _, test in folds} == {10}
    assert not recwarn.list
