"""The keys of one receiver of events, in the list `webhooks` of service.yaml."""

import re

from attrs import field, frozen

from domain.conversations.activity import ActivityKind
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import READER, read_block, texts
from entrypoints.settings.webhooks import SignedAddressSettings

MAX_RECEIVERS = 10
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
KINDS = frozenset(kind.value for kind in ActivityKind)


def _name(_instance: object, _attribute: object, value: str) -> None:
    if not NAME.fullmatch(value):
        fix = "use up to 40 lower-case letters, digits, - and _, beginning with a letter or a digit"
        raise ConfigurationError.of("is no name of a receiver", fix=fix)


def _kinds(_instance: object, _attribute: object, values: tuple[str, ...]) -> None:
    if unknown := [value for value in values if value not in KINDS]:
        raise ConfigurationError.of(
            f"has {len(unknown)} that are not kinds of events",
            fix=f"write some of {', '.join(sorted(KINDS))}, or no kinds",
        )


@frozen(kw_only=True)
class EventReceiverSettings(SignedAddressSettings):
    """A system that gets every event, or those of the `kinds`, signed and in order.

    `name` is what its progress is stored under.
    """

    name: str = field(validator=_name)
    kinds: tuple[str, ...] = field(default=(), validator=_kinds, metadata={READER: texts})

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.url is None:
            raise ConfigurationError.of("has no url", fix="write the address that gets the events")


def read_receivers(value: object) -> tuple[EventReceiverSettings, ...]:
    """Read the list of receivers.

    Raises:
        ConfigurationError: with everything that is wrong.
    """
    if not isinstance(value, list):
        raise ConfigurationError.of("is no list", fix="begin each receiver with a dash")
    receivers, problems = list[EventReceiverSettings](), list[Problem]()
    for position, entry in enumerate(value, 1):
        with collected(problems, key=position):
            receiver = read_block(EventReceiverSettings, entry)
            if receiver.name in {other.name for other in receivers}:
                raise ConfigurationError.of("has the name of another entry", fix="give each entry its own name")
            receivers.append(receiver)
    if len(value) > MAX_RECEIVERS:
        problems.append(Problem(message=f"has {len(value)} entries", fix=f"write at most {MAX_RECEIVERS}"))
    if problems:
        raise ConfigurationError(problems)
    return tuple(receivers)
