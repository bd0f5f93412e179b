"""The page of a model of classes, against the server itself."""

import csv
import io
import json
import subprocess
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from sweepkit.serving.champion import Champion

VALUE = "#result-value"
HEAD = "id,size,town,new"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True}
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def serve(as_classes, spread_sizes, run_champion):
    """Serve a champion of these labels; its first example row has size 1.5."""

    def start(labels=("no", "yes"), threshold=None, metrics=None, **settings):
        champion = Champion(
            name="kinds",
            version="7",
            profile=as_classes(labels, threshold),
            predict=partial(spread_sizes, n_classes=len(labels)),
            facts={"metrics": metrics or {}},
        )
        return run_champion(champion, **settings)

    return start


def shares(page):
    return [line.split("\n") for line in page.locator(".shares li").all_inner_texts()]


def upload(page, *rows, head=HEAD):
    text = "\n".join([head, *rows])
    page.locator("#file").set_input_files(
        {"name": "t.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )


def download(page):
    with page.expect_download() as told:
        page.get_by_role("button", name="Download with predictions").click()
    text = told.value.path().read_text()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_class_stands_large_and_its_probabilities_as_bars(open_page, serve):
    """The likeliest first, whatever the order of the labels."""
    page, watch = open_page(serve(("fir", "oak", "elm")))
    page.get_by_label("size").fill("1.8")
    page.get_by_role("button", name="Predict").click()

    expect(page.locator(VALUE)).to_have_text("elm")
    assert [name for name, _ in shares(page)] == ["elm", "oak", "fir"]
    expect(page.locator(".shares li.chosen")).to_have_text("elm57.1 %")
    widths = page.locator(".shares .share-part").evaluate_all(
        "bars => bars.map(bar => Number(bar.getAttribute('width')))"
    )
    assert widths == sorted(widths, reverse=True) and 57 < widths[0] < 58
    expect(page.locator("#purpose")).to_contain_text("kind: fir, oak or elm")
    assert watch.complaints == []


@pytest.mark.parametrize(
    ("threshold", "label", "words"),
    [
        (None, "yes", "It says yes from 50 % on, below that no."),
        (0.9, "no", "So it says no here, although yes is likelier."),
    ],
)
def test_the_threshold_is_explained(open_page, serve, threshold, label, words):
    """Who sees 73 % of yes beside a large no thinks the page is broken."""
    page, _ = open_page(serve(threshold=threshold))

    expect(page.locator(VALUE)).to_have_text(label)
    expect(page.locator("#result")).to_contain_text(words)
    expect(page.locator(".share-mark").first).to_be_attached()
    assert [name for name, _ in shares(page)] == ["yes", "no"]
    if threshold:
        expect(page.locator("#lineage")).to_contain_text("Decides from90 %")


def test_accuracy_is_told_beside_what_no_model_would_get(open_page, serve):
    """95 % right means little where one class is 95 % of all."""
    page, _ = open_page(serve(metrics={"holdout_accuracy": 0.912}))

    expect(page.locator("#result")).to_contain_text(
        "Right in 91.2 % of the rows kept aside from training. Always saying no would "
        "be right in about 50 %."
    )
    expect(page.locator("#metrics")).to_contain_text("Accuracy0.912")


def test_of_many_classes_ten_are_shown(open_page, serve):
    """And the sum of the others, so that nobody takes ten for all."""
    page, _ = open_page(serve(tuple(f"class {i}" for i in range(13))))

    expect(page.locator(".shares li")).to_have_count(10)
    expect(page.locator(".shares")).to_contain_text("3 more classes: < 0.1 % together.")
    expect(page.locator("#purpose")).to_contain_text("kind: one of 13 classes")


@pytest.mark.parametrize(
    "labels", [(-1, 3, 10), (False, True), ("10", "9", "", "__proto__")], ids=repr
)
def test_labels_that_look_like_numbers_keep_their_order(open_page, serve, labels):
    """Objects of JavaScript sort such keys; the class would be another one."""
    page, watch = open_page(serve(labels))
    for code, label in enumerate(labels):
        page.get_by_label("size").fill(str(code))
        with page.expect_response("**/invocations"):
            page.get_by_label("size").press("Enter")
        text = "(empty text)" if label == "" else json.dumps(label).strip('"')
        expect(page.locator(VALUE)).to_have_text(text)
        assert shares(page)[0][0] == text
    assert watch.complaints == []


def test_a_file_gets_labels(open_page, serve):
    """One column more, as for numbers."""
    page, _ = open_page(serve())
    upload(page, "a,0,a,true", "b,1,b,false")

    expect(page.locator("#batch-preview td").first).to_have_text("no")
    rows = download(page)
    assert [(row["id"], row["prediction"]) for row in rows] == [
        ("a", "no"),
        ("b", "yes"),
    ]
    assert "probability_no" not in rows[0]


def test_a_file_gets_probabilities_if_they_are_wanted(open_page, serve, spread_sizes):
    """To the last bit, and the labels the server would give."""
    page, _ = open_page(serve(threshold=0.2, max_rows=2))
    page.get_by_label("Add the probability of each class").check()
    head = f"{HEAD},prediction,probability_no"
    upload(page, *(f"{i},{i / 2},a,true,x,y" for i in range(5)), head=head)

    expect(page.locator("#batch-preview th")).to_contain_text(
        ["predicted kind", "its probability", "id"]
    )
    rows = download(page)
    wanted = spread_sizes([[i / 2] for i in range(5)]).tolist()
    found = [
        [float(row["probability_no_new"]), float(row["probability_yes"])]
        for row in rows
    ]
    assert found == wanted
    assert [row["prediction_new"] for row in rows] == ["yes"] * 5
    assert [row["prediction"] for row in rows] == ["x"] * 5


def test_changing_ones_mind_predicts_the_file_again(open_page, serve):
    """Nobody should have to look for the file twice."""
    page, _ = open_page(serve())
    upload(page, "a,0,a,true")
    expect(page.locator("#batch-preview th").nth(1)).to_have_text("id")
    page.get_by_label("Add the probability of each class").focus()
    page.keyboard.press("Space")

    expect(page.locator("#batch-preview th").nth(1)).to_have_text("its probability")


@pytest.mark.parametrize("tab", [0, 1, 2])
def test_copied_calls_ask_for_what_is_ticked(open_page, serve, tab):
    """curl, Python and MLflow's own client; labels unless more is wanted."""
    page, _ = open_page(serve())

    def call():
        code = page.locator(f"#call-panel-{tab} code").text_content()
        if tab == 0:
            command, options = ["sh", "-c", code], {"timeout": 60, "text": True}
            return subprocess.run(command, capture_output=True, **options).stdout
        with redirect_stdout(io.StringIO()) as said:
            exec(code, {})
        return said.getvalue()

    assert "yes" in call()
    page.get_by_label("Ask for the probability of each class").check()
    assert "0.73105" in call()


def test_classes_of_recent_rows_are_compared_with_training(open_page, serve):
    """All rows of one class is news, whatever the columns look like."""
    server = serve()
    page, _ = open_page(server, hurry=True)
    sentence = page.locator("#classes-sentence")
    expect(sentence).to_contain_text("Too few rows")
    expect(page.locator("#class-drift tbody tr").first).to_have_text("no50.0 %\u2013")
    cells = {"size": 1.0, "town": "a", "new": True}
    body = json.dumps({"dataframe_records": [cells] * 300}).encode()
    address = f"{server.origin}/invocations"
    urlopen(Request(address, body, {"Content-Type": "application/json"})).close()

    expect(sentence).to_contain_text("drifted")
    expect(page.locator("#class-drift tbody tr").last).to_contain_text("50.0 %100 %")


def test_a_model_of_a_number_shows_nothing_of_classes(open_page, housing):
    """Its page is what it was."""
    page, _ = open_page(housing)

    expect(page.locator(VALUE)).to_be_visible()
    expect(page.locator("#tiles .tile")).to_have_count(4)
    for element in (".shares", "#classes", ".check"):
        assert page.locator(element).locator("visible=true").count() == 0
    assert "params" not in json.loads(housing.bodies[0])


def test_names_of_classes_are_text_and_nothing_else(open_page, serve):
    """Labels come from data as column names do."""
    page, watch = open_page(serve(("no", EVIL)))
    upload(page, "a,1,a,true")

    expect(page.locator(VALUE)).to_have_text(EVIL)
    expect(page.locator("#batch-preview td").first).to_have_text(EVIL)
    expect(page.locator("#class-drift")).to_contain_text(EVIL)
    assert page.locator("img").count() == 0 and watch.complaints == []


@pytest.mark.parametrize("n_classes", [2, 5, 40])
def test_a_telephone_never_scrolls_sideways(open_page, serve, n_classes):
    """Also with labels as long as sentences."""
    labels = tuple(f"class_{i}_" + "long" * 12 for i in range(n_classes))
    page, _ = open_page(serve(labels), **PHONE)
    expect(page.locator(VALUE)).to_be_visible()
    expect(page.locator("#class-drift tbody tr").first).to_be_visible()

    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == PHONE["viewport"]["width"]


def test_without_shares_of_training_nothing_is_compared(
    open_page, as_classes, spread_sizes, run_champion
):
    """A model of another program may carry labels alone."""
    profile = replace(as_classes(("no", "yes")), class_shares=())
    champion = Champion(name="k", version="1", profile=profile, predict=spread_sizes)
    page, watch = open_page(run_champion(champion))

    expect(page.locator("#tiles .tile")).to_have_count(4)
    expect(page.locator("#classes")).to_be_hidden()
    assert watch.complaints == []
