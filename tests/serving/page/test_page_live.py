from playwright.sync_api import expect


def test_shows_the_model_and_where_it_comes_from(open_page, housing):
    page, _ = open_page(housing)

    expect(page.locator("h1")).to_have_text("california-housing")
    expect(page.locator("#version")).to_have_text("version 7 · champion · production")
    expect(page.locator("#metrics tbody tr").first).to_have_text(
        "Root mean squared error$40,150$40,870"
    )
    expect(page.locator("#lineage")).to_contain_text("Fitted on16,512 rows")
    expect(page.locator("#lineage")).to_contain_text("9c4e1b7d52a86f03")


def test_shows_use_and_drift_as_the_server_tells_them(open_page, housing):
    """The furthest column comes first, and a sentence says what it means."""
    page, _ = open_page(housing, hurry=True)

    expect(page.locator("#ready")).to_have_text("ready")
    expect(page.locator(".tile-value")).to_have_text(
        ["413", "0.31 ms", "1.84 ms", "184,213"]
    )
    expect(page.locator("#drift tbody tr").first).to_have_text(
        "median_income0.310drifted"
    )
    expect(page.locator("#drift-sentence")).to_contain_text(
        "median_income no longer looks like the training data; population begins to"
    )
    housing.usage["requests_per_s"] = 7.0
    expect(page.locator(".tile-value").first).to_have_text("7")
    points = page.locator(".spark-line").first.get_attribute("points")
    assert len(points.split()) >= 2


def test_too_few_rows_for_drift_are_called_that(open_page, orders):
    page, _ = open_page(orders)

    expect(page.locator("#drift-sentence")).to_contain_text("Too few rows")
    expect(page.locator("#metrics")).to_have_text("This version carries no scores.")
    expect(page.locator("#notes")).to_contain_text("The registry cannot be reached")


def test_tells_of_a_refused_version_and_a_lost_registry(open_page, housing):
    housing.ready |= {
        "version": "8",
        "registry": {"reachable": False, "message": "Connection refused."},
        "refused": {"version": "9", "reason": "Its predictions differ."},
    }
    page, _ = open_page(housing)

    expect(page.locator(".notice")).to_contain_text(
        [
            "Version 8 serves now; this page still describes version 7.",
            "Version 9 was refused, the one before it serves on: Its predictions",
            "The registry is out of reach. Connection refused.",
        ]
    )


def test_waits_for_a_server_that_has_no_model_yet(open_page, housing):
    housing.starting = True
    page, _ = open_page(housing, hurry=True)
    expect(page.locator("#notices")).to_contain_text("No model is loaded yet")

    housing.starting = False
    expect(page.locator("#result-value")).to_have_text("$452,600")
    expect(page.locator(".notice")).to_have_count(0)


def test_says_so_when_the_server_is_gone_and_recovers(open_page, housing):
    page, _ = open_page(housing, hurry=True)
    expect(page.locator("#ready")).to_have_text("ready")

    page.context.set_offline(True)
    expect(page.locator("#ready")).to_have_text("not reachable")
    page.get_by_role("button", name="Predict").click()
    expect(page.locator("#result")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    expect(page.locator("#ready")).to_have_text("ready")
