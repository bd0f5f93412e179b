import json
from functools import partial

import pytest
from playwright.sync_api import expect

VALUE = "#result-value"


def test_builds_a_field_for_every_column(open_page, housing):
    """The form is the model's schema, not a list somebody keeps beside it."""
    page, _ = open_page(housing)

    labels = page.locator("#fields label")
    columns = housing.model["profile"]["columns"]
    expect(labels).to_have_count(len(columns))
    names = [text.removesuffix(" optional") for text in labels.all_text_contents()]
    assert names == [column["name"] for column in columns]
    expect(page.get_by_label("median_income")).to_have_attribute("step", "0.1")
    expect(page.get_by_label("total_rooms")).to_have_attribute("step", "100")
    expect(page.get_by_label("latitude")).to_have_attribute("placeholder", "e.g. 34.26")
    choices = page.get_by_label("ocean_proximity").locator("option").all_text_contents()
    assert choices[:3] == ["choose…", "<1H OCEAN", "INLAND"]


def test_predicts_the_first_example_on_load(open_page, housing):
    """A visitor sees what the model does before touching anything."""
    page, _ = open_page(housing)

    expect(page.locator(VALUE)).to_have_text("$452,600")
    expect(page.locator("#result")).to_contain_text("Off by $26,100 on average")
    row = json.loads(housing.bodies[0])["dataframe_split"]
    assert row["data"] == [[8.3252, 41, 880, 129, 322, 126, 37.88, -122.23, "NEAR BAY"]]


def test_next_example_goes_round(open_page, housing):
    page, _ = open_page(housing)
    examples = housing.model["profile"]["examples"]

    for example in [*examples[1:], examples[0]]:
        # The page's own first question may still be under way.
        with page.expect_response(partial(asks_for, example)):
            page.get_by_role("button", name="Next example").click()


def asks_for(row, response):
    """Tell whether a response answers a question for this row."""
    if not response.url.endswith("/invocations"):
        return False
    return json.loads(response.request.post_data)["dataframe_split"]["data"] == [row]


def test_shows_an_interval_where_the_model_carries_one(open_page, housing):
    """It is asked for only then: a model without one refuses the parameter."""
    housing.model["facts"]["intervals"] = True
    housing.intervals = [[391_000.0, 500_001.0]]
    page, _ = open_page(housing)

    expect(page.locator(".result-interval")).to_have_text(
        "$391,000 \u2013 $500,001 holds the true value in 90 % of cases"
    )
    assert json.loads(housing.bodies[0])["params"] == {"interval": 0.9}


def test_warns_of_a_value_training_never_saw_and_predicts_all_the_same(
    open_page, housing
):
    """Extrapolation is the caller's to judge: a refusal would know better."""
    page, _ = open_page(housing)
    page.get_by_label("median_income").fill("40")
    expect(page.locator("#field-0-note")).to_have_text(
        "Unusually high: training saw 0.5 to 15."
    )

    with page.expect_response("**/invocations") as answer:
        page.get_by_role("button", name="Predict").click()

    assert answer.value.ok
    expect(page.get_by_label("median_income")).to_have_attribute(
        "aria-invalid", "false"
    )


def test_a_blank_is_sent_only_where_the_column_may_be_blank(open_page, housing):
    page, _ = open_page(housing)
    expect(page.locator(VALUE)).to_be_visible()
    page.get_by_label("total_bedrooms").fill("")
    page.get_by_label("total_rooms").fill("")
    n_before = len(housing.bodies)
    page.get_by_label("total_rooms").press("Enter")

    expect(page.locator("#field-2-note")).to_have_text("Needs a number.")
    expect(page.locator("#field-3-note")).to_have_text("")
    expect(page.get_by_label("total_rooms")).to_be_focused()
    assert len(housing.bodies) == n_before

    page.get_by_label("total_rooms").fill("880")
    with page.expect_response("**/invocations"):
        page.get_by_label("total_rooms").press("Enter")
    sent = json.loads(housing.bodies[-1])["dataframe_split"]["data"][0]
    assert sent[2:4] == [880, None]


def test_the_servers_message_stands_at_its_field(open_page, orders):
    """The server judges the town; only the page knows where the town was typed."""
    page, _ = open_page(orders)
    page.get_by_label("town", exact=True).select_option("other…")
    page.get_by_label("other value of town").fill("Atlantis")
    page.get_by_label("other value of town").press("Enter")

    expect(page.locator("#field-4-note")).to_have_text(
        "Found text 'Atlantis', needs a known category."
    )
    expect(page.locator("#result")).to_contain_text("1 cells are not")
    expect(page.get_by_label("town", exact=True)).to_have_attribute(
        "aria-invalid", "true"
    )


def test_fills_in_typical_values_where_there_are_no_examples(open_page, orders):
    """Dates at midnight are days; others carry their time; blanks stay possible."""
    page, _ = open_page(orders)

    expect(page.locator(VALUE)).to_have_text("3.25 days")
    expect(page.locator("#example-place")).to_have_text("typical values")
    expect(page.get_by_role("button", name="Next example")).to_be_hidden()
    expect(page.get_by_label("ordered on")).to_have_attribute("type", "date")
    expect(page.get_by_label("packed_at")).to_have_attribute("type", "datetime-local")
    towns = page.get_by_label("town", exact=True).locator("option")
    expect(towns).to_have_count(302)
    assert towns.all_text_contents()[1:4] == ["town 0", "town 1", "town 2"]
    assert json.loads(orders.bodies[0])["dataframe_split"]["data"] == [
        [
            "2023-07-02T00:00:00",
            "2023-05-31T01:01:01",
            False,
            False,
            "town 0",
            None,
            0.8,
        ]
    ]


def test_blank_and_chosen_booleans_travel_as_null_and_true(open_page, orders):
    page, _ = open_page(orders)
    page.get_by_label("express").select_option("true")
    page.get_by_label("gift").select_option("(blank)")
    page.get_by_label("ordered on").fill("2023-12-24")
    with page.expect_response("**/invocations"):
        page.get_by_role("button", name="Predict").click()

    sent = json.loads(orders.bodies[-1])["dataframe_split"]["data"][0]
    assert sent[0] == "2023-12-24T00:00:00"
    assert sent[2:4] == [True, None]


@pytest.mark.parametrize("keys", [["Enter"], ["Tab"] * 3 + ["Enter"]])
def test_works_without_a_mouse(open_page, housing, keys):
    """From the address bar: skip link, first field, a value, and the answer."""
    page, _ = open_page(housing)
    expect(page.locator(VALUE)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the form")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("median_income")).to_be_focused()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.type("5")
    with page.expect_response("**/invocations"):
        for key in keys:
            page.keyboard.press(key)

    sent = json.loads(housing.bodies[-1])["dataframe_split"]["data"][0]
    assert sent[0] == 5
    expect(page.locator("#result")).to_have_attribute("aria-live", "polite")
