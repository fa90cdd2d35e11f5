"""Verifies and reads the webhooks of one channel."""

from collections.abc import Mapping
from typing import Protocol

from attrs import frozen

from domain.conversations.channel_events import (
    AccountNotice,
    HumanReply,
    MarketingPreference,
    Reachability,
    ThreadControl,
)
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Unrecognised
from domain.people.aliases import IdentityChange
from domain.people.person import Person

type InboundEvent = (
    InboundMessage
    | StatusUpdate
    | IdentityChange
    | HumanReply
    | ThreadControl
    | MarketingPreference
    | Reachability
    | AccountNotice
    | Unrecognised
)


class ForgedWebhookError(Exception):
    """The call does not come from the channel: signature or token do not match."""


class MalformedWebhookError(Exception):
    """The call is authentic, but its body is not in the channel's format at all."""


@frozen(kw_only=True)
class WebhookAnswer:
    """What the channel gets with the status 200, for example the proof that an address is ours."""

    body: bytes
    media_type: str = "application/json"


@frozen(kw_only=True)
class ParsedWebhook:
    """What a call contains, in its order. With an `answer`, the channel gets that once all events are stored."""

    events: tuple[InboundEvent, ...] = ()
    answer: WebhookAnswer | None = None


class InboundChannel(Protocol):
    """Pure computation. Header names are in lower case, values are decoded as Latin-1."""

    def challenge(self, *, query: Mapping[str, str]) -> str:
        """The text that proves to the channel that this address is ours.

        Raises:
            ForgedWebhookError: when the query does not carry our verify token.
        """
        ...

    def verify_headers(self, *, headers: Mapping[str, str]) -> None:
        """Refuse a call by its headers alone, before its body is read. `verify` must still be called.

        Raises:
            ForgedWebhookError: no body makes this call genuine.
        """
        ...

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:
        """Make sure that the channel itself sent these bytes; compares in constant time.

        `url` is the address that was called, with its query. Some channels sign that too. Scheme and host are those
        that the caller, or a proxy, says.

        Returns the names of the channels that the sender may speak for: several may share one address.

        Raises:
            ForgedWebhookError: the channel did not send them.
        """
        ...

    def person(self, *, text: str) -> Person:
        """The person that an operator means by this text, which is not empty: by a number, an id or a username.

        The id that a message of a person leads to is such a text, too. Any text names somebody, perhaps nobody we know.
        """
        ...

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        """Everything the body holds; what cannot be understood becomes `Unrecognised`.

        Raises:
            MalformedWebhookError: when the body as a whole cannot be read. One bad item never raises.
        """
        ...
