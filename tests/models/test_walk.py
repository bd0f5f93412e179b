import numpy as np
import pytest

from sweepkit.models.predictor import trees as walks
from sweepkit.models.predictor import walk
from sweepkit.models.predictor.compiled import CompiledWalk, load_walk
from sweepkit.models.predictor.numpy_walk import NumpyWalk
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.tree_layout import Tree, join
from sweepkit.models.predictor.trees import Trees

N_FEATURES = 3
needs_numba = pytest.mark.skipif(
    load_walk() is None, reason="numba, of the extra `fast`, is not installed"
)
ADD_UP = [
    pytest.param(walk.add_up, id="plain Python"),
    pytest.param(load_walk(), id="compiled", marks=needs_numba),
]


def grow(rng, depth):
    """A random tree whose thresholds are among the few numbers that rows hold."""
    left, right, feature, threshold, value, blank_left = ([] for _ in range(6))

    def add(below):
        node = len(left)
        is_leaf = below == 0 or rng.random() < 0.2
        left.append(-1), right.append(-1)
        feature.append(rng.integers(N_FEATURES))
        threshold.append(rng.choice([-1.0, 0.0, 0.5, np.inf, -np.inf]))
        value.append(rng.normal())
        blank_left.append(rng.random() < 0.5)
        if not is_leaf:
            left[node], right[node] = add(below - 1), add(below - 1)
        return node

    add(depth)
    return Tree(*map(np.array, (left, right, feature, threshold, value, blank_left)))


def descend(tree, row):
    """One tree and one row by the definition."""
    node = 0
    while tree.left[node] >= 0:
        cell = row[tree.feature[node]]
        if np.isnan(cell):
            goes_left = tree.blank_left[node]
        else:
            goes_left = cell <= tree.threshold[node]
        node = tree.left[node] if goes_left else tree.right[node]
    return tree.value[node]


def add_up(trees, rows, start):
    totals = np.full(len(rows), start)
    for tree in trees:
        totals += [descend(tree, row) for row in rows]
    return totals


def draw(rng, n_rows):
    cells = [-1.0, -0.0, 0.0, 0.5, 0.7, 1e300, np.nan, np.inf, -np.inf]
    return rng.choice(cells, (n_rows, N_FEATURES))


@pytest.mark.parametrize("n_trees", [1, walk.GROUP, walk.GROUP + 1])
@pytest.mark.parametrize("depth", [0, 1, 6])
@pytest.mark.parametrize("add", ADD_UP)
def test_a_group_in_step_goes_where_each_tree_alone_goes(add, depth, n_trees):
    """Blanks, infinities, values on a threshold, groups that are not full."""
    rng = np.random.default_rng(depth)
    trees = [grow(rng, depth) for _ in range(n_trees)]
    rows, joined = draw(rng, 40), join(trees, N_FEATURES)

    got = CompiledWalk(add, joined, 0.1).add_up(rows)

    expected = add_up(trees, rows, 0.1)
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(NumpyWalk(joined, 0.1).add_up(rows), expected)


@pytest.mark.parametrize("add", ADD_UP)
def test_features_may_lie_in_memory_as_they_like(add):
    """Compiled code reads memory as it is told to, right or wrong."""
    rng = np.random.default_rng(0)
    trees, rows = [grow(rng, 4) for _ in range(5)], draw(rng, 12)
    compiled = CompiledWalk(add, join(trees, N_FEATURES), 0.0)
    expected = add_up(trees, rows, 0.0)

    wide = np.zeros((24, 2 * N_FEATURES))
    wide[::2, ::2] = rows
    frozen = rows.copy()
    frozen.flags.writeable = False
    narrow = np.nan_to_num(rows, nan=0.5, posinf=0.25, neginf=-2).clip(-9, 9)
    for features in (np.asfortranarray(rows), wide[::2, ::2], frozen):
        np.testing.assert_array_equal(compiled.add_up(features), expected)
    np.testing.assert_array_equal(
        compiled.add_up(narrow.astype(np.float32)),
        add_up(trees, narrow.astype(np.float32), 0.0),
    )
    assert compiled.add_up(rows[:0]).shape == (0,)


def test_rows_of_another_width_are_refused():
    """They would be read beyond their end."""
    tree = grow(np.random.default_rng(3), 3)

    with pytest.raises(ValueError, match="look at 3 of a row"):
        Trees([tree], N_FEATURES, 0.0).add_up(np.zeros((2, 2)))


@pytest.mark.parametrize("feature", [-1, N_FEATURES])
def test_a_tree_that_looks_beyond_the_features_is_refused(feature):
    """So would a row, by such a tree."""
    tree = Tree(*map(np.array, ([1, -1, -1], [2, -1, -1])), *np.zeros((4, 3)))
    tree = tree._replace(feature=np.array([feature, 0, 0]))

    with pytest.raises(NotPlain, match="does not have"):
        join([tree], N_FEATURES)


@needs_numba
def test_trees_are_walked_by_machine_code_where_it_is_to_be_had(monkeypatch):
    """And by numpy without a word of failure where it is not."""
    tree = grow(np.random.default_rng(0), 3)
    assert Trees([tree], N_FEATURES, 0.0).how == ", compiled"

    monkeypatch.setattr(walks, "load_walk", lambda: None)

    assert Trees([tree], N_FEATURES, 0.0).how == ""
