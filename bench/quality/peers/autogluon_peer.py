"""AutoGluon on one split: its preset `medium_quality`, or `--variant good_quality`.

The whole budget goes to `time_limit`; imports, reading and predicting come on top.
"""

import time

began = time.perf_counter()

from autogluon.tabular import TabularPredictor  # noqa: E402
from exchange import (  # noqa: E402
    CORES,
    read_table,
    read_words,
    write_facts,
    write_numbers,
    write_shares,
)

METRICS = {
    "rmse": "root_mean_squared_error",
    "roc_auc": "roc_auc",
    "log_loss": "log_loss",
}


def main():
    words = read_words()
    train, test, facts = read_table(words.table)
    predictor = TabularPredictor(
        label=facts["target"],
        problem_type=facts["task"],
        eval_metric=METRICS[facts["metric"]],
        path=str(words.out / "models"),
        verbosity=1,
        learner_kwargs={"random_state": words.seed},
    )
    predictor.fit(
        train,
        time_limit=words.budget,
        presets=words.variant or "medium_quality",
        num_cpus=CORES,
        num_gpus=0,
    )
    if facts["task"] == "regression":
        write_numbers(words.out, predictor.predict(test).to_numpy())
    else:
        shares = predictor.predict_proba(test)
        write_shares(words.out, shares.to_numpy(), list(shares.columns))
    write_facts(
        words.out,
        ["autogluon.tabular", "lightgbm", "catboost", "xgboost-cpu", "fastai", "torch"],
        began,
        chosen=predictor.model_best,
        models=predictor.model_names(),
    )


if __name__ == "__main__":
    main()
