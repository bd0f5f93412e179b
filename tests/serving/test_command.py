"""What `python serve.py --examples` prints goes wherever it is sent."""

import subprocess
import sys

CODE = """
from sweepkit.serving import command

command.show_examples = lambda *_: "# a call\\n" * {n_lines}
command.print_examples(None, None, "houses")
"""


def run(n_lines: int, shell: str) -> subprocess.CompletedProcess[str]:
    code = CODE.format(n_lines=n_lines)
    return subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$0" -c "$1" {shell}', sys.executable, code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_reader_that_has_read_enough_ends_it_quietly():
    """`python serve.py --examples | head` is how most people look at it."""
    done = run(100_000, "| head -n 1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "# a call\n", "")


def test_a_reader_that_went_before_the_first_line_does_too():
    """Short texts are written when Python ends, where nobody catches anything."""
    done = run(1, "| true")
    assert (done.returncode, done.stderr) == (0, "")


def test_all_of_it_is_printed_to_who_reads_on():
    """Quiet must not mean lost."""
    done = run(3, "")
    assert (done.returncode, done.stdout) == (0, "# a call\n" * 3 + "\n")
