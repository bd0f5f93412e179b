"""Log a fitted pipeline to a store, as an output of the run that made it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from mlflow.entities import Dataset, LoggedModelOutput, Metric
from mlflow.models import Model

from sweepkit.tracking.card import LoggedModel, ModelCard
from sweepkit.tracking.links import model_url
from sweepkit.tracking.saving import load_pipeline, save_pipeline
from sweepkit.tracking.store import OpenStore

__all__ = ["LoggedModel", "ModelCard", "load_pipeline", "log_pipeline", "save_pipeline"]


def log_pipeline(
    store: OpenStore,
    run_id: str,
    pipeline: object,
    card: ModelCard,
    scores: Sequence[Metric] = (),
    dataset: Dataset | None = None,
) -> LoggedModel:
    """Save a fitted pipeline to the store as an output of a run.

    MLflow's `log_model` would do this too, and load mlflow.pyfunc to predict the
    example rows once, which takes as long as everything else together.

    Args:
        store: An opened store.
        run_id: The run that made the pipeline.
        pipeline: A fitted scikit-learn pipeline.
        card: What is said about it.
        scores: Metrics of the run, shown on the model's page too.
        dataset: The table they come from, shown beside them.

    Raises:
        ConfigError: If it holds types that nobody allowed.
        StoreError: If the store does not take it.
    """
    with tempfile.TemporaryDirectory(prefix="sweepkit-") as name, store.guard():
        folder = Path(name) / "model"
        client = store.client
        mlflow_model = Model(run_id=run_id, metadata=dict(card.metadata) or None)
        save_pipeline(pipeline, card, folder, mlflow_model)
        logged = client.create_logged_model(
            store.experiment_id, name=card.name, source_run_id=run_id
        )
        model_id = logged.model_id
        mlflow_model.model_id = mlflow_model.model_uuid = model_id
        mlflow_model.artifact_path = logged.artifact_location
        mlflow_model.save(str(folder / "MLmodel"))
        client.log_model_artifacts(model_id, str(folder))
        client.finalize_logged_model(model_id, "READY")
        client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
        client.log_batch(
            run_id, [_of_model(score, model_id, dataset) for score in scores]
        )
    url = model_url(store.uri, store.experiment_id, model_id)
    return LoggedModel(model_id, f"models:/{model_id}", url)


def _of_model(score: Metric, model_id: str, dataset: Dataset | None) -> Metric:
    return Metric(
        score.key,
        score.value,
        # The same as before, so that the run keeps one point and not two.
        score.timestamp,
        score.step,
        model_id=model_id,
        dataset_name=dataset.name if dataset else None,
        dataset_digest=dataset.digest if dataset else None,
    )
