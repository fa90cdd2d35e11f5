"""Read an agent's answer: text, and blocks of JSON for everything that text cannot express.

    ```trunkline
    {"text": "Which size?", "buttons": ["Small", "Large"]}
    ```

Objects may also come in the agent's structured output. docs/answers.md lists their keys. What cannot be read is left
out and reported as a problem. If it has a text, that text is still sent.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field, frozen

from application.agent_markup.blocks import texts_and_blocks
from application.agent_markup.damaged_blocks import readable_texts
from application.agent_markup.fields import Fields, InvalidMarkupError, optional_text, whole
from application.agent_markup.files import file_text
from application.agent_markup.handoff import read_handoff
from application.agent_markup.items import ASKS, statements, unfolded, unknown_keys, untitled_choices
from application.agent_markup.json_blocks import Block, nested_too_deeply
from application.agent_markup.long_data import MAX_IN_PLACE, LongData
from application.agent_markup.markdown_fence import unwrap_markdown
from application.agent_markup.parts import READERS
from application.agent_markup.reasoning import without_reasoning
from application.agent_markup.repeated_words import HeardWords, as_json
from application.agent_markup.separators import split_at_marks
from application.agent_markup.templates import template_text
from domain.conversations.proposals import ProposedAction
from domain.conversations.routing import Handoff
from domain.conversations.usage import ModelUsage
from domain.messages.outbound import DraftPart, ReactionPart, TemplatePart, TextPart
from domain.messages.part_limits import MAX_PARTS, limit_parts
from domain.messages.rich_text import Markdown

MAX_ITEMS = 1000
# Halves of emoji: JSON can express them, but no store can keep them.
SURROGATES = re.compile("[\ud800-\udfff]")
# Blocks, fences, the marks of reasoning and those between messages: each has one of these. Most answers have none.
MARKED = re.compile(r"[`~<◁\[{]")


@frozen(kw_only=True)
class AgentReply[P: DraftPart]:
    """The parts of an answer, in order; their texts are Markdown. `agent` gave it.

    `hand_over` asks for a human, and says why. `proposals` are actions that must be approved first. `usage` is what the
    run used. `comes_later`: there are no parts, because the agent answers by another request. `handoff` names the agent
    that answers from the next message on.
    """

    parts: tuple[P, ...]
    agent: str = ""
    hand_over: str | None = None
    problems: tuple[str, ...] = ()
    proposals: tuple[ProposedAction, ...] = ()
    usage: tuple[ModelUsage, ...] = ()
    handoff: Handoff | None = None
    comes_later: bool = False


def read_agent_reply(
    text: str, *, data: object = None, message_ids: Sequence[str] = (), heard: Iterable[str | None] = ()
) -> AgentReply[DraftPart]:
    """Read `text` with its blocks, then the objects under `messages` in `data`, and its `route`.

    First halves of emoji are removed, then the model's reasoning, then a fence around the whole answer. `message_ids`
    are the messages that may be reacted or replied to. When the agent names another id, the last of them is meant:
    agents make up ids, and channels refuse those. `heard` are the texts that the agent was given. A block that only
    repeats them is sent as text.
    """
    text = text if text.isascii() else SURROGATES.sub("", text)
    if data is None and len(text) <= MAX_IN_PLACE and not MARKED.search(text):
        return AgentReply(parts=_text_parts(text.replace("\r\n", "\n")))
    long = LongData.set_aside(text)
    reader = _Reader(message_ids, HeardWords.of(heard), long)
    for piece in texts_and_blocks(unwrap_markdown(without_reasoning(long.text))):
        if isinstance(piece, str):
            reader.add_text(unwrap_markdown(piece))
        else:
            reader.block(piece)
    if isinstance(data, Mapping) and isinstance(objects := data.get("messages"), list):
        reader.items([(objects, "")])
    handoff = read_handoff(data, report=reader.report) or reader.handoff
    separate = tuple(split_at_marks(reader.parts))
    parts = limit_parts(separate)
    if len(parts) < len(separate):
        reader.report(f"more than {MAX_PARTS} parts, the rest is sent as text, without reactions and templates")
    return AgentReply(
        parts=parts,
        hand_over=reader.hand_over,
        problems=tuple(SURROGATES.sub("", problem) for problem in reader.problems),
        handoff=handoff,
    )


def _text_parts(text: str) -> tuple[TextPart, ...]:
    """The text as a part; none when nothing in it is visible."""
    body = whole(text)
    return (TextPart(body=Markdown(body)),) if body else ()


@define
class _Reader:
    message_ids: Sequence[str]
    heard: HeardWords
    long: LongData
    parts: list[DraftPart] = field(factory=list)
    hand_over: str | None = None
    handoff: Handoff | None = None
    problems: list[str] = field(factory=list)
    items_read: int = 0

    def add_text(self, text: str) -> None:
        self.parts += _text_parts(text)

    def report(self, problem: str) -> None:
        if problem:
            self.problems.append(problem)

    def block(self, block: Block) -> None:
        """Read the values of a block, and the texts and choices in what is not JSON."""
        self.items(itertools.zip_longest(block.values, block.sources, fillvalue=""))
        if not block.whole:
            self.report("a block is not JSON")
        for text in readable_texts(block.unread):
            self.add_text(text)

    def items(self, values: Iterable[tuple[object, str]]) -> None:
        """Read pairs of a value, an object or a list of objects, and its source text."""
        for value, source in values:
            for item in unfolded(value):
                self.items_read += 1
                if self.items_read > MAX_ITEMS:
                    self.report(f"more than {MAX_ITEMS} items, the rest is left out")
                    return
                self._unless_repeated(item, source)

    def _unless_repeated(self, item: object, source: str) -> None:
        """Read an object. One that only repeats what the person wrote becomes text."""
        if not isinstance(item, Mapping):
            self.report("an item is not an object")
        elif nested_too_deeply(item):
            self.report("an item is nested too deeply")
        elif item.keys() != {"text"} and self.heard.include(item, source=source):
            self.report("an item repeats what the person wrote, and is sent as text")
            self.add_text(f"```\n{as_json(item)}\n```")
        else:
            self._item({key: self.long.restored(found) for key, found in item.items() if found is not None})

    def _item(self, item: Fields) -> None:
        self._hand_over(item.get("hand_over"))
        self.handoff = read_handoff(item, report=self.report) or self.handoff
        if item.keys() & ASKS:
            item = self._asking(item)
        reply_to = self._meant(item["reply_to"]) if item.get("reply_to") else ""
        found = list(statements({**item, "to": self._meant(item.get("to"))}))
        if not (found or item.keys() & {"hand_over", "route"}):
            self.report(f"an item has none of hand_over, route, {', '.join(READERS)}")
        elif names := unknown_keys(item):
            self.report(f"unknown keys: {names}")
        self.report(untitled_choices(item) if found else "")
        before = len(self.parts)
        for kind, fields in found:
            if self._add(kind, fields, reply_to):
                reply_to = ""
        if len(self.parts) == before:
            self.add_text(template_text(item))

    def _add(self, kind: str, fields: Fields, reply_to: str) -> bool:
        """Add one part. Returns whether it is shown as a reply to `reply_to`: the first part that can be is."""
        try:
            part = READERS[kind](fields)
        except (InvalidMarkupError, TypeError, ValueError) as error:
            self.report(str(error))
            self.add_text(file_text(kind, fields))
            return False
        if reply_to and not isinstance(part, ReactionPart | TemplatePart):
            self.parts.append(evolve(part, reply_to=reply_to))
            return True
        self.parts.append(part)
        return False

    def _hand_over(self, asked: object) -> None:
        """Read `hand_over`. Models fill in every key of a schema, so an empty or false value asks for nothing."""
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
        """Use the text before a question without a text as its text."""
        if optional_text(item, "text") or not self.parts or not isinstance(last := self.parts[-1], TextPart):
            return item
        self.parts.pop()
        return {**item, "text": last.body.text}
