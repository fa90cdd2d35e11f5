"""Speech to text over a socket, by a scripted server."""

import json
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import Message

import httpx
import pytest
import stamina
from attrs import evolve

from adapters.openai.transcriber import OpenAITranscriber
from application.ports.media import FetchedMedia
from application.ports.transcriber import TranscriptionFailedError
from support.graph_server import Answer, GraphServer, Request, Reset, Silence, Step, graph_server, unused_address

KEY = "sk-not-a-real-key"
VOICE = FetchedMedia(content=b"OggS and so on", mime_type="audio/ogg; codecs=opus")
HELLO = Answer(b'{"text": " Hello ", "usage": {"type": "tokens"}}')


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def server() -> AsyncIterator[GraphServer]:
    async with graph_server() as server:
        yield server


@pytest.fixture
async def transcriber(server: GraphServer) -> AsyncIterator[OpenAITranscriber]:
    async with httpx.AsyncClient() as client:
        yield OpenAITranscriber(
            client=client, url=f"{server.url}/v1", model="whisper-1", api_key=KEY, timeout_seconds=5
        )


def form(request: Request) -> dict[str, Message]:
    """The fields of a form, by name."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + request.content).get_payload()
    assert isinstance(parts, list)
    return {str(part.get_param("name", header="content-disposition")): part for part in parts}


async def failure(transcriber: OpenAITranscriber) -> str:
    with pytest.raises(TranscriptionFailedError) as raised:
        await transcriber.transcribe(audio=VOICE)
    return f"{raised.value} {raised.value.__cause__}"


async def test_the_request_has_the_form_of_openai(server: GraphServer, transcriber: OpenAITranscriber) -> None:
    """Key, model, and a file whose name gives the format."""
    server.script.append(HELLO)

    assert await transcriber.transcribe(audio=VOICE) == "Hello"

    (request,) = server.requests
    fields = form(request)
    assert (request.method, request.path) == ("POST", "/v1/audio/transcriptions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert {name: fields[name].get_payload() for name in ("model", "response_format")} == {
        "model": "whisper-1",
        "response_format": "json",
    }
    assert fields["file"].get_filename() == "voice.ogg"
    assert fields["file"].get_content_type() == "audio/ogg"
    assert fields["file"].get_payload(decode=True) == VOICE.content


@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        ("audio/mp4", "voice.m4a"),
        ("AUDIO/MPEG", "voice.mp3"),
        ("audio/amr", "voice.amr"),
        ("", "voice.ogg"),
        ("audio/odd\r\nX-Evil: 1", "voice.ogg"),
    ],
)
async def test_the_file_name_gives_the_format(
    server: GraphServer, transcriber: OpenAITranscriber, mime_type: str, name: str
) -> None:
    """An unknown format gets the name of a voice note."""
    server.script.append(HELLO)

    await transcriber.transcribe(audio=FetchedMedia(content=b"x", mime_type=mime_type))

    assert form(server.requests[0])["file"].get_filename() == name
    assert b"X-Evil" not in server.requests[0].content


async def test_a_server_without_keys_gets_none(server: GraphServer, transcriber: OpenAITranscriber) -> None:
    """For example a server of one's own."""
    server.script.append(HELLO)

    await evolve(transcriber, api_key=None).transcribe(audio=VOICE)

    assert "authorization" not in server.requests[0].headers


@pytest.mark.parametrize("trouble", [Answer(b"", 500), Answer(b"<html>", 502), Answer(b"{}", 429), Reset()], ids=str)
async def test_media_trouble_is_tried_again(server: GraphServer, transcriber: OpenAITranscriber, trouble: Step) -> None:
    """Up to three attempts."""
    server.script.extend([trouble, trouble, HELLO])

    assert await transcriber.transcribe(audio=VOICE) == "Hello"


async def test_a_refusal_is_not_tried_again(server: GraphServer, transcriber: OpenAITranscriber) -> None:
    """The error does not repeat its text, which may contain the key."""
    server.script.append(Answer(json.dumps({"error": {"message": f"Incorrect API key: {KEY}"}}).encode(), 401))

    assert await failure(transcriber) == "the transcriber refused: HTTP 401 None"
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"Hello", b'{"text": null}', b'{"words": []}', b"[" * 100_000])
async def test_an_answer_that_is_no_transcript_is_a_failure(
    server: GraphServer, transcriber: OpenAITranscriber, body: bytes
) -> None:
    """With any status."""
    server.script.append(Answer(body))

    assert "no transcript" in await failure(transcriber)


async def test_a_server_that_does_not_answer_is_given_up(server: GraphServer, transcriber: OpenAITranscriber) -> None:
    """A person waits for an answer."""
    server.script.append(Silence())

    assert "within 0.05 s" in await failure(evolve(transcriber, timeout_seconds=0.05))


async def test_a_server_that_is_away_is_a_failure(transcriber: OpenAITranscriber) -> None:
    """No server listens."""
    assert "ConnectError" in await failure(evolve(transcriber, url=unused_address()))


async def test_the_key_is_never_shown(transcriber: OpenAITranscriber) -> None:
    """Neither in the representation, nor in the cause of an error."""
    assert KEY not in repr(transcriber)
    assert "broken" not in await failure(evolve(transcriber, api_key="broken\nkey"))
