"""What a first walk through a text tells of it, block by block."""

from dataclasses import dataclass

# Delimiter, and memory that a table will take, are judged by so much of a text.
HEAD = 1 << 20  # characters


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What a first walk through a text tells.

    Attributes:
        head: Its beginning, whole lines, at most about a million characters.
        n_characters: How long it is.
        is_plain: Whether it has no quotes, but for the names, and every line ends as
            on this or on Windows machines: then a line is a record.
    """

    head: str
    n_characters: int
    is_plain: bool = False


@dataclass(slots=True)
class TextWalk:
    """What is known of a text so far; `is_open` if its last sign is a lone return."""

    head: str = ""
    n_characters: int = 0
    is_filled: bool = False
    is_plain: bool = True
    is_open: bool = False

    def note(self, text: str) -> None:
        """Take the next block into account."""
        self.n_characters += len(text)
        self.is_filled = self.is_filled or bool(text.strip())
        if len(self.head) < HEAD:
            self.head += text
        if text and self.is_plain:
            # A block may end between the two signs of a Windows line end.
            joined = "\r" * self.is_open + text
            self.is_open = joined.endswith("\r")
            lone = joined.count("\r") - joined.count("\r\n") - self.is_open
            self.is_plain = not lone and '"' not in text[self._skip_names(text) :]

    def _skip_names(self, text: str) -> int:
        """Return where the line of names ends, if it is in this block as a whole.

        Names may stand in quotes where nothing else does.
        """
        if self.n_characters > len(text):
            return 0
        names, end, _ = text.lstrip("\r\n").partition("\n")
        is_line = end and names.count('"') % 2 == 0
        return text.index(names) + len(names) if is_line else 0

    def end(self) -> TextFacts:
        """Return what is known of the whole text."""
        head = _cut(self.head, self.n_characters)
        return TextFacts(head, self.n_characters, self.is_plain and not self.is_open)


def _cut(head: str, n_characters: int) -> str:
    """Return the head without the line that its end may have cut in two."""
    if len(head) == n_characters or "\n" not in head:
        return head
    return head[: head.rindex("\n") + 1]
