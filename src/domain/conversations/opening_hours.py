"""When somebody is there, in a time zone."""

from datetime import datetime, tzinfo

from attrs import field, frozen
from attrs.validators import ge, le, lt

DAY_MINUTES = 24 * 60


@frozen(kw_only=True)
class OpenSpan:
    """From the minute `opens` of a day until before the minute `closes`. Monday is the `weekday` 0."""

    weekday: int = field(validator=[ge(0), le(6)])
    opens: int = field(validator=[ge(0), lt(DAY_MINUTES)])
    closes: int = field(validator=[ge(1), le(DAY_MINUTES)])


@frozen(kw_only=True)
class OpeningHours:
    """The spans of a week, by the clocks of `zone`."""

    zone: tzinfo
    spans: tuple[OpenSpan, ...]

    def include(self, at: float) -> bool:
        """Whether this moment, in unix seconds, is in one of them."""
        local = datetime.fromtimestamp(at, self.zone)
        minute = 60 * local.hour + local.minute
        return any(span.weekday == local.weekday() and span.opens <= minute < span.closes for span in self.spans)
