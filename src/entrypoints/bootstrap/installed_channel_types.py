"""The types of channels that this installation has: Trunkline's own, and those of installed plug-ins."""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from attrs import frozen

from entrypoints.bootstrap.telegram import TELEGRAM
from entrypoints.bootstrap.whatsapp import WHATSAPP
from entrypoints.channel_types import CONTRACT, ChannelType
from entrypoints.settings import ChannelSettings, ConfigurationError

GROUP = "trunkline.channels"
OWN = (WHATSAPP, TELEGRAM)
MAX_REASON = 200
REPAIR = "repair or update that package"


@frozen
class ChannelTypes:
    """`own` are the types of this package. A plug-in is imported when an entry of channels.yaml has its type."""

    own: Sequence[ChannelType]
    plug_ins: Sequence[EntryPoint] = ()

    @classmethod
    def installed(cls) -> "ChannelTypes":
        """Our own types, and the plug-ins of every package in this environment."""
        return cls(OWN, tuple(entry_points(group=GROUP)))

    @property
    def names(self) -> list[str]:
        """The names of all types."""
        return sorted({*(kind.name for kind in self.own), *(plug_in.name for plug_in in self.plug_ins)})

    def __getitem__(self, name: str) -> ChannelType:
        """The type called `name`.

        Raises:
            ConfigurationError: there is no such type, or its plug-in cannot be used.
        """
        own = [kind for kind in self.own if kind.name == name]
        plug_ins = [plug_in for plug_in in self.plug_ins if plug_in.name == name]
        if not own and not plug_ins:
            fix = f"write type: and one of the known types: {', '.join(self.names)}"
            raise ConfigurationError.of("is of an unknown type", fix=fix)
        if len(own) + len(plug_ins) > 1:
            packages = ", ".join([*("trunkline" for _ in own), *map(_package, plug_ins)])
            raise ConfigurationError.of(
                f"has the type {name}, which several packages have: {packages}", fix="uninstall all but one of them"
            )
        return own[0] if own else _load(plug_ins[0])

    def of(self, channel: ChannelSettings) -> ChannelType:
        """The type of this entry."""
        return self[channel.type]


def _load(plug_in: EntryPoint) -> ChannelType:
    """Import a plug-in. Any code may run then, so any error may come of it."""
    package = f"the package {_package(plug_in)} has the type {plug_in.name}"
    try:
        kind = plug_in.load()
    except Exception as error:
        reason = " ".join(str(error).split())[:MAX_REASON]
        message = f"{package}, which cannot be imported ({type(error).__name__}: {reason})"
        raise ConfigurationError.of(message, fix=REPAIR) from error
    if not isinstance(kind, ChannelType):
        raise ConfigurationError.of(f"{package}, but {plug_in.value} is no ChannelType", fix=REPAIR)
    if kind.contract != CONTRACT:
        raise ConfigurationError.of(
            f"{package}, which is written for version {kind.contract} of the channel contract; this Trunkline has "
            f"version {CONTRACT}",
            fix=f"install a version of {_package(plug_in)} for this Trunkline",
        )
    if kind.name != plug_in.name:
        raise ConfigurationError.of(f"{package}, but {plug_in.value} says that it is {kind.name}", fix=REPAIR)
    return kind


def _package(plug_in: EntryPoint) -> str:
    return f"{plug_in.dist.name} {plug_in.dist.version}" if plug_in.dist else plug_in.module
