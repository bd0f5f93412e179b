"""Optuna's LightGBMTuner on one split, then a refit on all training rows.

By default a fifth of the training rows stop and choose (LightGBMTuner); with
`--variant cv` five folds do (LightGBMTunerCV), which takes five times as long a trial.
Categories are handed over as LightGBM wants them. The refit comes on top of the budget.
"""

import time

began = time.perf_counter()

import lightgbm as lgb  # noqa: E402
import optuna  # noqa: E402
import pandas as pd  # noqa: E402
from exchange import (  # noqa: E402
    CORES,
    read_table,
    read_words,
    write_facts,
    write_numbers,
    write_shares,
)
from optuna_integration.lightgbm import LightGBMTuner, LightGBMTunerCV  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402

OBJECTIVES = {
    "regression": {"objective": "regression", "metric": "rmse"},
    "binary": {"objective": "binary", "metric": "auc"},
    "multiclass": {"objective": "multiclass", "metric": "multi_logloss"},
}
MOST_ROUNDS, PATIENCE = 2_000, 50


def as_categories(train, test):
    """Give both parts the same categories, in place."""
    for name in train.select_dtypes(include=["str", "object", "bool"]):
        kind = pd.CategoricalDtype(sorted(train[name].dropna().unique()))
        train[name], test[name] = train[name].astype(kind), test[name].astype(kind)


def tune(params, train, codes, words, *, by_folds, stratify):
    """Return the best parameters, the number of rounds and the trials made."""
    callbacks = [lgb.early_stopping(PATIENCE, verbose=False)]
    common = {
        "num_boost_round": MOST_ROUNDS,
        "callbacks": callbacks,
        "time_budget": round(words.budget),
        "optuna_seed": words.seed,
        "show_progress_bar": False,
    }
    if by_folds:
        whole = lgb.Dataset(train, codes, free_raw_data=False)
        tuner = LightGBMTunerCV(
            params, whole, stratified=stratify, return_cvbooster=True, **common
        )
        tuner.run()
        rounds = tuner.get_best_booster().best_iteration
        return tuner.best_params, rounds, len(tuner.study.trials)
    fit_x, stop_x, fit_y, stop_y = train_test_split(
        train,
        codes,
        test_size=0.2,
        random_state=words.seed,
        stratify=codes if stratify else None,
    )
    fit_set = lgb.Dataset(fit_x, fit_y, free_raw_data=False)
    stop_set = lgb.Dataset(stop_x, stop_y, reference=fit_set, free_raw_data=False)
    tuner = LightGBMTuner(params, fit_set, valid_sets=[stop_set], **common)
    tuner.run()
    return (
        tuner.best_params,
        tuner.get_best_booster().best_iteration,
        len(tuner.study.trials),
    )


def main():
    words = read_words()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    train, test, facts = read_table(words.table)
    target = train.pop(facts["target"])
    as_categories(train, test)
    classes, codes = None, target
    if facts["task"] != "regression":
        classes = sorted(target.unique())
        codes = pd.Series(pd.Categorical(target, categories=classes).codes)
    params = {
        **OBJECTIVES[facts["task"]],
        "num_threads": CORES,
        "seed": words.seed,
        "verbosity": -1,
        "feature_pre_filter": False,
    }
    if facts["task"] == "multiclass":
        params["num_class"] = len(classes)
    best, rounds, trials = tune(
        params,
        train,
        codes,
        words,
        by_folds=words.variant == "cv",
        stratify=classes is not None,
    )
    booster = lgb.train(best, lgb.Dataset(train, codes), num_boost_round=rounds)
    said = booster.predict(test)
    if classes is None:
        write_numbers(words.out, said)
    elif said.ndim == 1:
        write_shares(
            words.out, pd.DataFrame({0: 1 - said, 1: said}).to_numpy(), classes
        )
    else:
        write_shares(words.out, said, classes)
    write_facts(
        words.out,
        ["optuna", "optuna-integration", "lightgbm", "scikit-learn"],
        began,
        chosen=best,
        rounds=rounds,
        trials=trials,
    )


if __name__ == "__main__":
    main()
