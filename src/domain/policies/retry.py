"""What can go wrong while a turn is answered, and what follows: try again, wait, or give up.

Adapters only report what happened. What follows is decided here, and only here.
"""

import zlib
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen


def loggable(detail: str) -> str:
    """The part of a channel's detail that a log may contain: its status and code.

    The channel's own words follow the first colon, as in "HTTP 400, code 131009: Parameter is not valid". They may
    quote a person, so they are only kept in events and dead letters.
    """
    return detail.partition(":")[0]


class AgentFailure(StrEnum):
    """Why the agent gave no answer."""

    UNREACHABLE = "unreachable"
    NOT_READY = "not_ready"
    TIMEOUT = "timeout"
    MODEL_FAILED = "model_failed"
    CRASHED = "crashed"
    EMPTY_ANSWER = "empty_answer"
    UNKNOWN_AGENT = "unknown_agent"
    REJECTED = "rejected"


class SendFailure(StrEnum):
    """What a failed send means for the message.

    THROTTLED: refused before it was sent, safe to repeat. PERSON_THROTTLED: the same, for this person alone.
    UNREACHABLE: there was no connection. UNKNOWN: it may have been sent. WINDOW_CLOSED: only a template
    may be sent now. MEDIA_REFUSED: the channel cannot use the file. PART_REFUSED: it does not take such a message,
    however often it is sent. FINAL: this message will never be delivered. PERSON_UNREACHABLE: no message reaches this
    person, who blocked us or left. ACCOUNT_BLOCKED: nothing can be sent from this account until somebody repairs it.
    """

    THROTTLED = "throttled"
    PERSON_THROTTLED = "person_throttled"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    WINDOW_CLOSED = "window_closed"
    MEDIA_REFUSED = "media_refused"
    PART_REFUSED = "part_refused"
    FINAL = "final"
    PERSON_UNREACHABLE = "person_unreachable"
    ACCOUNT_BLOCKED = "account_blocked"


@frozen(kw_only=True)
class Retry:
    """Try again after so many seconds."""

    after_seconds: float


@frozen(kw_only=True)
class GiveUp:
    """Stop trying; `reason` is for the operator."""

    reason: str = ""


@frozen(kw_only=True)
class Defer:
    """Go on after so many seconds. It does not count as a failure.

    `is_appointed`: it is known that the turn can go on then, and not before.
    """

    after_seconds: float
    reason: str
    is_appointed: bool = False


@frozen(kw_only=True)
class Suppress:
    """Do not send the rest: somebody else has taken over."""

    reason: str


@frozen(kw_only=True)
class LetGo:
    """End the turn without the rest: nobody would get it. There is nothing for an operator to repair."""

    reason: str


type Decision = Retry | GiveUp | Defer | Suppress | LetGo

AGENT_RETRIES: Mapping[AgentFailure, int] = {
    AgentFailure.UNREACHABLE: 4,
    AgentFailure.NOT_READY: 4,
    AgentFailure.MODEL_FAILED: 3,
    AgentFailure.TIMEOUT: 1,
    AgentFailure.CRASHED: 1,
    AgentFailure.EMPTY_ANSWER: 1,
    AgentFailure.UNKNOWN_AGENT: 0,
    AgentFailure.REJECTED: 0,
}


class UnconfirmedSends(StrEnum):
    """What follows when nobody knows whether a part was sent. CONFIRM waits for a status of the channel."""

    CONFIRM = "confirm"
    RESEND = "resend"
    DEAD_LETTER = "dead_letter"


