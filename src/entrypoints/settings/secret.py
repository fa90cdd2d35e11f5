"""Values that must not be seen."""

from urllib.parse import urlsplit


class Secret:
    """A text that shows itself only when asked to.

    Not an attrs class: `attrs.asdict` and pretty-printers open those and would show the field.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)


def without_credentials(url: str) -> str:
    """The address without user, password and query, which may hold them: fit for a log."""
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
