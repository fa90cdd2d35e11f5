"""How long to wait for a person to finish writing."""

from attrs import field, frozen
from attrs.validators import ge


@frozen(kw_only=True)
class Debounce:
    """Wait until no message came for `quiet_seconds`, but at most `cap_seconds` after the first message.

    Zero quiet seconds means: do not wait.
    """

    quiet_seconds: float = field(default=1.0, validator=ge(0))
    cap_seconds: float = field(default=5.0, validator=ge(0))


IMMEDIATE = Debounce(quiet_seconds=0, cap_seconds=0)
