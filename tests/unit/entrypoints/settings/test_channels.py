"""The entries of channels.yaml: their names and types, and one number each."""

import httpx
import pytest

from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from support.configuration import REQUIRED_KEYS, ConfigurationDirectory


def entry(name: str, number: str = "1", more: str = "") -> str:
    keys = {**REQUIRED_KEYS, "phone_number_id": f'"{number}"'}
    return f"  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in keys.items()) + more


def test_two_numbers_are_two_entries(config: ConfigurationDirectory) -> None:
    config.write_channels("channels:\n" + entry("whatsapp", "1") + entry("sales", "2", "    type: whatsapp\n"))

    assert [channel.name for channel in config.load().channels] == ["whatsapp", "sales"]


def test_two_entries_cannot_share_a_number(config: ConfigurationDirectory) -> None:
    config.write_channels("channels:\n" + entry("whatsapp") + entry("sales", more="    type: whatsapp\n"))

    expected = (
        "channels.sales.phone_number_id: is the same as that of channels.whatsapp; keep one entry for each account"
    )
    assert expected in config.error()


@pytest.mark.parametrize("written", ["", '    type: "telex"\n', "    type: [whatsapp]\n"])
def test_an_unknown_type_is_refused_with_the_known_ones(config: ConfigurationDirectory, written: str) -> None:
    """An entry without a type has the type of its name."""
    config.write_channels("channels:\n" + entry("sales", more=written))

    expected = "channels.sales: is of an unknown type; write type: and one of the known types: telegram, whatsapp"
    assert expected in config.error()


@pytest.mark.parametrize("name", ['""', '"a:b"', "a/b", "Sales", "a b", "-a", '"a.b"', "5", "ä"])
def test_a_name_must_fit_addresses_and_keys(config: ConfigurationDirectory, name: str) -> None:
    config.write_channels(f"channels: {{{name}: {{type: whatsapp}}}}\n")

    assert "is no name for a channel; use lower-case letters, digits, - and _" in config.error()


def test_an_entry_is_not_named_twice(config: ConfigurationDirectory) -> None:
    config.write_whatsapp(name="other")

    assert "channels.whatsapp: unknown key name; remove it" in config.error()


def test_an_entry_without_keys_is_refused(config: ConfigurationDirectory) -> None:
    config.write_channels("channels:\n  whatsapp:\n")

    assert "channels.whatsapp: must be a block of keys, but is nothing" in config.error()


def test_a_misspelt_channels_is_named(config: ConfigurationDirectory) -> None:
    config.write_channels("chanels:\n  whatsapp: {}\n")

    unknown, nothing = config.errors()

    assert "channels.yaml: unknown key chanels; did you mean channels?" in unknown
    assert "channels.yaml: channels: names no channel; write one entry below it for each number or account" in nothing


@pytest.mark.parametrize("written", ["resend", "dead_letter"])
def test_what_follows_an_unconfirmed_send_is_chosen(config: ConfigurationDirectory, written: str) -> None:
    """The channel gets it."""
    config.write_whatsapp(unconfirmed_sends=written)

    (channel,) = build_channels(config.load(), ChannelTypes.installed(), httpx.AsyncClient())

    assert channel.unconfirmed_sends == written


def test_a_confirmation_cannot_be_chosen(config: ConfigurationDirectory) -> None:
    """The channel has it, or has it not."""
    config.write_whatsapp(unconfirmed_sends="confirm")

    expected = "channels.whatsapp.unconfirmed_sends: cannot wait for a confirmation; write resend or dead_letter"
    assert expected in config.error()
