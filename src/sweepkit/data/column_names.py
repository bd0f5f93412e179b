"""What a column's name says about it."""

import re

_OWNERS = {
    *("id", "ids", "uuid", "guid", "key", "customer", "client", "patient", "subject"),
    *("user", "account", "household", "person", "member", "device", "machine"),
    *("vehicle", "employee", "student", "respondent"),
}
_NUMBERINGS = {"no", "nr", "num", "number", "code"}
_MOMENTS = {"year", "month", "week", "day", "hour", "date", "time", "period"}
_BIRTHS = {"birth", "birthday", "born", "dob", "birthdate"}


def split_words(name: str) -> list[str]:
    """Return its words in small letters: `customerId` has two, as `customer_id` has."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).casefold()
    return [word for word in re.split(r"[\W_]+", parted) if word]


def names_owner(name: str) -> bool:
    """Tell whether a column's name says that several rows may belong to one owner."""
    words = split_words(name)
    while len(words) > 1 and words[-1] in _NUMBERINGS:
        words = words[:-1]
    return bool(_OWNERS & {*words[-1:]})


def says_moment(name: str) -> bool:
    """Tell whether a column's name says that it counts time."""
    return bool(_MOMENTS & {*split_words(name)})


def says_birth(name: str) -> bool:
    """Tell whether a column's name says that a date is a day of birth."""
    return bool(_BIRTHS & {*split_words(name)})
