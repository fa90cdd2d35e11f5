"""Speech to text, by OpenAI or any server with the same endpoint.

Source: OpenAI, "Create transcription" (API reference, 2026). The file's name tells the format.
"""

import asyncio
import io
from collections.abc import Mapping

import httpx
import msgspec
import stamina
from attrs import field, frozen

from application.ports.media import FetchedMedia
from application.ports.transcriber import TranscriptionFailedError

ENDINGS: Mapping[str, str] = {
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/opus": "opus",
    "audio/wav": "wav",
    "audio/webm": "webm",
}
USUAL_ENDING, USUAL_TYPE = "ogg", "audio/ogg"  # what voice notes are
PASSING = frozenset({408, 409, 429, 500, 502, 503, 504})
RETRYING = stamina.AsyncRetryingCaller(attempts=3, timeout=None, wait_initial=0.3, wait_jitter=0.3)


class Transcription(msgspec.Struct):
    """What we need of the reply to `POST /audio/transcriptions`."""

    text: str


class _PassingTroubleError(TranscriptionFailedError):
    """It may go better the next time."""


@frozen(kw_only=True)
class OpenAITranscriber:
    """Has `model` at `url` listen, such as `https://api.openai.com/v1`; a server without keys needs no `api_key`.

    Whoever made the client closes it. `timeout_seconds` bounds the transcription of one voice note from end to end.
    """

    client: httpx.AsyncClient
    url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0

    async def transcribe(self, *, audio: FetchedMedia) -> str:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await RETRYING(_PassingTroubleError, self._ask, audio)
        except TimeoutError:
            raise TranscriptionFailedError(f"no transcript within {self.timeout_seconds:g} s") from None

    async def _ask(self, audio: FetchedMedia) -> str:
        name, kind = _named(audio)
        try:
            # Read as a file it goes out in pieces; bytes would be copied for the connection. Closed it gives up its
            # bytes, though the request (in a cycle with its response) lives until the next garbage collection.
            with io.BytesIO(audio.content) as file:
                response = await self.client.post(
                    f"{self.url.rstrip('/')}/audio/transcriptions",
                    headers={b"Authorization": f"Bearer {self.api_key}".encode()} if self.api_key else {},
                    data={"model": self.model, "response_format": "json"},
                    files={"file": (name, file, kind)},
                    timeout=self.timeout_seconds,
                )
        except httpx.HTTPError as error:
            # Its words, and those of what caused it, may hold the key.
            raise _PassingTroubleError(f"the transcriber does not answer: {type(error).__name__}") from None
        if not response.is_success:
            raise _refused(response)
        try:
            return msgspec.json.decode(response.content, type=Transcription).text.strip()
        except (ValueError, RecursionError):
            raise TranscriptionFailedError("the transcriber's answer is no transcript") from None


def _refused(response: httpx.Response) -> TranscriptionFailedError:
    """Its words stay out: some repeat the key."""
    kind = _PassingTroubleError if response.status_code in PASSING else TranscriptionFailedError
    return kind(f"the transcriber refused: HTTP {response.status_code}")


def _named(audio: FetchedMedia) -> tuple[str, str]:
    """Its name and its type, the latter without parameters."""
    kind = audio.mime_type.partition(";")[0].strip().lower()
    return (f"voice.{ENDINGS.get(kind, USUAL_ENDING)}", kind if kind in ENDINGS else USUAL_TYPE)
