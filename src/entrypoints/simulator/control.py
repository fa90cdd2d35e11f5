"""How badly Meta behaves: what tests and chaos runs turn up."""

from collections.abc import Mapping
from random import Random

from attrs import field, frozen
from attrs.validators import and_, ge, le, optional
from cattrs import Converter
from cattrs.errors import ClassValidationError

PROBABILITY = and_(ge(0.0), le(1.0))
LONGEST_HOLD_SECONDS = 1.0


class ControlRejectedError(Exception):
    """The settings cannot be understood; the message says which and why."""


@frozen(kw_only=True)
class Control:
    """What goes wrong on purpose; probabilities are between 0 and 1, everything is off by default.

    duplicate: a webhook is posted a second time, half of them at the same moment, half up to a second later.
    reorder: a webhook is held back up to a second, so that later ones overtake it.
    delay_seconds: every webhook waits this long.
    fail_sends: so many of the next sends are refused, with `fail_status` and Meta's `fail_code`.
    unanswered: a send is accepted, but the request is never answered.
    statuses: whether sent, delivered and read are called back, `status_delay_seconds` apart.
    longest_pause_seconds: how long Meta waits at most before it delivers again what was not answered 200.
    seed: makes the dice repeatable.
    """

    duplicate: float = field(default=0.0, validator=PROBABILITY)
    reorder: float = field(default=0.0, validator=PROBABILITY)
    delay_seconds: float = field(default=0.0, validator=ge(0.0))
    fail_sends: int = field(default=0, validator=ge(0))
    fail_status: int = field(default=500, validator=and_(ge(400), le(599)))
    fail_code: int = 131000
    unanswered: float = field(default=0.0, validator=PROBABILITY)
    statuses: bool = True
    status_delay_seconds: float = field(default=0.2, validator=ge(0.0))
    longest_pause_seconds: float = field(default=10.0, validator=ge(0.1))
    seed: int | None = field(default=None, validator=optional(ge(0)))

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> "Control":
        """Settings from JSON data; what is left out has its default.

        Raises:
            ControlRejectedError: for an unknown name or an impossible value.
        """
        try:
            return Converter(forbid_extra_keys=True).structure(data, cls)
        except ClassValidationError as error:
            raise ControlRejectedError("; ".join(str(cause) for cause in error.exceptions)) from error


class Dice:
    """Decides what chance decides, repeatably when seeded."""

    def __init__(self, *, seed: int | None) -> None:
        self._random = Random(seed)  # noqa: S311 - fault injection, no secret

    def says(self, probability: float) -> bool:
        return self._random.random() < probability

    def seconds_up_to(self, longest: float) -> float:
        return self._random.uniform(0, longest)
