"""The entries of config/channels.yaml. A new type of channel is one more line in `CHANNEL_TYPES`."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve
from cattrs import Converter
from cattrs.errors import BaseValidationError

from entrypoints.settings.converter import explain, unknown_key
from entrypoints.settings.errors import SettingError
from entrypoints.settings.schema import ChannelSettings
from entrypoints.settings.texts import in_language
from entrypoints.settings.values import block
from entrypoints.settings.whatsapp import WhatsAppSettings

CHANNEL_TYPES: Mapping[str, type[ChannelSettings]] = {"whatsapp": WhatsAppSettings}

# /v1/channels/events is the stream of what happens.
TAKEN_NAMES = frozenset({"events"})

type Found = tuple[str, str, str]  # key, message, mend


def read_channels(tree: Mapping[str, Any], *, converter: Converter) -> tuple[tuple[ChannelSettings, ...], list[Found]]:
    """The channels in the tree of channels.yaml, and what is wrong with them."""
    found = [_at("", unknown_key(key, ["channels"])) for key in tree if key != "channels"]
    entries = tree.get("channels")
    if not (isinstance(entries, Mapping) and entries):
        return (), [*found, ("channels", "names no channel", "write one entry below it for each number")]
    channels = []
    for name, entry in entries.items():
        try:
            channels.append(_channel(name, entry, converter))
        except SettingError as error:
            found.append(_at(f"channels.{name}", error))
        except BaseValidationError as error:
            found += explain(error, key=f"channels.{name}")
    return tuple(channels), found + _shared_accounts(channels)


def _channel(name: object, entry: object, converter: Converter) -> ChannelSettings:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        mend = "use lower-case letters, digits, - and _, beginning with a letter or a digit (numbers in quotes)"
        raise SettingError("is no name for a channel", mend=mend)
    if name in TAKEN_NAMES:
        raise SettingError("is taken by an address of our own", mend="give the channel another name")
    keys = dict(block(entry))
    kind = _type(keys.pop("type", name))
    if "name" in keys:
        raise SettingError("unknown key name", mend=f"remove it; the channel is called {name}, as its block is")
    channel = converter.structure({**keys, "name": name}, kind)
    return evolve(channel, texts=in_language(channel.texts, channel.language))


def _type(written: object) -> type[ChannelSettings]:
    kind = CHANNEL_TYPES.get(written) if isinstance(written, str) else None
    if kind is None:
        known = ", ".join(CHANNEL_TYPES)
        raise SettingError("is of an unknown type", mend=f"write type: and one of the known types: {known}")
    return kind


def _shared_accounts(channels: list[ChannelSettings]) -> list[Found]:
    """One entry is one account: which entry a message belongs to must never be a guess."""
    owners: dict[tuple[str, str], str] = {}
    found = []
    for channel in channels:
        owner = owners.setdefault(channel.account, channel.name)
        if owner != channel.name:
            key, _ = channel.account
            message = f"is the same as that of channels.{owner}"
            found.append((f"channels.{channel.name}.{key}", message, "keep one entry for each number"))
    return found


def _at(key: str, error: SettingError) -> Found:
    return key, error.message, error.mend
