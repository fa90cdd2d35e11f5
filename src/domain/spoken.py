"""How an agent says more than words: blocks of JSON between its words, or objects in its data.

    ```trunkline
    {"text": "Which size?", "buttons": ["Small", "Large"]}
    ```

docs/whatsapp.md lists what an object may say. What is not understood is left out and reported, and its text, where it
has one, is said all the same.
"""

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field, frozen

from domain.few_parts import MOST_PARTS, few
from domain.parts import ReactionPart, Said, TemplatePart, TextPart
from domain.spoken_blocks import words_and_blocks
from domain.spoken_fields import Fields, MisspokenError, optional_text, whole
from domain.spoken_items import ASKS, statements, unknown_keys
from domain.spoken_parts import READERS


@frozen(kw_only=True)
class Spoken[P: Said]:
    """What an agent said, in order: texts are Markdown still. `hand_over` asks for a human, and says why."""

    parts: tuple[P, ...]
    hand_over: str | None = None
    problems: tuple[str, ...] = ()


def read_answer(text: str, *, data: object = None, message_ids: Sequence[str] = ()) -> Spoken[Said]:
    """What `text` and its blocks say, then the objects under `messages` in `data`.

    `message_ids` are those that may be reacted and replied to; the last of them is meant where none of them is named,
    for agents make up ids, and channels refuse those.
    """
    reader = _Reader(message_ids)
    for piece in words_and_blocks(text):
        if isinstance(piece, str):
            reader.words(piece)
        else:
            reader.items(piece.values)
            reader.report("" if piece.whole else "a block is not JSON")
    if isinstance(data, Mapping) and isinstance(said := data.get("messages"), list):
        reader.items([said])
    parts = few(reader.parts)
    if len(parts) < len(reader.parts):
        reader.report(f"more than {MOST_PARTS} parts, the rest is in words, without reactions and templates")
    return Spoken(parts=parts, hand_over=reader.hand_over, problems=tuple(reader.problems))


@define
class _Reader:
    message_ids: Sequence[str]
    parts: list[Said] = field(factory=list)
    hand_over: str | None = None
    problems: list[str] = field(factory=list)

    def words(self, text: str) -> None:
        if body := whole(text):
            self.parts.append(TextPart(body=body))

    def report(self, problem: str) -> None:
        if problem:
            self.problems.append(problem)

    def items(self, values: Iterable[object]) -> None:
        """Each value is an object, or a list of them."""
        for value in values:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Mapping):
                    self._item({key: found for key, found in item.items() if found is not None})
                else:
                    self.report("an item is not an object")

    def _item(self, item: Fields) -> None:
        self._hand_over(item.get("hand_over"))
        if item.keys() & ASKS:
            item = self._asking(item)
        reply_to = self._meant(item["reply_to"]) if item.get("reply_to") else ""
        said = list(statements({**item, "to": self._meant(item.get("to"))}))
        if not (said or "hand_over" in item):
            self.report(f"an item has none of hand_over, {', '.join(READERS)}")
        elif names := unknown_keys(item):
            self.report(f"unknown keys: {names}")
        for kind, fields in said:
            if self._say(kind, fields, reply_to):
                reply_to = ""

    def _say(self, kind: str, fields: Fields, reply_to: str) -> bool:
        """Whether it is shown as the reply; the first thing said is, that can be."""
        try:
            part = READERS[kind](fields)
        except (MisspokenError, TypeError, ValueError) as error:
            self.report(str(error))
            self.words(optional_text(fields, "text") or optional_text(fields, "caption"))
            return False
        if reply_to and not isinstance(part, ReactionPart | TemplatePart):
            self.parts.append(evolve(part, reply_to=reply_to))
            return True
        self.parts.append(part)
        return False

    def _hand_over(self, asked: object) -> None:
        """Models write every key of a schema: an empty one, or a false one, asks for nothing."""
        if asked is True:
            self.hand_over = "the agent asked for it"
        elif isinstance(asked, str):
            self.hand_over = whole(asked) or self.hand_over
        elif asked:
            self.report("hand_over is not a text")

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
