"""Files from the Graph API, over a socket."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import stamina
from attrs import evolve
from structlog.testing import capture_logs

from adapters.whatsapp import media as media_module
from adapters.whatsapp.media import GraphMedia
from application.ports.media import FetchedMedia, MediaTroubleError, MediaUnavailableError
from domain.contents import MediaKind
from domain.messages import Media
from support.canned_http import answering
from support.graph_server import (
    Answer,
    GraphServer,
    Reset,
    Silence,
    Step,
    described,
    graph_server,
    refusal,
    unused_address,
)
from support.whatsapp_payloads import NUMBER

TOKEN = "test-access-token"
CONTENT = b"\xff\xd8 a picture" * 1000
DIGEST = hashlib.sha256(CONTENT).digest()
IMAGE = Media(kind=MediaKind.IMAGE, id="1234567890", mime_type="image/png", caption="private words")
PICTURE = Answer(CONTENT, content_type="image/jpeg")
UNAVAILABLE = Answer(b"", 503)


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def graph() -> AsyncIterator[GraphServer]:
    async with graph_server() as server:
        yield server


@pytest.fixture
async def other() -> AsyncIterator[GraphServer]:
    """A server that is not the Graph API."""
    async with graph_server() as server:
        yield server


@pytest.fixture
async def media(graph: GraphServer, other: GraphServer) -> AsyncIterator[GraphMedia]:
    """Its client hangs up before the servers wait for that."""
    assert graph.url != other.url
    async with httpx.AsyncClient(timeout=httpx.Timeout(5, read=0.2)) as client:
        yield GraphMedia(
            client=client, api_url=graph.url, api_version="v25.0", phone_number_id=NUMBER, access_token=TOKEN
        )


@pytest.fixture
def there(graph: GraphServer) -> Answer:
    """What the Graph API says of the picture, which it also hands out."""
    return described(CONTENT, url=f"{graph.url}/picture?ext=1&hash=signed-address")


async def fetch(media: GraphMedia, *, image: Media = IMAGE, largest: int = len(CONTENT)) -> FetchedMedia:
    return await media.fetch(media=image, largest=largest)


async def test_a_file_is_asked_for_and_then_downloaded(graph: GraphServer, media: GraphMedia, there: Answer) -> None:
    """Both times with the token, and as it is: a compressed one could be larger than it looks."""
    graph.script.extend([there, PICTURE])

    assert await fetch(media) == FetchedMedia(content=CONTENT, mime_type="image/jpeg")

    asked, downloaded = graph.requests
    assert (asked.method, asked.path) == ("GET", f"/v25.0/1234567890?phone_number_id={NUMBER}")
    assert (downloaded.method, downloaded.path) == ("GET", "/picture?ext=1&hash=signed-address")
    assert {request.headers["authorization"] for request in graph.requests} == {f"Bearer {TOKEN}"}
    assert downloaded.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("media_id", ["../me", "a/b", " ", "1?x=", "1#", "1%2F", "1\n", "١٢", "..", "1" * 257])
async def test_an_id_that_is_none_goes_nowhere(graph: GraphServer, media: GraphMedia, media_id: str) -> None:
    """It would be part of an address."""
    with pytest.raises(MediaUnavailableError):
        await fetch(media, image=evolve(IMAGE, id=media_id))

    assert graph.requests == []


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
    """Whatever the Graph API names as the address."""
    graph.script.append(described(CONTENT, url=url))

    with pytest.raises(MediaUnavailableError, match="its address is"):
        await fetch(media)

    assert len(graph.requests) == 1


async def test_the_token_goes_to_no_other_port(graph: GraphServer, other: GraphServer, media: GraphMedia) -> None:
    """Of the Graph API's own host, where something else may live."""
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
async def test_metas_media_host_gets_the_token_over_tls_alone(media: GraphMedia, scheme: str) -> None:
    """Where the Graph API itself is spoken to that way."""
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
            with pytest.raises(MediaUnavailableError, match="not one for the token"):
                await fetch(meta)

    assert all(url.scheme == "https" for url in seen)


