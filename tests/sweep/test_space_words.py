"""Values and ranges survive the way through Hydra's grammar and back."""

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from sweepkit.errors import ConfigError
from sweepkit.sweep.nearest import nearest_key
from sweepkit.sweep.parsing import parse, read_entry
from sweepkit.sweep.spelling import spell

AWKWARD = [
    *("a,b", "it's", 'say "x"', "", " lead", "trail ", "tail\\", "back\\'q", "\\\\'"),
    *("tab\tx", "two\nlines", "true", "False", "NULL", "null", "nan", "Inf", "1"),
    *("1e3", "a=b", "(x)", "[1,2]", "{a:1}", "a:b", "é", "$x", "interval(1,2)", "-"),
    *("a.b/c-d", "median", "_target_", "10.5", "x y", "#", "%", "~x", "+x", "@y"),
    *(None, True, False, 0, -3, 10**20, 1e-05, 1e22, -0.1, float("inf"), 0.1 + 0.2),
    *([], {}, [1, "a b", None], [[True], "x,y"], {"a": [1, {"b": "c,d"}]}),
]


@pytest.fixture
def conf(tmp_path):
    (tmp_path / "main.yaml").write_text("value: 1\n")
    with initialize_config_dir(str(tmp_path)):
        yield
    GlobalHydra.instance().clear()


def entry(words):
    return read_entry(parse(f"key={words}"))


def test_values_survive_compose(conf):
    """A trial must run with the very value that the sampler proposed."""
    for value in AWKWARD:
        found = compose("main", overrides=[f"value={spell(value)}"]).value

        assert found == value, value
        assert isinstance(value, list | dict) or type(found) is type(value), value


@pytest.mark.parametrize(
    ("words", "distribution"),
    [
        ("interval(0.3, 1.0)", FloatDistribution(0.3, 1.0)),
        ("interval(1,5)", FloatDistribution(1.0, 5.0)),
        ("int(interval(12, 30))", IntDistribution(12, 30)),
        ("tag(log, interval(0.02, 0.12))", FloatDistribution(0.02, 0.12, log=True)),
        ("tag(log, int(interval(16, 96)))", IntDistribution(16, 96, log=True)),
        ("range(1,5)", IntDistribution(1, 4)),
        ("range(1,10,3)", IntDistribution(1, 7, step=3)),
        ("range(10,1,-3)", IntDistribution(4, 10, step=3)),
        ("range(0.1,0.55,0.1)", FloatDistribution(0.1, 0.5, step=0.1)),
        ("shuffle(range(1,5))", IntDistribution(1, 4)),
        ("choice(median, mean)", CategoricalDistribution(["median", "mean"])),
        (
            "a,'b, c',true,null,1e-05",
            CategoricalDistribution(["a", "b, c", True, None, 1e-05]),
        ),
        ("choice([1,2],{a:b})", CategoricalDistribution(["[1,2]", "{a:b}"])),
    ],
)
def test_ranges_are_read_and_spelled_alike(words, distribution):
    """The words in reports and in the study's contract mean the same range again."""
    found = entry(words)

    assert found.distribution == distribution
    assert entry(found.words).distribution == distribution


def test_one_range_has_one_spelling():
    """Blanks and other ways of writing must not make a resumed sweep look changed."""
    assert (
        entry("tag( log, int(interval(2,  9)) )").words == "tag(log,int(interval(2,9)))"
    )
    assert entry("range(2,10)").words == entry("int(interval(2,9))").words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("interval(5,1)", "low <= high"),
        ("tag(log,interval(0,1))", "low > 0"),
        ("range(1,1)", "at least one value"),
        ("glob(*)", "no range to search"),
        ("interval(1", "cannot be read"),
        ("choice()", "empty choice"),
    ],
)
def test_impossible_ranges_are_refused(words, said):
    """The message shows the entry and how to write one."""
    with pytest.raises(ConfigError) as refusal:
        entry(words)

    assert said in str(refusal.value)
    assert words in str(refusal.value)
    assert "int(interval(1,9))" in str(refusal.value)


@pytest.mark.parametrize(
    ("words", "value", "legal"),
    [
        pytest.param("int(interval(1,5))", 9, [5], id="above"),
        pytest.param("interval(0.1,0.5)", 0.0, [0.1], id="below"),
        pytest.param("tag(log,interval(0.001,30))", 0.0, [0.001], id="log of zero"),
        pytest.param("int(interval(1,5))", 3, [3], id="within"),
        pytest.param("range(0.1,0.55,0.1)", 0.32, [0.3], id="between steps"),
        pytest.param("range(1,10,3)", 100, [7], id="above the last step"),
        pytest.param("int(interval(1,5))", None, [], id="null in numbers"),
        pytest.param("int(interval(1,5))", "auto", [], id="text in numbers"),
        pytest.param("interval(0,1)", float("nan"), [], id="nan"),
        pytest.param("interval(0,1)", float("inf"), [1.0], id="infinite"),
        pytest.param("choice(1,2)", True, [], id="true is not 1"),
        pytest.param("choice(a,b)", "c", [], id="another choice"),
        pytest.param("choice([1,2],[3])", [1, 2], ["[1,2]"], id="list"),
    ],
)
def test_nearest_is_what_optuna_accepts(words, value, legal):
    """Optuna fails on a queued value that its range has no place for."""
    found = entry(words)

    assert found.nearest(value) == legal
    for stored in legal:
        assert found.distribution._contains(found.distribution.to_internal_repr(stored))


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("model.estimator.num_leafs", "model.estimator.num_leaves"),
        ("num_leaves", "model.estimator.num_leaves"),
        ("modle", "model"),
        ("sede", "seed"),
        ("quite_another", None),
    ],
)
def test_nearest_key(wanted, meant):
    """A wrong hint is worse than none."""
    known = {"seed", "model", "model.estimator", "model.estimator.num_leaves"}

    assert nearest_key(wanted, known) == meant
