"""Reads the markup of a text: its plain text, and its entities.

Source: Telegram, "Bot API" 10.1, "Formatting options" and "MessageEntity". Offsets are in UTF-16 units.
"""

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

from simulator.telegram.errors import bad_request

TYPES: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")
COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@\w+)?")

type Entity = Mapping[str, object]


def read_text(text: str, parse_mode: object) -> tuple[str, Sequence[Entity]]:
    """The text that people see, and its entities. Addresses become links, as in the app.

    Raises:
        BotApiError: the markup cannot be read.
    """
    if not parse_mode:
        return text, tuple(_links(text))
    if parse_mode != "HTML":
        raise bad_request("unsupported parse_mode: the simulator reads HTML only")
    tags = _Tags()
    tags.feed(text)
    tags.close()
    if tags.open:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{tags.open[-1][0]}\"")
    return tags.text, tuple(tags.entities) or tuple(_links(tags.text))


def command_entities(text: str) -> list[Entity]:
    """The entity of a command, which stands at the beginning of what a person writes."""
    found = COMMAND.match(text)
    return [{"type": "bot_command", "offset": 0, "length": found.end()}] if found else []


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _links(text: str) -> list[Entity]:
    return [
        {"type": "url", "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in ADDRESS.finditer(text)
    ]


class _Tags(HTMLParser):
    """Refuses what Telegram refuses: other tags, and tags that are not closed in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, object], int]] = []
        self.text = ""
        self.entities: list[Entity] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_spoiler = tag == "span" and given.get("class") == "tg-spoiler"
        if tag not in TYPES and not is_spoiler:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        entity: dict[str, object] = {"type": "spoiler" if is_spoiler else TYPES[tag]}
        if tag == "a":
            entity["url"] = given.get("href") or ""
        if tag == "code" and (language := given.get("class") or "").startswith("language-"):
            entity["language"] = language.removeprefix("language-")
        self.open.append((tag, entity, units(self.text)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}" at byte offset 0')
        _, entity, offset = self.open.pop()
        if tag == "code" and self.open and self.open[-1][0] == "pre":
            self.open[-1][1].update({"language": entity["language"]} if "language" in entity else {})
            return  # a block of code in one language is one entity
        if length := units(self.text) - offset:
            self.entities.append({**entity, "offset": offset, "length": length})

    def handle_data(self, data: str) -> None:
        self.text += data
