import re
import shlex
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir

from sweepkit.config import register
from sweepkit.data.lookup import quote_setting, require_file, set_role
from sweepkit.errors import DataError

CONF = str(Path(__file__).parents[2] / "conf")
NAMES = [
    *("rooms", "a-b", "2020", "true", "null", "inf"),
    *("my notes", "town notes (long): ignored", "a.b", "a,b", "a=b", "a{b}", "a[0]"),
    *("a\\b", "a\\", "cost $", "${x}", "2nd floor", "02", "1.5", "-inf", "1e5", "a  b"),
    *("größe", "größe (m²)", "preis in €", "部屋", "it's", 'a"b', "a#b", "a;b", "~x"),
    *("!", "öl\\", 'öl\\"', "öl ${x}", " padded", "<x>", "a`b"),
]


@pytest.fixture
def data():
    """Compose what a person types, as the shell hands it over, and return `data`."""
    register()
    with initialize_config_dir(CONF):
        yield lambda words: compose("train", overrides=shlex.split(words)).data


def printed(hint):
    """Return what stands between the outermost backticks."""
    return re.fullmatch(r"[^`]*`(.*)`[^`]*", hint, re.DOTALL)[1]


@pytest.mark.parametrize("name", NAMES)
def test_the_printed_words_make_hydra_ignore_the_column(data, name):
    """Whatever the column is called: a hint that fails as typed is worse than none."""
    composed = data(printed(set_role(name, "ignored")))

    assert {**dict.fromkeys(composed.ignored, "ignored"), **composed.roles} == {
        name: "ignored"
    }


@pytest.mark.parametrize("name", NAMES)
def test_other_roles_can_be_typed_or_written_into_yaml(data, name):
    """Hydra's command line has no words for every name; a YAML file has."""
    hint = set_role(name, "categorical")
    words = printed(hint)

    found = yaml.safe_load(words) if "YAML" in hint else data(words).roles
    assert found == {name: "categorical"}


@pytest.mark.parametrize("name", ["rooms", "my notes", "a (b)"])
def test_names_of_plain_letters_need_no_file(name):
    """The file is for what cannot be typed, and only for that."""
    assert "YAML" not in set_role(name, "categorical")


@pytest.mark.parametrize("value", [",", ";", "|", ".", "tab", 'a"b\\', "it's"])
def test_a_setting_reaches_hydra_as_it_was_meant(data, value):
    """A bare comma is a list of choices to Hydra, a bare `;` a new command."""
    assert data(quote_setting("data.target_unit", value)).target_unit == value


def folder_with(tmp_path, *names):
    for name in names:
        (tmp_path / name).touch()
    return tmp_path


def test_a_missing_file_is_answered_by_tables_only(tmp_path):
    """Nobody meant to train on the Makefile."""
    folder = folder_with(tmp_path, ".gitignore", "Makefile", "a.csv", "b.PARQUET")

    with pytest.raises(DataError, match=r"There are 'a\.csv', 'b\.PARQUET'\."):
        require_file(folder / "houses.xyz")


def test_a_missing_file_is_answered_by_a_near_name_of_any_kind(tmp_path):
    """The slip may be in the suffix."""
    folder = folder_with(tmp_path, "houses.xls", "other.csv")

    with pytest.raises(DataError, match=r"Did you mean 'houses\.xls'\?"):
        require_file(folder / "houses.xlsx")


def test_a_missing_file_among_no_tables_says_so(tmp_path):
    """An empty list of choices would look like a bug."""
    folder = folder_with(tmp_path, ".gitignore", "Makefile")

    with pytest.raises(DataError, match="No file in its folder looks like a table"):
        require_file(folder / "q.csv")
