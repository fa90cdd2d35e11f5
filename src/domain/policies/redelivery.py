"""When a message to an address of the operator is sent again, and when that ends."""

import zlib

from attrs import frozen

from domain.policies.retry import GiveUp, Retry


@frozen(kw_only=True)
class Redelivery:
    """First after some seconds, then after twice as many each time, until `give_up_seconds` have passed."""

    first_seconds: float = 5.0
    factor: float = 2.0
    max_seconds: float = 3600.0
    give_up_seconds: float = 24 * 3600.0

    def after_failure(self, *, attempts: int, since: float, now: float, message_id: str) -> Retry | GiveUp:
        """What follows when a delivery failed that was wanted `since`, and had failed `attempts` times before.

        The pause varies by a fifth, so that messages do not come back all at once.
        """
        if now - since >= self.give_up_seconds:
            return GiveUp(reason="not taken in time")
        seconds = min(self.first_seconds * self.factor ** min(attempts, 30), self.max_seconds)
        spread = zlib.crc32(f"{message_id}/{attempts}".encode()) / 0xFFFFFFFF
        return Retry(after_seconds=seconds * (0.8 + 0.4 * spread))
