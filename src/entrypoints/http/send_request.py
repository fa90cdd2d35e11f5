"""What an operator wants to send, and to whom."""

import hashlib
import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from application.agent_markup.answer import read_agent_reply
from application.ports.inbound_channel import InboundChannel
from domain.messages.outbound import DraftPart
from domain.people.person import Person, phone_number
from domain.people.phone_numbers import PHONE_DIGITS
from entrypoints.http.errors import InvalidMessagesError, InvalidRecipientError

# Of one request. Parts beyond ten messages are merged when they are rendered.
MAX_MESSAGES = 100
USER_ID = re.compile(r"[\w.:-]{1,160}", re.ASCII)


class SendRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whom to write to, by phone number or by the channel's user id, and what: objects as in an agent's answer."""

    to: str | None = None
    user_id: str | None = None
    messages: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=MAX_MESSAGES)] = msgspec.field(
        default_factory=list
    )

    def person(self, channel: InboundChannel) -> Person:
        """The recipient.

        Raises:
            InvalidRecipientError: no person is named, or two are, or the name is not valid.
        """
        if bool(self.to) == bool(self.user_id):
            raise InvalidRecipientError("name exactly one person: write either to or user_id")
        if self.user_id:
            return _known_by_id(self.user_id, channel)
        phone = phone_number(self.to or "")
        if phone is None or len(phone) not in PHONE_DIGITS:
            raise InvalidRecipientError("to: must be a phone number with its country code, 7 to 15 digits")
        return Person(phone=phone)

    def parts(self) -> tuple[DraftPart, ...]:
        """The messages.

        Raises:
            InvalidMessagesError: a message does not follow docs/answers.md.
        """
        agent_reply = read_agent_reply("", data={"messages": self.messages})
        problems = list(agent_reply.problems)
        if agent_reply.hand_over:
            problems.append("hand_over is for agents; take the conversation over by POST /v1/conversations/.../human")
        if agent_reply.handoff:
            problems.append("route is for agents; choose the agent by PUT /v1/conversations/.../agent")
        if problems:
            raise InvalidMessagesError(problems)
        return agent_reply.parts


def digest_of(person: Person, messages: Sequence[object]) -> str:
    """A digest of the request. How its JSON and its phone number are written makes no difference."""
    canonical = msgspec.json.encode([person.phone, person.user_id or person.parent_id, messages], order="deterministic")
    return hashlib.blake2b(canonical, digest_size=16).hexdigest()


def _known_by_id(user_id: str, channel: InboundChannel) -> Person:
    """The person with this id. Where digits alone are a phone number, they would lead to the person who has it."""
    person = channel.person(text=user_id) if USER_ID.fullmatch(user_id) else None
    if person is None or user_id not in (person.user_id, person.parent_id):
        raise InvalidRecipientError(
            "user_id: must be the channel's own id, up to 160 letters, digits and ._:-; a phone number belongs in to"
        )
    return person
