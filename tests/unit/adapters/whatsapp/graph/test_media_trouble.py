"""Files from the Graph API that come late or never."""

import pytest
from attrs import evolve

from adapters.channel_kit import http as media_module
from adapters.whatsapp.graph.media import GraphMedia
from application.ports.media import MediaTroubleError, MediaUnavailableError
from support.canned_http import answering
from support.graph_server import (
    UNAVAILABLE,
    Answer,
    GraphServer,
    Reset,
    Silence,
    Step,
    described,
    refusal,
    unused_address,
)
from support.media_download import CONTENT, PICTURE, fetch

pytestmark = pytest.mark.usefixtures("without_waiting")


@pytest.mark.parametrize("status", [404, 410])
async def test_an_expired_address_is_requested_again(
    graph: GraphServer, media: GraphMedia, described_picture: Answer, status: int
) -> None:
    """It works for five minutes."""
    graph.script.extend([described_picture, Answer(b"", status), described_picture, PICTURE])

    assert (await fetch(media)).content == CONTENT


async def test_a_new_address_is_requested_once(
    graph: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """After that the file is gone."""
    graph.script.extend([described_picture, Answer(b"", 404)] * 2)

    with pytest.raises(MediaUnavailableError, match="gone"):
        await fetch(media)

    assert len(graph.requests) == 4


TROUBLES: list[Step] = [UNAVAILABLE, Answer(b"<html>", 502, "text/html"), Answer(b"", 429), Silence(), Reset()]


@pytest.mark.parametrize("trouble", [*TROUBLES, Answer(CONTENT, cut=1)], ids=lambda step: type(step).__name__)
async def test_a_failed_download_is_tried_again(
    graph: GraphServer, media: GraphMedia, described_picture: Answer, trouble: Step
) -> None:
    """Up to three attempts."""
    graph.script.extend([described_picture, trouble, described_picture, trouble, described_picture, PICTURE])

    assert (await fetch(media)).content == CONTENT


@pytest.mark.parametrize("trouble", [*TROUBLES, refusal(190, status=401), refusal(80007), Answer(b"{}")], ids=str)
async def test_media_trouble_that_stays_is_raised(graph: GraphServer, media: GraphMedia, trouble: Step) -> None:
    """The file may be available later. Three attempts are enough for now."""
    graph.script.extend([trouble] * 3)

    with pytest.raises(MediaTroubleError):
        await fetch(media)

    assert len(graph.requests) == 3


async def test_a_download_that_keeps_failing_raises_media_trouble(
    graph: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """Like a request for the address."""
    graph.script.extend([described_picture, UNAVAILABLE] * 3)

    with pytest.raises(MediaTroubleError, match="HTTP 503"):
        await fetch(media)


async def test_an_unreachable_graph_api_raises_media_trouble(media: GraphMedia) -> None:
    """Nobody listens."""
    with pytest.raises(MediaTroubleError):
        await fetch(evolve(media, api_url=unused_address()))


async def test_a_download_that_trickles_is_given_up(
    graph: GraphServer, media: GraphMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person waits for an answer."""
    monkeypatch.setattr(media_module, "DOWNLOAD_SECONDS", 0.05)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    async with answering(head, *[b"x"] * 30, every_seconds=0.02) as slow:
        graph.script.extend([described(b"", url=f"{slow}/picture", file_size="1000")] * 3)

        with pytest.raises(MediaTroubleError, match="too long"):
            await fetch(evolve(media, media_hosts=(slow.removeprefix("http://"),)))


@pytest.mark.parametrize("step", [refusal(100, error_subcode=33), refusal(100), Answer(b"", 404)], ids=str)
async def test_an_id_that_meta_does_not_know_is_not_requested_again(
    graph: GraphServer, media: GraphMedia, step: Step
) -> None:
    """It stays unknown."""
    graph.script.append(step)

    with pytest.raises(MediaUnavailableError):
        await fetch(media)
    assert len(graph.requests) == 1


async def test_a_download_that_is_refused_is_not_tried_again(
    graph: GraphServer, media: GraphMedia, described_picture: Answer
) -> None:
    """It would be refused again."""
    graph.script.extend([described_picture, Answer(b"", 403)])

    with pytest.raises(MediaUnavailableError, match="HTTP 403"):
        await fetch(media)
