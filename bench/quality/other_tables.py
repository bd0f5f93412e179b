"""Six tables beyond housing: four that an installed package ships, two generated.

Each function returns a `Table`; nothing is fetched. pydataset's archive of R's tables
is read where it lies, and not imported: it would unpack itself into the home folder.
"""

import tarfile
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification, make_friedman1

MOST_ROWS = 20_000
METRICS = {"regression": "rmse", "binary": "roc_auc", "multiclass": "log_loss"}


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows, and what is to be predicted of them.

    Attributes:
        rows: All rows, the target among the columns.
        target: The column to predict.
        task: regression, binary or multiclass; it decides the metric.
        origin: Where the rows come from.
        words: What sweepkit is told beyond path, target and task.
    """

    rows: pd.DataFrame
    target: str
    task: str
    origin: str
    words: list[str] = field(default_factory=list)

    @property
    def metric(self):
        """What all tools are told to improve, and are scored by."""
        return METRICS[self.task]


def _read(archive, member):
    with tarfile.open(archive) as packed:
        body = packed.extractfile(f"resources/rdata/csv/{member}.csv").read()
    # The first column is R's row name.
    return pd.read_csv(BytesIO(body), index_col=0).reset_index(drop=True)


def _draw(rows):
    if len(rows) <= MOST_ROWS:
        return rows
    return rows.sample(MOST_ROWS, random_state=0).sort_index().reset_index(drop=True)


def _blank(rows, names, share, rng):
    for name in names:
        rows.loc[rng.random(len(rows)) < share, name] = None
    return rows


def diamonds(archive):
    """Prices of diamonds: strong, curved, three ordered categories."""
    return Table(
        rows=_draw(_read(archive, "ggplot2/diamonds")),
        target="price",
        task="regression",
        origin="pydataset, ggplot2 diamonds, 20,000 of 53,940 rows",
        words=["data.accept=[duplicates]"],
    )


def movies(archive):
    """Ratings of movies: weak, and nine in ten budgets and certificates are blank."""
    rows = _read(archive, "ggplot2/movies")
    # r1 to r10 are the shares of each rating, and so the target itself.
    rows = rows.drop(columns=["title", *(f"r{i}" for i in range(1, 11))])
    return Table(
        rows=_draw(rows),
        target="rating",
        task="regression",
        origin="pydataset, ggplot2 movies, 20,000 of 58,788 rows, no title, no r1-r10",
        words=["data.accept=[duplicates]"],
    )


def friedman(_archive):
    """Friedman's first function: interactions, noise, blanks, one column of labels."""
    rng = np.random.default_rng(0)
    values, target = make_friedman1(10_000, n_features=10, noise=1.0, random_state=0)
    rows = pd.DataFrame(values, columns=[f"x{i}" for i in range(10)])
    labels = np.array([f"band_{letter}" for letter in "hcajdlbgkfei"])
    rows["x3"] = labels[(rows["x3"] * 12).astype(int)]
    rows = _blank(rows, [f"x{i}" for i in range(10)], 0.08, rng)
    return Table(
        rows=rows.assign(y=target),
        target="y",
        task="regression",
        origin="make_friedman1, noise 1, one column cut into 12 labels, 8 % blanks",
    )


def flchain(archive):
    """Death in a study of light chains: blanks in one column, a category."""
    rows = _read(archive, "survival/flchain")
    # Time under observation and cause of death are known only afterwards.
    return Table(
        rows=rows.drop(columns=["futime", "chapter"]),
        target="death",
        task="binary",
        origin="pydataset, survival flchain, without futime and chapter",
        words=["data.accept=[duplicates]"],
    )


def rare(_archive):
    """A rare class, 3 in 100, in many clusters; some columns are noise, some blank."""
    values, codes = make_classification(
        MOST_ROWS,
        n_features=25,
        n_informative=10,
        n_redundant=5,
        n_clusters_per_class=4,
        weights=[0.97],
        flip_y=0.01,
        class_sep=0.8,
        random_state=0,
    )
    rows = pd.DataFrame(values, columns=[f"x{i}" for i in range(25)])
    rows = _blank(rows, [f"x{i}" for i in range(25)], 0.05, np.random.default_rng(0))
    return Table(
        rows=rows.assign(found=np.where(codes == 1, "yes", "no")),
        target="found",
        task="binary",
        origin="make_classification, 3 % positive, 1 % flipped, 5 % blanks",
    )


def chile(archive):
    """Intended votes of 1988: four classes, categories, blanks, few rows."""
    rows = _read(archive, "car/Chile")
    return Table(
        rows=rows[rows["vote"].notna()].reset_index(drop=True),
        target="vote",
        task="multiclass",
        origin="pydataset, car Chile, rows with a vote",
        words=["data.accept=[duplicates]"],
    )


OTHER = {
    "diamonds": diamonds,
    "movies": movies,
    "friedman": friedman,
    "flchain": flchain,
    "rare": rare,
    "chile": chile,
}
