"""What the supervisor gets from a real registry, and keeps."""

import pytest

from sweepkit.errors import IntegrityError, RegistryError, StoreError
from sweepkit.serving.cache import Cache
from sweepkit.serving.registry_source import RegistrySource
from sweepkit.tracking import Store


@pytest.fixture
def source(shop, tmp_path):
    """The shop's champion, its copies in a folder of the test's own."""
    return make_source(shop.folder / "mlflow.db", tmp_path)


def make_source(file, folder, ref="champion", name="prices"):
    store = Store(uri=f"sqlite:///{file}", experiment="shop")
    return RegistrySource(store, name, ref, Cache(folder, name))


def test_a_changed_local_copy_is_fetched_anew(source):
    """The registry's own files are still good."""
    facts = source.find()
    folder = source.fetch(facts)
    whole = (folder / "model.skops").read_bytes()
    (folder / "model.skops").write_bytes(whole[:-1])
    with pytest.raises(IntegrityError, match="changed: model"):
        source.verify(facts)
    assert (source.fetch(facts) / "model.skops").read_bytes() == whole


def test_a_whole_copy_needs_no_store(source, shop, tmp_path):
    """A restart downloads nothing, and works while the files' server is down."""
    facts = source.find()
    source.fetch(facts)
    away = make_source(shop.folder / "missing.db", tmp_path)
    assert away.fetch(facts) == source.cache.folder_of("1")


def test_the_copy_that_served_last_is_found_only_while_it_is_whole(source):
    """It is loaded in advance; whatever changed since is not."""
    facts = source.find()
    folder = source.fetch(facts)
    assert source.find_copy() is None  # it has not served yet
    source.cache.remember("champion", facts.to_dict())
    found, told = source.find_copy()
    assert (found, told["version"]) == (folder, "1")
    assert source.recall().manifest == facts.manifest
    (folder / "more.txt").write_text("not published")
    assert source.find_copy() is None


def test_a_version_whose_manifest_was_changed_is_not_fetched(shop, tmp_path):
    """Neither its files nor a copy of them come here."""
    source = make_source(shop.folder / "mlflow.db", tmp_path, ref="3")
    with pytest.raises(IntegrityError):
        source.fetch(source.find())
    assert not source.cache.folder_of("3").exists()


@pytest.mark.parametrize(
    ("name", "ref"),
    [("prices", "nobody"), ("prices", "99"), ("others", "champion")],
)
def test_what_nobody_registered_is_a_registry_error(shop, tmp_path, name, ref):
    """Waiting does not mend it, training does."""
    source = make_source(shop.folder / "mlflow.db", tmp_path, ref, name)
    with pytest.raises(RegistryError, match="train"):
        source.find()


def test_a_store_that_is_missing_is_not_made(tmp_path):
    """A look must not leave an empty database in whatever folder it was typed in."""
    source = make_source(tmp_path / "mlflow.db", tmp_path)
    with pytest.raises(RegistryError, match="train"):
        source.find()
    assert not (tmp_path / "mlflow.db").exists()


def test_a_server_that_is_down_is_a_store_error(tmp_path):
    """It may be back at the next look."""
    store = Store(uri="http://127.0.0.1:9", experiment="shop")
    source = RegistrySource(store, "prices", "champion", Cache(tmp_path, "prices"))
    with pytest.raises(StoreError, match="cannot be reached"):
        source.find()
