"""Whether the process of a tag still lives, told from outside."""

import os
import subprocess
import sys

import pytest

from sweepkit.tracking.owner import describe_owner, is_alive

TELL = "from sweepkit.tracking.owner import describe_owner; print(describe_owner())"


@pytest.fixture
def other():
    """A process that told its tag and waits until its input closes."""
    with subprocess.Popen(
        [sys.executable, "-c", f"{TELL}; import sys; sys.stdout.flush(); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def test_a_process_lives_until_it_is_killed(other):
    """A run of a killed training is shown as RUNNING for ever unless this is known."""
    process, owner = other
    assert is_alive(owner) is True

    process.kill()
    process.wait(30)

    assert is_alive(owner) is False


def test_who_was_killed_and_is_not_yet_missed_is_dead(other):
    """A process keeps its number until its parent asks how it ended."""
    process, owner = other
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert is_alive(owner) is False


def test_this_process_lives():
    """The doctor must not end a run that its own process keeps open."""
    assert is_alive(describe_owner()) is True


def test_a_number_given_again_is_another_process():
    """Numbers of processes come back within days; their time of birth does not."""
    machine, pid, birth = describe_owner().split(" ")

    assert is_alive(f"{machine} {pid} {birth}0") is False


@pytest.mark.parametrize(
    "owner",
    ["", "words", "another 1 2", f"{describe_owner().split()[0]} x y"],
    ids=["no tag", "somebody else's tag", "another machine", "no number"],
)
def test_of_others_nothing_is_known(owner):
    """What lives on another machine is nobody's to end from here."""
    assert is_alive(owner) is None


def test_a_tag_names_no_machine():
    """Runs are shared, and names of machines are nobody's business."""
    assert os.uname().nodename not in describe_owner()
