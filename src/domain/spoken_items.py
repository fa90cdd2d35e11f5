"""What one object says: often one thing, sometimes several at once."""

from collections.abc import Iterator, Mapping

from domain.contents import MediaKind
from domain.spoken_fields import Fields, optional_text, whole
from domain.spoken_parts import READERS

# Those that ask something, and need a text for it.
ASKS = frozenset({"buttons", "list", "link", "form"})
# Those that have a caption.
FILES = frozenset({*MediaKind, "data"})
BESIDE = frozenset({"caption", "filename", "mime_type", "type", "button", "footer", "reply_to", "to", "hand_over"})
WITHIN: Mapping[str, frozenset[str]] = {
    "link": frozenset({"title", "url"}),
    "location": frozenset({"latitude", "longitude", "name", "address"}),
    "form": frozenset({"id", "button", "screen"}),
    "template": frozenset({"name", "language", "parameters", "header", "payloads", "urls", "category"}),
}
UNFILLED: tuple[object, ...] = ("", [], {}, False)
LONGEST_NAMES = 100


def statements(item: Fields) -> Iterator[tuple[str, Fields]]:
    """What `item` says, one thing at a time, each by the key that names it: words first, questions last.

    Its text belongs to the question, or else to the file, or else stands for itself.
    """
    kinds = sorted((kind for kind in READERS if kind in item and not _unmeant(kind, item)), key=_asks)
    keeper = next((kind for kind in reversed(kinds) if _keeps_text(kind, item)), "text")
    wordless = {key: value for key, value in item.items() if key != "text"}
    for kind in kinds:
        if kind == keeper:
            yield kind, item
        elif kind != "text":
            yield kind, wordless


def unknown_keys(item: Fields) -> str:
    """The names of keys that mean nothing, for who wrote them; empty when there are none."""
    nested = (
        f"{name}.{key}"
        for name, known in WITHIN.items()
        if isinstance(fields := item.get(name), Mapping)
        for key in fields.keys() - known
    )
    names = sorted(map(str, (*(item.keys() - READERS.keys() - BESIDE), *nested)))
    return " ".join(whole(", ".join(names)).split())[:LONGEST_NAMES]


def _asks(kind: str) -> bool:
    return kind in ASKS


def _keeps_text(kind: str, item: Fields) -> bool:
    return kind in ASKS or (kind in FILES and not optional_text(item, "caption"))


def _unmeant(kind: str, item: Fields) -> bool:
    """Beside something else, a key without a value is one that nobody filled."""
    return item[kind] in UNFILLED and len(READERS.keys() & item.keys()) > 1
