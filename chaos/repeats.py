"""What was said twice: why, and whether it could have been prevented."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from attrs import define

from chaos.faults import Incident
from chaos.meta import Send
from chaos.plan import CONFIRM_SECONDS, Fault

# From when Meta has a message until the worker has recorded that; and from when a worker or the store is back until it
# has done what had waited for it. Longer on a machine that makes everybody wait.
RECORDED_WITHIN_SECONDS = 1.0
SAID_TWICE = 0.0002


@define(kw_only=True, slots=False)
class Repeats:
    """Parts that Meta accepted more than once. `sends` are in order; the other fields are those of the evidence."""

    sends: Sequence[Send]
    incidents: Sequence[Incident]
    unconfirmed_attempts: frozenset[str]
    stall: float

    @property
    def margin(self) -> float:
        return RECORDED_WITHIN_SECONDS + 2 * self.stall

    @cached_property
    def pairs(self) -> list[tuple[Send, Send]]:
        """Each time the same part was sent again, with the time before."""
        by_part: defaultdict[str, list[Send]] = defaultdict(list)
        for send in self.sends:
            by_part[send.reference].append(send)
        return [pair for sends in by_part.values() for pair in pairwise(sends)]

    def all(self) -> list[str]:
        return [_pair(first, second) for first, second in self.pairs]

    def without_cause(self) -> list[str]:
        """Nothing had hit the first send, nor did the second one come from a worker that had slept."""
        return [_pair(first, second) for first, second in self.pairs if self.cause(first, second) is None]

    def though_proven(self) -> list[str]:
        """The channel had proved the first send in time, or was not given the time to.

        A proof that comes after the deadline may meet the second send on its way.
        """
        return [
            _pair(first, second)
            for first, second in self.pairs
            if (self._proven_for(first, second) or self._too_soon(first, second))
            and not (self._woke_up(first) or self._woke_up(second))
        ]

    def though_proven_in_time(self) -> list[str]:
        """What even the echo cannot prevent: a worker that fell asleep just before it sent."""
        return [
            _pair(first, second)
            for first, second in self.pairs
            if _proven(first, before=min(first.at + CONFIRM_SECONDS, second.at))
        ]

    def cause(self, first: Send, second: Send) -> str | None:
        """The incident that explains why a part was sent again.

        The send itself was not answered; or its worker, or the store, went down or froze before it can have been
        recorded; or the second send is that of a worker which had fallen asleep before it.
        """
        if not first.answered or first.turn in self.unconfirmed_attempts:
            return "unanswered"
        for incident in self.incidents:
            if _concerns(incident, first.worker) and self._hits(incident, first.at):
                return incident.fault.value
        return "asleep before it was sent" if self._woke_up(second) else None

    def _woke_up(self, send: Send) -> bool:
        return any(
            incident.fault is Fault.FREEZE_WORKER
            and incident.crash_worker == send.worker
            and incident.ended <= send.at <= incident.ended + self.margin
            for incident in self.incidents
        )

    def _hits(self, incident: Incident, sent_at: float) -> bool:
        return incident.began - self.margin <= sent_at <= incident.ended + self.margin

    def _proven_for(self, first: Send, second: Send) -> bool:
        return _proven(first, before=min(first.at + CONFIRM_SECONDS, second.at) - self.margin)

    def _too_soon(self, first: Send, second: Send) -> bool:
        """Sent again before there was time for a proof; who heard nothing may have sent it long before Meta took it."""
        heard = first.turn not in self.unconfirmed_attempts
        return heard and second.at - first.at < CONFIRM_SECONDS - self.margin

    def causes(self) -> Counter[str]:
        return Counter(self.cause(*pair) or "none" for pair in self.pairs)


def _concerns(incident: Incident, worker: int) -> bool:
    if incident.fault is Fault.KILL_STORE:
        return True
    return incident.fault is not Fault.KILL_WEB and incident.crash_worker == worker


def _proven(send: Send, *, before: float) -> bool:
    return send.proven is not None and send.proven < before


def _pair(first: Send, second: Send) -> str:
    workers = f"workers {first.worker + 1} and {second.worker + 1}"
    proven = "never" if first.proven is None else f"after {first.proven - first.at:.1f} s"
    return f"{first.reference}: {workers}, {second.at - first.at:.1f} s apart, proven {proven}"


def most_said_twice(messages: int) -> int:
    """How many parts may be said twice although their proof came in time: one in 5,000, but one in a short run."""
    return max(1, round(messages * SAID_TWICE))
