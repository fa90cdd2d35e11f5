"""How an agent says more than words: blocks of JSON between its words, or objects in its data.

    ```trunkline
    {"text": "Which size?", "buttons": ["Small", "Large"]}
    ```

Each object says one thing; docs/whatsapp.md lists them. What is not understood is left out and reported, and its
text, where it has one, is said all the same.
"""

import json
import re
from collections.abc import Mapping, Sequence

from attrs import define, evolve, field, frozen

from domain.parts import Part, ReactionPart, TemplatePart, TextPart
from domain.spoken_parts import ASKS, READERS, Fields, MisspokenError, optional_text

BLOCK = re.compile(r"^[ \t]*```trunkline[ \t]*\n(.*?)^[ \t]*```[ \t]*$\n?", re.MULTILINE | re.DOTALL)


@frozen(kw_only=True)
class Spoken:
    """What an agent said, in order: texts are Markdown still. `hand_over` asks for a human, and says why."""

    parts: tuple[Part, ...]
    hand_over: str | None = None
    problems: tuple[str, ...] = ()


def read_answer(text: str, *, data: object = None, message_ids: Sequence[str] = ()) -> Spoken:
    """What `text` and its blocks say, then the objects under `messages` in `data`.

    `message_ids` are those that may be reacted and replied to; the last of them is meant where none of them is named,
    for agents make up ids, and channels refuse those.
    """
    reader = _Reader(message_ids)
    end = 0
    for block in BLOCK.finditer(text):
        reader.words(text[end : block.start()])
        reader.block(block[1])
        end = block.end()
    reader.words(text[end:])
    if isinstance(data, Mapping) and isinstance(said := data.get("messages"), list):
        reader.items(said)
    return Spoken(parts=tuple(reader.parts), hand_over=reader.hand_over, problems=tuple(reader.problems))


@define
class _Reader:
    message_ids: Sequence[str]
    parts: list[Part] = field(factory=list)
    hand_over: str | None = None
    problems: list[str] = field(factory=list)

    def words(self, text: str) -> None:
        if text.strip():
            self.parts.append(TextPart(body=text.strip()))

    def block(self, source: str) -> None:
        try:
            found = json.loads(source)
        except (ValueError, RecursionError):
            self.problems.append("a block is not JSON")
        else:
            self.items(found if isinstance(found, list) else [found])

    def items(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, Mapping):
                self._item(item)
            else:
                self.problems.append("an item is not an object")

    def _item(self, item: Fields) -> None:
        if "hand_over" in item:
            self.hand_over = optional_text(item, "hand_over") or "the agent asked for it"
            self.words(optional_text(item, "text"))
            return
        kind = next((kind for kind in READERS if kind in item), None)
        if kind in ASKS:
            item = self._asking(item)
        try:
            self.parts.append(self._part(kind, item))
        except (MisspokenError, TypeError, ValueError) as error:
            self.problems.append(str(error))
            self.words(optional_text(item, "text"))

    def _part(self, kind: str | None, item: Fields) -> Part:
        part = READERS[kind]({**item, "to": self._meant(item.get("to"))}) if kind else _text_part(item)
        reply_to = self._meant(item["reply_to"]) if item.get("reply_to") else ""
        return part if isinstance(part, ReactionPart | TemplatePart) else evolve(part, reply_to=reply_to)

    def _meant(self, named: object) -> str:
        if named in self.message_ids:
            return str(named)
        return self.message_ids[-1] if self.message_ids else ""

    def _asking(self, item: Fields) -> Fields:
        """The question may stand in words before its answers; it becomes their text."""
        if optional_text(item, "text") or not self.parts or not isinstance(last := self.parts[-1], TextPart):
            return item
        self.parts.pop()
        return {**item, "text": last.body}


def _text_part(item: Fields) -> Part:
    if body := optional_text(item, "text"):
        return TextPart(body=body)
    raise MisspokenError(f"an item has none of text, hand_over, {', '.join(READERS)}")