@frozen(kw_only=True)
class RetryPolicy:
    """How long to wait between attempts, and when to stop.

    `confirm_seconds` is how long a channel has to confirm a send whose outcome is unknown, before it is sent again.
    After `max_unconfirmed_attempts` it is not sent again. `max_deliveries` ends a crash loop: a turn that so many
    workers did not finish becomes a dead letter.
    """

    first_seconds: float = 1.0
    factor: float = 3.0
    max_seconds: float = 60.0
    agent_retries: Mapping[AgentFailure, int] = field(factory=lambda: dict(AGENT_RETRIES))
    throttled_retries: int = 8
    unreachable_retries: int = 2
    confirm_seconds: float = 30.0
    max_unconfirmed_attempts: int = 2
    max_deliveries: int = 10

    def after_agent_failure(self, failure: AgentFailure, *, attempts: int, turn_id: str) -> Decision:
        """What follows when the agent failed and had failed `attempts` times before in this turn."""
        if attempts < self.agent_retries[failure]:
            return Retry(after_seconds=self.backoff(attempts, turn_id=turn_id))
        return GiveUp(reason=f"agent: {failure}")

    def after_send_failure(
        self,
        failure: SendFailure,
        *,
        attempts: int,
        turn_id: str,
        agent_ran: bool = False,
        retry_after_seconds: float = 0.0,
        unconfirmed_sends: UnconfirmedSends = UnconfirmedSends.CONFIRM,
    ) -> Decision:
        """What follows when a send failed and had failed `attempts` times before.

        A throttled send waits at least `retry_after_seconds`, which the channel asked for.
        `agent_ran`: the reply is lost with the failure. Such a retry is counted, since each costs another run of the
        agent.
        """
        match failure:
            case SendFailure.THROTTLED | SendFailure.PERSON_THROTTLED if attempts < self.throttled_retries:
                seconds = max(self.backoff(attempts, turn_id=turn_id), retry_after_seconds)
                decision: Decision = Retry(after_seconds=seconds)
            case SendFailure.UNKNOWN if unconfirmed_sends is UnconfirmedSends.CONFIRM:
                decision = Retry(after_seconds=self.confirm_seconds)
            case SendFailure.UNKNOWN if unconfirmed_sends is UnconfirmedSends.RESEND:
                decision = Retry(after_seconds=self.backoff(attempts, turn_id=turn_id))
            case SendFailure.UNREACHABLE if attempts < self.unreachable_retries:
                decision = Retry(after_seconds=self.backoff(attempts, turn_id=turn_id))
            case SendFailure.UNREACHABLE:
                # Nothing was refused: all messages go out once there is a connection.
                seconds = self.first_seconds * self.factor**2
                decision = Defer(after_seconds=seconds, reason="no connection to the channel")
            case SendFailure.ACCOUNT_BLOCKED if agent_ran:
                decision = Retry(after_seconds=self.backoff(attempts, turn_id=turn_id))
            case SendFailure.ACCOUNT_BLOCKED:
                decision = Defer(after_seconds=self.max_seconds, reason="the account is blocked")
            case SendFailure.PERSON_UNREACHABLE:
                decision = LetGo(reason="the person cannot be reached")
            case _:
                decision = GiveUp(reason=f"send: {failure}")
        return decision

    def before_send(
        self, *, unconfirmed_attempts: int, unconfirmed_sends: UnconfirmedSends = UnconfirmedSends.CONFIRM
    ) -> GiveUp | None:
        """GiveUp when the part was sent too often without a confirmation; else None."""
        most = 1 if unconfirmed_sends is UnconfirmedSends.DEAD_LETTER else self.max_unconfirmed_attempts
        return GiveUp(reason=f"send: {SendFailure.UNKNOWN}") if unconfirmed_attempts >= most else None

    def after_internal_error(self, *, attempts: int, turn_id: str) -> Decision:
        """What follows an error in our own code: one more try. No message may block its conversation for ever."""
        if attempts == 0:
            return Retry(after_seconds=self.backoff(attempts, turn_id=turn_id))
        return GiveUp()

    def backoff(self, attempts: int, *, turn_id: str) -> float:
        """Seconds before the next attempt, varied by a fifth, so that turns do not come back all at once."""
        seconds = min(self.first_seconds * self.factor**attempts, self.max_seconds)
        spread = zlib.crc32(f"{turn_id}/{attempts}".encode()) / 0xFFFFFFFF
        return seconds * (0.8 + 0.4 * spread)
