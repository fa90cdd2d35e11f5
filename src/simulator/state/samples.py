"""A sample file of each kind, for people and agents who have no file of their own."""

from pathlib import Path

from attrs import frozen

from simulator.state.media import Media

FOLDER = Path(__file__).parent / "sample_files"
OPUS = "audio/ogg; codecs=opus"
# A domain that nobody owns (RFC 2606). The simulator resolves links to it by itself, without a network.
SAMPLES_URL = "https://samples.example/"


@frozen
class Sample:
    """A file in `sample_files`, and its type."""

    file: str
    mime_type: str


SAMPLES = {
    "image": Sample("photo.jpg", "image/jpeg"),
    "video": Sample("video.mp4", "video/mp4"),
    "voice": Sample("voice.ogg", OPUS),
    "audio": Sample("voice.ogg", OPUS),
    "document": Sample("document.pdf", "application/pdf"),
    "sticker": Sample("sticker.webp", "image/webp"),
}


def sample(kind: str) -> Media:
    """A new copy of the sample of this kind, with its own id."""
    found = SAMPLES[kind]
    return Media(content=(FOLDER / found.file).read_bytes(), mime_type=found.mime_type, filename=found.file)


def sample_at(link: str) -> Media | None:
    """A new copy of the sample at a link below `SAMPLES_URL`. None for any other link."""
    kinds = {f"{SAMPLES_URL}{found.file}": kind for kind, found in SAMPLES.items()}
    return sample(kinds[link]) if link in kinds else None