async def test_a_redirect_is_not_followed(
    graph: GraphServer, other: GraphServer, media: GraphMedia, there: Answer
) -> None:
    """Even by a client that would."""
    async with httpx.AsyncClient(follow_redirects=True) as client:
        graph.script.extend([there, Answer(b"", 302, headers=(f"Location: {other.url}/picture",))])

        with pytest.raises(MediaUnavailableError, match="HTTP 302"):
            await fetch(evolve(media, client=client))

    assert other.requests == []


async def test_a_file_that_is_said_to_be_too_large_is_not_downloaded(
    graph: GraphServer, media: GraphMedia, there: Answer
) -> None:
    """Meta tells its size before."""
    graph.script.append(there)

    with pytest.raises(MediaUnavailableError, match="too large"):
        await fetch(media, largest=len(CONTENT) - 1)

    assert len(graph.requests) == 1


@pytest.mark.parametrize("said", [None, "1", "", "many", {}, -5, True])
async def test_a_file_that_turns_out_too_large_is_not_taken(
    graph: GraphServer, media: GraphMedia, said: object
) -> None:
    """Whatever was said of its size."""
    graph.script.extend([described(CONTENT, url=f"{graph.url}/picture", file_size=said), PICTURE])

    with pytest.raises(MediaUnavailableError, match="too large"):
        await fetch(media, largest=len(CONTENT) - 1)


async def test_a_file_without_an_end_is_not_read_to_it(graph: GraphServer, media: GraphMedia) -> None:
    """The limit counts what came."""
    head, chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n"
    async with answering(head, *[chunk] * 100) as endless:
        graph.script.append(described(b"", url=f"{endless}/picture"))

        with pytest.raises(MediaUnavailableError, match="too large"):
            await fetch(evolve(media, media_hosts=(endless.removeprefix("http://"),)), largest=2000)


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
    """In hexadecimal or in base 64; where there is none, there is nothing to verify."""
    graph.script.extend([described(CONTENT, url=f"{graph.url}/picture", sha256=digest), PICTURE])

    assert (await fetch(media)).content == CONTENT


@pytest.mark.parametrize("digest", [hashlib.sha256(b"").hexdigest(), base64.b64encode(bytes(32)).decode()])
async def test_a_digest_must_be_that_of_the_content(graph: GraphServer, media: GraphMedia, digest: str) -> None:
    """The one the webhook told, and the one the Graph API tells."""
    right = described(CONTENT, url=f"{graph.url}/picture")
    wrong = described(CONTENT, url=f"{graph.url}/picture", sha256=digest)
    graph.script.extend([wrong, PICTURE, right, PICTURE])

    with pytest.raises(MediaUnavailableError, match="not what"):
        await fetch(media)
    with pytest.raises(MediaUnavailableError, match="not what"):
        await fetch(media, image=evolve(IMAGE, digest=digest))


@pytest.mark.parametrize("status", [404, 410])
async def test_an_address_that_is_too_old_is_asked_for_anew(
    graph: GraphServer, media: GraphMedia, there: Answer, status: int
) -> None:
    """It works for five minutes."""
    graph.script.extend([there, Answer(b"", status), there, PICTURE])

    assert (await fetch(media)).content == CONTENT


async def test_it_is_asked_for_anew_once(graph: GraphServer, media: GraphMedia, there: Answer) -> None:
    """Then it is gone."""
    graph.script.extend([there, Answer(b"", 404)] * 2)

    with pytest.raises(MediaUnavailableError, match="gone"):
        await fetch(media)

    assert len(graph.requests) == 4


TROUBLES: list[Step] = [UNAVAILABLE, Answer(b"<html>", 502, "text/html"), Answer(b"", 429), Silence(), Reset()]


@pytest.mark.parametrize("trouble", [*TROUBLES, Answer(CONTENT, cut=1)], ids=lambda step: type(step).__name__)
async def test_a_download_in_trouble_is_tried_again(
    graph: GraphServer, media: GraphMedia, there: Answer, trouble: Step
) -> None:
    """A little."""
    graph.script.extend([there, trouble, there, trouble, there, PICTURE])

    assert (await fetch(media)).content == CONTENT


