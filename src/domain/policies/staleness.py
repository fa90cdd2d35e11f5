"""What to do with messages that arrive late: after an outage, channels deliver them for days."""

from enum import StrEnum

from attrs import field, frozen
from attrs.validators import gt

from domain.messages.inbound import InboundMessage


class StalePolicy(StrEnum):
    """ANSWER a late message as if it were new, APOLOGISE that it came too late, or SKIP it in silence."""

    ANSWER = "answer"
    APOLOGISE = "apologise"
    SKIP = "skip"


@frozen(kw_only=True)
class Staleness:
    """A message older than `after_seconds` is stale.

    By default that is after a day, and it is skipped: WhatsApp takes no free text from a business after that.
    """

    after_seconds: float = field(default=24 * 3600.0, validator=gt(0))
    policy: StalePolicy = StalePolicy.SKIP

    def applies(self, message: InboundMessage, *, now: float) -> bool:
        """Whether `message`, answered `now` (unix seconds), would be answered too late."""
        return self.policy is not StalePolicy.ANSWER and now - message.sent_at > self.after_seconds
