"""How long proposals wait, how many, and what follows them."""

from attrs import field, frozen

from domain.policies.redelivery import Redelivery

KEPT_SECONDS = 30 * 24 * 3600.0


@frozen(kw_only=True)
class ProposalPolicy:
    """A proposal expires after `expire_seconds`, or earlier when more than `max_open` are open.

    `notifies_people`: they get a text about what became of it.
    """

    expire_seconds: float = 7 * 24 * 3600.0
    max_open: int = 1_000
    notifies_people: bool = True
    redelivery: Redelivery = field(factory=Redelivery)

    @property
    def keep_seconds(self) -> float:
        """How long a proposal is kept, from when it was made: some weeks after it has expired at the latest."""
        return self.expire_seconds + KEPT_SECONDS
