"""Read the configuration directory and the environment into `Settings`."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from entrypoints.settings.environment import override
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import block, read_block, unknown_keys
from entrypoints.settings.schema import ChannelSettings, ServiceSettings, Settings
from entrypoints.settings.texts import in_language
from entrypoints.settings.whatsapp import WhatsAppSettings
from entrypoints.settings.yaml_file import read_yaml

CHANNELS_FILE = "channels.yaml"
SERVICE_FILE = "service.yaml"

# A new type of channel is one more entry.
CHANNEL_TYPES: Mapping[str, type[ChannelSettings]] = {"whatsapp": WhatsAppSettings}

# /v1/channels/events is the stream of events.
RESERVED_NAMES = frozenset({"events"})


def default_config_dir(environ: Mapping[str, str]) -> Path:
    """The configuration directory where no other is named."""
    return Path(environ.get("TRUNKLINE_CONFIG_DIR") or "config")


def load_settings(*, config_dir: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `config_dir`, with `${...}` and `TRUNKLINE_` variables from `environ`.

    Raises:
        ConfigurationError: with everything that is wrong, not only the first mistake.
    """
    problems: list[Problem] = []
    service: ServiceSettings | None = None
    channels: tuple[ChannelSettings, ...] = ()
    path = config_dir / SERVICE_FILE
    with collected(problems, where=str(path)):
        tree = read_yaml(path, environ=environ) if path.exists() else {}
        service = read_block(ServiceSettings, override(tree, environ=environ))
    path = config_dir / CHANNELS_FILE
    with collected(problems, where=str(path)):
        if not path.exists():
            fix = "let `trunkline init` write an example, or name the directory it is in"
            raise ConfigurationError.of("there is no such file", fix=fix)
        channels = read_channels(read_yaml(path, environ=environ))
    if problems or service is None:
        raise ConfigurationError(problems)
    return Settings(service=service, channels=channels)


def read_channels(tree: Mapping[str, Any]) -> tuple[ChannelSettings, ...]:
    """The channels in the tree of channels.yaml.

    Raises:
        ConfigurationError: with every mistake.
    """
    problems = unknown_keys(tree, known=["channels"])
    entries = tree.get("channels")
    if not (isinstance(entries, Mapping) and entries):
        fix = "write one entry below it for each number"
        raise ConfigurationError([*problems, Problem(key="channels", message="names no channel", fix=fix)])
    channels = []
    for name, entry in entries.items():
        with collected(problems, key=f"channels.{name}"):
            channels.append(_channel(name, entry))
    problems += _shared_accounts(channels)
    if problems:
        raise ConfigurationError(problems)
    return tuple(channels)


def _channel(name: object, entry: object) -> ChannelSettings:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        fix = "use lower-case letters, digits, - and _, beginning with a letter or a digit (numbers in quotes)"
        raise ConfigurationError.of("is no name for a channel", fix=fix)
    if name in RESERVED_NAMES:
        raise ConfigurationError.of("is part of an address of Trunkline", fix="give the channel another name")
    keys = dict(block(entry))
    channel = read_block(_type(keys.pop("type", name)), keys, name=name)
    return evolve(channel, texts=in_language(channel.texts, channel.language))


def _type(written: object) -> type[ChannelSettings]:
    kind = CHANNEL_TYPES.get(written) if isinstance(written, str) else None
    if kind is None:
        known = ", ".join(CHANNEL_TYPES)
        raise ConfigurationError.of("is of an unknown type", fix=f"write type: and one of the known types: {known}")
    return kind


def _shared_accounts(channels: Sequence[ChannelSettings]) -> list[Problem]:
    """Two entries with one account: a message for it would belong to either."""
    owners: dict[tuple[str, str], str] = {}
    problems = []
    for channel in channels:
        owner = owners.setdefault(channel.account, channel.name)
        if owner != channel.name:
            key = f"channels.{channel.name}.{channel.account[0]}"
            message = f"is the same as that of channels.{owner}"
            problems.append(Problem(key=key, message=message, fix="keep one entry for each number"))
    return problems
