import hashlib
import logging

import fsspec
import pytest

from sweepkit.data.places import find_files
from sweepkit.data.sources import CsvSource, ParquetSource
from sweepkit.errors import DataError

CSV = b"a,b\n1,2\n3,4\n"
DIGEST = hashlib.sha256(CSV).hexdigest()


def refusal(call, *args, **options):
    with pytest.raises(DataError) as caught:
        call(*args, **options)
    return str(caught.value)


class TestPatterns:
    def test_files_come_in_the_order_of_their_names(self, tmp_path):
        """The position of a row is its identity: the order must not be the disk's."""
        for name in ("b.csv", "a.csv", "c.csv"):
            (tmp_path / name).write_text(f"n,file\n1,{name}\n")

        table = CsvSource(tmp_path / "*.csv").read()

        assert table["file"].tolist() == ["a.csv", "b.csv", "c.csv"]

    def test_two_stars_reach_into_folders(self, tmp_path):
        for name in ("1/x.csv", "2/deep/y.csv"):
            path = tmp_path / name
            path.parent.mkdir(parents=True)
            path.write_bytes(CSV)

        assert len(find_files(tmp_path / "**/*.csv")) == 2

    def test_a_file_called_like_a_pattern_is_that_file(self, tmp_path):
        (tmp_path / "houses [2024].csv").write_bytes(CSV)

        assert CsvSource(tmp_path / "houses [2024].csv").read().shape == (2, 2)

    def test_home_folder_is_expanded(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "t1.csv").write_bytes(CSV)

        assert find_files("~/t*.csv") == [tmp_path / "t1.csv"]

    def test_a_pattern_without_a_match_is_refused(self, tmp_path):
        message = refusal(find_files, f"{tmp_path}/*.csv")

        assert "No file matches" in message
        assert "data.path" in message


class TestDigests:
    def test_the_right_digest_is_content_with(self, tmp_path):
        (tmp_path / "t.csv").write_bytes(CSV)

        assert find_files(tmp_path / "t.csv", sha256=DIGEST.upper())

    def test_another_digest_is_refused_and_named(self, tmp_path):
        """A table that changed unnoticed makes every comparison worthless."""
        (tmp_path / "t.csv").write_bytes(CSV)
        message = refusal(find_files, tmp_path / "t.csv", sha256="0" * 64)

        assert f"data.sha256={DIGEST}" in message

    def test_a_digest_is_that_of_one_file(self, tmp_path):
        for name in ("a.csv", "b.csv"):
            (tmp_path / name).write_bytes(CSV)

        message = refusal(find_files, tmp_path / "*.csv", sha256=DIGEST)
        assert "2 files" in message


class TestWeb:
    def test_is_fetched_once_and_then_read_offline(self, web, tmp_path):
        """A sweep goes on in a train; a server sees one download, not thirty."""
        url = web.put("t.csv", CSV)
        source = CsvSource(url, sha256=DIGEST, cache=str(tmp_path))
        first = source.read()
        web.stop()

        assert source.read().equals(first)
        assert web.asked == ["/t.csv"]

    def test_tells_the_digest_to_be_pinned(self, web, tmp_path, caplog):
        """Without a digest nobody notices that a table was replaced."""
        source = CsvSource(web.put("t.csv", CSV), cache=str(tmp_path))
        with caplog.at_level(logging.WARNING):
            source.read()
            assert f"data.sha256={DIGEST}" in caplog.text
            source.read()

        assert "delete the copy to fetch it anew" in caplog.text
        assert web.asked == ["/t.csv"]

    def test_a_wrong_digest_is_refused(self, web, tmp_path):
        url = web.put("t.csv", CSV)
        message = refusal(CsvSource(url, sha256="0" * 64, cache=str(tmp_path)).read)

        assert "does not have the SHA-256" in message
        assert "data.sha256" in message

    def test_a_copy_with_another_digest_is_fetched_anew(self, web, tmp_path):
        """Whoever pins a new version wants it, not the copy of the old one."""
        CsvSource(web.put("t.csv", b"a,b\n9,9\n"), cache=str(tmp_path)).read()
        url = web.put("t.csv", CSV)

        table = CsvSource(url, sha256=DIGEST, cache=str(tmp_path)).read()

        assert table["a"].tolist() == [1, 3]

    def test_what_is_not_there_is_named_without_its_token(self, web, tmp_path, caplog):
        """Addresses of the web carry tokens; messages are passed on."""
        url = web.put("t.csv", CSV).replace("t.csv", "u.csv") + "?token=geheim"
        message = refusal(CsvSource(url, cache=str(tmp_path)).read)

        assert "/u.csv cannot be fetched: the server answers 404" in message
        assert "geheim" not in message + caplog.text

    def test_a_server_that_is_down_is_named_without_its_password(self, web, tmp_path):
        url = web.put("t.csv", CSV).replace("http://", "http://me:geheim@")
        web.stop()
        message = refusal(CsvSource(url, cache=str(tmp_path)).read)

        assert "cannot be fetched: ConnectionError" in message
        assert "geheim" not in message

    def test_a_folder_that_cannot_be_written_is_named(self, web, tmp_path):
        (tmp_path / "file").touch()
        source = CsvSource(web.put("t.csv", CSV), cache=str(tmp_path / "file"))

        assert "data.cache" in refusal(source.read)


@pytest.fixture
def store():
    """A store in memory, which fsspec treats as it does S3."""
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/bucket", recursive=True)


class TestStores:
    def test_a_pattern_names_several_files_there(self, store, tmp_path):
        for number in (2, 1):
            store.pipe(f"/bucket/parts/{number}.csv", b"a,b\n%d,0\n" % number)

        source = CsvSource("memory://bucket/parts/*.csv", cache=str(tmp_path))

        assert source.read()["a"].tolist() == [1, 2]

    def test_parquet_is_read_from_there_too(self, store, tmp_path):
        import pandas as pd

        frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
        store.pipe("/bucket/t.parquet", frame.to_parquet())
        source = ParquetSource("memory://bucket/t.parquet", cache=str(tmp_path))

        assert source.read().equals(frame)

    def test_is_copied_again_only_if_it_changed(self, store, tmp_path):
        """A sweep reads the table in every worker; a changed one must not be missed."""
        store.pipe("/bucket/t.csv", CSV)
        find = lambda: find_files("memory://bucket/t.csv", cache=str(tmp_path))  # noqa: E731
        first = find()
        assert find() == first

        store.pipe("/bucket/t.csv", b"a,b\n5,6\n")
        assert find() != first

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("memory://bucket/none.csv", "names no file"),
            ("memory://bucket/none/*.csv", "names no file"),
            ("warp://bucket/t.csv", "'warp'"),
        ],
    )
    def test_refuses_what_is_not_there(self, store, tmp_path, url, said):
        store.pipe("/bucket/t.csv", CSV)
        message = refusal(find_files, url, cache=str(tmp_path))

        assert said in message
        assert "data.path" in message

    @pytest.mark.parametrize(
        ("scheme", "extra"), [("s3", "s3"), ("gs", "gcs"), ("az", "azure")]
    )
    def test_names_the_extra_that_is_missing(self, tmp_path, scheme, extra):
        message = refusal(find_files, f"{scheme}://b/t.csv", cache=str(tmp_path))
        if "needs a library" not in message:
            pytest.skip(f"the library for {scheme}:// is installed")

        assert f"sweepkit[{extra}]" in message

    def test_an_address_of_a_file_is_that_file(self, tmp_path):
        (tmp_path / "t.csv").write_bytes(CSV)

        assert find_files(f"file://{tmp_path}/t.csv") == [tmp_path / "t.csv"]