@pytest.mark.parametrize("trouble", [*TROUBLES, refusal(190, status=401), refusal(80007), Answer(b"{}")], ids=str)
async def test_trouble_that_stays_is_told_as_such(graph: GraphServer, media: GraphMedia, trouble: Step) -> None:
    """Later the file may be had; three attempts are enough for now."""
    graph.script.extend([trouble] * 3)

    with pytest.raises(MediaTroubleError):
        await fetch(media)

    assert len(graph.requests) == 3


async def test_a_download_that_stays_in_trouble_is_told_as_such(
    graph: GraphServer, media: GraphMedia, there: Answer
) -> None:
    """As is asking for the address."""
    graph.script.extend([there, UNAVAILABLE] * 3)

    with pytest.raises(MediaTroubleError, match="HTTP 503"):
        await fetch(media)


async def test_a_graph_api_that_is_away_is_trouble(media: GraphMedia) -> None:
    """Nobody listens."""
    with pytest.raises(MediaTroubleError):
        await fetch(evolve(media, api_url=unused_address()))


async def test_a_download_that_trickles_is_given_up(
    graph: GraphServer, media: GraphMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody waits for an answer."""
    monkeypatch.setattr(media_module, "DOWNLOAD_SECONDS", 0.05)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    async with answering(head, *[b"x"] * 30, every_seconds=0.02) as slow:
        graph.script.extend([described(b"", url=f"{slow}/picture", file_size="1000")] * 3)

        with pytest.raises(MediaTroubleError, match="too long"):
            await fetch(evolve(media, media_hosts=(slow.removeprefix("http://"),)))


@pytest.mark.parametrize("step", [refusal(100, error_subcode=33), refusal(100), Answer(b"", 404)], ids=str)
async def test_an_id_meta_does_not_know_is_not_asked_for_again(
    graph: GraphServer, media: GraphMedia, step: Step
) -> None:
    """It stays unknown."""
    graph.script.append(step)

    with pytest.raises(MediaUnavailableError):
        await fetch(media)
    assert len(graph.requests) == 1


async def test_a_download_that_is_refused_is_not_tried_again(
    graph: GraphServer, media: GraphMedia, there: Answer
) -> None:
    """It would be refused again."""
    graph.script.extend([there, Answer(b"", 403)])

    with pytest.raises(MediaUnavailableError, match="HTTP 403"):
        await fetch(media)


@pytest.mark.parametrize("told", [None, "", 7])
async def test_the_type_is_what_the_person_sent_where_the_graph_api_says_none(
    graph: GraphServer, media: GraphMedia, told: object
) -> None:
    """As the webhook had it."""
    graph.script.extend([described(CONTENT, url=f"{graph.url}/picture", mime_type=told), PICTURE])

    assert (await fetch(media)).mime_type == "image/png"


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
    """Neither the token, nor the address, which is as good as one, nor a caption."""
    graph.script.extend(steps)

    with pytest.raises((MediaTroubleError, MediaUnavailableError)) as raised:
        await fetch(media)

    said = f"{raised.value!r} {raised.value.__cause__!r}"
    assert not re.search(f"{TOKEN}|signed-address|private words", said)


async def test_a_token_that_cannot_be_a_header_is_not_shown(media: GraphMedia) -> None:
    """Not even by the error underneath."""
    token = "broken\ntoken"

    with pytest.raises(MediaTroubleError) as raised:
        await fetch(evolve(media, access_token=token))

    said = f"{raised.value!r} {raised.value.__cause__!r}"
    assert "broken" not in said
    assert TOKEN not in repr(media)


async def test_the_log_of_retries_holds_nothing_private(graph: GraphServer, media: GraphMedia, there: Answer) -> None:
    """Neither the token nor a caption."""
    graph.script.extend([UNAVAILABLE, there, UNAVAILABLE, there, PICTURE])

    with capture_logs() as logs:
        await fetch(media)

    assert len(logs) == 2
    assert not re.search(f"{TOKEN}|signed-address|private words", str(logs))
