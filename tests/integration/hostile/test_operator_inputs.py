"""Mistakes in requests of operators, with a real store: 400 with a reason, and never an internal error."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.hostile.conftest import Target
from support.phone import ADMIN

DIGITS = "9" * 5000
MESSAGES = "/v1/channels/whatsapp/messages"
NESTED = "[" * 100_000 + "]" * 100_000
IMPOSSIBLE_IDS = [f"0.{'9' * 30}-0", f"0.1-{'9' * 20}", f"0.{2**64}-0", f"0.{DIGITS}-0", f"{DIGITS}.1-0"]
BODIES = {
    "nested": NESTED,
    "nested messages": f'{{"to":"+15550001111","messages":{NESTED}}}',
    "a nested message": f'{{"to":"+15550001111","messages":[{{"text":{NESTED}}}]}}',
    "a nested unknown": f'{{"to":"+15550001111","messages":[{{"x":{NESTED}}}]}}',
    "nested almost too deep": '{"to":"+15550001111","messages":[{"x":' + "[" * 900 + "]" * 900 + "}]}",
    "digits for a number": f'{{"to":{DIGITS}}}',
    "digits as a text": f'{{"to":"{DIGITS}","messages":[{{"text":"x"}}]}}',
    "digits for a place": f'{{"to":"+15550001111","messages":[{{"location":{{"latitude":{DIGITS},"longitude":0}}}}]}}',
    "a float beyond floats": '{"to":"+15550001111","messages":[{"location":{"latitude":1e999,"longitude":0}}]}',
    "a lone surrogate": '{"to":"+15550001111","messages":[{"text":"\\ud800"}]}',
    "a lone surrogate for an id": '{"user_id":"\\ud800","messages":[{"text":"x"}]}',
    "a null for an id": '{"user_id":"a\\u0000b","messages":[{"text":"x"}]}',
    "a null alone": '{"to":"+15550001111","messages":[{"text":"\\u0000"}]}',
    "too many messages": '{"to":"+15550001111","messages":[' + ",".join(['{"text":"x"}'] * 100_000) + "]}",
    "no numbers": '{"to":"+15550001111","messages":[NaN]}',
    "nothing": "",
    "bytes": "\x00\x01",
}
NO_UTF_8 = b'{"to":"+15550001111","messages":[{"text":"\xff"}]}'


def reasoned(status: int, problem: dict[str, Any]) -> bool:
    return status == 400 and bool(problem.get("errors") or problem.get("problems") or problem["detail"])


@pytest.mark.parametrize("name", BODIES)
async def test_an_impossible_body_is_refused(target: Target, name: str) -> None:
    """Nothing is queued."""
    headers = {**ADMIN, "Idempotency-Key": name, "Content-Type": "application/json"}
    answer = await target.service.http.post(target.service.url + MESSAGES, content=BODIES[name], headers=headers)

    assert reasoned(answer.status_code, answer.json())


async def test_a_body_that_is_no_utf_8_is_refused(target: Target) -> None:
    """JSON is UTF-8."""
    headers = {**ADMIN, "Idempotency-Key": "bytes of another encoding", "Content-Type": "application/json"}
    answer = await target.service.http.post(target.service.url + MESSAGES, content=NO_UTF_8, headers=headers)

    assert reasoned(answer.status_code, answer.json())


@pytest.mark.parametrize("letter_id", IMPOSSIBLE_IDS, ids=lambda text: text[:12])
async def test_an_id_beyond_the_stores_numbers_is_refused(target: Target, letter_id: str) -> None:
    """400: no dead letter can have this id, so the store is not asked."""
    url = f"{target.service.url}/v1/dead-letters"
    ways = [("GET", f"/{letter_id}"), ("POST", f"/{letter_id}/replay"), ("DELETE", f"/{letter_id}")]
    for method, path in [*ways, ("GET", f"?after={letter_id}")]:
        answer = await target.service.http.request(method, url + path, headers=ADMIN)

        assert reasoned(answer.status_code, answer.json())


@pytest.mark.parametrize("after", ["x", "1", "0.1", "0.1-", "-0.1-0", "%00", "%ED%A0%80", "0.1-0%00", "0.\u0663-1"])
async def test_an_invalid_page_id_is_refused(target: Target, after: str) -> None:
    """400, and not an empty page."""
    answer = await target.service.http.get(f"{target.service.url}/v1/dead-letters?after={after}", headers=ADMIN)

    assert reasoned(answer.status_code, answer.json())


@pytest.mark.parametrize("event_id", [DIGITS, "9" * 20, "1-" + "9" * 20, "x", "-1", "1-", "$", "+"])
@pytest.mark.parametrize("where", ["header", "query"])
async def test_an_invalid_event_id_is_refused(target: Target, event_id: str, where: str) -> None:
    """Otherwise a typing mistake would skip events unnoticed."""
    headers = {**ADMIN, "Last-Event-ID": event_id} if where == "header" else ADMIN
    query = {"last_event_id": event_id} if where == "query" else {}
    answer = await target.service.http.get(f"{target.service.url}/v1/channels/events", headers=headers, params=query)

    assert reasoned(answer.status_code, answer.json())


@pytest.mark.parametrize("seconds", [DIGITS, "inf", "nan", "1e308", "-1", "0", "%00", "0x10"])
async def test_an_invalid_time_is_refused(target: Target, seconds: str) -> None:
    """The conversation does not change."""
    url = f"{target.service.url}/v1/conversations/whatsapp:15550108001"
    answer = await target.service.http.post(f"{url}/human?seconds={seconds}", headers=ADMIN)

    assert reasoned(answer.status_code, answer.json())
    assert not (await target.service.http.get(url, headers=ADMIN)).json()["human"]


@pytest.mark.parametrize("user", [DIGITS, "%00", "a%00b", "%ED%A0%80", "%0d%0aX: 1", "%1b[2J", "%C2%9b"])
async def test_an_invalid_name_of_a_person_is_refused(target: Target, user: str) -> None:
    """Nothing is stored under it."""
    url = f"{target.service.url}/v1/conversations/whatsapp:{user}"
    for method, path in (("GET", ""), ("POST", "/human"), ("DELETE", "/human")):
        answer = await target.service.http.request(method, url + path, headers=ADMIN)

        assert reasoned(answer.status_code, answer.json())


keys = itertools.count()
pieces = st.text(max_size=30) | st.sampled_from(
    [DIGITS, "\x00", "..", "0.1-0", "whatsapp:1", "9" * 20, "0.9-" + "9" * 19]
)
routes = st.sampled_from(
    [
        ("GET", "/v1/dead-letters/{}"),
        ("POST", "/v1/dead-letters/{}/replay"),
        ("DELETE", "/v1/dead-letters/{}"),
        ("GET", "/v1/conversations/{}"),
        ("GET", "/v1/conversations/whatsapp:{}"),
        ("POST", "/v1/conversations/whatsapp:{}/human"),
        ("DELETE", "/v1/conversations/whatsapp:{}/human"),
        ("GET", "/v1/channels/{}/circuit-breaker"),
        ("DELETE", "/v1/channels/{}/circuit-breaker"),
        ("POST", "/v1/channels/{}/messages"),
        ("GET", "/v1/channels/{}/webhook"),
    ]
)
parameters = st.dictionaries(st.sampled_from(["limit", "after", "seconds", "hub.mode", "x"]), pieces, max_size=2)
bodies = st.binary(max_size=40) | st.sampled_from([body.encode() for body in BODIES.values()])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=routes, piece=pieces, query=parameters, body=bodies)
async def test_no_input_of_operators_is_an_internal_error(
    target: Target, route: tuple[str, str], piece: str, query: dict[str, str], body: bytes
) -> None:
    """Odd names, parameters and bodies, on every route."""
    method, path = route
    url = f"{target.service.url}{path.format(_quoted(piece))}"
    headers = {**ADMIN, "Idempotency-Key": f"odd-{next(keys)}", "Content-Type": "application/json"}

    answer = await target.service.http.request(
        method, url, params=query, content=body if method == "POST" else None, headers=headers
    )

    assert answer.status_code < 500, answer.text


def _quoted(piece: str) -> str:
    return "".join(f"%{byte:02x}" for byte in piece.encode("utf-8", "surrogatepass"))
