"""The command as a shell sees it: light, complete, with codes for scripts."""

import json
import os
import subprocess
import sys

import pytest
from typer.main import get_command

from sweepkit.cli.commands import app

HEAVY = ("mlflow", "pandas", "numpy", "sklearn", "hydra", "optuna", "pyarrow", "rich")
SEEN = f"""
import json, sys
from sweepkit.cli import main
sys.argv = ["sweepkit", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    code = stop.code
heavy = {HEAVY!r}
print(json.dumps([code, [name for name in heavy if name in sys.modules]]))
"""


def run(*words: str, code: str = SEEN, **environment: str):
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("words", [("--help",), ("predict", "--help"), ("bogus",)])
def test_help_imports_nothing_heavy(words):
    """Who asks how a word is spelt waits for no library."""
    ended = run(*words)

    code, heavy = json.loads(ended.stdout.splitlines()[-1])
    assert (code, heavy) == (2 if words == ("bogus",) else 0, [])


# `init` makes a configuration and so takes none.
COMMANDS = sorted(get_command(app).commands.keys() - {"init"})


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_json_and_a_configuration(name):
    """What a person reads, a program reads too."""
    command = get_command(app).commands[name]
    options = {option for one in command.params for option in one.opts}

    assert {"--json", "--conf"} <= options
    assert command.help
    assert all(one.help for one in command.params if hasattr(one, "help"))


def test_bash_completes_a_command():
    """`sweepkit prom<TAB>`, by the protocol that Typer's script speaks."""
    program = "import sys; sys.argv = ['sweepkit']; import sweepkit.cli as c; c.main()"
    ended = run(
        code=program,
        _SWEEPKIT_COMPLETE="complete_bash",
        COMP_WORDS="sweepkit prom",
        COMP_CWORD="1",
    )

    assert ended.stdout.split() == ["promote"]


def test_the_shell_gets_its_script():
    """`--show-completion` prints what `--install-completion` would install."""
    ended = run(
        "--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    )

    assert "_SWEEPKIT_COMPLETE=complete_bash" in ended.stdout


def test_without_a_command_the_help_is_shown():
    """And the shell is told that nothing was done."""
    ended = run()

    assert "Commands:" in ended.stdout + ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])[0] == 2
