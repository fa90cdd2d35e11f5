"""Where the token goes with a download, and where it never goes: other hosts, errors, logs."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from attrs import evolve
from structlog.testing import capture_logs

from adapters.whatsapp.graph.media import GraphMedia
from application.ports.media import MediaTroubleError, MediaUnavailableError
from support.graph_server import TOKEN, UNAVAILABLE, Answer, GraphServer, Reset, Step, described, graph_server, refusal
from support.media_download import CONTENT, PICTURE, fetch

pytestmark = pytest.mark.usefixtures("without_waiting")


@pytest.fixture
async def other() -> AsyncIterator[GraphServer]:
    """A server that is not the Graph API."""
    async with graph_server() as server:
        yield server


@pytest.fixture
def media(other: GraphServer, media: GraphMedia) -> GraphMedia:
    """Its client closes its connections before a server waits for them."""
    assert media.api_url != other.url
    return media


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/picture",
        "https://lookaside.fbsbx.com.evil.example/picture",
        "https://evil.example/lookaside.fbsbx.com",
        "https://lookaside.fbsbx.com@evil.example/",
        "https://user:password@lookaside.fbsbx.com/",
        "https://lookaside.fbsbx.com:8443/",
        "https://127.0.0.1/",
        "ftp://lookaside.fbsbx.com/",
        "//lookaside.fbsbx.com/",
        "/picture",
        "https://[/",
        "https://lookaside.fbsbx.com:x/",
        "",
    ],
)
async def test_the_token_goes_to_no_other_host(graph: GraphServer, media: GraphMedia, url: str) -> None:
    """Any address that the Graph API gives."""
    graph.script.append(described(CONTENT, url=url))

    with pytest.raises(MediaUnavailableError, match="its address is"):
        await fetch(media)

    assert len(graph.requests) == 1


async def test_the_token_goes_to_no_other_port(graph: GraphServer, other: GraphServer, media: GraphMedia) -> None:
    """On the Graph API's own host, where there may be another service."""
    graph.script.append(described(CONTENT, url=f"{other.url}/picture"))

    with pytest.raises(MediaUnavailableError, match="not trusted"):
        await fetch(media)

    assert other.requests == []


async def test_a_host_that_is_named_is_trusted(graph: GraphServer, other: GraphServer, media: GraphMedia) -> None:
    """With its port."""
    graph.script.append(described(CONTENT, url=f"{other.url}/picture"))
    other.script.append(PICTURE)

    fetched = await fetch(evolve(media, media_hosts=(other.url.removeprefix("http://"),)))

    assert fetched.content == CONTENT


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_metas_media_host_gets_the_token_only_over_tls(media: GraphMedia, scheme: str) -> None:
    """If the Graph API itself is used over TLS."""
    seen: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        url = f"{scheme}://lookaside.fbsbx.com/picture"
        found = described(CONTENT, url=url).body if request.url.host == "graph.facebook.com" else CONTENT
        return httpx.Response(200, stream=httpx.ByteStream(found))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        meta = evolve(media, client=client, api_url="https://graph.facebook.com")
        if scheme == "https":
            assert (await fetch(meta)).content == CONTENT
        else:
            with pytest.raises(MediaUnavailableError, match="not allowed to get the access token"):
                await fetch(meta)

    assert all(url.scheme == "https" for url in seen)


async def test_a_redirect_is_not_followed(
    graph: GraphServer, other: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """Even with a client that follows redirects."""
    async with httpx.AsyncClient(follow_redirects=True) as client:
        graph.script.extend([described_picture, Answer(b"", 302, headers=(f"Location: {other.url}/picture",))])

        with pytest.raises(MediaUnavailableError, match="HTTP 302"):
            await fetch(evolve(media, client=client))

    assert other.requests == []


@pytest.mark.parametrize(
    "steps",
    [
        [refusal(190, message=f"Bad token {TOKEN}")] * 3,
        [refusal(100, message=f"Bad token {TOKEN}")],
        [described(CONTENT, url="https://evil.example/signed-address")],
        [Reset()] * 3,
    ],
    ids=str,
)
async def test_an_error_holds_no_secret(graph: GraphServer, media: GraphMedia, steps: list[Step]) -> None:
    """Neither the token, nor the address, which is as secret as a token, nor a caption."""
    graph.script.extend(steps)

    with pytest.raises((MediaTroubleError, MediaUnavailableError)) as raised:
        await fetch(media)

    said = f"{raised.value!r} {raised.value.__cause__!r}"
    assert not re.search(f"{TOKEN}|signed-address|private words", said)


async def test_a_token_that_cannot_be_a_header_is_not_shown(media: GraphMedia) -> None:
    """Not even in the cause of the error."""
    token = "broken\ntoken"

    with pytest.raises(MediaTroubleError) as raised:
        await fetch(evolve(media, access_token=token))

    said = f"{raised.value!r} {raised.value.__cause__!r}"
    assert "broken" not in said
    assert TOKEN not in repr(media)


async def test_the_log_of_retries_holds_nothing_private(
    graph: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """Neither the token nor a caption."""
    graph.script.extend([UNAVAILABLE, described_picture, UNAVAILABLE, described_picture, PICTURE])

    with capture_logs() as logs:
        await fetch(media)

    assert len(logs) == 2
    assert not re.search(f"{TOKEN}|signed-address|private words", str(logs))
