"""Limits how many messages an answer has, since each may cost."""

from collections.abc import Sequence
from typing import cast

from attrs import evolve

from domain.messages.outbound import DraftPart, FilePart, Part, ReactionPart, TemplatePart, TextPart
from domain.messages.plain_text import describe_part
from domain.messages.rich_text import Markdown, RichText

MAX_PARTS = 10  # messages of one answer, also after a channel has cut what is long


def merge_texts[P: DraftPart](parts: Sequence[P]) -> tuple[P | TextPart, ...]:
    """Merge neighbouring texts. A text that replies to a message, or stands alone, begins a new part."""
    found: list[P | TextPart] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, TextPart) and isinstance(last, TextPart) and not (part.reply_to or part.stands_alone):
            found[-1] = evolve(last, body=RichText.join("\n\n", (last.body, part.body)))
        else:
            found.append(part)
    return tuple(found)


def limit_parts(parts: Sequence[DraftPart], *, most: int = MAX_PARTS) -> tuple[DraftPart, ...]:
    """Keep at most `most` parts. The last of them holds the text of those that are left."""
    together = merge_texts(parts)
    if len(together) <= most:
        return tuple(parts)
    kept, rest = together[: most - 1], together[most - 1 :]
    words = "\n\n".join(filter(None, map(_text_of, rest)))
    if not words:
        return kept
    first = rest[0]
    stands_alone = isinstance(first, TextPart) and first.stands_alone
    return merge_texts((*kept, TextPart(body=Markdown(words), stands_alone=stands_alone)))


def _text_of(part: DraftPart) -> str:
    match part:
        case FilePart():
            return "\n".join(filter(None, (part.caption.text, part.filename)))
        case ReactionPart() | TemplatePart():
            return ""
        case _:
            return describe_part(cast("Part", part))
