"""How a file is handed out, and what other addresses answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from application.operating.open_file import ExpiredAddressError, ForgedAddressError, TooManyFilesError
from application.ports.media import AccountBlockedError, FetchedMedia, MediaTroubleError, MediaUnavailableError
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from entrypoints.http.routes.files import headers_of
from support.http_services import FakeServices

PDF = FetchedMedia(content=b"%PDF" * 100_000, mime_type="application/pdf")
BILL = Media(kind=MediaKind.DOCUMENT, id="bill", filename='Ana "x"\r\n\u00fc.pdf')


class Opens:
    """The use case: it opens one file, or fails with `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.tokens: list[str] = []
        self.open = 0

    @asynccontextmanager
    async def __call__(self, token: str) -> AsyncIterator[tuple[Media, FetchedMedia]]:
        self.tokens.append(token)
        if self.error:
            raise self.error
        self.open += 1
        yield BILL, PDF
        self.open -= 1


async def test_a_file_is_handed_out_whole() -> None:
    """To be stored under its name, and never shown or kept on the way."""
    opens = Opens()
    async with FakeServices().client(open_file=opens) as client:
        answer = await client.get("/v1/files/a.b-c_d")

    assert (answer.status_code, answer.content, opens.tokens, opens.open) == (200, PDF.content, ["a.b-c_d"], 0)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(PDF.content))
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Ana__x__.pdf\"; filename*=UTF-8''Ana%20%22x%22%C3%BC.pdf"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("written", "handed_out"),
    [
        ("image/jpeg", "image/jpeg"),
        ("audio/ogg; codecs=opus", "audio/ogg"),
        ("Text/Plain; charset=utf-8", "text/plain"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("application/xml", "application/octet-stream"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("application/x-shockwave-flash", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("a/b\r\nSet-Cookie: x", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_only_harmless_types_are_named(written: str, handed_out: str) -> None:
    """A browser carries nothing out, whatever a person sent."""
    media = Media(kind=MediaKind.IMAGE, id="1")

    headers = dict(headers_of(media, FetchedMedia(content=b"", mime_type=written)))

    assert headers[b"content-type"].decode() == handed_out
    assert b'filename="image.' in headers[b"content-disposition"]
    assert b"\r" not in b"".join(headers.values())


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (ForgedAddressError(), 403, "invalid-file-address"),
        (ExpiredAddressError(), 410, "file-address-expired"),
        (MediaUnavailableError("it is gone: secret words"), 404, "file-unavailable"),
        (MediaTroubleError("HTTP 500: secret words"), 503, "file-not-ready"),
        (AccountBlockedError("the token expired: secret words"), 503, "file-not-ready"),
        (TooManyFilesError(), 503, "overloaded"),
    ],
)
async def test_other_addresses_answer_plainly(error: Exception, status: int, kind: str) -> None:
    """With nothing that the channel said."""
    async with FakeServices().client(open_file=Opens(error)) as client:
        answer = await client.get("/v1/files/token")

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:trunkline:problem:{kind}")
    assert "secret" not in answer.text


async def test_without_the_setting_there_is_no_such_address() -> None:
    async with FakeServices().client() as client:
        answer = await client.get("/v1/files/token")

    assert (answer.status_code, answer.json()["type"]) == (404, "about:blank")
