"""Name where a table comes from, for its record; no secret is part of that name."""

from collections.abc import Mapping
from typing import Any

from sweepkit.data.places import is_url, name_url


def describe_source(data: Mapping[str, Any]) -> str:
    """Return a path, an address without user and options, or a query.

    Args:
        data: The node `data` of a configuration, as plain values.
    """
    path, url = data.get("path"), data.get("url")
    if path:
        return name_url(path) if is_url(path) else str(path)
    if url:
        # An address that comes by environment is named by its variable.
        place = url if "${" in url else name_url(url)
        what = f"table {data['table']}" if data.get("table") else data.get("query")
        return f"{place}: {what}"
    target = str(data.get("source", {}).get("_target_", ""))
    return "embedded in sweepkit" if target.endswith(".ExampleSource") else target
