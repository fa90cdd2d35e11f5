"""Takes what the use cases measure and no other port sees."""

from typing import Protocol

from domain.conversations.usage import Usage


class Measurements(Protocol):
    """Each method is called once for each event. None of them waits or raises."""

    def answered(self, *, channel: str, seconds: float) -> None:
        """An answer of the agent was sent, so many seconds after the first message of its turn was received."""
        ...

    def sent(self, *, channel: str, outcome: str, code: str, seconds: float) -> None:
        """A send ended after so many seconds.

        `outcome` is "sent", "cancelled", or the `SendFailure`. `code` is the channel's own code of an error, if any.
        """
        ...

    def used(self, *, channel: str, usage: Usage) -> None:
        """The run of a turn used this. It is counted once a turn."""
        ...

    def limited(self, *, channel: str, messages: int) -> None:
        """So many messages were over the rate limit: the agent does not get them."""
        ...

    def proposal(self, *, channel: str, outcome: str) -> None:
        """An agent proposed an action ("proposed"), or a proposal ended: `outcome` is the `ProposalState`."""
        ...

    def webhook(self, *, webhook: str, outcome: str) -> None:
        """A signed message was posted to an address of the operator: "taken" or "failed". `webhook` names its kind."""
        ...

    def events_waiting(self, *, receiver: str, events: int) -> None:
        """So many events were read for a receiver that it has not taken yet."""
        ...

    def send_rate_wait(self, *, channel: str, seconds: float) -> None:
        """A turn waits so many seconds for the send rate."""
        ...
