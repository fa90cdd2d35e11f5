"""Writes what was configured as other code needs it."""


def without_trailing_slash(url: str) -> str:
    """The address as other code needs it: paths that begin with a slash are appended to it."""
    return url.rstrip("/")


def lower_case(word: str) -> str:
    return word.lower()
