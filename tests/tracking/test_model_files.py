import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.errors import IntegrityError
from sweepkit.tracking.model import ModelCard, save_pipeline
from sweepkit.tracking.model_files import (
    MAX_TEXT_BYTES,
    check_folder,
    list_files,
    load_folder,
    read_profile,
)

LIGHT = """
import sys
from pathlib import Path
from sweepkit.tracking.model_files import load_folder, read_profile

load_folder(Path(sys.argv[1])).predict([[1.0]])
read_profile(Path(sys.argv[1]))
heavy = {"mlflow", "sqlalchemy", "alembic"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
PROFILE = TableProfile(
    target="y",
    n_rows=5,
    columns=(ColumnProfile(name="a", kind="double", required=True, quantiles=(0.0,)),),
    examples=((1.0,),),
)


def save(folder, profile=None):
    table = pd.DataFrame({"a": np.arange(5.0)})
    model = LinearRegression().fit(table, table["a"])
    card = ModelCard(name="linear", inputs=table, target="y", profile=profile)
    save_pipeline(model, card, folder)
    return model, table


def test_a_loaded_model_predicts_what_the_saved_one_does(tmp_path):
    """To the bit: names and arrays lose nothing."""
    model, table = save(tmp_path / "model")

    loaded = load_folder(tmp_path / "model")

    assert np.array_equal(loaded.predict(table), model.predict(table))


def test_loading_a_folder_never_imports_mlflow(tmp_path):
    """A server's worker starts in a fraction of the time, and trusts no list of it."""
    save(tmp_path / "model", PROFILE.to_dict())

    subprocess.run([sys.executable, "-c", LIGHT, str(tmp_path / "model")], check=True)


def test_the_profile_travels_with_the_model(tmp_path):
    """The server judges by it what it is asked."""
    save(tmp_path / "model", PROFILE.to_dict())

    found = read_profile(tmp_path / "model")

    assert found is not None
    assert TableProfile.from_dict(found) == PROFILE


def test_a_model_without_a_profile_says_so(tmp_path):
    """Older versions have none."""
    save(tmp_path / "model")

    assert read_profile(tmp_path / "model") is None


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000])
def test_a_profile_that_is_none_is_an_integrity_error(tmp_path, text):
    """It is data from a store, and may be anything."""
    (tmp_path / "profile.json").write_text(text)

    with pytest.raises(IntegrityError, match=r"profile\.json"):
        read_profile(tmp_path)


def test_a_file_without_measure_is_refused_before_it_is_read(tmp_path):
    """A worker must not run out of memory over a text."""
    save(tmp_path / "model")
    (tmp_path / "model" / "MLmodel").write_text("#" * (MAX_TEXT_BYTES + 1))
    (tmp_path / "model" / "profile.json").write_text("1" * (MAX_TEXT_BYTES + 1))

    with pytest.raises(IntegrityError, match="MLmodel is larger than 8 MiB"):
        check_folder(tmp_path / "model")
    with pytest.raises(IntegrityError, match=r"profile\.json is larger than 8 MiB"):
        read_profile(tmp_path / "model")


@pytest.mark.parametrize("lost", ["MLmodel", "model.skops"])
def test_a_lost_file_is_named(tmp_path, lost):
    """An interrupted copy looks like this."""
    save(tmp_path / "model")
    (tmp_path / "model" / lost).unlink()

    with pytest.raises(IntegrityError, match=f"no file {lost}"):
        load_folder(tmp_path / "model")


@pytest.mark.parametrize("size", [0, 100, 2000])
def test_a_file_cut_short_is_an_integrity_error(tmp_path, size):
    """A full disk cuts files; a message says so rather than zipfile."""
    save(tmp_path / "model")
    path = tmp_path / "model" / "model.skops"
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises(IntegrityError, match="not one that skops wrote"):
        load_folder(tmp_path / "model")


def test_a_model_whose_state_makes_no_sense_is_an_integrity_error(tmp_path):
    """Every type is trusted, and what they are set to is not what they expect."""
    import zipfile

    save(tmp_path / "model")
    path = tmp_path / "model" / "model.skops"
    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    schema = json.loads(content["schema.json"])
    schema["content"]["content"]["coef_"]["file"] = "nonesuch.npy"
    content["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, data in content.items():
            file.writestr(name, data)

    with pytest.raises(IntegrityError, match="cannot be restored"):
        load_folder(tmp_path / "model")


def test_a_folder_lists_its_files_by_posix_paths(tmp_path):
    """Manifests compare across machines."""
    save(tmp_path / "model")
    (tmp_path / "model" / "sub").mkdir()
    (tmp_path / "model" / "sub" / "x.json").write_text("{}")

    found = list_files(tmp_path / "model")

    assert "sub/x.json" in found
    assert found == sorted(found)
