"""Uploads to the Graph API, over a socket."""

import re

import pytest
from attrs import evolve
from structlog.testing import capture_logs

from adapters.channel_kit import http
from adapters.whatsapp.graph.media import GraphMedia
from application.ports.messenger import SendFailedError
from domain.messages.outbound import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure
from support.forms import Field, form_of
from support.graph_server import (
    TOKEN,
    UNAVAILABLE,
    Answer,
    GraphServer,
    Reset,
    Silence,
    Step,
    refusal,
    unused_address,
    uploaded,
)
from support.whatsapp_webhooks import NUMBER

pytestmark = pytest.mark.usefixtures("without_waiting")

CONTENT = b"\x89PNG\r\n\x1a\n--boundary\r\n" * 10_000
IMAGE = FilePart(
    kind=MediaKind.IMAGE, content=CONTENT, mime_type="image/png", caption="private words", filename="private.png"
)


async def test_a_file_goes_as_a_form(graph: GraphServer, media: GraphMedia) -> None:
    """Its bytes as they are, without caption and name: they are in the message."""
    graph.script.append(uploaded("4711"))

    assert await media.upload(file=IMAGE) == "4711"

    (request,) = graph.requests
    assert (request.method, request.path) == ("POST", f"/v25.0/{NUMBER}/media")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    form = form_of(request)
    assert form.pop("file") == Field(content=CONTENT, name="file.png", mime_type="image/png")
    assert {name: field.content for name, field in form.items()} == {
        "messaging_product": b"whatsapp",
        "type": b"image/png",
    }
    assert b"private" not in request.content


async def test_a_file_meta_does_not_take_stays_here(graph: GraphServer, media: GraphMedia) -> None:
    """It is not uploaded, because Meta would refuse it."""
    with pytest.raises(SendFailedError):
        await media.upload(file=evolve(IMAGE, mime_type="image/gif"))

    assert graph.requests == []


TROUBLES: list[Step] = [
    UNAVAILABLE,
    Answer(b"<html>", 502, "text/html"),
    Answer(b"", 429),
    refusal(131000, status=500),
    refusal(80007),
    Answer(b"{}"),
    Answer(b'{"id": "a/b"}'),
    Answer(b'{"id": 7}'),
    Silence(),
    Reset(),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_an_upload_in_trouble_is_tried_again(graph: GraphServer, media: GraphMedia, trouble: Step) -> None:
    """The whole file each time. One file too many at Meta does no harm."""
    graph.script.extend([trouble, trouble, uploaded("4711")])

    assert await media.upload(file=IMAGE) == "4711"

    assert form_of(graph.requests[-1])["file"].content == CONTENT


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
async def test_media_trouble_that_stays_is_raised(graph: GraphServer, media: GraphMedia, trouble: Step) -> None:
    """Three attempts are enough."""
    graph.script.extend([trouble] * 3)

    with pytest.raises(SendFailedError) as raised:
        await media.upload(file=IMAGE)

    assert raised.value.failure in {SendFailure.THROTTLED, SendFailure.UNKNOWN}
    assert len(graph.requests) == 3


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        (refusal(131053), SendFailure.MEDIA_REFUSED),
        (refusal(100), SendFailure.PART_REFUSED),
        (Answer(b"", 413), SendFailure.FINAL),
        (refusal(190, status=401), SendFailure.ACCOUNT_BLOCKED),
        (refusal(131031, status=403), SendFailure.ACCOUNT_BLOCKED),
        (refusal(100, error_subcode=33), SendFailure.ACCOUNT_BLOCKED),
    ],
    ids=str,
)
async def test_a_refused_upload_is_not_repeated(
    graph: GraphServer, media: GraphMedia, step: Step, failure: SendFailure
) -> None:
    """It has the same meaning as for a message."""
    graph.script.append(step)

    with pytest.raises(SendFailedError) as raised:
        await media.upload(file=IMAGE)

    assert raised.value.failure is failure
    assert len(graph.requests) == 1


async def test_an_unreachable_graph_api_raises_media_trouble(media: GraphMedia) -> None:
    """Nobody listens."""
    with pytest.raises(SendFailedError) as raised:
        await evolve(media, api_url=unused_address()).upload(file=IMAGE)

    assert raised.value.failure is SendFailure.UNREACHABLE


async def test_an_upload_without_an_end_is_given_up(
    graph: GraphServer, media: GraphMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person waits for an answer."""
    monkeypatch.setattr(http, "UPLOAD_SECONDS", 0.05)
    graph.script.extend([Silence()] * 3)

    with pytest.raises(SendFailedError, match="the upload takes too long"):
        await media.upload(file=IMAGE)


@pytest.mark.parametrize("step", [refusal(100, message=f"Bad token {TOKEN}"), Reset()], ids=str)
async def test_an_error_holds_no_secret(graph: GraphServer, media: GraphMedia, step: Step) -> None:
    """Neither the token nor the caption."""
    graph.script.extend([step] * 3)

    with pytest.raises(SendFailedError) as raised:
        await media.upload(file=IMAGE)

    assert not re.search(f"{TOKEN}|private", f"{raised.value!r} {raised.value.__cause__!r}")


async def test_the_log_of_retries_holds_no_secret(graph: GraphServer, media: GraphMedia) -> None:
    """Neither the token nor the file."""
    graph.script.extend([UNAVAILABLE, UNAVAILABLE, uploaded("4711")])

    with capture_logs() as logs:
        await media.upload(file=IMAGE)

    assert len(logs) == 2
    assert not re.search(f"{TOKEN}|private|PNG", str(logs))
