"""The page that all reports share: one file that needs nothing else."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BASE = Path(__file__).parent
_FOLLOWED = {"http", "https", "file"}
_PNG_HEADER = (16, 20)  # where a PNG states its width and its height


def render_page(template: Path, **content: Any) -> bytes:
    """Fill a template that extends `page.html.j2`; every value is escaped.

    Args:
        template: The file to fill; what it extends or includes is looked up beside it
            and beside this module.
        **content: What the template names; a missing name is an error.
    """
    # Jinja2 and the template take 50 ms, which a command without a report can save.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([template.parent, BASE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template.name).render(content).encode("utf-8")


def inline_png(png: bytes) -> dict[str, Any]:
    """Turn a PNG into a data address with its size, so that room can be reserved."""
    width, height = (int.from_bytes(png[i : i + 4]) for i in _PNG_HEADER)
    source = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return {"source": source, "width": width, "height": height}


def list_links(links: Mapping[str, str]) -> list[dict[str, str | bool]]:
    """Return the entries of the section of links, each from label and address.

    Only plain addresses can be followed: `javascript:` and the like stay text.
    """
    return [
        {
            "label": label,
            "address": address,
            "can_be_followed": address.split(":", 1)[0].lower() in _FOLLOWED,
        }
        for label, address in links.items()
    ]
