"""The Graph API, spoken to over a socket."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from attrs import evolve

from adapters.whatsapp.messenger import GraphMessenger
from application.ports.messenger import SendFailedError
from domain.contents import Choice
from domain.conversations import Person
from domain.failures import SendFailure
from domain.pacing import Pace
from domain.parts import ButtonsPart, TextPart
from support.graph_server import (
    Answer,
    GraphServer,
    Reset,
    Silence,
    Step,
    accepted,
    graph_server,
    refusal,
    success,
    unused_address,
)
from support.messages import message
from support.whatsapp_payloads import NUMBER

TOKEN = "test-access-token"
ANA = Person(phone="15550002222", user_id="US.13491208655302741918", name="Ana")
HIDDEN = Person(user_id="US.13491208655302741918")
HELLO = TextPart(body="Hello, these are private words")
HTML = Answer(b"<html><body>Bad gateway</body></html>", 502, "text/html")


@pytest.fixture
async def graph() -> AsyncIterator[GraphServer]:
    async with graph_server() as server:
        yield server


@pytest.fixture
async def messenger(graph: GraphServer) -> AsyncIterator[GraphMessenger]:
    async with httpx.AsyncClient(timeout=httpx.Timeout(5, read=0.2)) as client:
        yield GraphMessenger(
            client=client, api_url=graph.url, api_version="v25.0", phone_number_id=NUMBER, access_token=TOKEN
        )


async def send(messenger: GraphMessenger, *, to: Person = ANA, reference: str = "turn/0/whatsapp:1") -> str:
    return await messenger.send(part=HELLO, to=to, reference=reference)


async def failed_send(messenger: GraphMessenger, **rest: Any) -> SendFailedError:
    with pytest.raises(SendFailedError) as raised:
        await send(messenger, **rest)
    return raised.value


async def test_a_text_as_the_graph_api_wants_it(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Address, token and every field."""
    graph.script.append(accepted("wamid.9"))

    message_id = await send(messenger)

    (request,) = graph.requests
    assert message_id == "wamid.9"
    assert request.path == f"/v25.0/{NUMBER}/messages"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+15550002222",
        "type": "text",
        "text": {"body": HELLO.body, "preview_url": False},
        "biz_opaque_callback_data": "turn/0/whatsapp:1",
    }


async def test_somebody_without_a_phone_number_is_reached_through_recipient(
    graph: GraphServer, messenger: GraphMessenger
) -> None:
    """The Graph API accepts a user id in `to` and drops the message."""
    await send(messenger, to=HIDDEN)

    assert graph.requests[0].body["recipient"] == HIDDEN.user_id
    assert "to" not in graph.requests[0].body


@pytest.mark.parametrize("phone", ["US.13491208655302741918", "+", "1555 000", "١٢٣"])
async def test_what_is_no_phone_number_never_gets_into_to(
    graph: GraphServer, messenger: GraphMessenger, phone: str
) -> None:
    """Our own client refuses it."""
    error = await failed_send(messenger, to=Person(phone=phone))

    assert error.failure is SendFailure.FINAL
    assert graph.requests == []


async def test_a_plus_sign_is_not_doubled(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Whether or not the phone number came with one."""
    await send(messenger, to=Person(phone="+15550002222"))

    assert graph.requests[0].body["to"] == "+15550002222"


async def test_acknowledging_marks_as_read_and_shows_typing(graph: GraphServer, messenger: GraphMessenger) -> None:
    """In one call; the indicator is gone after 25 seconds."""
    graph.script.append(success())

    await messenger.acknowledge(message=message(message_id="wamid.7"))

    assert messenger.acknowledged_seconds == 25
    assert graph.requests[0].body == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.7",
        "typing_indicator": {"type": "text"},
    }


async def test_sends_share_a_connection(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A handshake for each bubble would double its time."""
    for _ in range(3):
        await send(messenger)

    assert graph.connections == 1


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
    SendFailure.NUMBER_STOPPED: [
        *[0, 3, 10, 104, 190, *range(200, 300), 131005, 368, 131031, 130497, 131042, 131044, 131045, 131037],
        *[133010, 131048, 131064, 133016],
    ],
}
BY_CODE = [(code, failure) for failure, codes in MEANINGS.items() for code in codes]


