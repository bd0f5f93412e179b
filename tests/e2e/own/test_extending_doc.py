"""docs/extending.md shows the very files that the tests run."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "extending.md").read_text(encoding="utf-8")
EXAMPLE = DOCS / "examples" / "own"
FILES = {
    path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8")
    for path in EXAMPLE.rglob("*")
    if path.suffix in {".py", ".yaml"}
}
# A file's name in bold, and below it the block with what is in it.
BLOCKS = dict(re.findall(r"\*\*`([\w./]+)`\*\*\n\n```\w+\n(.*?)```", TEXT, re.DOTALL))


def test_the_guide_shows_every_file():
    """One that is left out is a step that a reader cannot take."""
    assert BLOCKS.keys() == FILES.keys()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_in_the_guide_is_the_one_that_is_tested(name):
    """Code in a guide that nobody runs is wrong before long."""
    assert BLOCKS[name] == FILES[name]
