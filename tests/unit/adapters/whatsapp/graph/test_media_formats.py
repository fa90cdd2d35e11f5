"""The files that Meta accepts from a business, and their names."""

import pytest
from attrs import evolve

from adapters.whatsapp.graph.media_formats import Upload, accepted, as_upload
from application.ports.messenger import SendFailedError
from domain.messages.outbound import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure

MEGABYTE = 1024 * 1024
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOVING = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0"
STILL = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0"


def upload(kind: MediaKind, mime_type: str, content: bytes = b"x") -> Upload:
    return as_upload(FilePart(kind=kind, content=content, mime_type=mime_type, filename="../mine.exe"))


@pytest.mark.parametrize(
    ("kind", "mime_type", "name"),
    [
        (MediaKind.IMAGE, "image/jpeg", "file.jpg"),
        (MediaKind.IMAGE, "image/png", "file.png"),
        (MediaKind.STICKER, "image/webp", "file.webp"),
        (MediaKind.VIDEO, "video/mp4", "file.mp4"),
        (MediaKind.VIDEO, "video/3gpp", "file.3gp"),
        (MediaKind.AUDIO, "audio/mpeg", "file.mp3"),
        (MediaKind.VOICE, "audio/mp4", "file.m4a"),
        (MediaKind.DOCUMENT, "application/pdf", "file.pdf"),
        (MediaKind.DOCUMENT, SHEET, "file.xlsx"),
        (MediaKind.DOCUMENT, "image/png", "file.png"),
        (MediaKind.DOCUMENT, "video/mp4", "file.mp4"),
    ],
)
def test_a_file_is_named_by_its_format(kind: MediaKind, mime_type: str, name: str) -> None:
    """Meta reads the ending. The name that people see is in the message."""
    assert upload(kind, mime_type) == Upload(name=name, mime_type=mime_type)


@pytest.mark.parametrize("mime_type", ["audio/ogg", "audio/opus"])
@pytest.mark.parametrize("kind", [MediaKind.AUDIO, MediaKind.VOICE])
def test_opus_goes_by_its_whole_name(kind: MediaKind, mime_type: str) -> None:
    """With another name, Meta accepts the upload and refuses the message."""
    assert upload(kind, mime_type) == Upload(name="file.ogg", mime_type="audio/ogg; codecs=opus")


@pytest.mark.parametrize("mime_type", ["text/csv", "text/calendar", "text/markdown"])
def test_every_text_is_a_plain_one(mime_type: str) -> None:
    """Meta knows no other text type. The file name says what it is."""
    assert upload(MediaKind.DOCUMENT, mime_type) == Upload(name="file.txt", mime_type="text/plain")


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [
        (MediaKind.IMAGE, "image/webp"),
        (MediaKind.IMAGE, "image/gif"),
        (MediaKind.IMAGE, "application/pdf"),
        (MediaKind.IMAGE, "text/plain"),
        (MediaKind.STICKER, "image/png"),
        (MediaKind.VIDEO, "video/webm"),
        (MediaKind.AUDIO, "audio/wav"),
        (MediaKind.VOICE, "video/mp4"),
        (MediaKind.DOCUMENT, "application/zip"),
        (MediaKind.DOCUMENT, "application/octet-stream"),
    ],
)
def test_other_formats_are_refused_before_they_are_sent(kind: MediaKind, mime_type: str) -> None:
    """Meta would refuse them."""
    with pytest.raises(SendFailedError, match=f"not uploaded, {mime_type} is no format for this kind") as raised:
        upload(kind, mime_type)

    assert raised.value.failure is SendFailure.MEDIA_REFUSED


@pytest.mark.parametrize(
    ("kind", "mime_type", "limit", "begins"),
    [
        (MediaKind.IMAGE, "image/png", 5 * MEGABYTE, b""),
        (MediaKind.VIDEO, "video/mp4", 16 * MEGABYTE, b""),
        (MediaKind.AUDIO, "audio/mpeg", 16 * MEGABYTE, b""),
        (MediaKind.VOICE, "audio/ogg", 16 * MEGABYTE, b""),
        (MediaKind.STICKER, "image/webp", 100 * 1024, b""),
        (MediaKind.STICKER, "image/webp", 100 * 1024, STILL),
        (MediaKind.STICKER, "image/webp", 500 * 1024, MOVING),
    ],
)
def test_each_kind_has_its_size(kind: MediaKind, mime_type: str, limit: int, begins: bytes) -> None:
    """One byte more is refused. An animated sticker may be larger."""
    assert upload(kind, mime_type, begins.ljust(limit, b"x"))
    with pytest.raises(SendFailedError, match=f"{limit + 1} bytes are too many") as raised:
        upload(kind, mime_type, begins.ljust(limit + 1, b"x"))

    assert raised.value.failure is SendFailure.MEDIA_REFUSED


