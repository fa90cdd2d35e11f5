"""Files of people: where Telegram has them, and when they cannot be had."""

import traceback

import pytest
import stamina

from adapters.telegram.api import BotApi
from adapters.telegram.media import TelegramMedia
from application.ports.media import AccountBlockedError, MediaTroubleError, MediaUnavailableError
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from support.graph_server import Answer
from support.telegram import TOKEN, BotApiServer, ok, refusal

VOICE = Media(kind=MediaKind.VOICE, id="file_7", mime_type="audio/ogg")


@pytest.fixture
def media(api: BotApi) -> TelegramMedia:
    return TelegramMedia(api=api)


async def test_the_type_is_what_the_message_said(media: TelegramMedia, server: BotApiServer) -> None:
    """Or else what the ending of its path says. The download itself names none."""
    server.keep("file_7", b"OggS", "audio/ogg")
    server.keep("file_8", b"jpeg", "image/jpeg")

    voice = await media.fetch(media=VOICE, max_bytes=10)
    photo = await media.fetch(media=Media(kind=MediaKind.IMAGE, id="file_8"), max_bytes=10)

    assert (voice.content, voice.mime_type) == (b"OggS", "audio/ogg")
    assert (photo.content, photo.mime_type) == (b"jpeg", "image/jpeg")


@pytest.mark.parametrize("path", ["", "../secret", "a/../../b", "photos/a?b=c", "photos/a b", 5, None])
async def test_a_path_that_leads_elsewhere_is_not_followed(
    media: TelegramMedia, server: BotApiServer, path: object
) -> None:
    """The token would go with it."""
    server.script.append(ok({"file_id": "file_7", "file_path": path}))

    with pytest.raises(MediaUnavailableError):
        await media.fetch(media=VOICE, max_bytes=10)

    assert len(server.paths) == 1


async def test_a_file_that_is_announced_too_large_is_not_fetched(media: TelegramMedia, server: BotApiServer) -> None:
    """Nothing is downloaded."""
    server.keep("file_7", b"OggS", "audio/ogg")

    with pytest.raises(MediaUnavailableError, match="too large"):
        await media.fetch(media=VOICE, max_bytes=3)

    assert len(server.paths) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(401, "Unauthorized"), AccountBlockedError),
        (refusal(400, "Bad Request: file is too big"), MediaUnavailableError),
        (refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), MediaUnavailableError),
        (refusal(429, "Too Many Requests: retry after 3", retry_after=3), MediaTroubleError),
        (Answer(b"", 502), MediaTroubleError),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_why_a_file_cannot_be_had_is_told_apart(
    media: TelegramMedia, server: BotApiServer, answer: Answer, error: type[Exception]
) -> None:
    server.script.extend([answer] * 3)

    with stamina.set_testing(True, attempts=3, cap=True), pytest.raises(error):
        await media.fetch(media=VOICE, max_bytes=10)


async def test_no_error_shows_the_token(media: TelegramMedia, server: BotApiServer) -> None:
    """It is in the address of the file, too."""
    server.script.extend([ok({"file_path": "voice/file_7.oga"}), Answer(b"12345", cut=3)] * 3)

    with stamina.set_testing(True, attempts=3, cap=True), pytest.raises(MediaTroubleError) as raised:
        await media.fetch(media=VOICE, max_bytes=10)

    assert TOKEN not in "".join(traceback.format_exception(raised.value))


async def test_a_file_that_is_gone_between_the_two_calls_is_unavailable(
    media: TelegramMedia, server: BotApiServer
) -> None:
    """Its address works for an hour."""
    server.script.append(ok({"file_path": "voice/file_7.oga"}))

    with pytest.raises(MediaUnavailableError, match="gone"):
        await media.fetch(media=VOICE, max_bytes=10)
