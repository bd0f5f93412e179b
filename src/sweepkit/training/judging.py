"""The verdict on a fitted model: the holdout, beside the floor."""

from functools import partial

from omegaconf import DictConfig
from sklearn.pipeline import Pipeline

from sweepkit.evaluation.importance import permutation_importance
from sweepkit.evaluation.judgement import ContributionSample, Judgement, Scores
from sweepkit.evaluation.metrics import find_metric, score_all
from sweepkit.evaluation.slice_scores import score_slices
from sweepkit.models.contributions import sample_contributions
from sweepkit.models.floor import floor_of
from sweepkit.models.interval_asking import measure_coverage
from sweepkit.models.outputs import ask, threshold_of
from sweepkit.training.rows import Rows

_MOST_EXPLAINED = 300  # rows, for a picture


def judge(
    cfg: DictConfig, rows: Rows, model: Pipeline, folds: tuple[Scores, ...]
) -> Judgement:
    """Score a model fitted on all training rows on the holdout, beside the floor.

    Args:
        cfg: The whole configuration.
        rows: The task's rows.
        model: Fitted on all of them but the holdout.
        folds: What cross-validation said of the same settings.
    """
    schema, actual = rows.schema, rows.holdout_target
    said, metric = ask(model, rows.holdout), find_metric(cfg.evaluation.metric)
    columns = cfg.evaluation.slices
    floor = floor_of(schema.task, rows.train_target, len(actual), len(schema.classes))
    return Judgement(
        model=cfg.model.name,
        table=cfg.data.name,
        target=cfg.data.target,
        target_unit=cfg.data.target_unit,
        metric=metric.name,
        folds=folds,
        holdout=score_all(schema.task, actual, said),
        floor=score_all(schema.task, actual, floor),
        actual=actual,
        predicted=said.values,
        task=schema.task,
        classes=schema.classes,
        probabilities=said.probabilities,
        threshold=threshold_of(model),
        slices=tuple(score_slices(metric, rows.sliced, actual, said, columns)),
        importance=permutation_importance(
            partial(ask, model),
            rows.holdout,
            actual,
            metric=metric,
            repeats=cfg.evaluation.importance.repeats,
            max_rows=cfg.evaluation.importance.max_rows,
            seed=cfg.seed,
            threads=cfg.threads,
        ),
        coordinates=rows.coordinates,
        coverage=measure_coverage(model, rows.holdout, said, actual),
        contributions=_explain(cfg, rows, model),
        n_train=len(rows.train),
    )


def _explain(cfg: DictConfig, rows: Rows, model: Pipeline) -> ContributionSample | None:
    return sample_contributions(
        model,
        rows.holdout,
        max_rows=min(_MOST_EXPLAINED, cfg.evaluation.importance.max_rows),
        seed=cfg.seed,
        threads=cfg.threads,
    )