async def test_every_code_of_metas_page_has_its_meaning(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Retry, wait for a proof, give up or stop."""
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
        (401, SendFailure.NUMBER_STOPPED),
        (403, SendFailure.NUMBER_STOPPED),
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
    """Missing, or one Meta added later."""
    graph.script.append(refusal(code, status=status))

    assert (await failed_send(messenger)).failure is failure


async def test_an_unknown_error_that_meta_calls_transient_may_have_been_sent(
    graph: GraphServer, messenger: GraphMessenger
) -> None:
    """Whatever its status."""
    graph.script.append(refusal(999_999, is_transient=True))

    assert (await failed_send(messenger)).failure is SendFailure.UNKNOWN


async def test_a_number_that_does_not_exist_stops_the_number(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Code 100 alone means a bad parameter; with subcode 33 it is our own number or permission that is missing."""
    graph.script.append(refusal(100, error_subcode=33))

    assert (await failed_send(messenger)).failure is SendFailure.NUMBER_STOPPED


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        (HTML, SendFailure.UNKNOWN),
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
    """Once the request went out, it may have been sent."""
    graph.script.append(step)

    error = await failed_send(messenger)

    assert error.failure is failure
    assert len(graph.requests) == 1


async def test_after_a_failure_the_next_send_succeeds(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A broken connection is not used again."""
    graph.script.extend([Reset(), Silence(), HTML])

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


async def test_the_detail_is_what_an_operator_needs(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Code, message, details and the trace id Meta's support asks for."""
    graph.script.append(refusal(131047, message="Re-engagement message", error_data={"details": "More than 24 hours"}))

    detail = (await failed_send(messenger)).detail

    assert detail == "HTTP 400, code 131047: Re-engagement message; More than 24 hours; fbtrace_id AbCdEf"


async def test_error_data_may_be_plain_text(graph: GraphServer, messenger: GraphMessenger) -> None:
    """It sometimes is."""
    graph.script.append(refusal(131047, error_data="More than 24 hours"))

    assert "More than 24 hours" in (await failed_send(messenger)).detail


@pytest.mark.parametrize(
    "step", [HTML, Silence(), Reset(), refusal(190, message=f"Bad token {TOKEN} for {HELLO.body}")]
)
async def test_the_detail_has_neither_the_token_nor_the_words(
    graph: GraphServer, messenger: GraphMessenger, step: Step
) -> None:
    """Also when the answer repeats them."""
    graph.script.append(step)

    error = await failed_send(messenger)

    assert TOKEN not in str(error)
    assert HELLO.body not in str(error)


@pytest.mark.parametrize("token", ["broken\ntoken", "tökén"])
async def test_a_token_that_cannot_be_a_header_stops_the_number(
    graph: GraphServer, messenger: GraphMessenger, token: str
) -> None:
    """And is not shown, not even by the error underneath."""
    graph.script.append(refusal(190, status=401))

    error = await failed_send(evolve(messenger, access_token=token))

    assert error.failure is SendFailure.NUMBER_STOPPED
    assert token not in f"{error} {error.__cause__}"


async def test_the_token_stays_out_of_the_representation(messenger: GraphMessenger) -> None:
    """It may end up in a log."""
    assert TOKEN not in repr(messenger)


async def test_a_reference_that_would_be_cut_is_not_sent(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Its echo would prove nothing; 512 characters are the most."""
    assert await send(messenger, reference="x" * 512)

    error = await failed_send(messenger, reference="x" * 513)

    assert error.failure is SendFailure.FINAL
    assert len(graph.requests) == 1


async def test_every_text_of_a_part_stays_out_of_the_detail(graph: GraphServer, messenger: GraphMessenger) -> None:
    """However deep it sits."""
    asked = ButtonsPart(body="Which clinic?", choices=(Choice(id="secret-clinic", title="The secret one"),))
    graph.script.append(refusal(131009, message="Which clinic? has The secret one twice, as secret-clinic"))

    with pytest.raises(SendFailedError) as raised:
        await messenger.send(part=asked, to=ANA, reference="")

    assert raised.value.detail == (
        "HTTP 400, code 131009: [left out] has [left out] twice, as [left out]; fbtrace_id AbCdEf"
    )


async def test_a_line_of_a_text_stays_out_of_the_detail(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Whoever refuses a text may repeat a piece of it."""
    graph.script.append(refusal(131009, message="Bad: The second line."))

    with pytest.raises(SendFailedError) as raised:
        await messenger.send(part=TextPart(body="The first line.\nThe second line."), to=ANA, reference="")

    assert raised.value.detail == "HTTP 400, code 131009: Bad: [left out]; fbtrace_id AbCdEf"


async def test_paces_are_metas(messenger: GraphMessenger) -> None:
    """One message in six seconds to a person, with credit for 44."""
    assert messenger.paces.person == Pace(interval_seconds=6, burst=44)


@pytest.mark.parametrize("takes", [20, 80, 1000])
async def test_in_no_second_more_goes_than_the_number_takes(messenger: GraphMessenger, takes: int) -> None:
    """Also in the first one, with what was saved up; and hardly less in the long run."""
    pace = evolve(messenger, messages_per_second=takes).paces.number

    assert 0.95 * takes <= pace.burst + 1 / pace.interval_seconds <= takes
    assert 1 / pace.interval_seconds >= 0.9 * takes


async def test_a_slow_number_is_a_number(messenger: GraphMessenger) -> None:
    """One that takes a message in two seconds."""
    assert evolve(messenger, messages_per_second=0.5).paces.number == Pace(interval_seconds=1 / 0.45, burst=1)


async def test_a_send_without_a_reference_carries_none(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A blank one would prove nothing either."""
    await send(messenger, reference="")

    assert "biz_opaque_callback_data" not in graph.requests[0].body


async def test_markdown_is_formatted_and_split(messenger: GraphMessenger) -> None:
    """A language model's answer as the phone shows it."""
    parts = messenger.compose(markdown="# Title\n\n" + "**word** " * 1000)

    assert parts[0].body.startswith("*Title*\n\n*word* *word*")
    assert len(parts) == 2


async def test_half_an_emoji_is_replaced(messenger: GraphMessenger) -> None:
    """It could be neither stored nor sent."""
    assert messenger.compose(markdown="cut \ud83d here") == (TextPart(body="cut ? here"),)
