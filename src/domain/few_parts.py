"""An answer in few messages, since each may cost."""

from collections.abc import Sequence
from typing import cast

from attrs import evolve

from domain.parts import FilePart, Part, ReactionPart, Said, TemplatePart, TextPart
from domain.wording import part_in_words

MOST_PARTS = 10  # messages of one answer, also after a channel has cut what is long


def joined[P: Said](parts: Sequence[P]) -> tuple[P | TextPart, ...]:
    """With neighbouring texts in one."""
    found: list[P | TextPart] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, TextPart) and isinstance(last, TextPart) and not part.reply_to:
            found[-1] = evolve(last, body=f"{last.body}\n\n{part.body}")
        else:
            found.append(part)
    return tuple(found)


def few(parts: Sequence[Said]) -> tuple[Said, ...]:
    """No more than `MOST_PARTS`: the last of too many says in words what is left."""
    together = joined(parts)
    if len(together) <= MOST_PARTS:
        return tuple(parts)
    kept, rest = together[: MOST_PARTS - 1], together[MOST_PARTS - 1 :]
    words = "\n\n".join(filter(None, map(_in_words, rest)))
    return joined((*kept, TextPart(body=words))) if words else kept


def _in_words(part: Said) -> str:
    match part:
        case FilePart():
            return "\n".join(filter(None, (part.caption, part.filename)))
        case ReactionPart() | TemplatePart():
            return ""
        case _:
            return part_in_words(cast("Part", part))