@pytest.mark.parametrize("length", range(12, 22))
def test_a_sticker_that_was_cut_off_is_one_that_stands_still(length: int) -> None:
    """Meta reports what is wrong with it."""
    assert upload(MediaKind.STICKER, "image/webp", MOVING[:length])


PNG, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(30), b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(30)
WEBP, BMP, PDF = b"RIFF\x10\0\0\0WEBPVP8 " + bytes(30), b"BM\x46\0\0\0" + bytes(50), b"%PDF-1.4\n%%EOF"
M4A, MP3 = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + bytes(30), b"ID3\x03" + bytes(40)
OGG, ZIP = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(30), b"PK\x03\x04" + bytes(60)


@pytest.mark.parametrize(
    ("content", "mime_type", "found"),
    [
        (PNG, "", "image/png"),
        (JPEG, "", "image/jpeg"),
        (JPEG, "application/octet-stream", "image/jpeg"),
        (JPEG, "image/jpg", "image/jpeg"),
        (JPEG, "image/pjpeg", "image/jpeg"),
        (MP3, "audio/mp3", "audio/mpeg"),
        (MP3, "", "audio/mpeg"),
        (M4A, "audio/x-m4a", "audio/mp4"),
        (M4A, "", "audio/mp4"),
        (OGG, "", "audio/ogg"),
        (PDF, "application/x-pdf", "application/pdf"),
        (PDF, "", "application/pdf"),
        (b"Hello", "", "text/plain"),
        (bytes(9), "", "application/octet-stream"),
        (b"\xff\xfe", "", "application/octet-stream"),
    ],
)
def test_a_format_is_read_from_the_content(content: bytes, mime_type: str, found: str) -> None:
    """If the type is missing. Other names become the names that Meta knows."""
    assert accepted(FilePart(kind=MediaKind.DOCUMENT, content=content, mime_type=mime_type)).mime_type == found


@pytest.mark.parametrize(
    ("kind", "content", "mime_type", "shown", "name"),
    [
        (MediaKind.IMAGE, PNG, "", MediaKind.IMAGE, ""),
        (MediaKind.IMAGE, WEBP, "image/webp", MediaKind.DOCUMENT, "document.webp"),
        (MediaKind.IMAGE, BMP, "", MediaKind.IMAGE, ""),
        (MediaKind.IMAGE, ZIP, "", MediaKind.IMAGE, ""),
        (MediaKind.DOCUMENT, ZIP, "", MediaKind.DOCUMENT, "document.zip"),
        (MediaKind.IMAGE, b"{}", "application/json", MediaKind.DOCUMENT, "document.json"),
        (MediaKind.VIDEO, PDF, "", MediaKind.DOCUMENT, "document.pdf"),
        (MediaKind.STICKER, PNG, "", MediaKind.IMAGE, ""),
        (MediaKind.STICKER, WEBP, "", MediaKind.STICKER, ""),
        (MediaKind.VOICE, OGG, "audio/opus", MediaKind.VOICE, ""),
        (MediaKind.DOCUMENT, PDF, "", MediaKind.DOCUMENT, "document.pdf"),
        (MediaKind.DOCUMENT, bytes(9), "", MediaKind.DOCUMENT, "document.bin"),
    ],
)
def test_a_file_that_cannot_be_an_image_is_a_document(
    kind: MediaKind, content: bytes, mime_type: str, shown: MediaKind, name: str
) -> None:
    """Without a name it gets one from its type. A format that Meta does not accept as a document stays as it is."""
    found = accepted(FilePart(kind=kind, content=content, mime_type=mime_type))

    assert (found.kind, found.filename) == (shown, name)


def test_a_name_that_was_given_stays() -> None:
    """It may give the type."""
    csv = FilePart(kind=MediaKind.DOCUMENT, content=b"\xff", filename="prices.csv")

    assert accepted(csv) == evolve(csv, mime_type="text/csv")


@pytest.mark.parametrize("mime_type", ["application/json", "application/ld+json", "application/xml"])
def test_texts_by_another_name_are_texts(mime_type: str) -> None:
    """Meta accepts them as plain text."""
    assert upload(MediaKind.DOCUMENT, mime_type) == Upload(name="file.txt", mime_type="text/plain")
