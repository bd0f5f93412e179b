import bz2
import gzip
import io
import lzma
import zipfile

import pyarrow as pa
import pytest

from sweepkit.data.sources import CsvSource
from sweepkit.errors import DataError

CSV = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(5000))


def make_zip(**members):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return raw.getvalue()


COMPRESSED = {
    "gzip": gzip.compress(CSV),
    "bzip2": bz2.compress(CSV),
    "xz": lzma.compress(CSV),
    "zstd": pa.compress(CSV, "zstd", asbytes=True),
    "zip": make_zip(t__csv=CSV),
}


@pytest.fixture
def read(tmp_path):
    def read(content, name="t.csv"):
        (tmp_path / name).write_bytes(content)
        return CsvSource(tmp_path / name).read()

    return read


@pytest.mark.parametrize("kind", COMPRESSED)
def test_the_content_decides_and_not_the_name(read, kind):
    """A download is often called otherwise than it is."""
    assert read(COMPRESSED[kind])["b"].sum() == sum(n * n for n in range(5000))


@pytest.mark.parametrize("kind", COMPRESSED)
@pytest.mark.parametrize("share", [0.5, 0.99])
def test_a_copy_that_was_cut_off_is_refused(read, kind, share):
    """An interrupted copy must not end in a stack trace, nor in half a table."""
    raw = COMPRESSED[kind]

    with pytest.raises(DataError, match=f"{kind}.*data.path") as caught:
        read(raw[: int(len(raw) * share)])
    assert "damaged" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            make_zip(a__csv=CSV, b__csv=CSV), "2 files (a.csv, b.csv)", id="two"
        ),
        pytest.param(make_zip(), "0 files (none)", id="none"),
        pytest.param(make_zip(t__csv=""), "is empty", id="empty member"),
    ],
)
def test_a_zip_archive_holds_one_file(read, content, said):
    with pytest.raises(DataError) as caught:
        read(content)
    assert said in str(caught.value)


def test_a_workbook_is_no_zip_of_a_table(read):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")

    with pytest.raises(DataError, match="workbook; save the table as CSV"):
        read(raw.getvalue())


def test_a_bad_cell_is_found_by_its_line_all_the_same(read):
    with pytest.raises(DataError, match="line 5002, column 'a': 'x'"):
        read(gzip.compress(CSV + b"x,1\n"))
