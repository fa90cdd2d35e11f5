"""A channel that keeps what was sent."""

from collections import deque
from collections.abc import Mapping
from typing import Any, cast

from attrs import define, evolve, field, frozen

from application.ports.capabilities import Capabilities
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import Part, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.messages.plain_text import describe_part
from domain.messages.rich_text import RichText
from domain.messages.shared_values import MediaKind
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates

SHORTENED = "[…]"
TEXTS = ("body", "caption")
EVERYTHING = Capabilities(
    type="memory",
    text=4096,
    files=frozenset(MediaKind),
    locations=True,
    cards=5,
    templates=True,
    form_title=30,
    begins_conversations=True,
    confirms_sends=True,
    statuses=True,
    typing_seconds=25.0,
    read_receipts=True,
)


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
    """Sends into `sent`. Texts show their Markdown. `knows_as`: a number in the channel's own form."""

    capabilities: Capabilities = EVERYTHING
    send_rates: SendRates = field(factory=SendRates)
    media_may_arrive_late: bool = False
    sent: list[SentPart] = field(factory=list)
    knows_as: Mapping[str, str] = field(factory=dict)
    acknowledged: list[InboundMessage] = field(factory=list)
    taps: list[InboundMessage] = field(factory=list)
    failures: deque[SendFailedError] = field(factory=deque)

    def fail_next(self, *failures: SendFailure, retry_after_seconds: float = 0.0) -> None:
        """Fail one of the next sends and acknowledgements for each of `failures`. Nothing is sent then."""
        self.failures.extend(
            SendFailedError(failure, "asked to fail", retry_after_seconds=retry_after_seconds) for failure in failures
        )

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        if not isinstance(part, TextPart):
            read: Any = {name: RichText(text.text) for name in TEXTS if (text := getattr(part, name, None))}
            return (cast("Part", evolve(part, **read)),)
        text, limit = part.body.text.strip(), self.capabilities.text
        bodies = [body for cut in range(0, len(text), limit) if (body := text[cut : cut + limit].strip())]
        if len(bodies) > at_most:
            bodies[at_most - 1 :] = [f"{bodies[at_most - 1][: limit - len(SHORTENED)]}{SHORTENED}"]
        return tuple(TextPart(body=body, reply_to="" if index else part.reply_to) for index, body in enumerate(bodies))

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        self._fail_as_scripted()
        message_id = f"sent-{len(self.sent) + 1}"
        self.sent.append(SentPart(id=message_id, part=part, to=to, reference=reference))
        return SentMessage(message_id=message_id, phone=self.knows_as.get(to.phone or "", to.phone))

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self._fail_as_scripted()
        self.acknowledged.append(message)

    async def taken(self, *, message: InboundMessage) -> None:
        self.taps.append(message)

    def _fail_as_scripted(self) -> None:
        if self.failures:
            raise self.failures.popleft()
