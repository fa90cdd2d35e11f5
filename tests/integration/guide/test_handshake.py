"""Guide, "Verify the Token" and "GET Webhook (Verification)"."""

import httpx
import pytest

from support.service import Service, StartService
from support.simulator import VERIFY_TOKEN, RunningSimulator


async def shake(service: Service, *, headers: dict[str, str] | None = None, **parameters: str) -> httpx.Response:
    """The request Meta makes; `parameters` change or, when empty, drop what it carries."""
    query = {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "1158201444"} | parameters
    params = {f"hub.{name}": value for name, value in query.items() if value}
    return await service.http.get(service.webhook_url, params=params, headers=headers)


async def test_meta_confirms_the_webhook(guide_service: Service, guide_meta: RunningSimulator) -> None:
    """ "Meta will send a GET request to your URL with the verify token to confirm ownership": handled by itself."""
    guide_meta.point_at(guide_service.webhook_url)

    await guide_meta.simulator.verify_webhook()


async def test_the_challenge_comes_back_as_plain_text(guide_service: Service) -> None:
    """ "If mode == subscribe and token matches, the handler returns the challenge value as a plain text response"."""
    answer = await shake(guide_service)

    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_challenge_is_any_text(guide_service: Service) -> None:
    """ "It returns the challenge string" unchanged: with leading zeros, and of any characters."""
    answer = await shake(guide_service, challenge="0042/a b+c&d")

    assert answer.text == "0042/a b+c&d"


@pytest.mark.parametrize("mode", ["", "unsubscribe", "Subscribe"])
async def test_another_mode_is_refused(guide_service: Service, mode: str) -> None:
    """ "If mode == subscribe": with another mode nothing is confirmed."""
    answer = await shake(guide_service, mode=mode)

    assert answer.status_code == 403
    assert "1158201444" not in answer.text


@pytest.mark.parametrize("token", ["", "another-token"])
async def test_another_token_is_refused(guide_service: Service, token: str) -> None:
    """ "Compares the verify_token from the query parameter against the configured WHATSAPP_VERIFY_TOKEN"."""
    answer = await shake(guide_service, verify_token=token)

    assert answer.status_code == 403
    assert "1158201444" not in answer.text


async def test_the_token_is_an_arbitrary_string(start_service: StartService) -> None:
    """ "Choose a Verify Token: this is an arbitrary string you create"."""
    token = "my-secret verify&token=2026 + ¿qué? 100%"
    service = await start_service(role="web", verify_token=token)

    answer = await shake(service, verify_token=token)

    assert (answer.status_code, answer.text) == (200, "1158201444")


async def test_any_host_name_will_do(guide_service: Service) -> None:
    """ "The ngrok URL changes each time you restart ngrok": nothing in the service depends on it."""
    answer = await shake(guide_service, headers={"host": "abc123.ngrok-free.app", "x-forwarded-proto": "https"})

    assert answer.text == "1158201444"
