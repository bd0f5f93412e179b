import pytest

from sweepkit.registry import audit
from sweepkit.registry.aliases import CHALLENGER, CHAMPION, PREVIOUS
from sweepkit.registry.invariants import find_faults

NAME = "predictor"


@pytest.fixture
def shop(shop):
    """Version 3 is live, 2 was before it, 1 before that, 4 waits."""
    for value in (6.0, 5.0, 4.0, 4.5):
        shop.offer(value)
    assert find_faults(shop.store, NAME) == []
    return shop


def lose_champion(client):
    client.delete_registered_model_alias(NAME, CHAMPION)
    client.delete_registered_model_alias(NAME, "production")


def delete_champion(client):
    client.delete_model_version(NAME, "3")


def move_production(client):
    client.set_registered_model_alias(NAME, "production", "1")


def move_staging(client):
    client.delete_registered_model_alias(NAME, "staging")


def move_champion(client):
    client.set_registered_model_alias(NAME, CHAMPION, "1")


def lead_nowhere(client):
    client.set_registered_model_alias(NAME, PREVIOUS, "3")


def mistag(client):
    client.set_model_version_tag(NAME, "1", "lifecycle", "production")


def forget_judgement(client):
    client.delete_model_version_tag(NAME, "4", "promoted")


def forget_champions_judgement(client):
    client.delete_model_version_tag(NAME, "3", "promoted")


@pytest.mark.parametrize(
    ("harm", "kind", "champion"),
    [
        (lose_champion, "champion", "3"),
        (delete_champion, "champion", "2"),
        (move_production, "alias", "3"),
        (move_staging, "alias", "3"),
        (move_champion, "history", "1"),
        (lead_nowhere, "alias", "3"),
        (mistag, "lifecycle", "3"),
        (forget_judgement, "unfinished", "3"),
        (forget_champions_judgement, "unfinished", "3"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_somebody_broke_is_found_and_mended(shop, harm, kind, champion):
    """Aliases and tags can be moved in MLflow's page by anybody."""
    harm(shop.store.client)

    found = find_faults(shop.store, NAME)
    assert kind in {fault.kind for fault in found}
    for _ in range(3):
        for fault in find_faults(shop.store, NAME):
            assert fault.repair is not None, fault.message
            fault.repair()

    assert find_faults(shop.store, NAME) == []
    assert shop.aliases()[CHAMPION] == champion
    assert shop.aliases()["production"] == champion
    assert shop.stages()[champion] == "production"


def test_a_champion_moved_by_hand_enters_the_history(shop):
    """What was live is known even if it went live past this package."""
    move_champion(shop.store.client)
    for fault in find_faults(shop.store, NAME):
        fault.repair()

    entry = audit.read(shop.store, NAME)[-1]
    assert (entry.from_version, entry.to_version) == ("3", "1")
    assert "past this package" in entry.reason


def test_files_that_do_not_fit_are_a_persons_matter(shop):
    """No repair can know whether the files or the manifest are wrong."""
    (shop.files() / "requirements.txt").write_text("numpy==1.0\n")

    found = find_faults(shop.store, NAME)

    assert {fault.kind for fault in found} == {"manifest"}
    assert all(fault.repair is None for fault in found)
    assert all("changed: requirements.txt" in fault.message for fault in found)


def test_an_edited_history_is_reported(shop):
    """It is only ever added to."""
    client = shop.store.client
    client.delete_registered_model_tag(NAME, "mlflow.sweepkit.audit.000002")

    found = find_faults(shop.store, NAME)

    assert [fault.kind for fault in found] == ["history"]
    assert found[0].repair is None


def test_a_model_that_is_not_there_has_no_faults(shop):
    """A fresh store is well."""
    assert find_faults(shop.store, "another") == []


def test_the_challenger_may_be_archived_by_nobody(shop):
    """Its alias says that it waits."""
    shop.store.client.set_model_version_tag(NAME, "4", "lifecycle", "archived")
    assert shop.aliases()[CHALLENGER] == "4"

    (fault,) = find_faults(shop.store, NAME)
    fault.repair()

    assert shop.stages()["4"] == "staging"
