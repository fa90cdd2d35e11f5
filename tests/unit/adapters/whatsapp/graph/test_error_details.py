"""What the detail of a failed send holds, and what it must not hold."""

import pytest
from attrs import evolve

from adapters.whatsapp.graph.messenger import GraphMessenger
from application.ports.messenger import SendFailedError
from domain.messages.outbound import ButtonsPart, TextPart
from domain.messages.shared_values import Choice
from domain.policies.retry import SendFailure
from support.graph_server import BAD_GATEWAY, TOKEN, GraphServer, Reset, Silence, Step, refusal
from support.sending import ANA, HELLO, failed_send


async def test_the_detail_is_what_an_operator_needs(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Code, message, details and the trace id Meta's support asks for."""
    graph.script.append(refusal(131047, message="Re-engagement message", error_data={"details": "More than 24 hours"}))

    detail = (await failed_send(messenger)).detail

    assert detail == "HTTP 400, code 131047: Re-engagement message; More than 24 hours; fbtrace_id AbCdEf"


async def test_error_data_may_be_plain_text(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Meta sometimes writes it so."""
    graph.script.append(refusal(131047, error_data="More than 24 hours"))

    assert "More than 24 hours" in (await failed_send(messenger)).detail


@pytest.mark.parametrize(
    "step", [BAD_GATEWAY, Silence(), Reset(), refusal(190, message=f"Bad token {TOKEN} for {HELLO.body.text}")]
)
async def test_the_detail_has_neither_the_token_nor_the_words(
    graph: GraphServer, messenger: GraphMessenger, step: Step
) -> None:
    """Also if the response repeats them."""
    graph.script.append(step)

    error = await failed_send(messenger)

    assert TOKEN not in str(error)
    assert HELLO.body.text not in str(error)


@pytest.mark.parametrize("token", ["broken\ntoken", "tökén"])
async def test_a_token_that_cannot_be_a_header_counts_as_a_blocked_account(
    graph: GraphServer, messenger: GraphMessenger, token: str
) -> None:
    """It is not shown, not even in the cause of the error."""
    graph.script.append(refusal(190, status=401))

    error = await failed_send(evolve(messenger, access_token=token))

    assert error.failure is SendFailure.ACCOUNT_BLOCKED
    assert token not in f"{error} {error.__cause__}"


async def test_every_text_of_a_part_stays_out_of_the_detail(graph: GraphServer, messenger: GraphMessenger) -> None:
    """At any depth."""
    asked = ButtonsPart(body="Which clinic?", choices=(Choice(id="secret-clinic", title="The secret one"),))
    graph.script.append(refusal(131009, message="Which clinic? has The secret one twice, as secret-clinic"))

    with pytest.raises(SendFailedError) as raised:
        await messenger.send(part=asked, to=ANA, reference="")

    assert raised.value.detail == (
        "HTTP 400, code 131009: [left out] has [left out] twice, as [left out]; fbtrace_id AbCdEf"
    )


async def test_a_line_of_a_text_stays_out_of_the_detail(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A refusal may repeat one line of a text."""
    graph.script.append(refusal(131009, message="Bad: The second line."))

    with pytest.raises(SendFailedError) as raised:
        await messenger.send(part=TextPart(body="The first line.\nThe second line."), to=ANA, reference="")

    assert raised.value.detail == "HTTP 400, code 131009: Bad: [left out]; fbtrace_id AbCdEf"
