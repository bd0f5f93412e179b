"""The barest script that does the work of `python train.py model=gradient_boosting`.

Same table, same holdout, same features, same folds, same final fit, same numbers;
no config, no checks, no record, no figures. The peer in `bench/training.py`.
"""

import lightgbm
import numpy as np
import pandas as pd
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.metrics import (
    mean_absolute_error,
    mean_absolute_percentage_error,
    r2_score,
    root_mean_squared_error,
)
from sklearn.model_selection import KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sweepkit.features.geo import GeoFeatures
from sweepkit.features.ratios import Ratios

TABLE = "src/sweepkit/data/california_housing.parquet"
TARGET = "median_house_value"
THREADS = 2


def read(path):
    with open(path) as file:
        return yaml.safe_load(file)


def without_target(node):
    return {key: value for key, value in node.items() if key != "_target_"}


table = pd.read_parquet(TABLE).astype({"ocean_proximity": object})
target = table.pop(TARGET).to_numpy(float)
numbers = [name for name in table if name != "ocean_proximity"]
table[numbers] = table[numbers].astype(float)
geo = GeoFeatures(
    **without_target(read("conf/features/california.yaml")["steps"]["geo"])
)
ratios = Ratios(read("conf/features/ratios.yaml")["steps"]["ratios"]["pairs"])
settings = without_target(read("conf/model/gradient_boosting.yaml")["estimator"])


def build():
    features = ColumnTransformer(
        [
            ("numbers", "passthrough", numbers),
            ("kinds", OneHotEncoder(handle_unknown="ignore"), ["ocean_proximity"]),
            ("ratios", ratios, ratios.columns),
            ("geo", geo, geo.columns),
        ],
        sparse_threshold=0,
    )
    options = {**settings, "random_state": 42, "n_jobs": THREADS}
    return make_pipeline(features, lightgbm.LGBMRegressor(**options))


def scores(actual, predicted):
    predicted = np.clip(predicted, target[train].min(), target[train].max())
    return [
        root_mean_squared_error(actual, predicted),
        r2_score(actual, predicted),
        mean_absolute_error(actual, predicted),
        mean_absolute_percentage_error(actual, predicted),
    ]


train, holdout = train_test_split(np.arange(len(table)), test_size=0.2, random_state=42)
train, holdout = np.sort(train), np.sort(holdout)
rows, values = table.iloc[train], target[train]
for fold, judged in KFold(5, shuffle=True, random_state=42).split(rows):
    model = build().fit(rows.iloc[fold], values[fold])
    print(scores(values[judged], model.predict(rows.iloc[judged])))
model = build().fit(rows, values)
print(scores(target[holdout], model.predict(table.iloc[holdout])))
print(scores(target[holdout], np.full(len(holdout), np.median(values))))
