"""Serve the page's own files: a fixed list, read once, sent with strict headers.

The page holds no secret and asks for the bearer token itself, so these paths may be
answered without one.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent
_PREFIX = "/page/"
_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
# Browsers ask again each time: modules of two versions would not fit together.
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
)


def read_page(path: str) -> tuple[bytes, str] | None:
    """Return the file that stands at a path, to be sent with `HEADERS`.

    Args:
        path: Path of the request, decoded and without its query, such as `/` or
            `/page/style.css`.

    Returns:
        Content and content type, or None if the page has no such file. What is not in
        the package's own folder cannot be named.
    """
    return _read_files().get(path)


@cache
def _read_files() -> Mapping[str, tuple[bytes, str]]:
    files = {
        _PREFIX + file.name: (file.read_bytes(), _CONTENT_TYPES[file.suffix])
        for file in _FOLDER.iterdir()
        if file.suffix in _CONTENT_TYPES
    }
    # Browsers ask for the icon by this name on their own when they show JSON.
    files["/favicon.ico"] = files[_PREFIX + "icon.svg"]
    files["/"] = files.pop(_PREFIX + "index.html")
    return files
