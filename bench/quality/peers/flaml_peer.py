"""FLAML on one split: its own search over LightGBM, XGBoost, CatBoost and forests.

The whole budget goes to its search, as `time_budget` asks for; the refit on all rows
that FLAML makes by default comes on top, and is its own business. `--variant ensemble`
stacks the learners, which FLAML leaves off by default.
"""

import time

began = time.perf_counter()

from exchange import (  # noqa: E402
    CORES,
    read_table,
    read_words,
    write_facts,
    write_numbers,
    write_shares,
)
from flaml import AutoML  # noqa: E402

TASKS = {"regression": "regression", "binary": "binary", "multiclass": "multiclass"}


def main():
    words = read_words()
    train, test, facts = read_table(words.table)
    # FLAML writes to the very frame; and of texts it knows those of type object.
    for part in (train, test):
        for name in part.select_dtypes(include=["str", "object"]):
            part[name] = part[name].astype(object).where(part[name].notna(), None)
    target = train.pop(facts["target"])
    automl = AutoML()
    automl.fit(
        X_train=train,
        y_train=target,
        task=TASKS[facts["task"]],
        metric=facts["metric"],
        time_budget=words.budget,
        n_jobs=CORES,
        seed=words.seed + 1,
        ensemble=words.variant == "ensemble",
        log_file_name="",
        verbose=1,
    )
    if facts["task"] == "regression":
        write_numbers(words.out, automl.predict(test))
    else:
        write_shares(words.out, automl.predict_proba(test), automl.classes_)
    write_facts(
        words.out,
        ["flaml", "lightgbm", "xgboost", "catboost", "scikit-learn"],
        began,
        chosen=automl.best_estimator,
        search_loss=automl.best_loss,
        trials=len(automl.config_history),
    )


if __name__ == "__main__":
    main()
