"""Speaks on one channel."""

from typing import Protocol

from attrs import frozen

from domain.messages.inbound import InboundMessage
from domain.messages.part_limits import MAX_PARTS
from domain.messages.parts import Part, TextPart
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates


class SendFailedError(Exception):
    """A send did not succeed, or nobody knows; `failure` says what that means, `detail` what the channel said.

    The channel's own words stand after a colon in `detail`, which is not logged (see `retry.loggable`).
    """

    def __init__(self, failure: SendFailure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


@frozen(kw_only=True)
class Accepted:
    """A message the channel took, by the id that its statuses name.

    `phone` is the number that it goes to, where the channel tells: it may write it otherwise than we did.
    """

    message_id: str
    phone: str | None = None


class MessengerPort(Protocol):
    """Sends to people on one channel, from one number. An acknowledgement shows for `acknowledged_seconds`."""

    @property
    def acknowledged_seconds(self) -> float: ...

    @property
    def send_rates(self) -> SendRates:
        """How fast the channel takes messages from this number."""
        ...

    @property
    def media_may_arrive_late(self) -> bool:
        """Whether what is sent after a file may arrive before it, unless the file was delivered by then."""
        ...

    def compose(self, *, markdown: str) -> tuple[TextPart, ...]:
        """Words as the channel shows them: its formatting, cut into parts it accepts, `MAX_PARTS` at most.

        Blank text makes no parts.
        """
        ...

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        """A part as an agent said it, its texts Markdown, as the channel can show it.

        What it cannot show becomes readable text, choices with their numbers. What `at_most` messages do not hold is
        left out, and the end of the last text says so. It is called in a thread, several may be.
        """
        ...

    async def send(self, *, part: Part, to: Person, reference: str) -> Accepted:
        """Send one part; the channel echoes `reference` in its statuses.

        Raises:
            SendFailedError: classified; UNKNOWN when it may have been sent all the same.
        """
        ...

    async def acknowledge(self, *, message: InboundMessage) -> None:
        """Show that `message` was read and that an answer is being written.

        Raises:
            SendFailedError: when the channel refused; nobody is worse off for it.
        """
        ...
