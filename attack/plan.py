"""The inputs of one run, its duration, and the bounds that must hold."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import evolve, field, frozen
from attrs.validators import ge

# The secrets of this service. No response and no log line may hold one.
ACCESS_TOKEN = "fake-access-token-qzv"  # noqa: S105
APP_SECRET = "fake-app-secret-qzv"  # noqa: S105
VERIFY_TOKEN = "fake-verify-token-qzv"  # noqa: S105
ADMIN_TOKEN = "fake-admin-token-qzv"  # noqa: S105
TRANSCRIBER_KEY = "fake-transcriber-key-qzv"
TOOLS_SECRET = "fake-secret-of-tokens-for-tools-qzv"  # noqa: S105
SECRETS = (ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, ADMIN_TOKEN, TRANSCRIBER_KEY, TOOLS_SECRET)
CHANNEL = "whatsapp"
MEGABYTE = 1024 * 1024


class Family(StrEnum):
    """A group of similar inputs. The families are sent one after the other."""

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
# The time limit for one family, so that a slow service does not make the run endless.
SECONDS: Mapping[Family, float] = {
    Family.WEBHOOKS: 45.0,
    Family.REQUESTS: 45.0,
    Family.ANSWERS: 60.0,
    Family.CONNECTIONS: 30.0,
    Family.FILES: 30.0,
}
QUICK_SHARE = 0.1
# These families use up the budgets for connections and bodies, so a 503 with Retry-After is an expected response.
MAY_BE_REFUSED = frozenset({Family.CONNECTIONS})
# The share of other requests that may get 503: the disk of the store is sometimes too slow.
REFUSED_SHARE = 0.01


# How many log lines an input may cause, on average. Problems in answers and with files are logged.
LOG_LINES: Mapping[Family, float] = {**dict.fromkeys(Family, 0.25), Family.ANSWERS: 5.0, Family.FILES: 2.0}


@frozen(kw_only=True)
class Bounds:
    """What must hold for any input. Memory is counted above that of the idle service.

    `stall_seconds`: the longest time to the response of /livez. `memory_megabytes`: the peak. Memory counts as released
    when at most `kept_megabytes` are left `settle_seconds` after the attack. `honest_seconds`: an honest message is
    answered within that time.
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
        """How many inputs of this family are sent."""
        return round(INPUTS[family] * QUICK_SHARE) if self.quick else INPUTS[family]

    def seconds(self, family: Family) -> float:
        """The time limit.

        A quick run has a tenth of the inputs and half of the time, because some inputs have a fixed duration.
        """
        return self.patience * (SECONDS[family] / 2 if self.quick else SECONDS[family])

    @property
    def command(self) -> str:
        """The command that repeats this run."""
        chosen = "" if self.families == tuple(Family) else "".join(f" --only {family}" for family in self.families)
        return f"python -m attack --seed {self.seed}{' --quick' if self.quick else ''}{chosen}"

    def as_json(self) -> dict[str, Any]:
        return {"seed": self.seed, "quick": self.quick, "families": list(self.families)}
