import json
import subprocess
import sys

import pytest
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True}
EVIL = '<img src=x onerror="document.title=`broken`">'


@pytest.mark.parametrize("name", ["housing", "orders"])
def test_no_request_leaves_the_server_and_nothing_is_complained_of(
    open_page, request, name
):
    """Complaints of the policy appear on the console too."""
    server = request.getfixturevalue(name)
    page, watch = open_page(server)
    expect(page.locator("#result-value")).to_be_visible()
    expect(page.locator("#tiles .tile")).to_have_count(4)
    page.get_by_role("tab", name="Python").click()

    assert {url[: len(server.origin) + 1] for url in watch.requests} == {
        server.origin + "/"
    }
    assert watch.complaints == []


@pytest.mark.parametrize("name", ["housing", "orders"])
def test_a_telephone_never_scrolls_sideways(open_page, request, name):
    page, _ = open_page(request.getfixturevalue(name), **PHONE)
    expect(page.locator("#result-value")).to_be_visible()
    expect(page.locator("#tiles .tile")).to_have_count(4)

    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == PHONE["viewport"]["width"]


def test_names_from_data_are_text_and_nothing_else(open_page, housing):
    """Whoever can name a column or a category must not run programs in a browser."""
    text = json.dumps(housing.model)
    for name in ("median_income", "NEAR BAY", "median_house_value", "champion"):
        text = text.replace(name, EVIL.replace('"', '\\"'))
    housing.model = json.loads(text)
    housing.model["metrics"][EVIL] = 1.0
    housing.usage["drift"]["columns"][0]["name"] = EVIL
    housing.usage["notes"] = [EVIL]
    housing.ready["refused"] = {"version": EVIL, "reason": EVIL}
    page, watch = open_page(housing)

    expect(page.locator("#fields label").first).to_have_text(EVIL)
    expect(page.locator("#drift td").first).to_have_text(EVIL)
    expect(page.locator("#notices")).to_contain_text(EVIL)
    expect(page.locator("#result-value")).to_be_visible()
    assert page.locator("img").count() == 0
    assert page.title() == "california-housing · version 7"
    assert watch.complaints == []


def test_asks_for_a_token_and_keeps_it_nowhere(open_page, housing):
    """A token in storage outlives the visit and is there for any script to read."""
    housing.token = "a" * 32
    page, _ = open_page(housing)
    page.get_by_label("Bearer token").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#token-text")).to_contain_text("did not take that token")
    page.get_by_label("Bearer token").fill(housing.token)
    page.keyboard.press("Enter")

    expect(page.locator("#result-value")).to_have_text("$452,600")
    assert housing.token not in page.content()
    kept = "JSON.stringify([localStorage, sessionStorage, document.cookie])"
    assert page.evaluate(kept) == '[{},{},""]'
    expect(page.locator("#call-panel-0")).to_contain_text("Bearer $TOKEN")
    expect(page.locator("#links")).to_be_hidden()
    page.reload()
    expect(page.locator("#token-dialog")).to_be_visible()


def test_who_declines_to_give_a_token_may_try_again(open_page, housing):
    housing.token = "a" * 32
    page, _ = open_page(housing)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#token-dialog")).to_be_visible()


@pytest.mark.parametrize("tab", [0, 1])
def test_the_copied_call_gives_the_pages_answer(open_page, housing, tab):
    """With the form's present values and the page's own address."""
    page, _ = open_page(housing)
    page.get_by_label("total_bedrooms").fill("")
    page.get_by_label("median_income").fill("3.5")
    code = page.locator(f"#call-panel-{tab} code").text_content()
    command = ["sh", "-c", code] if tab == 0 else [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert "452600.0" in done.stdout, done.stderr
    sent = json.loads(housing.bodies[-1])
    row = (
        sent["dataframe_split"]["data"][0] if tab == 0 else sent["dataframe_records"][0]
    )
    cells = row if tab == 0 else list(row.values())
    assert cells == [3.5, 41, 880, None, 322, 126, 37.88, -122.23, "NEAR BAY"]


def test_quotes_in_values_survive_the_shell(open_page, orders):
    page, _ = open_page(orders)
    page.get_by_label("note").fill('it\'s "$HOME" `date` \\ é')
    code = page.locator("#call-panel-0 code").text_content()
    subprocess.run(["sh", "-c", code], capture_output=True, timeout=60, check=True)

    row = json.loads(orders.bodies[-1])["dataframe_split"]["data"][0]
    assert row[5] == 'it\'s "$HOME" `date` \\ é'


def test_tabs_follow_the_arrow_keys(open_page, housing):
    page, _ = open_page(housing)
    page.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.locator("#call-panel-1")).to_be_visible()
    expect(page.locator("#call-panel-0")).to_be_hidden()


def test_the_call_is_copied(open_page, housing):
    page, _ = open_page(housing, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the curl call").click()

    expect(page.get_by_role("button", name="Copy the curl call")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#call-panel-0 code").text_content()


def test_mlflows_own_client_gives_the_pages_answer(open_page, housing):
    """Who has used `mlflow models serve` keeps the client."""
    page, _ = open_page(housing)
    code = page.locator("#call-panel-2 code").text_content()
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert "452600.0" in done.stdout, done.stderr
