"""An operator, and what they may do."""

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

# It is a part of the token, and is shown in lists, logs and events.
NAME_PATTERN = r"[A-Za-z0-9][A-Za-z0-9@._-]{0,63}"
# Names that no operator may have: the holder of the token in the configuration, development without a token, and a word
# that has a meaning in addresses.
ADMIN = "admin"
DEVELOPER = "developer"
RESERVED_NAMES = frozenset({ADMIN, DEVELOPER, "me"})
MAX_CHANNELS = 100


class Role(StrEnum):
    """What somebody may do, from little to much: each role includes the ones before it.

    VIEWER: see everything, and change nothing. OPERATOR: also answer, take over, decide and replay.
    ADMIN: also manage operators, and read the audit log.
    """

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


@frozen(kw_only=True)
class Operator:
    """A person or program that operates the service. `channels`: those they see; none means all of them."""

    name: str
    role: Role
    channels: tuple[str, ...] = field(default=(), converter=_sorted)

    def sees(self, channel: str) -> bool:
        """Whether anything of this channel may be shown to them."""
        return not self.channels or channel in self.channels
