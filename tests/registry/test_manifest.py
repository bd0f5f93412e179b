import hashlib

import pytest

from sweepkit.errors import IntegrityError
from sweepkit.registry.manifest import (
    MANIFEST,
    MANIFEST_SHA,
    make_manifest,
    read_manifest,
    to_text,
    verify_folder,
    write_manifest,
)


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "model"
    (home / "sub").mkdir(parents=True)
    (home / "b.txt").write_bytes(b"two")
    (home / "sub" / "a.txt").write_bytes(b"one")
    return home


def test_every_file_is_named_by_its_path_and_digest(folder):
    """`sha256sum` on any machine says the same."""
    assert make_manifest(folder) == {
        "b.txt": hashlib.sha256(b"two").hexdigest(),
        "sub/a.txt": hashlib.sha256(b"one").hexdigest(),
    }


def change(folder):
    (folder / "b.txt").write_bytes(b"too")


def add(folder):
    (folder / "sub" / "c.txt").write_bytes(b"")


def lose(folder):
    (folder / "sub" / "a.txt").unlink()


def rename(folder):
    (folder / "b.txt").rename(folder / "c.txt")


def link(folder):
    (folder / "b.txt").unlink()
    (folder / "b.txt").symlink_to(folder / "sub" / "a.txt")


def link_folder(folder):
    (folder / "more").symlink_to(folder / "sub")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (change, r"changed: b\.txt"),
        (add, r"added: sub/c\.txt"),
        (lose, r"lost: sub/a\.txt"),
        (rename, r"added: c\.txt; lost: b\.txt"),
        (link, r"b\.txt is a link"),
        (link_folder, "more is a link"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_any_difference_is_named(folder, harm, words):
    """Who reads it knows which file to restore."""
    manifest = make_manifest(folder)
    verify_folder(folder, manifest)
    harm(folder)

    with pytest.raises(IntegrityError, match=words):
        verify_folder(folder, manifest)


def test_the_note_mlflow_writes_for_a_downloader_is_no_difference(folder):
    """Loading by `models:/name/1` puts it even into a local store's own folder."""
    manifest = make_manifest(folder)
    (folder / "registered_model_meta").write_text("model_name: x\n")

    verify_folder(folder, manifest)


def test_a_folder_that_is_gone_is_said_to_be_gone(tmp_path):
    """Somebody tidied the artifacts up."""
    with pytest.raises(IntegrityError, match="no folder with a model"):
        verify_folder(tmp_path / "gone", {"a": "b"})


def test_a_manifest_walks_through_tags(folder):
    """The tag alone is enough to verify a version."""
    manifest = make_manifest(folder)

    assert read_manifest(write_manifest(manifest)) == manifest


def test_a_long_manifest_leaves_its_digest_in_the_tags(folder):
    """Databases refuse long tags; the digest vouches for the copy kept with the run."""
    manifest = {f"file-{number:03d}": "0" * 64 for number in range(80)}
    tags = write_manifest(manifest)

    assert MANIFEST not in tags
    assert read_manifest(tags, to_text(manifest)) == manifest
    with pytest.raises(IntegrityError, match="not the one it was given"):
        read_manifest(tags, to_text(manifest | {"file-000": "1" * 64}))


@pytest.mark.parametrize("lost", [MANIFEST, MANIFEST_SHA])
def test_a_version_without_a_manifest_vouches_for_nothing(folder, lost):
    """It was made by hand, or before there were manifests."""
    tags = write_manifest(make_manifest(folder))
    del tags[lost]

    with pytest.raises(IntegrityError, match="has no manifest"):
        read_manifest(tags)
