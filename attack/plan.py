"""What one run throws at the service, for how long, and which bounds must hold."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import evolve, field, frozen
from attrs.validators import ge

# Of services that nobody else reaches; no reply and no log line may hold one.
ACCESS_TOKEN = "fake-access-token-qzv"  # noqa: S105
APP_SECRET = "fake-app-secret-qzv"  # noqa: S105
VERIFY_TOKEN = "fake-verify-token-qzv"  # noqa: S105
ADMIN_TOKEN = "fake-admin-token-qzv"  # noqa: S105
TRANSCRIBER_KEY = "fake-transcriber-key-qzv"
SECRETS = (ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, ADMIN_TOKEN, TRANSCRIBER_KEY)
CHANNEL = "whatsapp"
MEGABYTE = 1024 * 1024


class Family(StrEnum):
    """Inputs of one kind; the families are thrown one after the other."""

    WEBHOOKS = "webhooks"
    REQUESTS = "requests"
    ANSWERS = "answers"
    CONNECTIONS = "connections"
    FILES = "files"


INPUTS: Mapping[Family, int] = {
    Family.WEBHOOKS: 4500,
    Family.REQUESTS: 3500,
    Family.ANSWERS: 600,
    Family.CONNECTIONS: 1900,
    Family.FILES: 90,
}
# How long one family may be thrown. A service that holds up does not make the run endless.
SECONDS: Mapping[Family, float] = {
    Family.WEBHOOKS: 45.0,
    Family.REQUESTS: 45.0,
    Family.ANSWERS: 60.0,
    Family.CONNECTIONS: 30.0,
    Family.FILES: 30.0,
}
QUICK_SHARE = 0.1
# These are to meet the service's budgets for connections and bodies under way: told to come again, they are answered.
MAY_BE_REFUSED = frozenset({Family.CONNECTIONS})
# How many others may be told to come again, for the disk of the store is not always as fast as a service is asked.
REFUSED_SHARE = 0.01


# How many lines an input may leave in the log, on average. What is wrong in an answer, or with a file, is said.
LOG_LINES: Mapping[Family, float] = {**dict.fromkeys(Family, 0.25), Family.ANSWERS: 5.0, Family.FILES: 2.0}


@frozen(kw_only=True)
class Bounds:
    """What must hold, whatever is thrown. Memory is counted above the idle service.

    `stall_seconds`: the longest time to the answer of /livez. `memory_megabytes`: the peak. Memory is given back when
    no more than `kept_megabytes` are left `settle_seconds` after the attack. `honest_seconds`: an honest message is
    answered within that.
    """

    stall_seconds: float = 0.25
    memory_megabytes: float = 250.0
    kept_megabytes: float = 60.0
    settle_seconds: float = 30.0
    honest_seconds: float = 30.0


@frozen(kw_only=True)
class Plan:
    """The size of a run; `families` may be fewer, to look at one of them.

    `patience`: on a machine that is busy with other things, everything may take so many times as long. Memory may not.
    """

    seed: int = field(validator=ge(0))
    quick: bool = False
    families: tuple[Family, ...] = tuple(Family)
    patience: float = field(default=1.0, validator=ge(1))

    @property
    def bounds(self) -> Bounds:
        usual = Bounds()
        return evolve(
            usual,
            stall_seconds=usual.stall_seconds * self.patience,
            settle_seconds=usual.settle_seconds * self.patience,
            honest_seconds=usual.honest_seconds * self.patience,
        )

    def inputs(self, family: Family) -> int:
        """How many inputs this family throws."""
        return round(INPUTS[family] * QUICK_SHARE) if self.quick else INPUTS[family]

    def seconds(self, family: Family) -> float:
        """How long it may take. A quick run throws a tenth, in half the time: some inputs take what they take."""
        return self.patience * (SECONDS[family] / 2 if self.quick else SECONDS[family])

    @property
    def command(self) -> str:
        """How to run the same again."""
        chosen = "" if self.families == tuple(Family) else "".join(f" --only {family}" for family in self.families)
        return f"python -m attack --seed {self.seed}{' --quick' if self.quick else ''}{chosen}"

    def as_json(self) -> dict[str, Any]:
        return {"seed": self.seed, "quick": self.quick, "families": list(self.families)}
