"""How an agent says more than words: blocks of JSON between its words, or objects in its data.

    ```trunkline
    {"text": "Which size?", "buttons": ["Small", "Large"]}
    ```

docs/whatsapp.md lists what an object may say. What is not understood is left out and reported, and its text, where it
has one, is said all the same.
"""

import contextlib
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field, frozen

from application.agent_markup.blocks import words_and_blocks
from application.agent_markup.fields import Fields, InvalidMarkupError, optional_text, whole
from application.agent_markup.files import file_words
from application.agent_markup.items import ASKS, statements, unfolded, unknown_keys, untitled_choices
from application.agent_markup.json_blocks import Block
from application.agent_markup.lenient_json import unquoted
from application.agent_markup.long_data import LongData
from application.agent_markup.markdown_fence import unwrap_markdown
from application.agent_markup.parts import READERS
from application.agent_markup.reasoning import without_reasoning
from application.agent_markup.repeated_words import HeardWords, as_json
from application.agent_markup.templates import template_words
from domain.messages.part_limits import MAX_PARTS, limit_parts
from domain.messages.parts import DraftPart, ReactionPart, TemplatePart, TextPart

MAX_ITEMS = 1000
# Halves of emoji, which JSON can spell and nothing can store.
SURROGATES = re.compile("[\ud800-\udfff]")
# What can still be said of a block that is damaged, or was cut off.
TEXT_FIELD = re.compile(r"""["']text["']\s*+:\s*+("(?:[^"\\]|\\.)*+")""", re.DOTALL)


@frozen(kw_only=True)
class AgentReply[P: DraftPart]:
    """What an agent said, in order: texts are Markdown still. `hand_over` asks for a human, and says why."""

    parts: tuple[P, ...]
    hand_over: str | None = None
    problems: tuple[str, ...] = ()


def read_agent_reply(
    text: str, *, data: object = None, message_ids: Sequence[str] = (), heard: Iterable[str | None] = ()
) -> AgentReply[DraftPart]:
    """What `text` and its blocks say, then the objects under `messages` in `data`.

    First halves of emoji are removed, then the model's thinking, then a fence around the whole. `message_ids` are those
    that may be reacted and replied to; the last of them is meant where none of them is named: agents make up ids, and
    channels refuse those.
    `heard` are the words the agent was given: what it repeats of them is words, whatever it looks like.
    """
    long = LongData.set_aside(text if text.isascii() else SURROGATES.sub("", text))
    reader = _Reader(message_ids, HeardWords.of(heard), long)
    for piece in words_and_blocks(unwrap_markdown(without_reasoning(long.text))):
        if isinstance(piece, str):
            reader.words(unwrap_markdown(piece))
        else:
            reader.block(piece)
    if isinstance(data, Mapping) and isinstance(said := data.get("messages"), list):
        reader.items([(said, "")])
    parts = limit_parts(reader.parts)
    if len(parts) < len(reader.parts):
        reader.report(f"more than {MAX_PARTS} parts, the rest is in words, without reactions and templates")
    return AgentReply(
        parts=parts,
        hand_over=reader.hand_over,
        problems=tuple(SURROGATES.sub("", problem) for problem in reader.problems),
    )


@define
class _Reader:
    message_ids: Sequence[str]
    heard: HeardWords
    long: LongData
    parts: list[DraftPart] = field(factory=list)
    hand_over: str | None = None
    problems: list[str] = field(factory=list)
    items_read: int = 0

    def words(self, text: str) -> None:
        if body := whole(text):
            self.parts.append(TextPart(body=body))

    def report(self, problem: str) -> None:
        if problem:
            self.problems.append(problem)

    def block(self, block: Block) -> None:
        """Its values, and the texts of what is no JSON in it."""
        self.items(itertools.zip_longest(block.values, block.sources, fillvalue=""))
        if not block.whole:
            self.report("a block is not JSON")
        for found in TEXT_FIELD.finditer(block.unread):
            with contextlib.suppress(ValueError):
                self.words(unquoted(found[1]))

    def items(self, values: Iterable[tuple[object, str]]) -> None:
        """Each value is an object, or a list of them; beside it stands how it was written."""
        for value, source in values:
            for item in unfolded(value):
                self.items_read += 1
                if self.items_read > MAX_ITEMS:
                    self.report(f"more than {MAX_ITEMS} items, the rest is left out")
                    return
                self._said_by_agent(item, source)

    def _said_by_agent(self, item: object, source: str) -> None:
        """An item that only repeats what the agent was told is shown as the words it is."""
        if not isinstance(item, Mapping):
            self.report("an item is not an object")
        elif item.keys() != {"text"} and self.heard.include(item, source=source):
            self.report("an item repeats what the person wrote, and is said in words")
            self.words(f"```\n{as_json(item)}\n```")
        else:
            self._item({key: self.long.restored(found) for key, found in item.items() if found is not None})

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
        self.report(untitled_choices(item) if said else "")
        before = len(self.parts)
        for kind, fields in said:
            if self._say(kind, fields, reply_to):
                reply_to = ""
        if len(self.parts) == before:
            self.words(template_words(item))

    def _say(self, kind: str, fields: Fields, reply_to: str) -> bool:
        """Whether it is shown as the reply; the first thing said is, that can be."""
        try:
            part = READERS[kind](fields)
        except (InvalidMarkupError, TypeError, ValueError) as error:
            self.report(str(error))
            self.words(file_words(kind, fields))
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
