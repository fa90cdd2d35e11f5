"""Responses of a channel's API, and downloads from it.

Of an httpx error only the type is shown: its own words may hold the address or the token.
"""

import asyncio
import contextlib
import hashlib
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from http import HTTPStatus

import httpx
import msgspec
import stamina

from adapters.channel_kit.json_fields import maybe_object, maybe_sha256
from adapters.http_client.service import HttpService, WholeResponse
from application.ports.media import MediaTroubleError, MediaUnavailableError
from application.ports.messenger import SendFailedError
from domain.policies.retry import SendFailure

# Both have what is read here: `status_code`, `reason_phrase`, `content` and `is_success`.
type ApiResponse = httpx.Response | WholeResponse

NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
CANNOT_BE_SENT = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
DOWNLOAD_SECONDS = 60.0
UPLOAD_SECONDS = 60.0
RETRYING = stamina.AsyncRetryingCaller(attempts=3, timeout=2 * DOWNLOAD_SECONDS, wait_initial=0.3, wait_jitter=0.3)
RETRYABLE_STATUSES = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED})
FAILURES: Mapping[int, SendFailure] = {
    HTTPStatus.UNAUTHORIZED: SendFailure.ACCOUNT_BLOCKED,
    HTTPStatus.REQUEST_TIMEOUT: SendFailure.UNKNOWN,
    HTTPStatus.TOO_MANY_REQUESTS: SendFailure.THROTTLED,
}
MAX_DETAIL = 500
MAX_RESPONSE_BYTES = 1024 * 1024
GONE_STATUSES = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class GoneError(MediaUnavailableError):
    """There is nothing at this address, or not any more."""

    def __init__(self) -> None:
        super().__init__("it is gone")


def json_service(client: httpx.AsyncClient, url: str, *, headers: Mapping[bytes, bytes] | None = None) -> HttpService:
    """The API below `url`. It takes JSON, and answers with at most `MAX_RESPONSE_BYTES`."""
    all_headers = {**(headers or {}), b"Content-Type": b"application/json"}
    return HttpService(client, url, headers=all_headers.items(), max_bytes=MAX_RESPONSE_BYTES)


def response_object(response: ApiResponse) -> Mapping[str, object]:
    """The JSON object in a response; empty where there is none, as in the HTML page of a gateway.

    The standard library reads what msgspec rejects: other encodings than UTF-8, and half an emoji.
    """
    for decode in (msgspec.json.decode, json.loads):
        try:
            return maybe_object(decode(response.content))
        except (ValueError, RecursionError):
            continue
    return {}


def no_response(error: httpx.HTTPError) -> SendFailedError:
    """The failure of a request that got no response."""
    name = type(error).__name__
    if isinstance(error, NOT_CONNECTED):
        return SendFailedError(SendFailure.UNREACHABLE, f"not sent, no connection: {name}")
    if isinstance(error, CANNOT_BE_SENT):
        return SendFailedError(SendFailure.ACCOUNT_BLOCKED, f"not sent, the address or token cannot be used: {name}")
    return SendFailedError(SendFailure.UNKNOWN, f"no response: {name}")


def refused(
    failure: SendFailure,
    response: ApiResponse,
    *,
    about: str = "",
    words: str,
    secrets: Iterable[str],
    code: str = "",
    retry_after_seconds: float = 0.0,
) -> SendFailedError:
    """The failure with the channel's own `words`, which come after a colon and hold none of `secrets`.

    Example of its detail: "HTTP 400, sendMessage: Bad Request: chat not found".
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):  # one may be the beginning of another
        words = words.replace(secret, "[left out]")
    status = ", ".join(filter(None, (f"HTTP {response.status_code}", about)))
    detail = f"{status}: {words[:MAX_DETAIL]}"
    return SendFailedError(failure, detail, retry_after_seconds=retry_after_seconds, code=code)


def failure_of_status(
    status: int, failures: Mapping[int, SendFailure], *, otherwise: SendFailure = SendFailure.PART_REFUSED
) -> SendFailure:
    """What a refusal with this HTTP status means: as `failures` say, else as is usual.

    `otherwise` is for the other errors of ours. After one of the server's, nobody knows whether the message was sent.
    """
    is_ours = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return {**FAILURES, **failures}.get(status, otherwise if is_ours else SendFailure.UNKNOWN)


async def retried[T](on: type[Exception] | Callable[[Exception], bool], attempt: Callable[[], Awaitable[T]]) -> T:
    """The result of one of three attempts. `attempt` takes no arguments: stamina logs them, and files are private."""
    return await RETRYING(on, attempt)


@contextlib.asynccontextmanager
async def opened_for_upload(content: bytes) -> AsyncIterator[io.BytesIO]:
    """The content as an open file, for one upload within its time.

    httpx sends an open file in pieces, but copies bytes whole. A closed `BytesIO` releases its bytes at once, while the
    request may live on until the next garbage collection.

    Raises:
        SendFailedError: UNKNOWN, the upload took too long.
    """
    try:
        with io.BytesIO(content) as file:
            async with asyncio.timeout(UPLOAD_SECONDS):
                yield file
    except TimeoutError:
        raise SendFailedError(SendFailure.UNKNOWN, "the upload takes too long") from None


async def download(
    client: httpx.AsyncClient,
    url: httpx.URL,
    *,
    max_bytes: int,
    headers: Mapping[bytes, bytes] | None = None,
    digests: Collection[object] = (),
) -> bytes:
    """The content at the address, of at most `max_bytes`.

    `digests` is what the channel says of its SHA-256. A value that is no digest is ignored.

    It is not compressed, so the bytes that arrive are the bytes that count. A redirect is not followed: the token
    would go with it.

    Raises:
        GoneError: there is nothing at this address any more.
        MediaUnavailableError: it is of no use to try again.
        MediaTroubleError: later it may succeed.
    """
    try:
        async with (
            asyncio.timeout(DOWNLOAD_SECONDS),
            client.stream(
                "GET", url, headers={**(headers or {}), b"Accept-Encoding": b"identity"}, follow_redirects=False
            ) as response,
        ):
            _check(response, max_bytes)
            return await _read(response, max_bytes, digests)
    except TimeoutError:
        raise MediaTroubleError("the download takes too long") from None
    except httpx.HTTPError as error:  # its words may hold the token
        raise MediaTroubleError(f"the download failed: {type(error).__name__}") from None


def too_large(max_bytes: int) -> MediaUnavailableError:
    return MediaUnavailableError(f"it is too large: more than {max_bytes} bytes")


def _check(response: httpx.Response, max_bytes: int) -> None:
    if response.status_code in GONE_STATUSES:
        raise GoneError
    if response.is_server_error or response.status_code in RETRYABLE_STATUSES:
        raise MediaTroubleError(f"the download failed: HTTP {response.status_code}")
    if not response.is_success:
        raise MediaUnavailableError(f"its download is refused: HTTP {response.status_code}")
    if int(response.headers.get("content-length", 0)) > max_bytes:
        raise too_large(max_bytes)


async def _read(response: httpx.Response, max_bytes: int, digests: Collection[object]) -> bytes:
    content = bytearray()
    try:
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > max_bytes:
                raise too_large(max_bytes)
        announced = set(filter(None, map(maybe_sha256, digests)))
        if announced and announced != {hashlib.sha256(content).hexdigest()}:
            raise MediaUnavailableError("its content is not what the channel said it would be")
        return bytes(content)
    finally:
        content.clear()  # the traceback of an error would hold it until the next garbage collection
