"""Who holds which conversation of the mailbox in memory, and until when."""

import time

from attrs import define, field

from application.ports.leases import Claim, LeaseLostError


@define
class HeldClaim:
    """A claim that holds until `expires_at` (monotonic)."""

    claim: Claim
    expires_at: float


@define
class LeaseTable:
    """At most one claim for each token. It holds for `seconds` after it was granted or renewed."""

    seconds: float
    _held: dict[str, HeldClaim] = field(factory=dict)

    def grant(self, claim: Claim) -> Claim:
        """Let the claim hold. An earlier claim for the same token is lost."""
        self._held[claim.token] = HeldClaim(claim, time.monotonic() + self.seconds)
        return claim

    def is_held(self, claim: Claim) -> bool:
        held = self._held.get(claim.token)
        return held is not None and held.claim == claim

    def require(self, claim: Claim) -> None:
        if not self.is_held(claim):
            raise LeaseLostError

    def renew(self, claim: Claim) -> bool:
        """Prolong the claim. Returns whether it still held."""
        if held := self.is_held(claim):
            self.grant(claim)
        return held

    def end(self, claim: Claim) -> None:
        del self._held[claim.token]

    def drop(self, conversation: str) -> None:
        """Let nobody hold this conversation."""
        self._held = {token: held for token, held in self._held.items() if held.claim.conversation != conversation}

    def expired(self) -> list[Claim]:
        now = time.monotonic()
        return [held.claim for held in self._held.values() if held.expires_at <= now]
