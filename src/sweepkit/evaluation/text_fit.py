"""Make text fit: names cut so that they stay apart, lines of about one length."""

import textwrap
from collections import defaultdict

_NO_BREAK = "\N{NO-BREAK SPACE}"


def shorten_middle(text: str, width: int) -> str:
    """Cut the middle out of a long name; both ends are what tells names apart."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def shorten_apart(labels: list[str], width: int) -> list[str]:
    """Cut long labels, such that those that differ still do.

    What a label has in common with those that would look the same is cut first.
    """
    short = [shorten_middle(label, width) for label in labels]
    alike = defaultdict(list)
    for place, text in enumerate(short):
        alike[text].append(place)
    for places in alike.values():
        if len(places) > 1:
            shared = _find_shared([labels[place] for place in places])
            for place in places:
                # From the word on that tells them apart.
                rest = f"…{labels[place][shared:]}"
                short[place] = rest if len(rest) <= width else f"{rest[: width - 1]}…"
    return short


def wrap_evenly(text: str, width: int) -> str:
    """Break text into as few lines as the width allows, all about equally long.

    A percent sign stays with its number.
    """
    bound = text.replace(" %", f"{_NO_BREAK}%")
    lines = textwrap.wrap(bound, width)
    for narrower in range(width // 2, width):
        tried = textwrap.wrap(bound, narrower)
        if len(tried) <= len(lines):
            lines = tried
            break
    return "\n".join(lines).replace(_NO_BREAK, " ")


def _find_shared(labels: list[str]) -> int:
    """Return how many letters of whole words all of these begin with."""
    shortest = min(map(len, labels))
    same = (len({label[i] for label in labels}) == 1 for i in range(shortest))
    shared = next((i for i, equal in enumerate(same) if not equal), shortest)
    return labels[0][:shared].rfind(" ") + 1
