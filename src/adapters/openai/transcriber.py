"""Speech to text, by OpenAI or any server with the same endpoint.

Source: OpenAI, "Create transcription" (API reference, 2026). The server reads the format from the file name.
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
DEFAULT_ENDING, DEFAULT_TYPE = "ogg", "audio/ogg"  # the format of voice notes
RETRYABLE_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
RETRYING = stamina.AsyncRetryingCaller(attempts=3, timeout=None, wait_initial=0.3, wait_jitter=0.3)


class Transcription(msgspec.Struct):
    """The field that we use of the response to `POST /audio/transcriptions`."""

    text: str


class _RetryableError(TranscriptionFailedError):
    """Another attempt may succeed."""


@frozen(kw_only=True)
class OpenAITranscriber:
    """Transcribes with `model` at `url`, such as `https://api.openai.com/v1`. A server without keys needs no `api_key`.

    Whoever made the client closes it. `timeout_seconds` limits the transcription of one voice note, with all attempts.
    """

    client: httpx.AsyncClient
    url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0

    async def transcribe(self, *, audio: FetchedMedia) -> str:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await RETRYING(_RetryableError, self._request, audio)
        except TimeoutError:
            raise TranscriptionFailedError(f"no transcript within {self.timeout_seconds:g} s") from None

    async def _request(self, audio: FetchedMedia) -> str:
        name, mime_type = _file_name_and_type(audio)
        try:
            # httpx sends an open file in pieces, but copies bytes whole. A closed `BytesIO` releases its bytes at once,
            # while the request may live on until the next garbage collection.
            with io.BytesIO(audio.content) as file:
                response = await self.client.post(
                    f"{self.url.rstrip('/')}/audio/transcriptions",
                    headers={b"Authorization": f"Bearer {self.api_key}".encode()} if self.api_key else {},
                    data={"model": self.model, "response_format": "json"},
                    files={"file": (name, file, mime_type)},
                    timeout=self.timeout_seconds,
                )
        except httpx.HTTPError as error:
            # The words of the error and of its cause may hold the key.
            raise _RetryableError(f"the transcriber does not answer: {type(error).__name__}") from None
        if not response.is_success:
            raise _refused(response)
        try:
            return msgspec.json.decode(response.content, type=Transcription).text.strip()
        except (ValueError, RecursionError):
            raise TranscriptionFailedError("the transcriber's answer is no transcript") from None


def _refused(response: httpx.Response) -> TranscriptionFailedError:
    """The failure in a response, without the server's words: some servers repeat the key."""
    error_type = _RetryableError if response.status_code in RETRYABLE_STATUSES else TranscriptionFailedError
    return error_type(f"the transcriber refused: HTTP {response.status_code}")


def _file_name_and_type(audio: FetchedMedia) -> tuple[str, str]:
    """A file name and a MIME type without parameters. A format that we do not know counts as that of voice notes."""
    mime_type = audio.mime_type.partition(";")[0].strip().lower()
    return (f"voice.{ENDINGS.get(mime_type, DEFAULT_ENDING)}", mime_type if mime_type in ENDINGS else DEFAULT_TYPE)
