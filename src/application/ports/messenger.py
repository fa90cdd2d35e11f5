"""Speaks on one channel."""

from typing import Protocol

from domain.conversations import Person
from domain.failures import SendFailure
from domain.messages import InboundMessage
from domain.pacing import Paces
from domain.parts import Part, TextPart


class SendFailedError(Exception):
    """A send did not succeed, or nobody knows; `failure` says what that means, `detail` what the channel said.

    The channel's own words stand after a colon in `detail`, for they are not logged (see `domain.failures.loggable`).
    """

    def __init__(self, failure: SendFailure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


class MessengerPort(Protocol):
    """Sends to people on one channel, from one number. An acknowledgement shows for `acknowledged_seconds`."""

    @property
    def acknowledged_seconds(self) -> float: ...

    @property
    def paces(self) -> Paces:
        """How fast the channel takes messages from this number."""
        ...

    @property
    def files_overtaken(self) -> bool:
        """Whether what is sent after a file may arrive before it, unless the file was delivered by then."""
        ...

    def compose(self, *, markdown: str) -> tuple[TextPart, ...]:
        """An agent's words as the channel shows them: its formatting, cut into parts it accepts.

        Blank text makes no parts.
        """
        ...

    def present(self, *, part: Part) -> tuple[Part, ...]:
        """A part as an agent said it, its texts Markdown, as the channel can show it.

        What it cannot show becomes readable text, choices with their numbers.
        """
        ...

    async def send(self, *, part: Part, to: Person, reference: str) -> str:
        """Send one part and return the channel's id of it; the channel echoes `reference` in its statuses.

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
