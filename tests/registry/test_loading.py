import json

import pytest

from sweepkit.errors import IntegrityError, RegistryError
from sweepkit.registry.loading import VersionFacts, fetch_version, find_facts
from sweepkit.registry.manifest import MANIFEST, MANIFEST_SHA, write_manifest
from sweepkit.tracking.model_files import load_folder

NAME = "predictor"


def test_a_version_is_found_by_number_and_by_alias_with_its_facts(shop):
    """Serving, command line and gate see the same."""
    shop.offer(2.0, tags={"config.hash": "abc"}, description="A note.")

    facts = find_facts(shop.store, NAME, "champion")

    assert facts == find_facts(shop.store, NAME, "1")
    assert facts == find_facts(shop.store, NAME, "@production")
    assert (facts.version, facts.model_id) == ("1", shop.model_id)
    assert facts.aliases == ("champion", "production")
    assert facts.lifecycle == "production"
    assert facts.description == "A note."
    assert facts.tags["config.hash"] == "abc"
    assert 1.6e9 < facts.created_at < 1e10
    assert "model.skops" in facts.manifest


def test_facts_walk_through_json(shop):
    """The server keeps them beside its copy, and hands them to its workers."""
    shop.offer(2.0)
    facts = find_facts(shop.store, NAME, "1")

    assert VersionFacts.from_dict(json.loads(json.dumps(facts.to_dict()))) == facts


@pytest.mark.parametrize("ref", ["7", "nonesuch"])
def test_what_is_not_there_is_named(shop, ref):
    """A typing error ends in a sentence, not in MLflow's traceback."""
    shop.offer(2.0)

    with pytest.raises(RegistryError, match=f"has no (version|alias) '?{ref}"):
        find_facts(shop.store, NAME, ref)
    with pytest.raises(RegistryError, match="'another' has no"):
        find_facts(shop.store, "another", ref)


def test_a_fetched_version_loads_and_is_fetched_once(shop, tmp_path):
    """What is there and fits is not downloaded again."""
    shop.offer(2.0)
    facts = find_facts(shop.store, NAME, "1")

    folder = fetch_version(shop.store, facts, tmp_path / "into")
    made = folder.stat().st_ino
    again = fetch_version(shop.store, facts, tmp_path / "into")

    assert folder == again == tmp_path / "into" / "1"
    assert again.stat().st_ino == made
    assert [path.name for path in (tmp_path / "into").iterdir()] == ["1"]
    assert hasattr(load_folder(folder), "predict")


def test_a_manifest_too_long_for_a_tag_comes_from_the_run(shop, tmp_path):
    """A model of many files is verified like any other."""
    shop.offer(2.0)
    client = shop.store.client
    client.delete_model_version_tag(NAME, "1", MANIFEST)

    facts = find_facts(shop.store, NAME, "1")

    assert facts.tags[MANIFEST_SHA] == write_manifest(facts.manifest)[MANIFEST_SHA]
    assert fetch_version(shop.store, facts, tmp_path / "into").is_dir()


def test_a_version_made_by_hand_is_not_fetched(shop, tmp_path):
    """Nobody can tell what its files were."""
    client = shop.store.client
    client.create_registered_model(NAME)
    client.create_model_version(NAME, f"models:/{shop.model_id}", await_creation_for=0)
    facts = find_facts(shop.store, NAME, "1")

    assert facts.manifest == {}
    with pytest.raises(IntegrityError, match="has no manifest"):
        fetch_version(shop.store, facts, tmp_path / "into")
