"""Judge the text of a query without asking a database: does it read, is it ordered?"""

import re

from sweepkit.errors import DataError

_READS = ("select", "with", "values", "table", "from")
# Comments, texts and quoted names, in which words mean nothing.
_SILENT = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]\n]*\]"
    r"|\$(\w*)\$.*?\$\1\$",
    re.DOTALL,
)
_INNER = re.compile(r"\([^()]*\)")


def check_query(query: str) -> str:
    """Return a query as it is to be run, without a semicolon at its end.

    Raises:
        DataError: If it does not begin as queries that read do, or holds several.
    """
    plain = _SILENT.sub(" ", query)
    words = re.findall(r"\w+", plain)
    if not words or words[0].casefold() not in _READS:
        found = f"begins with {words[0]!r}" if words else "is empty"
        raise DataError(
            f"data.query {found}; a query that reads is needed: SELECT or WITH. "
            f"Nothing was sent to the database."
        )
    if plain.rstrip().rstrip(";").count(";"):
        raise DataError(
            "data.query holds several statements, divided by `;`; one that reads is "
            "needed. Nothing was sent to the database."
        )
    return query.strip().rstrip(";").rstrip()


def is_ordered(query: str) -> bool:
    """Tell whether a query itself, and not just a part of it, has an ORDER BY."""
    plain, before = _SILENT.sub(" ", query), ""
    while plain != before:
        plain, before = _INNER.sub(" ", plain), plain
    return re.search(r"\border\s+by\b", plain, re.IGNORECASE) is not None
