"""The messages of a thread, as the phone shows them."""

import base64
import secrets
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import asdict, define, field

WHATSAPP = "whatsapp"
TELEGRAM = "telegram"


class Author(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    BUSINESS = "business"


class DeliveryStatus(StrEnum):
    """The delivery status of a message, in order.

    ACCEPTED: Meta has it. SENT: it is on its way. DELIVERED: the other side has it. PLAYED: a voice note was played.
    FAILED: it will never arrive.
    """

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"

    def comes_after(self, other: "DeliveryStatus") -> bool:
        order = list(DeliveryStatus)
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
    """One message of a thread. `at` is in unix seconds.

    `type` and `content` are Meta's: a webhook or a send has the content under the name of the type. Those of another
    `channel` have the same shape where Meta has one. `body` is the line that a list of chats shows. `media_id` is the
    id of its file. `attempts` counts the calls of the webhook that were not answered with 200. `seen` means that the
    person has opened the thread since, `human` that an employee wrote it in the WhatsApp Business app. `error` says why
    it never arrives. `reactions` holds at most one emoji per author, `quick_replies` the buttons of a template. A
    message in a group has a `group_id`. `tapped` is the data of the button of a Telegram message that spins.
    """

    number: str
    channel: str = WHATSAPP
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
    status: DeliveryStatus = DeliveryStatus.ACCEPTED
    attempts: int = 0
    seen: bool = False
    human: bool = False
    edited: bool = False
    revoked: bool = False
    tapped: str | None = None
    reactions: dict[str, str] = field(factory=dict)
    error: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def react(self, author: Author, emoji: str) -> None:
        """Set the reaction of `author`. An empty emoji removes it."""
        self.reactions.pop(author.value, None)
        if emoji:
            self.reactions[author.value] = emoji
