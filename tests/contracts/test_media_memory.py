"""The files in memory keep the contract."""

import pytest
from attrs import field, frozen

from adapters.channel_kit.contracts.media import IMAGE, MediaContract, UploadContract
from adapters.memory.media import MemoryMedia
from application.ports.media import FetchedMedia
from domain.policies.retry import SendFailure


@frozen
class MemoryFarSide:
    media: MemoryMedia = field(factory=MemoryMedia)

    def holds(self, content: bytes, *, mime_type: str) -> None:
        self.media.files = {IMAGE.id: FetchedMedia(content=content, mime_type=mime_type)}

    def holds_nothing(self) -> None:
        self.media.files = {}

    def is_in_trouble(self) -> None:
        self.media.fail_next("away")

    def takes_uploads(self) -> None:
        """Uploads succeed unless a test sets a failure."""

    def fails_uploads(self, failure: SendFailure) -> None:
        self.media.fail_next_uploads(failure)

    def taken(self) -> list[bytes]:
        return [file.content for file in self.media.uploaded]


class TestMemoryMedia(MediaContract, UploadContract):
    @pytest.fixture
    def far_side(self) -> MemoryFarSide:
        return MemoryFarSide()


async def test_the_fetches_are_remembered() -> None:
    """In their order."""
    media = MemoryMedia(files={IMAGE.id: FetchedMedia(content=b"", mime_type="")})
    with pytest.raises(Exception, match="not what"):
        await media.fetch(media=IMAGE, max_bytes=0)

    assert media.fetched == [IMAGE.id]
