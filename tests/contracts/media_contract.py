"""What every source of media promises."""

import hashlib
from typing import Protocol

import pytest

from application.ports.media import FetchedMedia, MediaPort, MediaTroubleError, MediaUnavailableError
from domain.contents import MediaKind
from domain.messages import Media

CONTENT = b"what somebody sent"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
IMAGE = Media(kind=MediaKind.IMAGE, id="1234567890", mime_type="image/jpeg", digest=DIGEST)


class MediaAtWork(Protocol):
    """A source of media; what its far side does at the next fetch is told before each."""

    media: MediaPort

    def holds(self, content: bytes, *, mime_type: str) -> None: ...

    def holds_nothing(self) -> None: ...

    def is_in_trouble(self) -> None: ...


class MediaContract:
    """Inherit, and provide the fixture `far_side`."""

    @pytest.mark.parametrize("digest", [DIGEST, None])
    async def test_fetches_the_whole_file(self, far_side: MediaAtWork, digest: str | None) -> None:
        """With its type, whether or not its digest is known."""
        far_side.holds(CONTENT, mime_type="image/jpeg")
        media = Media(kind=MediaKind.IMAGE, id=IMAGE.id, digest=digest)

        fetched = await far_side.media.fetch(media=media, largest=len(CONTENT))

        assert fetched == FetchedMedia(content=CONTENT, mime_type="image/jpeg")

    async def test_a_larger_file_is_not_to_be_had(self, far_side: MediaAtWork) -> None:
        """By one byte."""
        far_side.holds(CONTENT, mime_type="image/jpeg")

        with pytest.raises(MediaUnavailableError, match="too large"):
            await far_side.media.fetch(media=IMAGE, largest=len(CONTENT) - 1)

    async def test_another_file_is_not_taken_for_it(self, far_side: MediaAtWork) -> None:
        """Its digest is wrong."""
        far_side.holds(b"something else", mime_type="image/jpeg")

        with pytest.raises(MediaUnavailableError, match="not what"):
            await far_side.media.fetch(media=IMAGE, largest=1000)

    async def test_a_file_that_is_gone_is_not_to_be_had(self, far_side: MediaAtWork) -> None:
        """Channels keep them for some days."""
        far_side.holds_nothing()

        with pytest.raises(MediaUnavailableError):
            await far_side.media.fetch(media=IMAGE, largest=1000)

    async def test_trouble_passes(self, far_side: MediaAtWork) -> None:
        """Later the same file is there."""
        far_side.is_in_trouble()
        with pytest.raises(MediaTroubleError):
            await far_side.media.fetch(media=IMAGE, largest=1000)

        far_side.holds(CONTENT, mime_type="image/jpeg")

        assert (await far_side.media.fetch(media=IMAGE, largest=1000)).content == CONTENT
