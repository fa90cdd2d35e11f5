"""How badly Meta behaves: what tests and chaos runs turn up."""

from collections.abc import Mapping
from random import Random

from attrs import field, frozen
from attrs.validators import and_, ge, in_, le, optional
from cattrs import Converter
from cattrs.errors import ClassValidationError

PROBABILITY = and_(ge(0.0), le(1.0))
HTTP_ERROR = and_(ge(400), le(599))
MAX_HOLD_SECONDS = 1.0


class ControlRejectedError(Exception):
    """The settings cannot be understood; the message says which and why."""


@frozen(kw_only=True)
class Control:
    """What goes wrong on purpose; probabilities are between 0 and 1, everything is off by default.

    Webhooks
        duplicate: one is posted a second time, half of them at the same moment, half up to a second later.
        reorder: one is held back up to a second, so that later ones overtake it.
        delay_seconds: each waits this long.
        batch: so many changes travel in one call, which waits for them at most `batch_seconds`.
        longest_pause_seconds: how long Meta waits at most before it delivers again what was not answered 200.
    Sends
        fail_sends: so many of the next are refused with Meta's `fail_code`, and `fail_status` instead of the usual
            HTTP status. `fail_to` (digits) spares everybody else, `fail_as` is how the refusal is written.
        unanswered: one is accepted, but the request is never answered.
        fail_later: so many of the next are accepted, and then fail with `fail_later_code`.
        strict_window: who has never written cannot be written to either.
        pair_limit: more than 45 messages at once, and then one each 6 seconds, are refused for a person.
        messages_per_second: more of them are refused for the number; 0 is no limit.
        fetch_links: files are fetched from their links as soon as they are sent.
    Statuses
        statuses: whether sent, delivered and read are called back, `status_delay_seconds` apart.
        statuses_reversed: delivered is called back before sent.
        statuses_twice: each is called back two times.
    Media
        media_url_seconds: how long the address of a file works.
        fail_downloads: so many of the next are answered 404.
        fail_uploads: so many of the next are refused with `fail_uploads_code`, and its usual HTTP status.
        uploads_seconds: how long the id of an upload can be sent.
    seed: makes the dice repeatable.
    """

    duplicate: float = field(default=0.0, validator=PROBABILITY)
    reorder: float = field(default=0.0, validator=PROBABILITY)
    delay_seconds: float = field(default=0.0, validator=ge(0.0))
    batch: int = field(default=1, validator=and_(ge(1), le(1000)))
    batch_seconds: float = field(default=1.0, validator=ge(0.0))
    longest_pause_seconds: float = field(default=10.0, validator=ge(0.1))
    fail_sends: int = field(default=0, validator=ge(0))
    fail_status: int | None = field(default=None, validator=optional(HTTP_ERROR))
    fail_code: int = 131000
    fail_to: str = ""
    fail_as: str = field(default="object", validator=in_(("object", "text", "html")))
    unanswered: float = field(default=0.0, validator=PROBABILITY)
    fail_later: int = field(default=0, validator=ge(0))
    fail_later_code: int = 131026
    strict_window: bool = False
    pair_limit: bool = False
    messages_per_second: int = field(default=0, validator=ge(0))
    fetch_links: bool = True
    statuses: bool = True
    status_delay_seconds: float = field(default=0.2, validator=ge(0.0))
    statuses_reversed: bool = False
    statuses_twice: bool = False
    media_url_seconds: float = field(default=300.0, validator=ge(0.0))
    fail_downloads: int = field(default=0, validator=ge(0))
    fail_uploads: int = field(default=0, validator=ge(0))
    fail_uploads_code: int = 131000
    uploads_seconds: float = field(default=30 * 86_400.0, validator=ge(0.0))
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


class FaultRandom:
    """Decides what chance decides, repeatably when seeded."""

    def __init__(self, *, seed: int | None) -> None:
        self._random = Random(seed)  # noqa: S311 - fault injection, no secret

    def says(self, probability: float) -> bool:
        return self._random.random() < probability

    def seconds_up_to(self, longest: float) -> float:
        return self._random.uniform(0, longest)
