"""Files either side can send without having any, one of each kind."""

from pathlib import Path

from attrs import frozen

from simulator.state.media import Media

FOLDER = Path(__file__).parent / "sample_files"
OPUS = "audio/ogg; codecs=opus"
# Nobody owns it (RFC 2606): links to it work without a network.
SAMPLES_URL = "https://samples.example/"


@frozen
class Sample:
    """A file of the folder and what it is."""

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
    """A fresh copy of the sample of that kind, with an id of its own."""
    found = SAMPLES[kind]
    return Media(content=(FOLDER / found.file).read_bytes(), mime_type=found.mime_type, filename=found.file)


def sample_at(link: str) -> Media | None:
    """A fresh copy of the sample that a link below `SAMPLES_URL` names; None for any other link."""
    kinds = {f"{SAMPLES_URL}{found.file}": kind for kind, found in SAMPLES.items()}
    return sample(kinds[link]) if link in kinds else None
