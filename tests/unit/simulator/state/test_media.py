"""The shelf of files."""

from urllib.parse import parse_qs, urlsplit

import pytest

from simulator.state import media
from simulator.state.media import Media, MediaShelf
from simulator.state.samples import SAMPLES, sample


def fetched(shelf: MediaShelf, address: str) -> Media | None:
    """The file at an address of the shelf."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return shelf.fetch(query["mid"], expires=int(query["ext"]), signature=query["hash"])


def test_the_oldest_file_gives_way() -> None:
    """Memory is bounded."""
    shelf = MediaShelf()
    quarter = bytes(media.KEPT_BYTES // 4)

    files = [shelf.put(Media(content=quarter, mime_type="image/png")) for _ in range(5)]

    assert shelf.get(files[0].id) is None
    assert shelf.get(files[4].id) is files[4]


def test_an_address_leads_to_its_file() -> None:
    """An address works for five minutes. A forged one does not."""
    shelf = MediaShelf()
    file = shelf.put(Media(content=b"x", mime_type="image/png"))
    address = shelf.address(file, base_url="http://127.0.0.1:9/")

    assert address.startswith("http://127.0.0.1:9/whatsapp_business/attachments?")
    assert fetched(shelf, address) is file
    assert fetched(shelf, address.replace("hash=", "hash=0")) is None


def test_addresses_expire() -> None:
    """After the time that the shelf says. A new address works."""
    shelf = MediaShelf()
    file = shelf.put(Media(content=b"x", mime_type="image/png"))
    shelf.url_seconds = 0
    late = shelf.address(file)
    shelf.url_seconds = 300

    assert fetched(shelf, late) is None
    assert fetched(shelf, shelf.address(file)) is file


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_meta_takes_each_sample(kind: str) -> None:
    """What a person can send without a file of their own is within the limits of its type."""
    assert sample(kind).why_not("audio" if kind == "voice" else kind) is None


@pytest.mark.parametrize(
    ("mime_type", "size", "kind"),
    [
        ("image/png", 1, "sticker"),
        ("image/webp", 1, "image"),
        ("image/webp", 100 * 1024 + 1, "sticker"),
        ("image/jpeg", 5 * 1024 * 1024 + 1, "image"),
        ("audio/wav", 1, "audio"),
        ("video/webm", 1, "video"),
    ],
)
def test_meta_refuses_formats_and_sizes(mime_type: str, size: int, kind: str) -> None:
    """Each type of message has its own limit."""
    assert Media(content=bytes(size), mime_type=mime_type).why_not(kind)


def test_an_animated_sticker_may_be_larger() -> None:
    """An animated sticker may have 500 instead of 100 kilobytes."""
    animated = Media(content=b"RIFF\0\0\0\0WEBPVP8X..........ANIM" + bytes(400 * 1024), mime_type="image/webp")

    assert animated.why_not("sticker") is None


def test_anything_can_be_a_document() -> None:
    """Any file can be sent as a document, even an image."""
    assert Media(content=b"x", mime_type="application/zip").kind == "document"
    assert Media(content=b"x", mime_type="image/png").why_not("document") is None
