"""Conversations and their transcripts as operators see them: over HTTP, and on the command line."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import msgspec
from attrs import frozen

from application.operating.list_conversations import FoundConversation
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.transcript import ColleagueReply, SentPart, TranscriptEntry, TranscriptEvent
from domain.messages.inbound import InboundMessage, Media, Text
from domain.messages.outbound import MediaPart
from domain.messages.plain_text import describe_content, describe_part

FAILURES = frozenset({ActivityKind.FAILED, ActivityKind.UNDELIVERED})
AUTHORS: Mapping[Outcome, str] = {Outcome.ANSWERED: "agent", Outcome.INITIATED: "operator"}


@frozen(kw_only=True)
class EntryView:
    """One entry of a transcript. Times are in unix seconds.

    `direction`: `in`, `out`, or `event` for what happened between the messages.
    `author`: `person`, `agent`, `operator`, `colleague` (in the channel's own app) or `service` (a text of Trunkline).
    `kind`: of a message the type of its content (`text`, `media`, `buttonspart`, ...), of an event what happened.
    `text`: the message in words. `content`: exactly what was received or sent. `media`: the kind of a file.
    `status`: how far a message of ours has come: `sent`, `delivered`, `read`, `played` or `failed`; None: not known.
    `reason`: why an event happened, for example why something failed.
    """

    id: str
    at: float
    direction: str
    author: str
    kind: str
    text: str = ""
    media: str = ""
    content: dict[str, Any] | None = None
    message_id: str = ""
    turn_id: str = ""
    sent_at: float | None = None
    quotes: str = ""
    status: str | None = None
    reason: str = ""

    @classmethod
    def of(cls, entry: TranscriptEntry) -> Self:
        match entry.what:
            case InboundMessage() as message:
                return cls._received(entry, message)
            case SentPart() as sent:
                return cls._sent(entry, sent)
            case ColleagueReply(message_id=message_id, text=text, answers=answers):
                return cls(
                    id=entry.id,
                    at=entry.at,
                    direction="out",
                    author="colleague",
                    kind="text" if answers else "action",
                    text=text,
                    message_id=message_id,
                )
            case TranscriptEvent() as event:
                return cls(
                    id=entry.id,
                    at=entry.at,
                    direction="event",
                    author="service",
                    kind=event.kind.value,
                    reason=event.reason,
                    turn_id=event.turn_id,
                    message_id=event.message_id,
                )
            case _:
                return cls(id=entry.id, at=entry.at, direction="event", author="service", kind="unreadable")

    @classmethod
    def _received(cls, entry: TranscriptEntry, message: InboundMessage) -> Self:
        content = message.content
        return cls(
            id=entry.id,
            at=entry.at,
            direction="in",
            author="person",
            kind=type(content).__name__.lower(),
            text=content.body if isinstance(content, Text) else describe_content(content),
            media=content.kind.value if isinstance(content, Media) else "",
            content=msgspec.to_builtins(content),
            message_id=message.id,
            sent_at=message.sent_at,
            quotes=message.quotes or "",
        )

    @classmethod
    def _sent(cls, entry: TranscriptEntry, sent: SentPart) -> Self:
        return cls(
            id=entry.id,
            at=entry.at,
            direction="out",
            author=AUTHORS.get(sent.outcome, "service"),
            kind=type(sent.part).__name__.lower(),
            text=describe_part(sent.part),
            media=sent.part.kind.value if isinstance(sent.part, MediaPart) else "",
            content=msgspec.to_builtins(sent.part),
            message_id=sent.message_id,
            turn_id=sent.turn_id,
            status=entry.status.value if entry.status else None,
        )


def last_shown(entries: Sequence[TranscriptEntry]) -> TranscriptEntry | None:
    """Of the latest entries, the one that a list shows: the last message, unless something failed after it."""
    for entry in reversed(entries):
        if not isinstance(entry.what, TranscriptEvent) or entry.what.kind in FAILURES:
            return entry
    return entries[-1] if entries else None


@frozen(kw_only=True)
class ConversationItem:
    """A conversation in the list. Times are in unix seconds.

    `id`: as in the other routes, `channel:user`. `last_at`: when something was last said. `last`: the latest message,
    or how its answer failed.
    `waiting_seconds`: how long a message has waited for its answer; None when none waits.
    `failed`: there are dead letters. `human`: a human has taken over.
    """

    id: str
    channel: str
    user: str
    name: str
    phone: str
    username: str
    last_at: float
    heard_at: float | None
    human: bool
    failed: bool
    waiting_seconds: float | None
    last: EntryView | None = None

    @classmethod
    def of(cls, found: FoundConversation, last: TranscriptEntry | None = None) -> Self:
        listed = found.listed
        return cls(
            id=str(listed.conversation),
            channel=listed.conversation.channel,
            user=listed.conversation.user,
            name=listed.name,
            phone=listed.phone,
            username=listed.username,
            last_at=listed.last_at,
            heard_at=listed.heard_at,
            human=found.with_human,
            failed=found.failed,
            waiting_seconds=found.waiting_seconds,
            last=EntryView.of(last) if last else None,
        )
