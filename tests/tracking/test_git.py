import subprocess

import pytest

from sweepkit.tracking.git import read_git


@pytest.fixture
def checkout(tmp_path):
    def git(*words):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(tmp_path), *identity, *words]
        subprocess.run(command, check=True, capture_output=True)

    git("init")
    (tmp_path / "a.txt").write_text("1")
    git("add", ".")
    git("commit", "-m", "first")
    return tmp_path


def test_a_clean_checkout_has_a_commit_and_is_not_dirty(checkout):
    """A run of committed code can be repeated."""
    state = read_git(checkout)

    assert len(state.commit) == 40
    assert state.dirty is False


@pytest.mark.parametrize("name", ["a.txt", "new.txt"])
def test_changed_and_new_files_make_it_dirty(checkout, name):
    """A config file that was never committed changes the result too."""
    (checkout / name).write_text("2")

    assert read_git(checkout).dirty is True


def test_no_checkout_is_no_error(tmp_path):
    """A table is often analysed in a plain folder."""
    assert read_git(tmp_path) is None


def test_a_checkout_without_commits_is_no_error(tmp_path):
    """`git init` and train is a common first minute."""
    subprocess.run(
        ["git", "-C", str(tmp_path), "init"], check=True, capture_output=True
    )

    assert read_git(tmp_path) is None


def test_a_machine_without_git_is_no_error(checkout, monkeypatch):
    """Containers seldom have it."""
    monkeypatch.setenv("PATH", "")

    assert read_git(checkout) is None
