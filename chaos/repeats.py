"""What was sent twice, why, and whether it could have been prevented."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from attrs import define

from chaos.faults import Incident
from chaos.meta import Send
from chaos.plan import CONFIRM_SECONDS, Fault

# The time from Meta's acceptance of a message until the worker has recorded it. Also the time from when a worker or the
# store is back until it has done what had waited for it. A busy machine adds to both.
RECORDED_WITHIN_SECONDS = 1.0
SENT_TWICE = 0.0002


@define(kw_only=True, slots=False)
class Repeats:
    """Parts that Meta accepted more than once. `sends` are in order. The other fields are those of the evidence."""

    sends: Sequence[Send]
    incidents: Sequence[Incident]
    unconfirmed_attempts: frozenset[str]
    stall: float

    @property
    def margin(self) -> float:
        return RECORDED_WITHIN_SECONDS + 2 * self.stall

    @cached_property
    def pairs(self) -> list[tuple[Send, Send]]:
        """Each repeated send of a part, after the send of it before."""
        by_part: defaultdict[str, list[Send]] = defaultdict(list)
        for send in self.sends:
            by_part[send.reference].append(send)
        return [pair for sends in by_part.values() for pair in pairwise(sends)]

    def all(self) -> list[str]:
        return [_pair(first, second) for first, second in self.pairs]

    def without_cause(self) -> list[str]:
        """No fault hit the first send, and the second did not come from a worker that had been frozen."""
        return [_pair(first, second) for first, second in self.pairs if self.cause(first, second) is None]

    def though_confirmed(self) -> list[str]:
        """The channel had confirmed the first send in time, or did not get the time for it.

        A confirmation that comes after the deadline may be too late to stop the second send.
        """
        return [
            _pair(first, second)
            for first, second in self.pairs
            if first.confirms
            and (self._confirmed_for(first, second) or self._too_soon(first, second))
            and not (self._woke_up(first) or self._woke_up(second))
        ]

    def though_confirmed_in_time(self) -> list[str]:
        """What no confirmation can prevent: a worker that was frozen just before it sent."""
        return [
            _pair(first, second)
            for first, second in self.pairs
            if _confirmed(first, before=min(first.at + CONFIRM_SECONDS, second.at))
        ]

    def cause(self, first: Send, second: Send) -> str | None:
        """The incident that explains why a part was sent again, or None.

        Either the first send was not answered. Or its worker or the store ended or froze before the send can have been
        recorded. Or the worker of the second send was frozen just before it.
        """
        if not first.answered or first.turn in self.unconfirmed_attempts:
            return "unanswered"
        for incident in self.incidents:
            if _concerns(incident, first.worker) and self._hits(incident, first.at):
                return incident.fault.value
        return "frozen before it was sent" if self._woke_up(second) else None

    def _woke_up(self, send: Send) -> bool:
        return any(
            incident.fault is Fault.FREEZE_WORKER
            and incident.target == send.worker
            and incident.ended <= send.at <= incident.ended + self.margin
            for incident in self.incidents
        )

    def _hits(self, incident: Incident, sent_at: float) -> bool:
        return incident.began - self.margin <= sent_at <= incident.ended + self.margin

    def _confirmed_for(self, first: Send, second: Send) -> bool:
        return _confirmed(first, before=min(first.at + CONFIRM_SECONDS, second.at) - self.margin)

    def _too_soon(self, first: Send, second: Send) -> bool:
        """Sent again before a confirmation was due. Only a send that had a response began when Meta accepted it."""
        had_response = first.turn not in self.unconfirmed_attempts
        return had_response and second.at - first.at < CONFIRM_SECONDS - self.margin

    def causes(self) -> Counter[str]:
        return Counter(self.cause(*pair) or "none" for pair in self.pairs)


def _concerns(incident: Incident, worker: int) -> bool:
    if incident.fault is Fault.KILL_STORE:
        return True
    return incident.fault is not Fault.KILL_WEB and incident.target == worker


def _confirmed(send: Send, *, before: float) -> bool:
    return send.confirmed is not None and send.confirmed < before


def _pair(first: Send, second: Send) -> str:
    workers = f"workers {first.worker + 1} and {second.worker + 1}"
    confirmed = "never" if first.confirmed is None else f"after {first.confirmed - first.at:.1f} s"
    return f"{first.reference}: {workers}, {second.at - first.at:.1f} s apart, confirmed {confirmed}"


def max_sent_twice(messages: int) -> int:
    """How many parts may be sent twice though confirmed in time: one in 5,000 messages, at least one."""
    return max(1, round(messages * SENT_TWICE))
