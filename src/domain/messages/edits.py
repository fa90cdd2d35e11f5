"""Edits: messages of a turn that change other messages of it, before the agent reads them."""

from collections.abc import Sequence

from attrs import evolve

from domain.messages.inbound import Content, Correction, InboundMessage, Media, Retraction, Text


def apply_edits(messages: Sequence[InboundMessage]) -> tuple[InboundMessage, ...]:
    """The messages with their corrections applied, and without those that were retracted.

    Corrections and retractions of other messages stay: the agent has read those already.
    """
    if len(messages) == 1:
        return tuple(messages)
    kept: dict[str, InboundMessage] = {}
    for message in messages:
        content = message.content
        if isinstance(content, Correction) and content.message_id in kept:
            original = kept[content.message_id]
            kept[content.message_id] = evolve(original, content=_corrected(original.content, content.body))
        elif isinstance(content, Retraction) and content.message_id in kept:
            del kept[content.message_id]
        else:
            kept[message.id] = message
    return tuple(kept.values())


def _corrected(content: Content, body: str) -> Content:
    return evolve(content, caption=body) if isinstance(content, Media) else Text(body=body)
