"""Callers cannot fill the memory."""

import asyncio

import psutil

from integration.hostile.conftest import Target
from support.phone import post
from support.simulator import APP_SECRET
from support.whatsapp_webhooks import sign

MEGABYTE = 1024 * 1024
ROUNDS = 20
AT_ONCE = 25
GENEROUS = 48 * MEGABYTE


async def test_thousands_of_bad_requests_leave_nothing_behind(target: Target) -> None:
    """Two thousand forged, unknown, malformed and large requests, after as many to warm up."""
    process = psutil.Process(target.service.process.pid)
    await _attack(target, rounds=ROUNDS)
    before = process.memory_info().rss

    await _attack(target, rounds=ROUNDS)

    assert process.memory_info().rss - before < GENEROUS
    assert process.num_fds() < 200


async def _attack(target: Target, *, rounds: int) -> None:
    for number in range(rounds):
        await asyncio.gather(*(_four(target, f"{number}-{each}") for each in range(AT_ONCE)))


async def _four(target: Target, name: str) -> None:
    http, url = target.service.http, target.service.url
    large = b"[" * 200_000
    signed = sign(large, APP_SECRET)
    replies = [
        await http.post(f"{url}/v1/channels/whatsapp/webhook", content=large),
        await http.post(f"{url}/v1/channels/whatsapp/webhook", content=large, headers=signed),
        await http.post(f"{url}/v1/channels/{name}/webhook", content=b"[]"),
        await http.get(f"{url}/{name}", headers={f"x-{name}": "y" * 1000}),
    ]
    assert [reply.status_code for reply in replies] == [403, 400, 404, 404]


async def test_a_webhook_of_the_largest_size_takes_a_bounded_time(target: Target) -> None:
    """Three megabytes of signed junk, three times, take no longer than a few of them should."""
    process = psutil.Process(target.service.process.pid)
    junk = b'{"object":"whatsapp_business_account","entry":[' + b"1," * 1_500_000 + b"1]}"
    before = process.memory_info().rss

    for _ in range(3):
        answer = await post(target.service, junk)

        assert answer.status_code == 200
    assert process.memory_info().rss - before < 4 * GENEROUS
