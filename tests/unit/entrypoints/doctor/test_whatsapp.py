"""The doctor's findings from Meta about a number, each with its fix."""

from datetime import date
from typing import Any

import httpx
import pytest
from attrs import evolve

from entrypoints.doctor import Status
from entrypoints.settings import Secret
from support.doctor import ADDRESS, CHANNEL, NUMBER, TODAY, TOKEN, Answer, examine, meta, one, settings


def refusing(status: int, error: Any = None) -> Answer:
    return lambda _: httpx.Response(status, json={"error": error} if error else None)


async def test_the_number_is_requested_with_the_token() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return meta(request)

    finding = await one("whatsapp: token and number", answer=answer)

    request = asked[0]
    assert request.url.path == "/v25.0/106543218765432"
    assert request.url.params["fields"] == "display_phone_number,verified_name,quality_rating"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert finding.message == "+1 555 010 9999 (Acme), quality GREEN"


@pytest.mark.parametrize(
    ("status", "error", "expected", "message", "fix"),
    [
        (401, None, Status.FAILED, "expired or is wrong (HTTP 401)", "System User"),
        (400, {"code": 190}, Status.FAILED, "expired or is wrong (HTTP 400, code 190)", "System User"),
        (403, {"code": 10}, Status.FAILED, "lacks a permission (HTTP 403, code 10)", "whatsapp_business_messaging"),
        (400, {"code": 200}, Status.FAILED, "lacks a permission (HTTP 400, code 200)", "System User"),
        (
            400,
            {"code": 100, "error_subcode": 33},
            Status.FAILED,
            "cannot see a number with that id",
            "WhatsApp > API Setup",
        ),
        (404, None, Status.FAILED, "cannot see a number with that id (HTTP 404)", "WhatsApp > API Setup"),
        (429, None, Status.WARNING, "limits the rate of requests (HTTP 429)", "try again later"),
        (400, {"code": 4}, Status.WARNING, "limits the rate of requests (HTTP 400, code 4)", "try again later"),
        (503, None, Status.WARNING, "has an outage or an error (HTTP 503)", "metastatus.com"),
        (418, {"code": 77}, Status.FAILED, "refuses (HTTP 418, code 77)", "error codes"),
        (400, "odd", Status.FAILED, "refuses (HTTP 400)", "error codes"),
        (400, {"code": [1]}, Status.FAILED, "refuses (HTTP 400)", "error codes"),
    ],
)
async def test_a_refusal_is_explained(status: int, error: Any, expected: Status, message: str, fix: str) -> None:
    """Meta's own words are not repeated, because they may quote the token."""
    if isinstance(error, dict):
        error["message"] = f"Malformed access token {TOKEN}"

    finding = await one("whatsapp: token and number", answer=refusing(status, error))

    assert finding.status is expected
    assert message in finding.message
    assert fix in finding.fix


@pytest.mark.parametrize("quality", ["YELLOW", "RED"])
async def test_a_number_people_complain_about(quality: str) -> None:
    finding = await one(
        "whatsapp: token and number", answer=lambda _: httpx.Response(200, json=NUMBER | {"quality_rating": quality})
    )

    assert finding.status is Status.WARNING
    assert quality in finding.message


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f" {TOKEN}", f"{TOKEN}ä"])
async def test_a_token_with_characters_no_token_has(token: str) -> None:
    finding = await one("whatsapp: token and number", settings(evolve(CHANNEL, access_token=Secret(token))))

    assert finding.status is Status.FAILED
    assert finding.fix == "copy it again"


async def test_an_api_that_cannot_be_reached() -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no route for {TOKEN}")

    found = await examine(answer=unreachable)

    (number,), (webhook,) = found["whatsapp: token and number"], found["whatsapp: webhook"]
    assert number.status is Status.FAILED
    assert number.message == "https://graph.example cannot be reached (ConnectError)"
    assert "api_url" in number.fix
    assert webhook.status is Status.WARNING


async def test_the_webhook_address_at_meta() -> None:
    finding = await one("whatsapp: webhook")

    assert finding.status is Status.OK
    assert ADDRESS in finding.message


async def test_the_address_of_the_number_goes_before_that_of_the_app() -> None:
    levels = {
        "application": ADDRESS,
        "whatsapp_business_account": "https://b.example",
        "phone_number": "https://c.example",
    }

    finding = await one(
        "whatsapp: webhook", answer=lambda _: httpx.Response(200, json={"webhook_configuration": levels})
    )

    assert finding.status is Status.WARNING
    assert "https://c.example, which is not the address of this channel" in finding.message


@pytest.mark.parametrize(
    "answer",
    [
        refusing(400, {"code": 100}),
        lambda _: httpx.Response(200, json={"id": "1"}),
        lambda _: httpx.Response(200, json={"webhook_configuration": {}}),
        lambda _: httpx.Response(200, json={"webhook_configuration": {"application": 5}}),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(200, text="<html>"),
    ],
)
async def test_without_an_address_the_fix_says_where_to_click(answer: Answer) -> None:
    finding = await one("whatsapp: webhook", answer=answer)

    assert finding.status is Status.WARNING
    assert "https://YOUR-DOMAIN/v1/channels/whatsapp/webhook" in finding.fix
    assert "subscribe to the field messages" in finding.fix


@pytest.mark.parametrize(
    ("version", "today", "status", "message"),
    [
        ("v25.0", TODAY, Status.OK, "v25.0, served until 2028-07-29"),
        ("v26.0", TODAY, Status.OK, "v26.0; this release does not know its last day"),
        ("v22.0", TODAY, Status.OK, "v22.0, served until 2027-05-20"),
        ("v21.0", TODAY, Status.WARNING, "v21.0 ends on 2027-01-21"),
        ("v21.0", date(2026, 10, 23), Status.WARNING, "v21.0 ends on 2027-01-21"),
        ("v21.0", date(2026, 10, 22), Status.OK, "v21.0, served until 2027-01-21"),
        ("v21.0", date(2027, 1, 21), Status.FAILED, "v21.0 ended on 2027-01-21"),
        ("v20.0", TODAY, Status.FAILED, "v20.0 ended on 2026-09-24"),
        ("v3.2", TODAY, Status.FAILED, "v3.2 has ended"),
    ],
)
async def test_the_end_of_an_api_version(version: str, today: date, status: Status, message: str) -> None:
    finding = await one("whatsapp: API version", settings(evolve(CHANNEL, api_version=version)), today=today)

    assert (finding.status, finding.message) == (status, message)
    assert finding.fix == ("" if status is Status.OK else "set api_version to v25.0 or a later one")
