"""Sends messages on one channel."""

from typing import Protocol

from attrs import frozen

from application.ports.capabilities import Capabilities
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import Part
from domain.messages.part_limits import MAX_PARTS
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates


class SendFailedError(Exception):
    """A send failed, or its result is not known. `failure` classifies it, `detail` is what the channel said.

    `retry_after_seconds` is how long the channel wants us to wait, where it says so. `code` is its own code of the
    error, if there is one.
    The channel's own words stand after a colon in `detail`, which is not logged (see `retry.loggable`).
    """

    def __init__(self, failure: SendFailure, detail: str, *, retry_after_seconds: float = 0.0, code: str = "") -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
        self.code = code


@frozen(kw_only=True)
class SentMessage:
    """A message that the channel accepted. Its statuses name it by `message_id`.

    `phone` is the number it goes to, where the channel says so: perhaps in another form than ours.
    """

    message_id: str
    phone: str | None = None


class MessengerPort(Protocol):
    """Sends to people on one channel, from one account."""

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can show and do."""
        ...

    @property
    def send_rates(self) -> SendRates:
        """How fast the channel takes messages from this account."""
        ...

    @property
    def media_may_arrive_late(self) -> bool:
        """Whether a part that is sent after a file may arrive before it."""
        ...

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        """A part as the channel can show it, with its Markdown read.

        What it cannot show becomes readable text: choices become a numbered list. A blank text becomes nothing. What
        does not fit into `at_most` messages is left out, and the end of the last text says so. It is called in threads,
        perhaps in several at once.
        """
        ...

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        """Send one part; the channel echoes `reference` in its statuses.

        Raises:
            SendFailedError: classified; UNKNOWN when it may have been sent all the same.
        """
        ...

    async def acknowledge(self, *, message: InboundMessage) -> None:
        """Show that `message` was read and that an answer is being written.

        Raises:
            SendFailedError: the channel refused. That does no harm.
        """
        ...

    async def taken(self, *, message: InboundMessage) -> None:
        """Tell the channel that this tap arrived: until then, some channels show that they wait.

        It is called once for each tap, whatever follows: also while a human answers, and where nothing is acknowledged.
        Only after a worker broke down, or stopped, it may be called again.

        Raises:
            SendFailedError: the channel refused. That does no harm.
        """
        ...
