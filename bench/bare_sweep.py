"""The least that could do what a sweep of 20 fixed trials does: the limit.

Two forked workers that have everything imported and read already take 20 settings in
turn and cross-validate each; nothing is searched, recorded, pruned or reported. The
peer in `bench/sweep.py`.
"""

import multiprocessing
import time

import lightgbm
import numpy as np
import pandas as pd
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import KFold, train_test_split
from sklearn.preprocessing import OneHotEncoder

from sweepkit.features.geo import GeoFeatures
from sweepkit.features.ratios import Ratios

BEGUN = time.time()
TABLE = "src/sweepkit/data/california_housing.parquet"
N_TRIALS, N_TREES = 20, 100


def read(path):
    with open(path) as file:
        return yaml.safe_load(file)


def without_target(node):
    return {key: value for key, value in node.items() if key != "_target_"}


table = pd.read_parquet(TABLE).astype({"ocean_proximity": object})
target = table.pop("median_house_value").to_numpy(float)
numbers = [name for name in table if name != "ocean_proximity"]
table[numbers] = table[numbers].astype(float)
geo = GeoFeatures(
    **without_target(read("conf/features/california.yaml")["steps"]["geo"])
)
ratios = Ratios(read("conf/features/ratios.yaml")["steps"]["ratios"]["pairs"])
settings = without_target(read("conf/model/gradient_boosting.yaml")["estimator"])
train, _ = train_test_split(np.arange(len(table)), test_size=0.2, random_state=42)
train = np.sort(train)
rows, values = table.iloc[train], target[train]


def judge(seed):
    began, scores = [], []
    for fold, judged in KFold(5, shuffle=True, random_state=42).split(rows):
        features = ColumnTransformer(
            [
                ("numbers", "passthrough", numbers),
                ("kinds", OneHotEncoder(handle_unknown="ignore"), ["ocean_proximity"]),
                ("ratios", ratios, ratios.columns),
                ("geo", geo, geo.columns),
            ],
            sparse_threshold=0,
        )
        options = {**settings, "n_estimators": N_TREES, "n_jobs": 1}
        options["random_state"] = seed
        known = features.fit_transform(rows.iloc[fold])
        began.append(time.time())  # of the fit, as the sweep's is noted
        model = lightgbm.LGBMRegressor(**options).fit(known, values[fold])
        predicted = model.predict(features.transform(rows.iloc[judged]))
        clipped = np.clip(predicted, values[fold].min(), values[fold].max())
        scores.append(root_mean_squared_error(values[judged], clipped))
    return began[0], float(np.mean(scores))


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    with context.Pool(2) as pool:
        results = pool.map(judge, range(N_TRIALS), chunksize=1)
    print(f"first {min(begun for begun, _ in results):.3f}")
    print(f"scores {' '.join(repr(score) for _, score in results)}")
