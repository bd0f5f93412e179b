"""What is found in tables that are wrong, and that sound ones are left alone."""

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from sweepkit.data.example import load_california_housing
from sweepkit.data.holdout import split_holdout
from sweepkit.data.joining import join_alike
from sweepkit.data.problems import (
    Kind,
    Plan,
    Problem,
    check_accepted,
    find_problems,
    stop_on,
    write_warnings,
)
from sweepkit.data.schema import infer_schema
from sweepkit.errors import DataError

N = 400


def examine(table, target="y", *, roles=None, plan=None, held_out=True):
    schema = infer_schema(table, target=target, overrides=roles or {})
    classes = schema.target_values(table) if schema.task.has_classes else None
    split = None
    if held_out:
        split = split_holdout(table, fraction=0.2, seed=42, classes=classes)
    return find_problems(table, schema, holdout=split, plan=plan)


def only(problems, kind):
    found = [problem for problem in problems if problem.kind == kind]
    assert len(found) == 1, problems
    return found[0]


def kinds(problems):
    return [str(problem.kind) for problem in problems]


@pytest.fixture
def table():
    """A sound table: a number, a category and noise make up the target."""
    rng = np.random.default_rng(0)
    size, town = rng.normal(100, 20, N), rng.choice(["a", "b", "c"], N)
    return pd.DataFrame(
        {
            "size": size,
            "town": town,
            "noise": rng.normal(size=N),
            "y": size + 20 * (town == "a") + rng.normal(0, 20, N),
        }
    )


def load(name):
    loaded = getattr(datasets, f"load_{name}")(as_frame=True)
    table = loaded.frame.copy()
    if name != "diabetes":
        table["target"] = [str(loaded.target_names[code]) for code in table["target"]]
    return table, "target"


@pytest.mark.parametrize("name", ["housing", "diabetes", "wine", "breast_cancer"])
def test_well_known_tables_raise_no_alarm(name):
    """A warning that is mostly wrong teaches people to look away."""
    if name == "housing":
        table, target = load_california_housing(), "median_house_value"
    else:
        table, target = load(name)

    assert examine(table, target) == []


def test_a_sound_table_has_no_problem(table):
    """Every check below is tested by what it finds here and by what it leaves alone."""
    assert examine(table) == []
    assert examine(table, held_out=False) == []


def test_each_problem_says_what_was_found_and_what_to_type(table):
    """Whoever reads it must be able to act without reading anything else."""
    bad = table.assign(price=table["y"] * 2 + 1, flag="a")
    bad.loc[0, "flag"] = "b"

    for problem in examine(bad):
        assert problem.column is None or repr(problem.column) in problem.found
        assert problem.found.endswith(".")
        assert problem.advice.count("`") % 2 == 0
        assert "data." in problem.advice


