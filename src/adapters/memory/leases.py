"""Who holds which conversation of the mailbox in memory, and until when."""

import time

from attrs import define, field

from application.ports.leases import Claim, LeaseLostError


@define
class Hold:
    """A claim and how long it holds (monotonic)."""

    claim: Claim
    until: float


@define
class Leases:
    """One a token; each holds for `seconds` after it was granted or renewed."""

    seconds: float
    _holds: dict[str, Hold] = field(factory=dict)

    def grant(self, claim: Claim) -> Claim:
        """Whoever held this token before has lost it."""
        self._holds[claim.token] = Hold(claim, time.monotonic() + self.seconds)
        return claim

    def holds(self, claim: Claim) -> bool:
        hold = self._holds.get(claim.token)
        return hold is not None and hold.claim == claim

    def require(self, claim: Claim) -> None:
        if not self.holds(claim):
            raise LeaseLostError

    def renew(self, claim: Claim) -> bool:
        """Whether it still held."""
        if held := self.holds(claim):
            self.grant(claim)
        return held

    def end(self, claim: Claim) -> None:
        del self._holds[claim.token]

    def expired(self) -> list[Claim]:
        now = time.monotonic()
        return [hold.claim for hold in self._holds.values() if hold.until <= now]
