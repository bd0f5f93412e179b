"""Local copies: the right one comes back, and old ones go."""

import pytest

from sweepkit.serving.cache import Cache


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path, "prices")


def keep(cache, version, ref="champion"):
    cache.folder_of(version).mkdir(parents=True, exist_ok=True)
    cache.remember(ref, {"version": version, "manifest": {}})


def versions(cache):
    return {path.name for path in cache.folder.iterdir() if path.is_dir()}


def test_the_version_that_served_last_comes_back(cache, tmp_path):
    """A start without the registry serves this one, in another process."""
    keep(cache, "3")
    keep(cache, "5")
    again = Cache(tmp_path, "prices").recall("champion")
    assert again == {"version": "5", "manifest": {}}


def test_the_one_before_comes_back_if_the_last_is_no_good(cache):
    """A version that cannot be loaded must not be tried again and again."""
    keep(cache, "3")
    keep(cache, "5")
    assert cache.recall("champion", but={"5"})["version"] == "3"
    assert cache.recall("champion", but={"5", "3"}) is None


def test_only_the_current_copy_and_the_one_before_stay(cache):
    """A server that runs for a year must not fill the disk."""
    for version in ("1", "2", "3", "10"):
        keep(cache, version)
    assert versions(cache) == {"3", "10"}


def test_the_same_version_again_keeps_the_one_before(cache):
    """Each restart remembers anew; the way back must survive that."""
    for version in ("1", "2", "2", "2"):
        keep(cache, version)
    assert versions(cache) == {"1", "2"}


def test_aliases_do_not_drop_each_others_copies(cache):
    """A server of the challenger may run beside the champion's."""
    keep(cache, "1")
    keep(cache, "2", ref="challenger")
    keep(cache, "3", ref="challenger")
    keep(cache, "4", ref="challenger")
    assert cache.recall("champion")["version"] == "1"
    assert versions(cache) == {"1", "3", "4"}


def test_a_copy_whose_files_are_gone_does_not_come_back(cache):
    """The note alone predicts nothing."""
    keep(cache, "1")
    cache.folder_of("1").rmdir()
    assert cache.recall("champion") is None


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
def test_a_broken_note_is_no_copy_and_no_crash(cache, content):
    """A machine that lost its power in mid-write starts again."""
    keep(cache, "1")
    (cache.folder / "current.json").write_text(content)
    assert cache.recall("champion") is None
    keep(cache, "2")
    assert cache.recall("champion")["version"] == "2"


@pytest.mark.parametrize("name", ["..", ".", "a\\b"])
def test_a_models_name_does_not_lead_out_of_the_folder(tmp_path, name):
    """The name comes from a registry that others write to."""
    assert Cache(tmp_path, name).folder.resolve().parent == tmp_path.resolve()


def test_a_folder_that_cannot_be_written_costs_only_a_warning(tmp_path, caplog):
    """The model serves already; the copy is for another day."""
    (tmp_path / "prices").write_text("a file where a folder should be")
    Cache(tmp_path, "prices").remember("champion", {"version": "1"})
    assert "later start needs the registry" in caplog.text
