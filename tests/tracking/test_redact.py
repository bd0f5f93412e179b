import pytest

from sweepkit.tracking.redact import find_secret, redact, redact_value, secrets_in

LEAKS = [
    pytest.param("postgresql://u:hunter2@h:5432/db", id="url"),
    pytest.param("postgresql://u:hunter2%40x@h/db", id="encoded at sign in it"),
    pytest.param("mssql://u:hunter2#1?!@h/db", id="raw signs in it"),
    pytest.param("http://u:p@/hunter2@h/x", id="raw at sign and slash in it"),
    pytest.param("API request to http://u:hunter2@h/api failed", id="in a sentence"),
    pytest.param("https://hunter2@github.com/a", id="token as user"),
    pytest.param("next=postgresql%3A%2F%2Fu%3Ahunter2%40h", id="encoded url"),
    pytest.param("postgresql%253A%252F%252Fu%253Ahunter2%2540h", id="encoded twice"),
    pytest.param("http://h/x?token=hunter2&y=1", id="query"),
    pytest.param("http://h/x?a=1&password%3Dhunter2", id="encoded query"),
    pytest.param("host=h password=hunter2 dbname=x", id="connection string"),
    pytest.param("db_password: hunter2", id="yaml"),
    pytest.param("{'password': 'hunter2 and more'}", id="dict"),
    pytest.param('{"api_key": "hunter2"}', id="json"),
    pytest.param("AWS_SECRET_ACCESS_KEY=hunter2", id="environment"),
    pytest.param("s3://b/x?X-Amz-Signature=hunter2", id="signed url"),
    pytest.param("Authorization: Bearer hunter2hunter2", id="header"),
]
HARMLESS = [
    "sqlite:////home/u/mlflow.db",
    "http://127.0.0.1:5000/#/experiments/1/runs/2?email=a@b.c",
    "postgresql://postgres@localhost/db",
    "mysql://root:@h/db",
    "git@github.com:a/b.git",
    "max_tokens: 512, tokenizer: bpe",
    "password: null",
    "password=${oc.env:DB_PASSWORD}",
    "postgresql://u:${oc.env:DB_PASSWORD}@h/db",
    "design=3 basic training of the model",
]


@pytest.mark.parametrize("text", LEAKS)
def test_no_secret_gets_through(text):
    """What is printed or saved once stays in logs and backups for ever."""
    assert "hunter2" not in redact(text)


@pytest.mark.parametrize("text", LEAKS)
def test_a_secret_is_found_before_and_not_after_masking(text):
    """A check for leaks must agree with the mask, in both directions."""
    assert find_secret(text)
    assert find_secret(redact(text)) is None
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_stays_as_it_is(text):
    """A mask over a path or a setting would hide what a message is about."""
    assert redact(text) == text
    assert find_secret(text) is None


@pytest.mark.parametrize("filler", ["x", "1_", "a.b-", "http://", "%3A%2F%2F"])
def test_a_long_text_takes_no_longer_than_its_length(filler):
    """With a careless pattern this takes minutes: tracebacks and configs are long."""
    text = filler * 20_000 + " password=hunter2"

    assert "hunter2" not in redact(text)


def test_the_rest_of_a_url_stays_readable():
    """The message must still say which server it was."""
    assert redact("postgresql://u:p@h:5432/db") == "postgresql://***@h:5432/db"


def test_a_known_password_is_masked_without_its_url():
    """Drivers repeat a password alone, decoded or encoded anew."""
    known = secrets_in("postgresql://u:p%40ss%2Fword@h/db")

    masked = redact("denied for 'p@ss/word' (p%40ss%2Fword)", also=known)

    assert masked == "denied for '***' (***)"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        pytest.param("data.password", "hunter2", "***", id="secret by its key"),
        pytest.param("data.password", "None", "None", id="no secret given"),
        pytest.param("data.path", "x.csv", "x.csv", id="ordinary"),
        pytest.param("data.url", "http://u:hunter2@h", "http://***@h", id="in value"),
    ],
)
def test_a_value_is_masked_by_its_key_too(key, value, shown):
    """In a flattened config the telling word is the key."""
    assert redact_value(key, value) == shown
