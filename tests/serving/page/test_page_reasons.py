"""What the page shows of a prediction's reasons, and of what else a class may be."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import expect

from sweepkit.serving.champion import Champion, Explainer

EVIL = "<img src=x onerror=alert(1)>"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True}
REASONS = {
    "median_income": 190_000.0,
    "km_to_coast": -20_000.0,
    **{f"feature_{i}": 100.0 for i in range(9)},
    "7": 81_700.0,
}
EXPLAINER = Explainer(
    run=lambda rows: np.array([[0.5, -1.25, 0.125] for _ in rows]),
    names=("size", "age"),
    unit="log-odds",
    codes=(1,),
)


def explain(server, contributions=REASONS, base=200_000.0, unit=""):
    facts = {"contributions": True, "contributions_unit": unit, "contributions_ms": 3.0}
    server.model["facts"] |= facts
    server.contributions = [{"base": base, "contributions": contributions}]


def bars(page):
    return page.locator(".reason-part").evaluate_all(
        "bars => bars.map(b => [Number(b.getAttribute('x')), "
        "Number(b.getAttribute('width'))])"
    )


def test_the_largest_reasons_stand_below_the_number(open_page, housing):
    """By size, also where a name looks like a number and JavaScript would sort it."""
    explain(housing)
    page, watch = open_page(housing)

    lines = page.locator(".reasons li")
    expect(lines).to_have_count(8)
    expect(lines.nth(0)).to_have_text("median_income 8.325+$190,000")
    expect(lines.nth(1)).to_have_text("7+$81,700")
    expect(lines.nth(2)).to_have_text("km_to_coast\u2212$20,000")
    expect(page.locator(".reasons")).to_contain_text("Starts from $200,000")
    expect(page.locator(".reasons")).to_contain_text("4 more features: +$400")
    (start, length), _, (left, back) = bars(page)[:3]
    assert (start, length) == (50, 50)
    assert left + back == 50 and 5 < back < 6
    assert json.loads(housing.bodies[0])["params"] == {"contributions": True}
    assert watch.complaints == []


def test_a_sum_beyond_the_training_rows_is_explained(open_page, housing):
    """Else the bars do not add up to what stands above them."""
    explain(housing, {"median_income": 400_000.0})
    page, _ = open_page(housing)

    expect(page.locator(".reasons")).to_contain_text("Adds up to $600,000, beyond")


@pytest.mark.parametrize("slow", [True, False], ids=["too slow", "none"])
def test_reasons_are_not_asked_for_where_they_keep_people_waiting(
    open_page, housing, slow
):
    """Nor where the model would refuse them."""
    explain(housing)
    changed = {"contributions_ms": 900.0} if slow else {"contributions": False}
    housing.model["facts"] |= changed
    housing.contributions = None
    page, _ = open_page(housing)

    expect(page.locator("#result-value")).to_be_visible()
    assert page.locator(".reasons").count() == 0
    assert "params" not in json.loads(housing.bodies[0])


@pytest.fixture
def serve(as_classes, spread_sizes, run_champion):
    """Serve a champion of classes that carries sets and contributions."""

    def start(labels=("no", "yes"), **changes):
        champion = Champion(
            name="kinds",
            version="7",
            profile=as_classes(labels),
            predict=partial(spread_sizes, n_classes=len(labels)),
            sets=lambda found, share: found >= 1 - share,
            contributions=EXPLAINER,
        )
        return run_champion(replace(champion, **changes))

    return start


def test_a_class_shows_its_set_and_what_speaks_for_it(open_page, serve):
    """Chips for the labels it may be; reasons are of the second class, and say so."""
    page, watch = open_page(serve())

    expect(page.locator("#result-value")).to_have_text("yes")
    expect(page.locator(".set .chip")).to_have_text(["yes", "no"])
    expect(page.locator(".set")).to_contain_text("no class can be ruled out")
    expect(page.locator(".reasons h3")).to_have_text("What speaks for yes")
    expect(page.locator(".reasons")).to_contain_text("In log-odds: starts from 0.13")
    expect(page.locator(".reasons li")).to_have_text(
        ["age 2\u22121.25", "size 1.5+0.50"]
    )

    page.get_by_label("size").fill("9")
    with page.expect_response("**/invocations"):
        page.get_by_role("button", name="Predict").click()
    expect(page.locator(".set .chip")).to_have_count(2)
    assert watch.complaints == []


def test_of_a_large_set_ten_labels_are_shown(open_page, serve):
    """Forty chips would hide everything else."""
    labels = tuple(f"class {i}" for i in range(13))
    everything = lambda found, _: np.ones_like(found, dtype=bool)  # noqa: E731
    page, _ = open_page(serve(labels, sets=everything, contributions=None))

    expect(page.locator(".set .chip")).to_have_count(10)
    expect(page.locator(".set")).to_contain_text("And 3 more labels.")


def test_names_in_reasons_and_sets_are_text(open_page, serve):
    """They come from data, too; and long ones make no telephone scroll sideways."""
    long = "feature_" + "long" * 30
    explainer = replace(EXPLAINER, names=(EVIL, long))
    page, watch = open_page(serve(("no" * 40, EVIL), contributions=explainer), **PHONE)

    expect(page.locator(".reason-name").nth(1)).to_have_text(EVIL)
    expect(page.locator(".set")).to_contain_text(EVIL)
    assert page.locator("img").count() == 0 and watch.complaints == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["viewport"]["width"]
