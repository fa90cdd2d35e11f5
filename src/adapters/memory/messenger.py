"""A channel that keeps what was sent."""

from collections import deque
from collections.abc import Mapping

from attrs import define, evolve, field, frozen

from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.part_limits import MAX_PARTS
from domain.messages.parts import Part, TextPart
from domain.messages.plain_text import describe_part
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates

SHORTENED = "[…]"


@frozen(kw_only=True)
class SentPart:
    """One part as the person received it."""

    id: str
    part: Part
    to: Person
    reference: str

    @property
    def body(self) -> str:
        """Its text."""
        return describe_part(self.part)


@define(kw_only=True)
class MemoryMessenger:
    """Sends into `sent`. A text is cut every `limit` characters. `knows_as`: a number in the channel's own form."""

    limit: int = 4096
    acknowledged_seconds: float = 25.0
    send_rates: SendRates = field(factory=SendRates)
    media_may_arrive_late: bool = False
    sent: list[SentPart] = field(factory=list)
    knows_as: Mapping[str, str] = field(factory=dict)
    acknowledged: list[InboundMessage] = field(factory=list)
    failures: deque[SendFailure] = field(factory=deque)

    def fail_next(self, *failures: SendFailure) -> None:
        """Fail one of the next sends and acknowledgements for each of `failures`. Nothing is sent then."""
        self.failures.extend(failures)

    def compose(self, *, markdown: str) -> tuple[TextPart, ...]:
        text = markdown.strip()
        cuts = range(0, len(text), self.limit)
        bodies = (text[cut : cut + self.limit].strip() for cut in cuts)
        return tuple(TextPart(body=body) for body in bodies if body)

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        if not isinstance(part, TextPart):
            return (part,)
        bubbles = self.compose(markdown=part.body)
        if len(bubbles) > at_most:
            last = bubbles[at_most - 1].body[: self.limit - len(SHORTENED)]
            bubbles = (*bubbles[: at_most - 1], TextPart(body=f"{last}{SHORTENED}"))
        return (*(evolve(first, reply_to=part.reply_to) for first in bubbles[:1]), *bubbles[1:])

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        self._fail_as_scripted()
        message_id = f"sent-{len(self.sent) + 1}"
        self.sent.append(SentPart(id=message_id, part=part, to=to, reference=reference))
        return SentMessage(message_id=message_id, phone=self.knows_as.get(to.phone or "", to.phone))

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self._fail_as_scripted()
        self.acknowledged.append(message)

    def _fail_as_scripted(self) -> None:
        if self.failures:
            raise SendFailedError(self.failures.popleft(), "asked to fail")
