"""The doctor's checks of a Telegram bot."""

from typing import Any

import httpx
import pytest
from attrs import evolve

from entrypoints.doctor import Finding
from entrypoints.doctor.findings import Status
from entrypoints.doctor.telegram import CHECKS, UPDATES
from entrypoints.settings import Secret
from entrypoints.settings.telegram import Receive, TelegramSettings

TOKEN = "4711:AAFakeButHidden"
CHANNEL = TelegramSettings(
    name="telegram",
    bot_token=Secret(TOKEN),
    secret_token=(Secret("fake-secret"),),
    default_agent="assistant",
    api_url="https://telegram.example/",
)
ADDRESS = "https://acme.example/v1/channels/telegram/webhook"
WEBHOOK = {"url": ADDRESS, "pending_update_count": 3, "allowed_updates": list(UPDATES)}


async def examine(
    webhook: dict[str, Any] | None = None, *, status: int = 200, channel: TelegramSettings = CHANNEL
) -> dict[str, Finding]:
    """What the checks find, by name."""

    def answer(request: httpx.Request) -> httpx.Response:
        if status != 200:
            return httpx.Response(status, json={"ok": False, "description": f"no {TOKEN}"})
        results = {"getMe": {"username": "acme_bot"}, "getWebhookInfo": WEBHOOK if webhook is None else webhook}
        return httpx.Response(200, json={"ok": True, "result": results[request.url.path.rpartition("/")[2]]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        findings = [await check(channel, client) for check in CHECKS.online]
    assert TOKEN not in repr(findings)
    return {finding.name: finding for finding in findings}


async def test_a_bot_that_gets_its_updates_is_well() -> None:
    """The findings say which bot, where, and how many updates wait."""
    found = await examine()

    assert {finding.status for finding in found.values()} == {Status.OK}
    assert "@acme_bot" in found["telegram: token and bot"].message
    assert f"{ADDRESS}; 3 updates wait" in found["telegram: webhook"].message


@pytest.mark.parametrize(("status", "expected"), [(401, Status.FAILED), (404, Status.FAILED), (502, Status.WARNING)])
async def test_a_refused_token_and_an_outage_are_told_apart(status: int, expected: Status) -> None:
    found = await examine(status=status)

    assert found["telegram: token and bot"].status is expected
    assert found["telegram: webhook"].status is Status.WARNING


async def test_an_address_that_cannot_be_reached_fails() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no {request.url}")

    async with httpx.AsyncClient(transport=httpx.MockTransport(away)) as client:
        findings = [await check(CHANNEL, client) for check in CHECKS.online]

    assert [finding.status for finding in findings] == [Status.FAILED, Status.WARNING]
    assert TOKEN not in repr(findings)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"url": ""}, Status.FAILED, "no webhook"),
        ({"url": "https://acme.example/other"}, Status.WARNING, "not the address"),
        ({"allowed_updates": ["message"]}, Status.WARNING, "message_reaction"),
        ({"last_error_message": "Wrong response: 403", "last_error_date": 1_750_000_000}, Status.WARNING, "2025-06-15"),
    ],
)
async def test_what_keeps_updates_away_is_found(change: dict[str, Any], status: Status, words: str) -> None:
    finding = (await examine({**WEBHOOK, **change}))["telegram: webhook"]

    assert finding.status is status
    assert words in finding.message


@pytest.mark.parametrize(
    ("webhook", "status", "words"),
    [
        ({"url": "", "pending_update_count": 3}, Status.OK, "there is none, as updates are fetched; 3 updates wait"),
        (WEBHOOK, Status.FAILED, "so no update can be fetched"),
    ],
)
async def test_a_bot_whose_updates_are_fetched_has_no_webhook(
    webhook: dict[str, Any], status: Status, words: str
) -> None:
    """With one, Telegram gives out no updates. The fix names the command that removes it."""
    finding = (await examine(webhook, channel=evolve(CHANNEL, receive=Receive.POLLING)))["telegram: webhook"]

    assert finding.status is status
    assert words in finding.message
    assert ("channels unregister telegram" in finding.fix) is (status is Status.FAILED)


async def test_each_entry_has_its_own_address() -> None:
    """Its name is in it."""
    finding = (await examine(channel=evolve(CHANNEL, name="shop")))["shop: webhook"]

    assert finding.status is Status.WARNING
