import numpy as np
import pytest
from lightgbm import LGBMClassifier
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

from sweepkit.data.schema import infer_schema
from sweepkit.errors import ConfigError, FitError
from sweepkit.features.preprocess import Inputs
from sweepkit.models.classify import LabelClassifier
from sweepkit.models.pipeline import (
    build_pipeline,
    fit,
    innermost_estimator,
    use_threads,
    wrap_estimator,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3))
CODES = (X[:, 0] > 0) + (X[:, 0] > 1.0).astype(float)
CLASSIFIERS = [
    pytest.param(LGBMClassifier(n_estimators=4, verbosity=-1, n_jobs=1), id="lightgbm"),
    pytest.param(RandomForestClassifier(4, random_state=0), id="forest"),
    pytest.param(HistGradientBoostingClassifier(max_iter=3), id="histograms"),
    pytest.param(LogisticRegression(), id="logistic"),
    pytest.param(DummyClassifier(), id="dummy"),
    pytest.param(KNeighborsClassifier(3), id="no plain form"),
]


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        pytest.param(["high", "low", "mid"], "O", id="texts"),
        pytest.param([1, 2, 30], "i", id="numbers"),
        pytest.param([False, True], "b", id="truth values"),
        pytest.param([True, False], "b", id="the other one positive"),
    ],
)
def test_labels_keep_type_and_order(labels, kind):
    """The order of probabilities is the schema's, not what an encoder sorts."""
    codes = np.minimum(CODES, len(labels) - 1)
    model = LabelClassifier(RandomForestClassifier(20, random_state=0), labels)

    found = model.fit(X, codes).predict(X)

    assert found.dtype.kind == kind
    assert model.classes_.tolist() == labels
    right = np.array(labels, dtype=found.dtype)[codes.astype(int)]
    assert np.mean(found == right) > 0.95


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_a_class_these_rows_lack_has_probability_0(estimator):
    """A class of one row is absent from the fold that holds it out."""
    labels = ["a", "b", "c", "d"]
    seen = np.where(CODES == 1, 3, CODES)  # 0, 2 and 3, never 1

    shares = LabelClassifier(estimator, labels).fit(X, seen).predict_proba(X)

    assert shares.shape == (120, 4)
    assert (shares[:, 1] == 0).all()
    assert (shares[:, [0, 2, 3]] > 0).any(axis=0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("estimator", CLASSIFIERS)
def test_rows_of_one_class_make_a_constant(estimator):
    """Two rows of the rare class may both lie in the rows held out."""
    model = LabelClassifier(estimator, ["no", "yes"], "balanced").fit(X, np.ones(120))

    assert model.predict_proba(X[:2]).tolist() == [[0, 1], [0, 1]]
    assert model.predict(X[:2]).tolist() == ["yes", "yes"]


def test_the_threshold_decides_between_two():
    """What was chosen for an objective is what `predict` goes by."""
    model = LabelClassifier(LogisticRegression(), ["no", "yes"]).fit(X, CODES > 0)
    second = model.predict_proba(X)[:, 1]
    for threshold, limit in ((None, 0.5), (0.05, 0.05), (0.9, 0.9)):
        model.threshold = threshold
        assert (model.predict(X) == "yes").tolist() == (second >= limit).tolist()


class TestWeights:
    """`task.class_weight`: what a row counts for."""

    rare = (X[:, 0] + RNG.normal(size=120) > 1.5).astype(float)

    def share(self, weight, labels=("no", "yes")):
        model = LabelClassifier(LogisticRegression(), list(labels), weight)
        return model.fit(X, self.rare).predict_proba(X)[:, 1].mean()

    def test_balanced_counts_both_classes_alike(self):
        """As scikit-learn's word of that name does."""
        model = LogisticRegression(class_weight="balanced").fit(X, self.rare)

        assert self.share("balanced") == model.predict_proba(X)[:, 1].mean()
        assert self.share("balanced") > 1.5 * self.share(None)

    @pytest.mark.parametrize(
        ("weight", "labels"),
        [
            pytest.param({"yes": 5}, ("no", "yes"), id="text"),
            pytest.param({2: 5}, (1, 2), id="number"),
            pytest.param({"2": 5}, (1, 2), id="number written as text"),
            pytest.param({True: 5}, ("false", "true"), id="text YAML reads as truth"),
            pytest.param({"true": 5}, (False, True), id="truth written as text"),
            pytest.param({"yes": 5.0, "no": 1}, ("no", "yes"), id="both"),
        ],
    )
    def test_a_label_is_found_however_it_is_written(self, weight, labels):
        """YAML and the command line have their own ideas of what 2 and true are."""
        expected = LogisticRegression(class_weight={0.0: 1, 1.0: 5}).fit(X, self.rare)

        found = self.share(weight, labels)

        assert found == expected.predict_proba(X)[:, 1].mean()

    def test_a_weight_for_no_class_is_refused(self):
        """A typing error would otherwise leave the rare class as it was."""
        with pytest.raises(ConfigError, match=r"names 'yess'.*there are no, yes"):
            self.share({"yess": 5})

    def test_an_unknown_word_is_refused(self):
        """The message shows what may stand there."""
        with pytest.raises(ConfigError, match="is 'balance'; it may be null, balanced"):
            self.share("balance")

    def test_an_estimator_without_weights_is_refused(self):
        """Rather than fitted without them, silently."""
        model = LabelClassifier(KNeighborsClassifier(), ["no", "yes"], "balanced")

        with pytest.raises(ConfigError, match="KNeighborsClassifier takes no weights"):
            model.fit(X, self.rare)


def test_an_estimator_without_probabilities_is_refused():
    """What to do about it is said where it is found out."""
    model = LabelClassifier(RidgeClassifier(), ["no", "yes"])

    with pytest.raises(ConfigError, match="RidgeClassifier has no predict_proba"):
        model.fit(X, CODES > 0)


def test_the_given_estimator_stays_unfitted():
    """Folds share it; a fitted one would leak from fold to fold."""
    model = LabelClassifier(LogisticRegression(), ["no", "yes"], {"yes": 2}, 0.4)

    again = clone(model.fit(X, CODES > 0))

    assert not hasattr(model.estimator, "coef_")
    assert not hasattr(again, "estimator_")
    assert (again.classes, again.class_weight) == (["no", "yes"], {"yes": 2})
    assert again.threshold == 0.4


def test_fitting_again_forgets_the_calibration():
    """It belonged to another model's probabilities."""
    model = LabelClassifier(LogisticRegression(), ["no", "yes"]).fit(X, CODES > 0)
    model.calibrator_ = object()

    assert model.fit(X, CODES > 0).calibrator_ is None


@pytest.fixture(scope="module")
def schema(labelled_table):
    """Return one of a number and four labels."""
    table = labelled_table[["total_rooms", "band"]]
    return infer_schema(table, target="band", overrides={})


class TestPipeline:
    """What `build_pipeline` makes of a schema with classes."""

    def test_it_ends_in_labels_and_never_clips(self, schema, labelled_table):
        """Probabilities have no range of training to be kept in."""
        pipeline = build_pipeline(
            RandomForestClassifier(3, n_jobs=1),
            schema,
            steps={},
            inputs=Inputs(),
            clip_predictions=True,
            class_weight={"a palace": 9},
        )
        codes = schema.target_values(labelled_table)
        fit(pipeline, schema.conform(labelled_table), codes)

        assert pipeline.classes_.tolist() == ["a palace", "cheap", "dear", "fair"]
        assert pipeline[-1].class_weight == {"a palace": 9}
        assert use_threads(pipeline, 2)[-1].estimator_.n_jobs == 2
        assert isinstance(innermost_estimator(pipeline), RandomForestClassifier)

    def test_keys_of_weights_are_texts(self, schema):
        """skops reads a key of False back as True, and two keys as one."""
        weights = {False: 1, True: 3}

        last = wrap_estimator(
            None, schema, clip_predictions=False, class_weight=weights
        )

        assert last.class_weight == {"False": 1, "True": 3}

    def test_a_refusal_names_its_own_key(self, schema):
        """What was chosen for the classes is not the estimator's fault."""
        last = wrap_estimator(
            LogisticRegression(), schema, clip_predictions=False, class_weight={"x": 1}
        )

        with pytest.raises(ConfigError, match=r"task\.class_weight names 'x'"):
            fit(last, X, CODES)

    def test_other_failures_are_the_estimators(self, schema):
        """As they are for numbers."""
        last = wrap_estimator(LogisticRegression(C=-1), schema, clip_predictions=False)

        with pytest.raises(FitError, match="LogisticRegression cannot be fitted"):
            fit(last, X, CODES)
