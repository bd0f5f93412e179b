"""Promote and roll back: through the gate, past it, and never behind its back."""

from sweepkit.cli import changing
from sweepkit.registry.aliases import read_aliases
from sweepkit.registry.promotion import promote


def champion(project) -> str:
    with project.opened() as place:
        return read_aliases(place.store.client, place.model_name)["champion"]


def test_the_gate_keeps_the_champion_from_a_worse_version(project):
    """No model goes live by accident; the sentence says how to do it on purpose."""
    answer = project.type("promote", "2")

    assert (answer.code, answer.out) == (2, "")
    assert "The gate keeps the champion" in answer.err
    assert "--force --reason" in answer.err
    assert champion(project) == "3"


def test_what_is_forced_needs_a_reason(project):
    """In a year somebody asks why; a blank is no answer."""
    answer = project.type("promote", "2", "--force", "--reason", " ")

    assert (answer.code, "--reason" in answer.err) == (2, True)
    assert champion(project) == "3"


def test_what_is_forced_is_kept_with_its_reason_and_can_be_undone(project):
    """Every change of the live model can be read back and undone."""
    forced = project.type("promote", "2", "--force", "--reason", "a bug in 3", "--json")
    assert forced.code == 0
    assert forced.json["entry"]["action"] == "force-promote"
    assert forced.json["entry"]["from_version"] == "3"
    assert forced.json["entry"]["reason"] == "a bug in 3"
    assert champion(project) == "2"

    back = project.type("rollback", "--json")
    assert (back.json["version"], champion(project)) == ("3", "3")
    assert back.json["entry"]["action"] == "rollback"


def test_a_better_version_passes_the_gate_with_its_numbers(project):
    """What `promote` decides is what training would have decided, on the same rows."""
    project.type("rollback")

    answer = project.type("promote", "3", "--reason", "asked by sales", "--json")

    assert answer.code == 0
    entry = answer.json["entry"]
    assert (entry["from_version"], entry["to_version"]) == ("2", "3")
    assert entry["reason"].endswith("(asked by sales)")
    assert entry["numbers"]["champion_version"] == "2"


def test_the_champion_is_not_promoted_again(project):
    """Typed twice, a promotion is one line of history."""
    before = project.type("history", "--json").json

    answer = project.type("promote", "champion", "--json")

    assert (answer.code, answer.json["changed"]) == (0, False)
    assert project.type("history", "--json").json == before


def test_a_decision_about_an_earlier_champion_moves_nothing(project, monkeypatch):
    """Between the gate's word and the deed somebody else may have promoted."""
    project.type("rollback")
    ask = changing._ask_gate

    def ask_and_be_overtaken(place, facts, reason):
        decision = ask(place, facts, reason)
        promote(place.store, place.model_name, "1", reason="overtakes")
        return decision

    monkeypatch.setattr(changing, "_ask_gate", ask_and_be_overtaken)
    answer = project.type("promote", "3")

    assert answer.code == 2
    assert "version 1 by now" in answer.err and "against 2" in answer.err
    assert champion(project) == "1"


def test_on_another_table_the_gate_does_not_judge(project):
    """A new table's holdout has rows whose answers the version has learned."""
    project.type("rollback")
    table = project.folder / "houses.csv"
    table.write_text(table.read_text().replace(",a,", ",b,", 1))

    answer = project.type("promote", "3")

    assert answer.code == 2
    assert "table is not the one that version 3" in answer.err
    assert champion(project) == "2"


def test_a_version_whose_files_were_changed_is_not_promoted(project):
    """Not even by force."""
    shown = project.type("show", "2", "--json").json
    (folder,) = project.folder.glob(
        f"outputs/mlartifacts/models/{shown['model_id']}/*/"
    )
    with (folder / "model.skops").open("ab") as file:
        file.write(b"x")

    answer = project.type("promote", "2", "--force", "--reason", "why not")

    assert (answer.code, "model.skops" in answer.err) == (2, True)
    assert champion(project) == "3"


def test_a_rollback_with_nothing_behind_it_says_so(project):
    """The first champion has no predecessor."""
    answers = [project.type("rollback") for _ in range(2)]

    assert [answer.code for answer in answers] == [0, 2]
    assert "no earlier champion" in answers[-1].err
    assert champion(project) == "2"
