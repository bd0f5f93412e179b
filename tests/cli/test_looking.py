"""Commands that only look: what is told, to people and to programs."""


def test_models_lists_every_version_newest_first(looked_at):
    """The first question of anybody: what is there, and which one is live."""
    answer = looked_at.type("models", "--json")

    assert answer.code == 0
    assert [one["version"] for one in answer.json] == ["3", "2", "1"]
    assert answer.json[0]["aliases"] == ["champion", "production"]
    assert answer.json[1]["aliases"] == ["previous-champion"]
    assert answer.json[2]["lifecycle"] == "staging"
    assert answer.json[0]["metrics"]["holdout_rmse"] > 0
    assert answer.err == ""


def test_models_prints_one_line_a_version(looked_at):
    """A person reads a table: a score, an alias, a fingerprint, a run, a sweep."""
    answer = looked_at.type("models")

    title, heads, *rows = answer.out.splitlines()
    assert title == "houses_predictor"
    assert heads.split()[:4] == ["version", "lifecycle", "aliases", "model"]
    assert heads.split()[4:] == ["score", "data", "when", "run", "sweep"]
    assert len(rows) == 3
    assert "champion, production" in rows[0] and "holdout_rmse" in rows[0]


def test_a_model_is_named_without_its_target(looked_at):
    """Who only looks need not remember which column is predicted."""
    answer = looked_at.bare("models", "data=csv", "data.path=houses.csv")

    assert answer.code == 0


def test_show_tells_where_a_version_comes_from(looked_at):
    """Any version can be traced to its data, its settings and its run."""
    shown = looked_at.type("show", "champion", "--json").json
    text = looked_at.type("show", "3").out

    assert shown["version"] == "3"
    for origin in (shown["data_fingerprint"], shown["tags"]["config.hash"]):
        assert len(origin) == 64 and origin in text
    assert shown["run"].endswith(
        f"/runs/{shown['run_id']}?workflowType=machine_learning"
    )
    assert shown["run"] in text
    assert "model.skops" in str(shown["manifest"])


def test_history_tells_every_decision_oldest_first(looked_at):
    """What was live, since when, and why."""
    entries = looked_at.type("history", "--json").json

    assert [(e["action"], e["from_version"], e["to_version"]) for e in entries] == [
        ("refuse", "", "1"),
        ("promote", "", "2"),
        ("promote", "2", "3"),
    ]
    assert entries[2]["numbers"]["champion_version"] == "2"
    assert len(looked_at.type("history").out.splitlines()) == 5


def test_compare_puts_two_versions_to_the_test(looked_at):
    """A better score alone does not say whether the next table would show it too."""
    answer = looked_at.type("compare", "2", "champion", "--json")

    assert answer.json["versions"] == ["2", "3"]
    assert answer.json["settings"] == {"model.estimator.alpha": [1000, 1.0]}
    test, scores = answer.json["test"], answer.json["metrics"]["holdout_rmse"]
    assert [test["champion"], test["candidate"]] == scores
    assert test["gain"] == scores[0] - scores[1] > 0
    assert test["low"] > 0 and test["metric"] == "rmse"


def test_compare_says_in_a_sentence_which_one_is_better(looked_at):
    """The order of the two words must not turn the verdict round."""
    one, other = (
        looked_at.type("compare", *pair).out.splitlines()[-1]
        for pair in (("2", "3"), ("3", "2"))
    )

    assert "of version 3 is better by" in one
    assert "of version 2 is worse by" in other
    for sentence in (one, other):
        assert sentence.endswith("version 3 is better by more than chance.")


def test_compare_finds_no_difference_between_a_version_and_itself(looked_at):
    """Zero is not a gain."""
    answer = looked_at.type("compare", "3", "3")

    assert "settings     the same" in answer.out
    assert answer.out.splitlines()[-1].endswith("chance explains it.")