@pytest.mark.parametrize(
    ("column", "kind", "said"),
    [
        pytest.param([1.0, 2.0, *[None] * (N - 2)], "blanks", "99.5%", id="blank"),
        pytest.param(["b", *["a"] * (N - 1)], "near_constant", "'a'", id="constant"),
        pytest.param(
            [-999.0] * 9 + list(np.linspace(0, 90, N - 9)),
            "placeholder",
            "-999 in 9 rows",
            id="number that stands for a blank",
        ),
        pytest.param(
            [0.0] * 9 + list(np.linspace(40, 60, N - 9)),
            "placeholder",
            "0 in 9 rows",
            id="impossible zero",
        ),
        pytest.param(
            ["1900-01-01"] * 9
            + list(pd.date_range("2020-01-01", periods=N - 9).astype(str)),
            "placeholder",
            "1900-01-01 in 9 rows",
            id="date that stands for a blank",
        ),
        pytest.param(
            ["#REF!"] * 3 + ["x", "z"] * ((N - 3) // 2) + ["x"],
            "placeholder",
            "'#REF!' in 3 rows",
            id="error of a spreadsheet",
        ),
        pytest.param([1e39, *np.linspace(0, 1, N - 1)], "range", "1e+39", id="huge"),
        pytest.param(
            [5e6, *np.linspace(1, 90, N - 1)], "range", "5,000,000", id="far off"
        ),
        pytest.param(
            ["Red", "red "] * (N // 2), "spelling", "'Red' and 'red '", id="spelling"
        ),
        pytest.param(
            [*map(str, np.arange(30.0)), "n.a."] * 12 + ["1.0"] * 28,
            "type",
            "'n.a.'",
            id="numbers as text",
        ),
        pytest.param(
            [f"code {i // 2}-{i % 2}" for i in range(N - 10)] + ["code x"] * 10,
            "identifier",
            "names rows",
            id="texts that name rows",
        ),
        pytest.param(
            [f"t{i // 2}" for i in range(0, 2 * N, 2)][: N // 2] * 2,
            "cardinality",
            "mean of the target",
            id="many categories",
        ),
    ],
)
def test_a_column_that_is_wrong_is_warned_of(table, column, kind, said):
    """None of these stops: a model may still be of use."""
    if kind == "cardinality":
        table = pd.concat([table, table.assign(noise=table["noise"] + 9)])
        table, column = (
            table.reset_index(drop=True),
            [f"t{i % 300}" for i in range(800)],
        )

    problem = only(examine(table.assign(odd=column)), kind)

    assert (problem.severity, problem.column) == ("warn", "odd")
    assert said in f"{problem.found} {problem.advice}"


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(list(np.linspace(-999, 999, N)), id="a range that ends so"),
        pytest.param([0.0] * 200 + list(np.linspace(1, 90, 200)), id="many real zeros"),
        pytest.param([0, 1] * (N // 2), id="zero and one"),
        pytest.param(list(np.exp(np.linspace(0, 9, N))), id="a long tail"),
        pytest.param(["A1", "B2"] * (N // 2), id="codes"),
        pytest.param([1990 + i % 30 for i in range(N)], id="years"),
    ],
)
def test_an_unusual_but_sound_column_is_left_alone(table, column):
    """Zeros are mostly real, and tails mostly long."""
    assert examine(table.assign(odd=column)) == []


def test_numbers_of_rows_are_named_by_their_content(table):
    """Not every identifier is called so, and trees split on row numbers gladly."""
    table = table.assign(order=np.random.default_rng(1).permutation(N) + 5000)

    problem = only(examine(table), Kind.IDENTIFIER)

    assert (problem.column, problem.severity) == ("order", "warn")
    assert "`+data.roles.order=identifier`" in problem.advice


def test_one_row_a_year_is_no_identifier(table):
    """A series over time has such a column, and learns from it."""
    assert examine(table.assign(year=np.arange(N) + 1600)) == []


def test_nothing_but_identifiers_stops():
    """There is nothing in them to learn from."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"order": rng.permutation(N), "y": rng.normal(size=N)})

    assert only(examine(table), Kind.IDENTIFIER).severity == "stop"


def test_rows_of_one_owner_are_to_stay_together(table):
    """Random folds would ask a model about customers whom it knows."""
    table = table.assign(customer_no=np.arange(N) // 4)

    problem = only(examine(table), Kind.GROUPS)

    assert "`evaluation=group_kfold evaluation.group=customer_no`" in problem.advice
    assert examine(table, plan=Plan(group="customer_no")) == []


def test_an_ignored_owner_is_one_still(table):
    """That no model is given the name does not part its rows."""
    table = table.assign(patient_id=[f"p{i // 4}" for i in range(N)])

    problem = only(examine(table, roles={"patient_id": "ignored"}), Kind.GROUPS)

    assert "data.roles" not in problem.advice, "it is dropped already"


def test_dated_rows_under_random_folds_are_told(table):
    """Judged on its own past a model looks better than it will be."""
    days = pd.date_range("2022-01-01", periods=N).to_series(index=table.index)
    table = table.assign(sold_on=days.sample(frac=1, random_state=0).to_numpy())

    problem = only(examine(table), Kind.TIME)

    assert "2022-01-01 to 2023-02-04" in problem.found
    assert "`evaluation=time_series evaluation.time=sold_on`" in problem.advice
    assert examine(table, plan=Plan(time="sold_on")) == []
    assert examine(table.rename(columns={"sold_on": "date_of_birth"})) == []


def test_a_target_that_rises_with_row_numbers_hints_at_time(table):
    """The identifier is dropped, but the order it tells of remains."""
    table = table.sort_values("y", ignore_index=True).assign(id=np.arange(N))

    problem = only(examine(table), Kind.ROW_ORDER)

    assert "rises" in problem.found
    assert "evaluation.time=id" in problem.advice


def test_columns_that_say_the_same_are_told_once(table):
    """Importance is split between them, and neither looks important."""
    problem = only(
        examine(table.assign(area=np.exp(table["size"] / 50))), "same_column"
    )

    assert problem.column == "area"
    assert "'size'" in problem.found


def test_a_class_of_one_row_stops():
    """It can be learned from or judged on, not both."""
    table = pd.DataFrame({"x": np.arange(N) % 7, "y": ["a", "b", "c", "d"] * (N // 4)})
    table.loc[0, "y"] = "lone"

    problem = only(examine(table), Kind.SMALL_CLASS)

    assert (problem.severity, problem.column) == ("stop", "y")
    assert "'lone' (1 row)" in problem.found


def test_counts_that_were_taken_for_labels_are_told():
    """Visits to the doctor are 0 to 9; that is inferred to be ten labels."""
    visits = np.arange(N) % 9
    visits[0] = 9
    table = pd.DataFrame({"x": np.arange(N) % 7, "y": visits})

    assert "`task=regression`" in only(examine(table), Kind.SMALL_CLASS).advice


@pytest.mark.parametrize(("labels", "severity"), [("abcd", "warn"), ("ab", "stop")])
def test_a_class_smaller_than_the_folds_is_told(labels, severity):
    """Of two classes one that is absent from a fold leaves no score for it."""
    table = pd.DataFrame({"x": np.arange(N) % 7, "y": [*labels] * (N // len(labels))})
    table = table[table["y"].ne("b") | (np.arange(N) < 4 * len(labels))]

    problem = only(examine(table.reset_index(drop=True)), Kind.SMALL_CLASS)

    assert problem.severity == severity
    assert "'b' (4 rows)" in problem.found
    assert "`evaluation.n_splits=3`" in problem.advice, "one row is held out"


def test_a_rare_class_names_the_metrics_that_see_it():
    """96% accuracy is what a model gets that never finds one."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=1000), "y": ["no"] * 960 + ["yes"] * 40})

    problem = only(examine(table), Kind.IMBALANCE)

    assert "'yes' has 4.0%" in problem.found
    assert "evaluation.metric=average_precision" in problem.advice


def test_a_target_that_hardly_varies_stops(table):
    """In a fold without variation no score is defined."""
    table["y"] = 0.0
    table.loc[:2, "y"] = [1.5, 2.5, 3.5]

    problem = only(examine(table), Kind.CONSTANT_TARGET)

    assert problem.severity == "stop"
    assert "5 folds" in problem.found


def test_few_rows_ask_for_repetition(table):
    """With ten rows a fold the better of two models is a matter of luck."""
    problem = only(examine(table.head(60)), Kind.FEW_ROWS)

    assert "about 9 rows" in problem.found
    assert "evaluation=repeated_kfold" in problem.advice


def test_more_columns_than_rows_are_told():
    """Some of them fit the target by chance."""
    numbers = np.random.default_rng(0).normal(size=(130, 120))
    table = pd.DataFrame(numbers, columns=[f"x{i}" for i in range(120)])

    problem = only(examine(table.rename(columns={"x0": "y"})), Kind.FEW_ROWS)

    assert "119 columns" in problem.found


STOP = Problem(Kind.LEAKAGE, "stop", "x", "Column 'x' is it.", "Drop it.")
WARN = Problem(Kind.TIME, "warn", "d", "Rows are dated.", "Judge on later rows.")


def test_what_stops_says_how_to_go_on():
    """The message is all that a person sees of an hour's sweep that was not begun."""
    with pytest.raises(DataError) as refusal:
        stop_on([STOP, WARN])

    assert "Column 'x' is it. Drop it." in str(refusal.value)
    assert "'data.accept=[leakage]'" in str(refusal.value)
    assert "dated" not in str(refusal.value)


def test_the_words_to_go_on_keep_what_was_accepted_before():
    """Else each of two problems would bring the other back."""
    small = Problem(Kind.SMALL_CLASS, "stop", "y", "Too small.", "Join.")

    with pytest.raises(DataError, match=r"data\.accept=\[leakage,small_class\]"):
        stop_on([STOP, small], accept=["leakage"])

    stop_on([STOP, small], accept=["leakage", "small_class"])
    stop_on([WARN])


def test_an_accepted_stop_is_told_and_an_accepted_warning_is_not():
    """The one says what the scores are worth; the other has been understood."""
    told = write_warnings([STOP, WARN], accept=["leakage", "time"])

    assert told == ["Column 'x' is it. Drop it."]
    assert len(write_warnings([STOP, WARN])) == 2


def test_an_unknown_word_is_refused():
    """A misspelt word would accept nothing, and nobody would know."""
    with pytest.raises(DataError, match="Did you mean 'leakage'"):
        check_accepted(["leackage"])


def test_a_warning_of_many_columns_is_told_once():
    """Sixty lines about constant pixels would hide the one that matters."""
    many = [
        Problem(Kind.BLANKS, "warn", f"c{i}", f"Column 'c{i}' is blank.", "Drop it.")
        for i in range(12)
    ]

    told = join_alike([STOP, *many[:6], WARN, *many[6:]])

    assert [problem.kind for problem in told] == ["leakage", "blanks", "time"]
    assert "11 others: 'c1', 'c2'" in told[1].found
    assert told[1].found.endswith("and 3 more.")
    assert join_alike(many[:3]) == many[:3]


def test_what_stops_comes_first(table):
    """Only the first lines are sure to be read."""
    bad = table.assign(flag=["b", *["a"] * (N - 1)], price=table["y"] * 2)

    assert kinds(examine(bad)) == ["leakage", "near_constant"]


def test_the_same_table_has_the_same_problems(table):
    """Rows are drawn from large tables, and a stop must not come and go."""
    large = pd.concat([table] * 60, ignore_index=True)
    large["y"] += np.arange(len(large)) * 1e-6

    assert examine(large) == examine(large)
