"""Files from the Graph API, over a socket."""

import base64
import hashlib

import pytest
from attrs import evolve

from adapters.whatsapp.graph.media import GraphMedia
from application.ports.media import FetchedMedia, MediaUnavailableError
from support.canned_http import answering
from support.graph_server import TOKEN, Answer, GraphServer, described
from support.media_download import CONTENT, IMAGE, PICTURE, fetch
from support.whatsapp_webhooks import NUMBER

pytestmark = pytest.mark.usefixtures("without_waiting")

DIGEST = hashlib.sha256(CONTENT).digest()


async def test_a_file_is_asked_for_and_then_downloaded(
    graph: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """Both times with the token, and uncompressed: a compressed file could be larger than it looks."""
    graph.script.extend([described_picture, PICTURE])

    assert await fetch(media) == FetchedMedia(content=CONTENT, mime_type="image/jpeg")

    asked, downloaded = graph.requests
    assert (asked.method, asked.path) == ("GET", f"/v25.0/1234567890?phone_number_id={NUMBER}")
    assert (downloaded.method, downloaded.path) == ("GET", "/picture?ext=1&hash=signed-address")
    assert {request.headers["authorization"] for request in graph.requests} == {f"Bearer {TOKEN}"}
    assert downloaded.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("media_id", ["../me", "a/b", " ", "1?x=", "1#", "1%2F", "1\n", "١٢", "..", "1" * 257])
async def test_an_invalid_id_is_not_requested(graph: GraphServer, media: GraphMedia, media_id: str) -> None:
    """It would become part of an address."""
    with pytest.raises(MediaUnavailableError):
        await fetch(media, image=evolve(IMAGE, id=media_id))

    assert graph.requests == []


@pytest.mark.parametrize("given", [None, "", 7])
async def test_without_a_type_from_the_graph_api_the_webhooks_type_counts(
    graph: GraphServer, media: GraphMedia, given: object
) -> None:
    """The type in the webhook."""
    graph.script.extend([described(CONTENT, url=f"{graph.url}/picture", mime_type=given), PICTURE])

    assert (await fetch(media)).mime_type == "image/png"


@pytest.mark.parametrize(
    "digest",
    [
        DIGEST.hex(),
        DIGEST.hex().upper(),
        base64.b64encode(DIGEST).decode(),
        base64.b64encode(DIGEST).decode().rstrip("="),
        "<HASH>",
        None,
        7,
    ],
)
async def test_a_digest_is_read_as_meta_writes_it(graph: GraphServer, media: GraphMedia, digest: object) -> None:
    """In hexadecimal or base64. Without a digest, nothing is verified."""
    graph.script.extend([described(CONTENT, url=f"{graph.url}/picture", sha256=digest), PICTURE])

    assert (await fetch(media)).content == CONTENT


@pytest.mark.parametrize("digest", [hashlib.sha256(b"").hexdigest(), base64.b64encode(bytes(32)).decode()])
async def test_a_digest_must_be_that_of_the_content(graph: GraphServer, media: GraphMedia, digest: str) -> None:
    """Both digests: from the webhook and from the Graph API."""
    right = described(CONTENT, url=f"{graph.url}/picture")
    wrong = described(CONTENT, url=f"{graph.url}/picture", sha256=digest)
    graph.script.extend([wrong, PICTURE, right, PICTURE])

    with pytest.raises(MediaUnavailableError, match="not what"):
        await fetch(media)
    with pytest.raises(MediaUnavailableError, match="not what"):
        await fetch(media, image=evolve(IMAGE, digest=digest))


async def test_a_file_with_too_large_a_size_is_not_downloaded(
    graph: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """Meta gives the size before the download."""
    graph.script.append(described_picture)

    with pytest.raises(MediaUnavailableError, match="too large"):
        await fetch(media, max_bytes=len(CONTENT) - 1)

    assert len(graph.requests) == 1


@pytest.mark.parametrize("said", [None, "1", "", "many", {}, -5, True])
async def test_a_file_that_turns_out_too_large_is_not_taken(
    graph: GraphServer, media: GraphMedia, said: object
) -> None:
    """The given size makes no difference."""
    graph.script.extend([described(CONTENT, url=f"{graph.url}/picture", file_size=said), PICTURE])

    with pytest.raises(MediaUnavailableError, match="too large"):
        await fetch(media, max_bytes=len(CONTENT) - 1)


async def test_a_file_without_an_end_is_not_read_to_it(graph: GraphServer, media: GraphMedia) -> None:
    """The limit counts the bytes that arrived."""
    head, chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n"
    async with answering(head, *[chunk] * 100) as endless:
        graph.script.append(described(b"", url=f"{endless}/picture"))

        with pytest.raises(MediaUnavailableError, match="too large"):
            await fetch(evolve(media, media_hosts=(endless.removeprefix("http://"),)), max_bytes=2000)
