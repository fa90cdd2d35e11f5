"""Several numbers share a webhook address: for which of them a body may speak."""

from pathlib import Path

import httpx
import pytest

from application.channels import Channels
from application.ports.inbound_channel import ForgedWebhookError
from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from support.configuration import REQUIRED_KEYS, ConfigurationDirectory
from support.whatsapp_webhooks import URL, sign

BODY = b"{}"


def channels(directory: Path, **secrets: list[str]) -> Channels:
    """One entry for each name, with its app secrets."""
    entries = []
    for number, (name, listed) in enumerate(secrets.items(), 1):
        keys = REQUIRED_KEYS | {"phone_number_id": f'"{number}"', "app_secret": str(listed), "type": "whatsapp"}
        entries.append(f"  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in keys.items()))
    config = ConfigurationDirectory(directory)
    config.write_channels("channels:\n" + "".join(entries))
    return build_channels(config.load(), ChannelTypes.installed(), httpx.AsyncClient())


def test_numbers_of_one_app_share_an_address(tmp_path: Path) -> None:
    """A body with the signature of their secret speaks for both, at both addresses."""
    shop, sales = channels(tmp_path, shop=["shared"], sales=["shared"])

    for channel in (shop, sales):
        assert channel.inbound.verify(headers=sign(BODY, "shared"), body=BODY, url=URL) == {"shop", "sales"}


def test_a_foreign_secret_does_not_give_access_to_its_channel(tmp_path: Path) -> None:
    """The shop lists the secret of sales beside its own, but sales does not list the shop's."""
    shop, sales = channels(tmp_path, shop=["own", "theirs"], sales=["theirs"])

    assert shop.inbound.verify(headers=sign(BODY, "own"), body=BODY, url=URL) == {"shop"}
    assert shop.inbound.verify(headers=sign(BODY, "theirs"), body=BODY, url=URL) == {"shop", "sales"}
    with pytest.raises(ForgedWebhookError):
        sales.inbound.verify(headers=sign(BODY, "own"), body=BODY, url=URL)
