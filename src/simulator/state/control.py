"""The faults of the simulated Meta, as tests and chaos runs ask for them."""

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
    """A setting is unknown or has an impossible value. The message says which and why."""


@frozen(kw_only=True)
class Control:
    """The faults to make on purpose. By default there are none. Probabilities are between 0 and 1.

    Webhooks
        duplicate: the probability of a second call. Half of these come at the same time, half up to a second later.
        reorder: the probability that a call is held back for up to a second, so that later calls overtake it.
        delay_seconds: the delay of each call.
        batch: how many changes share one call. A change waits at most `batch_seconds` for the others.
        max_pause_seconds: the longest pause before Meta repeats a call that was not answered with 200.
    Sends
        fail_sends: how many of the next sends are refused, with Meta's `fail_code`. `fail_status` replaces the usual
            HTTP status of that code. With `fail_to` (digits) only sends to that person are refused. `fail_as` is the
            form of the refusal: "object" as usual, "text" for error data that is a text, "html" for a page.
        unanswered: the probability that a send is accepted and its request never answered.
        fail_later: how many of the next sends are accepted and then fail, with `fail_later_code`.
        strict_window: whether sends to a person who has never written are refused.
        pair_limit: whether more than 45 messages at once to one person, and then one each 6 seconds, are refused.
        messages_per_second: the limit of the business number. 0 is no limit.
        fetch_links: whether a file is fetched from its link as soon as the message is sent.
    Statuses
        statuses: whether the webhook is called for sent, delivered and read, `status_delay_seconds` apart.
        statuses_reversed: whether delivered comes before sent.
        statuses_twice: whether each status comes twice.
    Media
        media_url_seconds: how long the address of a file works.
        fail_downloads: how many of the next downloads are answered with 404.
        fail_uploads: how many of the next uploads are refused with `fail_uploads_code`.
        uploads_seconds: how long the id of an upload can be sent.
    seed: makes all that depends on chance repeatable.
    """

    duplicate: float = field(default=0.0, validator=PROBABILITY)
    reorder: float = field(default=0.0, validator=PROBABILITY)
    delay_seconds: float = field(default=0.0, validator=ge(0.0))
    batch: int = field(default=1, validator=and_(ge(1), le(1000)))
    batch_seconds: float = field(default=1.0, validator=ge(0.0))
    max_pause_seconds: float = field(default=10.0, validator=ge(0.1))
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
        """Read the settings from JSON data. A missing setting has its default.

        Raises:
            ControlRejectedError: a name is unknown or a value is impossible.
        """
        try:
            return Converter(forbid_extra_keys=True).structure(data, cls)
        except ClassValidationError as error:
            raise ControlRejectedError("; ".join(str(cause) for cause in error.exceptions)) from error


class FaultRandom:
    """Decides by chance whether a fault happens. With a seed, a run can be repeated."""

    def __init__(self, *, seed: int | None) -> None:
        self._random = Random(seed)  # noqa: S311 - fault injection, no secret

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def seconds_up_to(self, limit: float) -> float:
        return self._random.uniform(0, limit)
