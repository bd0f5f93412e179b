"""What is said about a fitted pipeline, before and after it is in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sweepkit.tasks import Label, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is said about a fitted pipeline when it is saved.

    Attributes:
        name: Family, such as `gradient_boosting`: MLflow's leaderboard lists it.
        inputs: Raw columns of the rows it was fitted on; types, blanks and a few
            example rows are read from it.
        target: Name of the target column.
        task: What the model predicts.
        classes: Labels it answers with, in the order of its probabilities; empty in a
            regression.
        requirements: Packages it needs beyond scikit-learn, by the names pip knows.
        trusted_types: Types it is made of beyond those every model may have.
        metadata: Further facts, kept in the model's own file.
        profile: `TableProfile.to_dict()` of the rows it was fitted on, kept beside it
            as `profile.json` for whoever serves it; None leaves the file out.
    """

    name: str
    inputs: pd.DataFrame
    target: str
    task: Task = Task.REGRESSION
    classes: Sequence[Label] = ()
    requirements: Sequence[str] = ()
    trusted_types: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """A model the store holds.

    Attributes:
        model_id: MLflow's id of it.
        uri: What loads it: `mlflow.pyfunc.load_model(uri)`.
        url: Its page in MLflow's user interface.
    """

    model_id: str
    uri: str
    url: str
