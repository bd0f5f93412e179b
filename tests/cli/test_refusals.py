"""What is refused: in one sentence, with the exit code that the manual names."""

import socket

import pytest

from sweepkit.cli import changing


@pytest.mark.parametrize(
    "words", [("show", "9"), ("compare", "3", "9"), ("promote", "9")]
)
def test_an_unknown_version_is_named(looked_at, words):
    """A slip of the finger must not look like a broken registry."""
    answer = looked_at.type(*words)

    assert answer.code == 2
    assert "has no version 9" in answer.err and "`sweepkit models`" in answer.err
    assert answer.out == ""


def test_an_unknown_alias_is_named(looked_at):
    """The same for aliases."""
    answer = looked_at.type("show", "champ")

    assert (answer.code, "no alias 'champ'" in answer.err) == (2, True)


@pytest.mark.parametrize("command", ["models", "history", "rollback"])
def test_an_unknown_model_is_named(looked_at, command):
    """It may be another name, or another store: both are said."""
    answer = looked_at.type(command, "registry.model_name=nobody")

    assert answer.code == 2
    assert "'nobody'" in answer.err and answer.out == ""


def test_without_a_configuration_the_folder_is_named(looked_at, tmp_path):
    """The usual cause: the command was typed in another folder."""
    answer = looked_at.bare("models", "--conf", str(tmp_path / "conf"))

    assert answer.code == 2
    assert str(tmp_path / "conf") in answer.err and "--conf" in answer.err


def test_a_wrong_override_comes_with_the_choices_there_are(looked_at):
    """Hydra knows what would have been right."""
    answer = looked_at.type("models", "tracking=lokal")

    assert answer.code == 2
    assert "tracking/lokal" in answer.err
    assert "local" in answer.err.split("lokal")[-1]


def test_a_word_that_is_no_override_is_named(looked_at):
    """`sweepkit models champion`, where `show champion` was meant."""
    answer = looked_at.bare("models", "champion")

    assert (answer.code, "'champion' is no setting" in answer.err) == (2, True)


def test_a_forgotten_version_is_asked_for(looked_at):
    """The first override must not pass for one."""
    answer = looked_at.type("show")

    assert (answer.code, "a version comes first" in answer.err) == (2, True)


def test_a_store_that_is_off_has_no_versions(looked_at):
    """`tracking=off` is good for train.py, and nothing to look at."""
    answer = looked_at.type("models", "tracking=off")

    assert (answer.code, "tracking=local" in answer.err) == (2, True)


def test_a_look_at_the_wrong_folder_leaves_no_trace(looked_at, tmp_path, monkeypatch):
    """MLflow would make a database wherever it is asked about one."""
    monkeypatch.chdir(tmp_path)

    answer = looked_at.type("models")

    assert (answer.code, "no tracking store" in answer.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_down_ends_with_4(looked_at):
    """Scripts tell a wrong word from a server that is away."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        uri = f"http://127.0.0.1:{taken.getsockname()[1]}"
        answer = looked_at.type("models", f"tracking.uri={uri}", "--json")

    assert (answer.code, answer.out) == (4, "")
    assert uri in answer.err


def test_a_password_among_the_words_is_refused(looked_at):
    """A command line ends up in the shell's history and in logs."""
    answer = looked_at.type("models", "tracking.uri=postgresql://ada:secret@host/db")

    assert answer.code == 2
    assert "secret" not in answer.err.replace("secret,", "")


def test_an_interrupt_ends_with_130(looked_at, monkeypatch):
    """Ctrl-C is not a failure of the registry."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    def leave(code):
        raise SystemExit(code)

    monkeypatch.setattr(changing, "opened", interrupt)
    monkeypatch.setattr("sweepkit.exits._leave_at_once", leave)

    assert looked_at.type("rollback").code == 130
