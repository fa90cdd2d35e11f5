"""What to do with a message that comes too late: after an outage channels deliver for days."""

from enum import StrEnum

from attrs import field, frozen
from attrs.validators import gt

from domain.messages.inbound import InboundMessage


class StalePolicy(StrEnum):
    """Answer a late message as if it were new, tell the person that it came too late, or say nothing."""

    ANSWER = "answer"
    APOLOGISE = "apologise"
    SKIP = "skip"


@frozen(kw_only=True)
class Staleness:
    """A message older than `after_seconds` is stale.

    By default after a day, and passed over in silence: WhatsApp takes no free text from a business later than that.
    """

    after_seconds: float = field(default=24 * 3600.0, validator=gt(0))
    policy: StalePolicy = StalePolicy.SKIP

    def applies(self, message: InboundMessage, *, now: float) -> bool:
        """Whether `message`, answered `now` (unix seconds), would be answered too late."""
        return self.policy is not StalePolicy.ANSWER and now - message.sent_at > self.after_seconds
