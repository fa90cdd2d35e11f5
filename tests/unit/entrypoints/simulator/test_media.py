"""The shelf of files."""

import time

from entrypoints.simulator import media
from entrypoints.simulator.media import Media, MediaShelf


def test_the_oldest_file_gives_way() -> None:
    """Memory is bounded."""
    shelf = MediaShelf()
    quarter = bytes(media.KEPT_BYTES // 4)

    files = [shelf.put(Media(content=quarter, mime_type="image/png")) for _ in range(5)]

    assert shelf.get(files[0].id) is None
    assert shelf.get(files[4].id) is files[4]


def test_addresses_expire() -> None:
    """An address is good for five minutes."""
    shelf = MediaShelf()
    file = shelf.put(Media(content=b"x", mime_type="image/png"))

    assert shelf.fetch(file.id, expires=int(time.time()) + 60) is file
    assert shelf.fetch(file.id, expires=int(time.time()) - 1) is None
