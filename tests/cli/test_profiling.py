"""`sweepkit profile`: what it prints, writes and refuses, on real configurations."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from sweepkit.cli import profiling
from sweepkit.cli.profile_screen import print_profile
from sweepkit.cli.profiling_command import profile as profile_command
from sweepkit.errors import ConfigError, DataError

CONF = Path(__file__).parents[2] / "conf"
N = 240
WORDS = ("data=csv", "data.path=houses.csv", "data.target=price")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A table with a leak, blanks, a number that stands for a blank, and dates."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    size = rng.normal(100, 20, N).round(1)
    price = (3 * size + rng.normal(0, 40, N)).round()
    table = pd.DataFrame(
        {
            "id": np.arange(N),
            "size": np.where(rng.random(N) < 0.04, -999, size),
            "town": rng.choice(["north", "<b>south</b>"], N),
            "sold_on": pd.date_range("2022-01-01", periods=N).astype("str"),
            "note": np.where(rng.random(N) < 0.9, None, "late"),
            "price_eur": (price * 0.92).round(2),
            "price": price,
        }
    )
    table.to_csv("houses.csv", index=False)
    return tmp_path


@pytest.fixture
def profile(folder, capsys):
    def run(*words, as_json=False, html=None):
        profiling.profile_source([*WORDS, *words], CONF, html, as_json=as_json)
        return capsys.readouterr().out

    return run


def test_it_says_what_would_stop_training_and_how_to_go_on(profile):
    """It is read before a sweep, and after a sweep was refused."""
    out = profile()

    assert "houses: 240 rows, 5 columns to learn from, 1 left out" in out
    assert "stops a sweep  leakage" in out
    assert "+data.roles.price_eur=ignored" in out
    assert "'data.accept=[leakage]'" in out
    assert "-999" in out
    assert "verdict  1 problem stops a sweep; 3 warnings besides." in out


def test_its_own_advice_works(profile):
    """Words that are printed to be typed must do what they say."""
    record = json.loads(profile(as_json=True))
    stop = next(p for p in record["problems"] if p["severity"] == "stop")
    drop, go_on = re.findall(r"`(.+?)`", stop["advice"])

    dropped = json.loads(profile(drop, as_json=True))
    accepted = json.loads(profile(go_on.strip("'"), as_json=True))

    assert record["stops"] == ["leakage"]
    assert dropped["stops"] == accepted["stops"] == []
    assert "price_eur" not in [
        c["name"] for c in dropped["columns"] if c["alone"] is not None
    ]
    assert accepted["accepted"] == ["leakage"]


def test_the_other_advice_works_too(profile):
    """A warning that is followed is gone."""
    drop = "+data.roles.price_eur=ignored"
    (time,) = (
        problem
        for problem in json.loads(profile(drop, as_json=True))["problems"]
        if problem["kind"] == "time"
    )
    later, known = re.findall(r"`(.+?)`", time["advice"])

    by_date = json.loads(profile(drop, *later.split(), as_json=True))
    silenced = profile(drop, known.strip("'"))

    assert "time" not in [problem["kind"] for problem in by_date["problems"]]
    assert "evaluation=time_series" not in silenced


def test_lines_fit_a_narrow_terminal(profile, monkeypatch):
    """80 columns are what a terminal has when nobody has widened it."""
    monkeypatch.setenv("COLUMNS", "80")

    out = profile("+data.roles.price_eur=ignored", "data.name=houses")

    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    header = next(line for line in lines if line.startswith("column"))
    for title in ("role", "blank", "values", "relation", "alone", "from"):
        assert title in header, "no column is squeezed out"


def test_the_page_needs_nothing_and_shows_what_the_terminal_does(profile, folder):
    """It is sent by mail to who knows the data."""
    out = profile(html=folder / "deep" / "page.html")
    page = (folder / "deep" / "page.html").read_text()

    assert "deep/page.html" in out
    assert "1 problem stops a sweep; 3 warnings besides." in page
    assert "<code>+data.roles.price_eur=ignored</code>" in page
    assert "&lt;b&gt;south" in page and "<b>south" not in page, "cells are escaped"
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert page.count("<svg") == 4, "size, price_eur, sold_on and the target"


def test_pictures_of_the_page_need_no_network(profile, folder):
    """What a browser would load, it would load from somebody."""
    profile(html=folder / "page.html")

    assert "<script" not in (folder / "page.html").read_text()
    assert "default-src 'none'" in (folder / "page.html").read_text()


def test_a_task_of_classes_is_described_by_its_labels(profile, folder):
    """A rare label is seen before an hour is spent on never finding it."""
    table = pd.read_csv("houses.csv")
    table["price"] = np.where(np.arange(N) % 40 == 0, "high", "low")
    table.to_csv("houses.csv", index=False)

    out = profile()

    assert "binary, 2 labels: low 97.5%, high 2.5%" in out
    assert "warning  imbalance" in out


def test_the_same_words_are_refused_as_in_training(profile):
    """A profile of a table that training would not read helps nobody."""
    with pytest.raises(DataError, match=r"houses\.csv"):
        profile("task=regression", "data.path=house.csv")
    with pytest.raises(DataError, match="Did you mean 'leakage'"):
        profile("data.accept=[leak]")
    with pytest.raises(ConfigError, match=r"evaluation\.group must be"):
        profile("evaluation=group_kfold")


def test_a_hostile_column_name_commands_no_terminal(profile, folder):
    """Names come from files of others, and a terminal obeys what it prints."""
    table = pd.read_csv("houses.csv").rename(columns={"town": "to\x1b[31mwn [red]"})
    table.to_csv("houses.csv", index=False)

    out = profile()

    assert "\x1b[31m" not in out
    assert "wn [red]" in out


def test_it_is_typed_like_the_other_commands(folder):
    """Overrides are arguments, and what is printed for programs is all that is."""
    app = typer.Typer()
    app.command()(profile_command)

    answer = CliRunner().invoke(app, [*WORDS, "--conf", str(CONF), "--json"])

    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)["n_rows"] == N


def test_colour_marks_what_stops(profile, monkeypatch):
    """On a terminal one looks for red first."""
    printed = io.StringIO()
    kept = []
    monkeypatch.setattr(profiling, "print_profile", lambda *found: kept.append(found))
    profile()

    terminal = Console(file=printed, force_terminal=True, color_system="standard")
    print_profile(*kept[0], terminal)

    assert "\x1b[1;31mstops a sweep" in printed.getvalue()
    assert "\x1b[36m+data.roles.price_eur=ignored" in printed.getvalue()
