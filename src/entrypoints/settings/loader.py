"""Read the configuration directory and the environment into `Settings`."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from entrypoints.settings.channel import ChannelSettings
from entrypoints.settings.environment import override
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import block, read_block, unknown_keys
from entrypoints.settings.routing import in_language as rules_in_language
from entrypoints.settings.schema import ServiceSettings, Settings
from entrypoints.settings.texts import in_language
from entrypoints.settings.yaml_file import read_yaml

CHANNELS_FILE = "channels.yaml"
SERVICE_FILE = "service.yaml"

# /v1/channels/events is the stream of events.
RESERVED_NAMES = frozenset({"events"})

# The settings of a type of channel, by its name. Raises `ConfigurationError` where there is no such type.
type SettingsOfType = Callable[[str], type[ChannelSettings]]


def default_config_dir(environ: Mapping[str, str]) -> Path:
    """The configuration directory where no other is named."""
    return Path(environ.get("TRUNKLINE_CONFIG_DIR") or "config")


def read_settings(*, config_dir: Path, environ: Mapping[str, str], settings_of_type: SettingsOfType) -> Settings:
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
        channels = read_channels(read_yaml(path, environ=environ), settings_of_type=settings_of_type)
    if problems or service is None:
        raise ConfigurationError(problems)
    settings = Settings(service=service, channels=channels)
    if unknown := _unknown_runtimes(settings, where=str(path)):
        raise ConfigurationError(unknown)
    return settings


def _unknown_runtimes(settings: Settings, *, where: str) -> list[Problem]:
    """Where there are several runtimes: agents of channels with the name of none of them."""
    runtimes = [agents.name for agents in settings.service.agents if agents.name]
    return [
        Problem(
            where=where,
            key=f"channels.{channel.name}.{key}",
            message="names agents that service.yaml does not have",
            fix=f"write one of {', '.join(f'{name}/...' for name in runtimes)}, or the agent's name alone",
        )
        for channel in settings.channels
        for key, agent in channel.agents()
        if runtimes and "/" in agent and agent.partition("/")[0] not in runtimes
    ]


def written_types(config_dir: Path) -> list[str]:
    """The types that channels.yaml names, as they are written. What is wrong with the file, `read_settings` says."""
    try:
        entries = read_yaml(config_dir / CHANNELS_FILE, environ={}).get("channels")
    except ConfigurationError:
        return []
    blocks = entries if isinstance(entries, Mapping) else {}
    types = (entry.get("type", name) for name, entry in blocks.items() if isinstance(entry, Mapping))
    return list(dict.fromkeys(written for written in types if isinstance(written, str)))


def read_channels(tree: Mapping[str, Any], *, settings_of_type: SettingsOfType) -> tuple[ChannelSettings, ...]:
    """The channels in the tree of channels.yaml.

    Raises:
        ConfigurationError: with every mistake.
    """
    problems = unknown_keys(tree, known=["channels"])
    entries = tree.get("channels")
    if not (isinstance(entries, Mapping) and entries):
        fix = "write one entry below it for each number or account"
        raise ConfigurationError([*problems, Problem(key="channels", message="names no channel", fix=fix)])
    channels = []
    for name, entry in entries.items():
        with collected(problems, key=f"channels.{name}"):
            channels.append(_channel(name, entry, settings_of_type))
    problems += _shared_accounts(channels)
    if problems:
        raise ConfigurationError(problems)
    return tuple(channels)


def _channel(name: object, entry: object, settings_of_type: SettingsOfType) -> ChannelSettings:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        fix = "use lower-case letters, digits, - and _, beginning with a letter or a digit (numbers in quotes)"
        raise ConfigurationError.of("is no name for a channel", fix=fix)
    if name in RESERVED_NAMES:
        raise ConfigurationError.of("is part of an address of Trunkline", fix="give the channel another name")
    keys = dict(block(entry))
    written = keys.pop("type", name)
    kind = settings_of_type(written if isinstance(written, str) else "")
    channel = read_block(kind, keys, name=name, type=str(written))
    routing = channel.routing and rules_in_language(channel.routing, channel.language)
    return evolve(channel, texts=in_language(channel.texts, channel.language), routing=routing)


def _shared_accounts(channels: Sequence[ChannelSettings]) -> list[Problem]:
    """Two entries with one account: a message for it would belong to either."""
    owners: dict[tuple[str, str], str] = {}
    problems = []
    for channel in channels:
        owner = owners.setdefault(channel.account, channel.name)
        if owner != channel.name:
            key = f"channels.{channel.name}.{channel.account[0]}"
            message = f"is the same as that of channels.{owner}"
            problems.append(Problem(key=key, message=message, fix="keep one entry for each account"))
    return problems
