"""Words of jobs mean what Hydra's parser says, also those it is not asked about."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import OverrideParseException
from hypothesis import given
from hypothesis import strategies as st

from sweepkit.sweep.job_words import WordReader, read_number

PARSER = OverridesParser.create()
ODD = [
    "a.b=+1",
    "a.b=1_000",
    "a.b=01",
    "a.b=.5",
    "a.b=5.",
    "a.b=1e5",
    "a.b=-0",
    "a.b=-0.0",
    "a.b=inf",
    "a.b=nan",
    "a.b= 1",
    "a.b=1 ",
    "a.b=1\n",
    "a.b='1'",
    "a.b=1,2",
    "a.b=[1]",
    "a.1=2",
    "a-b.c=1",
    "a=1",
    "+a.b=1",
    "++a.b=1",
    "~a.b=1",
    "a.b@c=1",
    "a/b=1",
    "a.b=\u0661",
    "a.b=1e400",
    "\u00e4.b=1",
    "a.b=",
]
KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}(\.[a-z_]{1,5}){0,3}", fullmatch=True)
VALUES = (
    st.integers().map(str)
    | st.floats().map(repr)
    | st.from_regex(r"[+-]?[0-9_.]{1,6}([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)


def theirs(word: str):
    try:
        return PARSER.parse_overrides([word])[0]
    except OverrideParseException:
        return None


def same(one, other) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("word", ODD)
def test_odd_words_mean_what_hydra_says(word):
    """A trial with another value than its name says would poison the study."""
    ours = read_number(word)
    assert ours is None or same(ours, theirs(word))


@given(KEYS, VALUES)
def test_numbers_mean_what_hydra_says(key, value):
    """The same key, type of value and value, whatever a sampler proposes."""
    word = f"{key}={value}"
    ours = read_number(word)
    assert ours is None or same(ours, theirs(word))


@pytest.mark.parametrize(
    "word", ["model.estimator.x=0.1", "a.b=1e-05", "a.b=-3", "a.b=12"]
)
def test_what_samplers_propose_needs_no_parser(word):
    """Else the short way would be there and never taken."""
    assert read_number(word) is not None


def test_words_are_refused_together():
    """The message shows the whole command, as Hydra's does."""
    words = ["a.b=1", "c=[1"]
    with pytest.raises(OverrideParseException) as ours:
        WordReader().read(words)
    with pytest.raises(OverrideParseException) as hydras:
        PARSER.parse_overrides(words)
    assert str(ours.value) == str(hydras.value)
