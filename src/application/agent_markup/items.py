"""What one object says: often one thing, sometimes several at once."""

from collections.abc import Iterator, Mapping

from application.agent_markup.fields import Fields, InvalidMarkupError, optional_text, whole
from application.agent_markup.parts import READERS, is_untitled
from domain.messages.shared_values import MediaKind

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
# Each of these is enough for an object to say something.
KINDS = frozenset({*READERS, "hand_over"})
UNFILLED: tuple[object, ...] = ("", [], {}, False)
MAX_NAMES = 100


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


def unfolded(value: object) -> Iterator[object]:
    """The items of a list, or of an object that has them under `messages`, else the value itself."""
    if isinstance(value, Mapping) and value.keys() == {"messages"}:
        value = value["messages"]
    yield from value if isinstance(value, list) else [value]


def is_item(value: object) -> bool:
    """Whether a value that nobody named a block can hardly be anything else.

    It has no key but ours, and something in it can be read: `{"text": "Hi."}` does, `{"list": 3, "size": 2}` does not.
    """
    items = list(unfolded(value))
    return bool(items) and all(
        isinstance(item, Mapping) and item.keys() <= {*KINDS, *BESIDE} and _readable(item) for item in items
    )


def _readable(item: Fields) -> bool:
    for kind in READERS.keys() & item.keys():
        try:
            READERS[kind]({**item, "to": item.get("to") or "-"})
        except (InvalidMarkupError, TypeError, ValueError):
            continue
        return True
    return isinstance(item.get("hand_over"), str | bool)


def untitled_choices(item: Fields) -> str:
    """Word of the choices that are left out because they have no title; empty when all have one, or none has."""
    lists = [found for key in ("buttons", "list") if isinstance(found := item.get(key), list)]
    sections = [row["rows"] for rows in lists for row in rows if isinstance(row, Mapping) and "rows" in row]
    missing = 0
    for rows in (*lists, *filter(lambda rows: isinstance(rows, list), sections)):
        untitled = sum(map(is_untitled, rows))
        missing += untitled if untitled < len(rows) else 0
    return f"{missing} choices without a title are left out" if missing else ""


def unknown_keys(item: Fields) -> str:
    """The names of keys that mean nothing, for who wrote them; empty when there are none."""
    nested = (
        f"{name}.{key}"
        for name, known in WITHIN.items()
        if isinstance(fields := item.get(name), Mapping)
        for key in fields.keys() - known
    )
    names = sorted(map(str, (*(item.keys() - READERS.keys() - BESIDE), *nested)))
    return " ".join(whole(", ".join(names)).split())[:MAX_NAMES]


def _asks(kind: str) -> bool:
    return kind in ASKS


def _keeps_text(kind: str, item: Fields) -> bool:
    return kind in ASKS or (kind in FILES and not optional_text(item, "caption"))


def _unmeant(kind: str, item: Fields) -> bool:
    """Beside something else, a key without a value is one that nobody filled."""
    return item[kind] in UNFILLED and len(READERS.keys() & item.keys()) > 1
