"""Crafted models, each of which would create a marker file if anything of it ran."""

import io
import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sweepkit.errors import ConfigError, IntegrityError
from sweepkit.registry.facts import find_facts
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.loading import fetch_version, verify_version
from sweepkit.registry.publish import publish
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.model import ModelCard, save_pipeline
from sweepkit.tracking.model_files import check_folder, load_folder

Change = Callable[[Path, Path], None]
SKOPS = "model.skops"
REFUSED = (IntegrityError, ConfigError)


class Payload:
    """What a pickle runs when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as this package saves it."""
    table = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0) ** 2})
    model = make_pipeline(StandardScaler(), Ridge()).fit(table, table["a"])
    folder = tmp_path_factory.mktemp("honest") / "model"
    save_pipeline(model, ModelCard(name="linear", inputs=table, target="y"), folder)
    return folder


@pytest.fixture
def folder(honest: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(honest, tmp_path / "model"))


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


def edit_mlmodel(folder: Path, flavor: str, **entries: object) -> None:
    path = folder / "MLmodel"
    content = yaml.safe_load(path.read_text())
    content["flavors"][flavor] |= entries
    path.write_text(yaml.safe_dump(content))


def rewrite(
    folder: Path,
    change: Callable[[dict], None] | None = None,
    members: dict[str, bytes] | None = None,
    compression: int = zipfile.ZIP_STORED,
) -> None:
    """Write the skops file anew, with a changed schema and further members."""
    with zipfile.ZipFile(folder / SKOPS) as old:
        content = {name: old.read(name) for name in old.namelist()}
    schema = json.loads(content["schema.json"])
    if change is not None:
        change(schema)
    content["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(folder / SKOPS, "w", compression) as new:
        for name, data in (content | (members or {})).items():
            new.writestr(name, data)


def attribute(node: dict) -> Callable[[dict], None]:
    """Return a change that makes an attribute of the pipeline from a node."""

    def change(schema: dict) -> None:
        schema["content"]["content"]["verbose"] = node

    return change


def text(value: str) -> dict:
    return {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(value),
        "is_json": True,
    }


def listed(kind: str, *nodes: dict) -> dict:
    return {
        "__class__": kind,
        "__module__": "builtins",
        "__loader__": f"{kind.title()}Node",
        "content": list(nodes),
    }


def named(loader: str, name: str, **entries: object) -> dict:
    module, _, own = name.rpartition(".")
    return {"__class__": own, "__module__": module, "__loader__": loader, **entries}


def opening(loader: str, marker: Path) -> dict:
    """Return a node by which skops would call `open(marker, "w")`."""
    arguments = listed("tuple", text(str(marker)), text("w"))
    node = named(loader, "builtins.open", content=arguments)
    if loader == "LossNode":
        nothing = listed("tuple")
        node |= {"__reduce__": {"args": arguments}, "content": nothing}
    return node


def keyed(marker: Path) -> dict:
    """Return a dictionary whose keys' type is a function: skops calls it."""
    return {
        "__class__": "dict",
        "__module__": "builtins",
        "__loader__": "DictNode",
        "content": {str(marker): text("x")},
        "key_types": listed("list", named("TypeNode", "os.mkdir")),
    }


def be_pickle(folder: Path, marker: Path) -> None:
    (folder / SKOPS).write_bytes(pickle.dumps(Payload(marker)))


def be_cloudpickle(folder: Path, marker: Path) -> None:
    (folder / "model.pkl").write_bytes(pickle.dumps(Payload(marker)))
    edit_mlmodel(folder, "python_function", model_path="model.pkl")
    edit_mlmodel(
        *(folder, "sklearn"),
        pickled_model="model.pkl",
        serialization_format="cloudpickle",
    )


def name_loader(folder: Path, marker: Path) -> None:
    code = f"open({str(marker)!r}, 'w')\ndef _load_pyfunc(path): pass\n"
    (folder.parent / "hostile_loader.py").write_text(code)
    edit_mlmodel(folder, "python_function", loader_module="hostile_loader")


def bring_code(folder: Path, marker: Path) -> None:
    (folder / "code").mkdir()
    (folder / "code" / "sklearn.py").write_text(f"open({str(marker)!r}, 'w')\n")
    edit_mlmodel(folder, "python_function", code="code")


def leave_code_lying(folder: Path, marker: Path) -> None:
    (folder / "sitecustomize.py").write_text(f"open({str(marker)!r}, 'w')\n")


def leave_folder(folder: Path, marker: Path) -> None:
    be_pickle(folder, marker)
    (folder / SKOPS).rename(folder.parent / "x")
    edit_mlmodel(folder, "python_function", model_path="../x")
    edit_mlmodel(folder, "sklearn", pickled_model="../x")


def link_file(folder: Path, marker: Path) -> None:
    be_pickle(folder, marker)
    (folder / SKOPS).rename(folder.parent / "elsewhere")
    (folder / SKOPS).symlink_to(folder.parent / "elsewhere")


def tag_yaml(folder: Path, marker: Path) -> None:
    with (folder / "MLmodel").open("a") as file:
        file.write(f"x: !!python/object/apply:os.mkdir ['{marker}']\n")


def tag_conda(folder: Path, marker: Path) -> None:
    with (folder / "conda.yaml").open("a") as file:
        file.write(f"x: !!python/object/apply:os.mkdir ['{marker}']\n")


def require_folder(folder: Path, marker: Path) -> None:
    setup = folder.parent / "evil" / "setup.py"
    setup.parent.mkdir()
    setup.write_text(f"open({str(marker)!r}, 'w')\n")
    with (folder / "requirements.txt").open("a") as file:
        file.write(f"\nevil @ file://{setup.parent}\n")


def index_elsewhere(folder: Path, marker: Path) -> None:
    path = folder / "conda.yaml"
    content = yaml.safe_load(path.read_text())
    content["dependencies"].append({"pip": ["--index-url http://127.0.0.1:9/ evil"]})
    path.write_text(yaml.safe_dump(content))


def call_constructor(folder: Path, marker: Path) -> None:
    rewrite(folder, attribute(opening("ConstructorFromReduceNode", marker)))


def call_loss(folder: Path, marker: Path) -> None:
    rewrite(folder, attribute(opening("LossNode", marker)))


def call_key_type(folder: Path, marker: Path) -> None:
    rewrite(folder, attribute(keyed(marker)))


def trust_itself(folder: Path, marker: Path) -> None:
    call_constructor(folder, marker)
    edit_mlmodel(folder, "sklearn", skops_trusted_types=["builtins.open"])


def name_eval(folder: Path, marker: Path) -> None:
    rewrite(folder, attribute(named("FunctionNode", "builtins.eval")))


def name_system(folder: Path, marker: Path) -> None:
    rewrite(folder, attribute(named("FunctionNode", "os.system")))


def name_method(folder: Path, marker: Path) -> None:
    owner = named("ObjectNode", "sklearn.linear_model._ridge.Ridge")
    content = {"func": "fit", "obj": owner}
    name = "sklearn.linear_model._ridge.Ridge"
    rewrite(folder, attribute(named("MethodNode", name, content=content)))


def name_operator(folder: Path, marker: Path) -> None:
    attrs = listed("tuple", text("touch"))
    rewrite(
        folder,
        attribute(named("OperatorFuncNode", "operator.methodcaller", attrs=attrs)),
    )


def borrow_function(folder: Path, marker: Path) -> None:
    # Imported by a module of scikit-learn, and so reachable by its name.
    rewrite(
        folder, attribute(named("ObjectNode", "sklearn.pipeline._Registered.__init__"))
    )


def pickle_array(folder: Path, marker: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([Payload(marker)], dtype=object), allow_pickle=True)
    node = named("NdArrayNode", "numpy.ndarray", type="numpy", file="1.npy")
    rewrite(folder, attribute(node), {"1.npy": buffer.getvalue()})


def traverse(folder: Path, marker: Path) -> None:
    rewrite(folder, members={f"../{marker.name}": b"here"})


def grow(folder: Path, marker: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(2**24))
    rewrite(folder, None, {"1.npy": buffer.getvalue()}, zipfile.ZIP_DEFLATED)


def ask_for_old_code(folder: Path, marker: Path) -> None:
    rewrite(folder, lambda schema: schema.update(protocol=0))


HOSTILE = [
    pytest.param(be_pickle, "not one that skops wrote", id="a pickle"),
    pytest.param(be_cloudpickle, "saved by skops but as cloudpickle", id="cloudpickle"),
    pytest.param(name_loader, "loader_module 'hostile_loader'", id="a loader"),
    pytest.param(bring_code, "brings code of its own", id="code"),
    pytest.param(leave_code_lying, "sitecustomize.py has no place", id="a module"),
    pytest.param(leave_folder, "'../x', which leaves the folder", id="a path outside"),
    pytest.param(link_file, "model.skops is a link", id="a link"),
    pytest.param(tag_yaml, "MLmodel cannot be read as plain data", id="a YAML tag"),
    pytest.param(tag_conda, "conda.yaml cannot be read", id="a YAML tag for conda"),
    pytest.param(require_folder, "requirements.txt wants 'evil @", id="requirements"),
    pytest.param(index_elsewhere, "conda.yaml wants '--index-url", id="another index"),
    pytest.param(call_constructor, "builtins.open .as Constructor", id="a constructor"),
    pytest.param(call_loss, "builtins.open .as LossNode", id="a constructor as a loss"),
    pytest.param(call_key_type, "os.mkdir .as TypeNode", id="a type of keys"),
    pytest.param(trust_itself, "builtins.open", id="a list of its own trust"),
    pytest.param(name_eval, "builtins.eval .as FunctionNode", id="eval"),
    pytest.param(name_system, "os.system .as FunctionNode", id="os.system"),
    pytest.param(name_method, "Ridge .as MethodNode", id="a method"),
    pytest.param(name_operator, "operator.methodcaller", id="an operator"),
    pytest.param(borrow_function, "sklearn.pipeline._Registered", id="no estimator"),
    pytest.param(pickle_array, "1.npy holds Python objects", id="a pickled array"),
    pytest.param(traverse, "'../it-ran'; only schema.json", id="a member outside"),
    pytest.param(grow, "grow without measure", id="an archive that grows"),
    pytest.param(ask_for_old_code, "claims skops' format 0", id="an old format"),
]


def test_an_honest_model_is_loaded_and_predicts(folder):
    """Otherwise everything below would pass for the wrong reason."""
    check_folder(folder)

    predicted = load_folder(folder).predict(pd.DataFrame({"a": [1.0], "b": [1.0]}))

    assert np.isfinite(predicted).all()


@pytest.mark.parametrize(("craft", "reason"), HOSTILE)
def test_a_hostile_model_is_refused_for_its_reason_and_nothing_runs(
    craft: Change, reason, folder, marker, monkeypatch
):
    """Whoever can write one file to the store must not own whoever serves it."""
    monkeypatch.syspath_prepend(str(folder.parent))
    craft(folder, marker)

    with pytest.raises(REFUSED, match=reason):
        check_folder(folder)
    with pytest.raises(REFUSED, match=reason):
        load_folder(folder)

    assert not marker.exists()


@pytest.mark.parametrize("craft", [call_constructor, call_loss, call_key_type])
def test_the_payloads_are_real_where_names_are_trusted_unseen(craft, folder, marker):
    """A marker that nothing can create would prove nothing by its absence."""
    from skops.io import get_untrusted_types, load

    craft(folder, marker)
    path = folder / SKOPS

    load(path, trusted=get_untrusted_types(file=path))

    assert marker.exists()


@pytest.mark.parametrize(
    "name", ["numpy.dtype", "lightgbm.basic.Booster", "sklearn.tree._tree.Tree"]
)
def test_a_type_of_our_list_is_never_called_because_somebody_lists_it_too(name, folder):
    """`model.trusted_types` names it for MLflow; the way it is restored stays ours."""
    node = named("ConstructorFromReduceNode", name, content=listed("tuple"))
    rewrite(folder, attribute(node))

    with pytest.raises(ConfigError, match="ConstructorFromReduceNode"):
        load_folder(folder, [name])


@pytest.fixture
def published(make_store):
    """A store with one published model; returns it, the facts and the folder."""
    settings = make_store()
    table = pd.DataFrame({"a": np.arange(5.0)})
    with start_run(settings, "run") as run:
        card = ModelCard(name="linear", inputs=table, target="y")
        model = run.log_model(Ridge().fit(table, table["a"]), card)
    store = open_store(settings)
    publish(
        store,
        run_id=run.run_id,
        model_id=model.model_id,
        model_name="predictor",
        scorecard=Scorecard(metric="m", value=1.0, direction="minimize", holdout="h"),
        gate=Gate(),
    )
    location = store.client.get_logged_model(model.model_id).artifact_location
    return (
        store,
        find_facts(store, "predictor", "champion"),
        Path(location.removeprefix("file://")),
    )


def change_mlmodel(folder: Path, marker: Path) -> None:
    with (folder / "MLmodel").open("a") as file:
        file.write("# a comment, and nothing else\n")


def change_model(folder: Path, marker: Path) -> None:
    rewrite(folder, attribute(text("x")))


def add_file(folder: Path, marker: Path) -> None:
    (folder / "notes.txt").write_text("harmless")


def remove_file(folder: Path, marker: Path) -> None:
    (folder / "input_example.json").unlink()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(change_mlmodel, "changed: MLmodel", id="MLmodel changed"),
        pytest.param(change_model, r"changed: model\.skops", id="the model changed"),
        pytest.param(add_file, r"added: notes\.txt", id="a file added"),
        pytest.param(remove_file, r"lost: input_example\.json", id="a file lost"),
        pytest.param(link_file, r"model\.skops", id="a file replaced by a link"),
    ],
)
def test_a_model_changed_after_publishing_is_neither_fetched_nor_promoted(
    published, change, reason, marker, tmp_path
):
    """What was judged is what is served, byte for byte."""
    store, facts, folder = published
    into = tmp_path / "served"
    change(folder, marker)

    with pytest.raises(IntegrityError, match=reason):
        verify_version(store, facts)
    with pytest.raises(IntegrityError, match=reason):
        fetch_version(store, facts, into)

    assert not marker.exists()
    assert list(into.iterdir()) == []


def test_a_fetched_copy_that_somebody_changed_is_fetched_again(published, tmp_path):
    """The local copy serves when the registry is down; it is checked each time."""
    store, facts, _ = published
    copy = fetch_version(store, facts, tmp_path / "served")
    change_model(copy, tmp_path / "marker")

    again = fetch_version(store, facts, tmp_path / "served")

    assert again == copy
    assert (load_folder(again).predict(pd.DataFrame({"a": [1.0]}))).shape == (1,)
