"""What the Graph API's responses mean for a send: codes, statuses, and no response."""

import httpx
import pytest
from attrs import evolve

from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.policies.retry import SendFailure
from support.graph_server import BAD_GATEWAY, Answer, GraphServer, Reset, Silence, Step, refusal, unused_address
from support.sending import failed_send, send

MEANINGS = {
    SendFailure.THROTTLED: [4, 80007, 130429],
    SendFailure.PERSON_THROTTLED: [131056],
    SendFailure.UNKNOWN: [1, 2, 131000, 131016, 131057, 133004],
    SendFailure.WINDOW_CLOSED: [131047],
    SendFailure.MEDIA_REFUSED: [131052, 131053],
    SendFailure.PART_REFUSED: [100, 131008, 131009, 131051],
    SendFailure.FINAL: [
        *[33, 131021, 131026, 131030, 131049, 131050, 131060, 131062, 131063],
        *[130403, 130472, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069],
        *[135000, 137000],
    ],
    SendFailure.ACCOUNT_BLOCKED: [
        *[0, 3, 10, 104, 190, *range(200, 300), 131005, 368, 131031, 130497, 131042, 131044, 131045, 131037],
        *[133010, 131048, 131064, 133016],
    ],
}


BY_CODE = [(code, failure) for failure, codes in MEANINGS.items() for code in codes]


async def test_every_code_of_metas_page_has_its_meaning(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Retry, wait for a confirmation, give up or stop."""
    graph.script.extend(refusal(code) for code, _ in BY_CODE)

    found = [(code, (await failed_send(messenger)).failure) for code, _ in BY_CODE]

    assert found == BY_CODE


A_FEW = [(codes[0], failure) for failure, codes in MEANINGS.items()]


@pytest.mark.parametrize("status", [400, 429, 500])
@pytest.mark.parametrize(("code", "failure"), A_FEW)
async def test_metas_code_decides_and_not_the_status(
    graph: GraphServer, messenger: GraphMessenger, code: int, failure: SendFailure, status: int
) -> None:
    """Statuses are not stable."""
    graph.script.append(refusal(code, status=status))

    assert (await failed_send(messenger)).failure is failure


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (429, SendFailure.THROTTLED),
        (401, SendFailure.ACCOUNT_BLOCKED),
        (403, SendFailure.ACCOUNT_BLOCKED),
        (408, SendFailure.UNKNOWN),
        (500, SendFailure.UNKNOWN),
        (502, SendFailure.UNKNOWN),
        (503, SendFailure.UNKNOWN),
        (504, SendFailure.UNKNOWN),
        (400, SendFailure.FINAL),
        (404, SendFailure.FINAL),
        (413, SendFailure.FINAL),
    ],
)
@pytest.mark.parametrize("code", [None, 999_999])
async def test_the_status_decides_where_the_code_says_nothing(
    graph: GraphServer, messenger: GraphMessenger, status: int, failure: SendFailure, code: int | None
) -> None:
    """The code is missing or new."""
    graph.script.append(refusal(code, status=status))

    assert (await failed_send(messenger)).failure is failure


async def test_an_unknown_error_that_meta_calls_transient_may_have_been_sent(
    graph: GraphServer, messenger: GraphMessenger
) -> None:
    """With any status."""
    graph.script.append(refusal(999_999, is_transient=True))

    assert (await failed_send(messenger)).failure is SendFailure.UNKNOWN


async def test_a_missing_number_counts_as_a_blocked_account(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Code 100 alone means a bad parameter. With subcode 33 it means that our own number or permission is missing."""
    graph.script.append(refusal(100, error_subcode=33))

    assert (await failed_send(messenger)).failure is SendFailure.ACCOUNT_BLOCKED


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        (BAD_GATEWAY, SendFailure.UNKNOWN),
        (Answer(b"<html>", 200, "text/html"), SendFailure.UNKNOWN),
        (Answer(b""), SendFailure.UNKNOWN),
        (Answer(b"[]"), SendFailure.UNKNOWN),
        (Answer(b"[" * 100_000), SendFailure.UNKNOWN),
        (Answer(b"\xff\xfe"), SendFailure.UNKNOWN),
        (Answer(b'{"messages": []}'), SendFailure.UNKNOWN),
        (Answer(b'{"messages": [{"id": 5}]}'), SendFailure.UNKNOWN),
        (Answer(b'{"messages": {"id": "x"}}'), SendFailure.UNKNOWN),
        (Answer(b'{"error": {"code": 131047}}'), SendFailure.WINDOW_CLOSED),
        (Answer(b'{"error": "text"}', 400), SendFailure.FINAL),
        (Answer(b'{"error": {"code": "131047"}}', 500), SendFailure.UNKNOWN),
        (Answer(b'{"error": {"code": true}}', 400), SendFailure.FINAL),
        (Answer(b"", 302), SendFailure.UNKNOWN),
        (Silence(), SendFailure.UNKNOWN),
        (Reset(), SendFailure.UNKNOWN),
    ],
    ids=str,
)
async def test_a_strange_answer_is_classified(
    graph: GraphServer, messenger: GraphMessenger, step: Step, failure: SendFailure
) -> None:
    """After the request left, the message may have been sent."""
    graph.script.append(step)

    error = await failed_send(messenger)

    assert error.failure is failure
    assert len(graph.requests) == 1


async def test_after_a_failure_the_next_send_succeeds(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A broken connection is not used again."""
    graph.script.extend([Reset(), Silence(), BAD_GATEWAY])

    failures = [(await failed_send(messenger)).failure for _ in range(3)]

    assert failures == [SendFailure.UNKNOWN] * 3
    assert await send(messenger)


async def test_a_refused_connection_sent_nothing(messenger: GraphMessenger) -> None:
    """It may be tried again at once."""
    error = await failed_send(evolve(messenger, api_url=unused_address()))

    assert error.failure is SendFailure.UNREACHABLE


async def test_an_unknown_host_sent_nothing(messenger: GraphMessenger) -> None:
    """The name does not resolve."""
    error = await failed_send(evolve(messenger, api_url="http://graph.invalid"))

    assert error.failure is SendFailure.UNREACHABLE


@pytest.mark.parametrize("error", [httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_a_timeout_before_there_was_a_connection_sent_nothing(
    messenger: GraphMessenger, error: type[httpx.TimeoutException]
) -> None:
    """Nobody answered, or our own pool was busy."""

    def never(request: httpx.Request) -> httpx.Response:
        raise error("too late", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(never)) as client:
        assert (await failed_send(evolve(messenger, client=client))).failure is SendFailure.UNREACHABLE
