"""Split an object into parts: often it is one part, sometimes several."""

from collections.abc import Iterator, Mapping

from application.agent_markup.fields import Fields, InvalidMarkupError, optional_text, whole
from application.agent_markup.parts import READERS, is_untitled
from domain.messages.shared_values import MediaKind

# Keys of questions, which need a text.
ASKS = frozenset({"buttons", "list", "link", "contact_request", "form"})
# Keys of files, which have a caption.
FILES = frozenset({*MediaKind, "data"})
BESIDE = frozenset(
    {"caption", "filename", "mime_type", "type", "button", "footer", "reply_to", "to", "hand_over", "route"}
)
WITHIN: Mapping[str, frozenset[str]] = {
    "link": frozenset({"title", "url"}),
    "location": frozenset({"latitude", "longitude", "name", "address"}),
    "form": frozenset({"id", "button", "screen"}),
    "route": frozenset({"handoff_agent", "start_session"}),
    "template": frozenset({"name", "language", "parameters", "header", "payloads", "urls", "category"}),
}
# An object with one of these keys means something.
KINDS = frozenset({*READERS, "hand_over", "route"})
UNFILLED: tuple[object, ...] = ("", [], {}, False)
MAX_NAMES = 100


def statements(item: Fields) -> Iterator[tuple[str, Fields]]:
    """Yield the key and the fields of each part of `item`: text first, questions last.

    The text of the object belongs to the question, or else to the file, or else it is a part of its own.
    """
    kinds = sorted((kind for kind in READERS if kind in item and not _is_unfilled(kind, item)), key=_is_question)
    keeper = next((kind for kind in reversed(kinds) if _keeps_text(kind, item)), "text")
    wordless = {key: value for key, value in item.items() if key != "text"}
    for kind in kinds:
        if kind == keeper:
            yield kind, item
        elif kind != "text":
            yield kind, wordless


def unfolded(value: object) -> Iterator[object]:
    """The items of a list, or of an object with only `messages`; else the value itself."""
    if isinstance(value, Mapping) and value.keys() == {"messages"}:
        value = value["messages"]
    yield from value if isinstance(value, list) else [value]


def is_item(value: object) -> bool:
    """Whether JSON outside a named block can hardly be anything but an object of ours.

    That is so when it has only known keys, and a part in it can be read. Example: `{"text": "Hi."}` is one,
    `{"list": 3, "size": 2}` is not.
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
    """The problem that some choices have no title and are left out; empty when all have one, or none has."""
    lists = [found for key in ("buttons", "list") if isinstance(found := item.get(key), list)]
    sections = [row["rows"] for rows in lists for row in rows if isinstance(row, Mapping) and "rows" in row]
    missing = 0
    for rows in (*lists, *filter(lambda rows: isinstance(rows, list), sections)):
        untitled = sum(map(is_untitled, rows))
        missing += untitled if untitled < len(rows) else 0
    return f"{missing} choices without a title are left out" if missing else ""


def unknown_keys(item: Fields) -> str:
    """The unknown keys of an object, for the problem report; empty when there are none."""
    nested = (
        f"{name}.{key}"
        for name, known in WITHIN.items()
        if isinstance(fields := item.get(name), Mapping)
        for key in fields.keys() - known
    )
    names = sorted(map(str, (*(item.keys() - READERS.keys() - BESIDE), *nested)))
    return " ".join(whole(", ".join(names)).split())[:MAX_NAMES]


def _is_question(kind: str) -> bool:
    return kind in ASKS


def _keeps_text(kind: str, item: Fields) -> bool:
    return kind in ASKS or (kind in FILES and not optional_text(item, "caption"))


def _is_unfilled(kind: str, item: Fields) -> bool:
    """Whether the key is an unfilled one of a schema: it has an empty value, and the object has other parts."""
    return item[kind] in UNFILLED and len(READERS.keys() & item.keys()) > 1
