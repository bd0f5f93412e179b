"""Mask passwords and tokens in any text before a person or a file gets to see it."""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote

MASK = "***"

# A key counts if a secret word ends it: `access_token` does, `max_tokens` does not.
# No pattern begins with a repetition or spans a whole text: that may cost hours.
_WORD = (
    r"(?:password|passwd|passphrase|pwd|token|secret|api[_-]?key|access[_-]?key|sig"
    r"|amz-signature|amz-credential)"
)
_KEY = rf"(?<![A-Za-z]){_WORD}"

# `user:password@`, greedy so that raw `@` and `/` in a password are covered: that may
# swallow a path with an `@` in it, and better that than a leak. Digits and a slash
# after the colon are a port. A name alone is a secret only on the web: a token.
_USERINFO = re.compile(
    r"""(?P<keep>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://)
        (?P<secret>[^\s/?#:@"<>]*:(?!\d{1,5}[/?#])[^\s"<>]{1,1000})@""",
    re.VERBOSE | re.IGNORECASE,
)
_WEB_TOKEN = re.compile(
    r"(?P<keep>\bhttps?://)(?P<secret>[^\s/?#:@\"<>]+)@", re.IGNORECASE
)
# The same within a URL that is a value inside another one, encoded once or twice.
_ENCODED = re.compile(
    r"(?P<keep>%(?:25)*3A%(?:25)*2F%(?:25)*2F)(?P<secret>[^\s&\"<>]{1,1000}?)(?=%(?:25)*40)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    rf"""(?P<keep>{_KEY}["']?(?:\s*[=:]\s*|%(?:25)*3D))
         (?P<secret>"[^"\n]+"|'[^'\n]+'|(?!["'])[^\s&;,"'<>)\]}}]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADER = re.compile(
    r"(?P<keep>\b(?:Basic|Bearer)\s+)(?P<secret>[A-Za-z0-9+/_.~-]{8,}=*)"
)
_PATTERNS = (_USERINFO, _WEB_TOKEN, _ENCODED, _PAIR, _HEADER)
_SECRET_KEY = re.compile(rf"{_KEY}$", re.IGNORECASE)
_EMPTY = {"null", "none", "true", "false", MASK}


def redact(text: str, also: Iterable[str] = ()) -> str:
    """Replace every secret in a text by `***`; applying it twice changes nothing more.

    Masked are user and password of URLs (percent-encoded URLs as well), the value of
    `password=`, `token=` and their kin, and HTTP authorization headers.

    Args:
        text: Anything: a message, a URL, a traceback, a YAML file.
        also: Known secrets, masked in plain and percent-encoded form wherever they
            stand, as when a driver repeats a password without its URL.
    """
    for secret in _spellings(also):
        text = text.replace(secret, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(_mask, text)
    return text


def redact_value(key: str, value: str) -> str:
    """Mask the whole value if its key names a secret, else only what looks like one."""
    if _SECRET_KEY.search(key) and value and not _is_empty(value):
        return MASK
    return redact(value)


def find_secret(text: str) -> str | None:
    """Return the first secret in a text, or None; never print what this returns."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not _is_empty(match["secret"]):
                return match["secret"]
    return None


def secrets_in(uri: str) -> tuple[str, ...]:
    """Return the password of a URL as it stands there and as it reads decoded."""
    match = _USERINFO.search(uri)
    if match is None:
        return ()
    password = match["secret"].partition(":")[2] or match["secret"]
    return tuple({password, unquote(password)})


def _mask(match: re.Match[str]) -> str:
    if _is_empty(match["secret"]):
        return match[0]
    tail = match[0][match.end("secret") - match.start() :]
    return f"{match['keep']}{MASK}{tail}"


def _is_empty(secret: str) -> bool:
    """Tell whether this stands for a secret only: a mask, a null, `${oc.env:..}`."""
    plain = secret.strip("\"'").lower()
    password = plain.partition(":")[2]
    return plain in _EMPTY or password == MASK or "${" in (plain[:2], password[:2])


def _spellings(secrets: Iterable[str]) -> list[str]:
    # Shorter ones would mask letters of ordinary words.
    known = [secret for secret in secrets if len(secret) > 3]
    forms = {form for s in known for form in (s, quote(s, safe=""), quote_plus(s))}
    return sorted(forms, key=len, reverse=True)
