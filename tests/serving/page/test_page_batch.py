import csv
import io
import json

from playwright.sync_api import expect

HEADER = (
    "id,median_income,housing_median_age,total_rooms,total_bedrooms,population,"
    "households,latitude,longitude,ocean_proximity"
)
ROW = "8.3252,41,880,129,322,126,37.88,-122.23,NEAR BAY"


def choose(page, text, name="blocks.csv"):
    page.locator("#file").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )


def test_previews_and_returns_the_file_with_a_column_more(open_page, housing):
    """Every column of the file comes back, also those the model does not take."""
    page, _ = open_page(housing)
    housing.predict = lambda row: 1000 * float(row["median_income"])
    rows = [f'"{i}, ""x""",{i + 1}{ROW.removeprefix("8.3252")}' for i in range(25)]
    choose(page, "\ufeff" + "\n".join([HEADER, *rows]))

    preview = page.locator("#batch-preview tbody tr")
    expect(preview).to_have_count(10)
    expect(preview.first.locator("td").first).to_have_text("$1,000")
    expect(page.locator("#batch-status")).to_have_text(
        "25 rows of blocks.csv predicted. Not used: id."
    )
    with page.expect_download() as download:
        page.get_by_role("button", name="Download with predictions").click()
    assert download.value.suggested_filename == "blocks-predicted.csv"
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [row["id"] for row in table] == [f'{i}, "x"' for i in range(25)]
    assert [float(row["prediction"]) for row in table] == [
        1000.0 * (i + 1) for i in range(25)
    ]


def test_sends_smaller_pieces_where_the_server_takes_fewer_rows(open_page, housing):
    """The page does not know the limits of the server; a refusal tells."""
    page, _ = open_page(housing)
    housing.most_rows = 7
    choose(page, "\n".join([HEADER, *[f"{i},{ROW}" for i in range(30)]]))

    expect(page.locator("#batch-status")).to_contain_text("blocks.csv predicted")
    sizes = [body.count("\r\n") - 1 for body in housing.bodies if "\r\n" in body]
    assert sum(size for size in sizes if size <= 7) == 30


def test_names_the_lines_that_are_refused(open_page, housing):
    """Row numbers of a piece mean nothing to somebody who looks at a file."""
    page, _ = open_page(housing)
    bad = ROW.replace("880", "many")
    rows = [f"{i},{bad if i in (3, 2_050) else ROW}" for i in range(2_100)]
    choose(page, "\n".join([HEADER, *rows]))

    expect(page.locator(".problems li")).to_have_text(
        ["Line 5, total_rooms: Found text 'many', needs a number."]
    )
    expect(page.locator("#batch-status")).to_contain_text("blocks.csv, lines 2 to 2001")
    rows[3] = f"3,{ROW}"
    choose(page, "\n".join([HEADER, *rows]))
    expect(page.locator(".problems li")).to_contain_text(["Line 2052, total_rooms"])
    expect(page.locator("#download")).to_have_count(0)


def test_says_why_a_file_cannot_be_used(open_page, housing):
    page, _ = open_page(housing)
    status = page.locator("#batch-status")

    choose(page, "median_income\n1\n")
    expect(status).to_contain_text("The file lacks housing_median_age, total_rooms")
    choose(page, f"{HEADER}\n1,{ROW},9\n")
    expect(status).to_contain_text("Line 2 has 11 cells; the header names 10 columns.")
    choose(page, f'{HEADER}\n"1,{ROW}\n')
    expect(status).to_contain_text("line 2 do not pair up")
    choose(page, HEADER)
    expect(status).to_contain_text("no rows")
    choose(page, "")
    expect(status).to_contain_text("empty")
    page.locator("#file").set_input_files(
        {"name": "b.csv", "mimeType": "text/csv", "buffer": b"\xff\xfe\x00"}
    )
    expect(status).to_contain_text("UTF-8")


def test_reads_semicolons_and_optional_columns_that_are_missing(open_page, orders):
    page, _ = open_page(orders)
    choose(page, "ordered on;express;town\n2023-01-02;true;town 7\n\n", "o.csv")

    expect(page.locator("#batch-preview td").first).to_have_text("3.25 days")
    assert orders.bodies[-1] == (
        "ordered on,express,town\r\n2023-01-02,true,town 7\r\n"
    )


def test_a_file_may_be_dropped(open_page, housing):
    page, _ = open_page(housing)
    data = page.evaluate_handle(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
          return data;
        }""",
        f"{HEADER}\n1,{ROW}",
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": data})

    expect(page.locator("#batch-status")).to_contain_text(
        "1 row of dropped.csv predicted"
    )


def test_a_busy_server_is_asked_again(open_page, housing):
    """Half a file of predictions would be worth nothing."""
    page, _ = open_page(housing, hurry=True)
    housing.busy_answers = 1
    choose(page, f"{HEADER}\n1,{ROW}")

    expect(page.locator("#batch-status")).to_contain_text(
        "1 row of blocks.csv predicted"
    )
    assert json.loads(housing.bodies[0])  # the form's own row came first
