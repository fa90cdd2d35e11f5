"""What was said in a conversation, and what happened between."""

from collections.abc import Mapping

from attrs import field, frozen

from domain.conversations.activity import ActivityKind
from domain.conversations.delivery import DeliveryStatus
from domain.conversations.outcome import Outcome
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import Part

# A longer reason is cut, in characters.
MAX_REASON = 1000


@frozen(kw_only=True)
class SentPart:
    """A message of ours that the channel took. `outcome` is that of its reply: it says who wrote it."""

    message_id: str
    part: Part
    turn_id: str = ""
    outcome: Outcome = Outcome.ANSWERED


@frozen(kw_only=True)
class ColleagueReply:
    """What a colleague wrote, or did, in the channel's own app."""

    message_id: str
    text: str
    answers: bool = True


@frozen(kw_only=True)
class TranscriptEvent:
    """Something that happened between the messages. It holds nothing that a person wrote."""

    kind: ActivityKind
    reason: str = ""
    turn_id: str = ""
    message_id: str = ""

    @classmethod
    def of(cls, kind: ActivityKind, detail: Mapping[str, str]) -> "TranscriptEvent":
        """The event of an activity with these details."""
        reason = detail.get("reason") or detail.get("error") or detail.get("errors") or ""
        turn_id, message_id = detail.get("turn_id", ""), detail.get("message_id", "")
        return cls(kind=kind, reason=reason[:MAX_REASON], turn_id=turn_id, message_id=message_id)


type Happening = SentPart | ColleagueReply | TranscriptEvent


@frozen(kw_only=True)
class TranscriptEntry:
    """One entry: `id` orders a transcript, `at` is when it was stored (unix seconds).

    `status` is how far a message of ours has come. `what` is None when this version cannot read the entry.
    """

    id: str
    at: float
    what: InboundMessage | Happening | None
    status: DeliveryStatus | None = field(default=None)
