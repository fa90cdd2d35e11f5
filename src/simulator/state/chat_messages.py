"""The bubbles of a thread."""

import base64
import secrets
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import asdict, define, field


class Author(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    BUSINESS = "business"


class Tick(StrEnum):
    """How far a message has come.

    Meta has it, left for the phone, on the other side, read, listened to (voice notes), or will never arrive.
    """

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"

    def comes_after(self, other: "Tick") -> bool:
        order = list(Tick)
        return order.index(self) > order.index(other)


class Attempt(StrEnum):
    """How one call of the webhook ended. After ABANDONED there are no more calls."""

    ANSWERED = "answered"
    REFUSED = "refused"
    ABANDONED = "abandoned"


def new_wamid() -> str:
    return f"wamid.{base64.b64encode(secrets.token_bytes(30)).decode()}"


@define(kw_only=True, eq=False)
class ChatMessage:
    """One bubble of a thread. `at` is in unix seconds; `attempts` counts webhook calls that were not answered 200.

    `type` and `content` are Meta's: a webhook or a send has the content under the name of its type. `body` is the
    line a list of chats shows, and `media_id` names the file it carries. `seen` says that the person has looked at
    it, `human` that somebody wrote it in the business app, `error` why it will never arrive. `reactions` holds one
    emoji an author, `quick_replies` what a template lets one tap. What is said in a group has its `group_id`.
    """

    number: str
    author: Author
    body: str
    type: str = "text"
    content: Any = field(factory=dict)
    media_id: str | None = None
    reference: str | None = None
    reply_to: str | None = None
    group_id: str | None = None
    context: Mapping[str, object] = field(factory=dict)
    referral: Mapping[str, object] | None = None
    quick_replies: tuple[Mapping[str, str], ...] = ()
    id: str = field(factory=new_wamid)
    at: float = field(factory=time.time)
    status: Tick = Tick.ACCEPTED
    attempts: int = 0
    seen: bool = False
    human: bool = False
    edited: bool = False
    revoked: bool = False
    reactions: dict[str, str] = field(factory=dict)
    error: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def react(self, author: Author, emoji: str) -> None:
        """Put an emoji at this message, or take it back with an empty one."""
        self.reactions.pop(author.value, None)
        if emoji:
            self.reactions[author.value] = emoji
