"""Messages and files over the Graph API, with the simulator in the place of Meta."""

from collections.abc import AsyncIterator

import httpx
import pytest
from attrs import evolve

from adapters.channel_kit.contracts.parts import PARTS
from adapters.whatsapp.graph.media import GraphMedia
from adapters.whatsapp.graph.messenger import GraphMessenger
from application.ports.media import MediaUnavailableError
from application.ports.messenger import SendFailedError
from domain.messages.inbound import Media
from domain.messages.outbound import ButtonsPart, Part, ReactionPart, TextPart
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice, MediaKind
from domain.policies.retry import SendFailure
from support.messages import ANA
from support.simulator import ACCESS_TOKEN, RunningSimulator, fake_business, running_simulator

OGG = b"OggS and a voice"


@pytest.fixture
async def meta() -> AsyncIterator[RunningSimulator]:
    async with fake_business() as business, running_simulator(webhook_url=business.url) as running:
        yield running


@pytest.fixture
async def messenger(meta: RunningSimulator) -> AsyncIterator[GraphMessenger]:
    async with httpx.AsyncClient() as client:
        yield GraphMessenger(
            client=client,
            api_url=meta.url,
            api_version="v25.0",
            phone_number_id=meta.simulator.business.phone_number_id,
            access_token=ACCESS_TOKEN,
        )


@pytest.fixture
def media(meta: RunningSimulator, messenger: GraphMessenger) -> GraphMedia:
    return GraphMedia(
        client=messenger.client,
        api_url=meta.url,
        api_version="v25.0",
        phone_number_id=messenger.phone_number_id,
        access_token=ACCESS_TOKEN,
    )


SENDABLE = [part for part in PARTS if not getattr(part, "id", "")]


@pytest.mark.parametrize("part", SENDABLE, ids=str)
async def test_every_kind_of_part_is_taken(meta: RunningSimulator, messenger: GraphMessenger, part: Part) -> None:
    """It gets an id."""
    written = await meta.write("Hello")
    if isinstance(part, ReactionPart):
        part = evolve(part, message_id=written)

    for shown in messenger.render(part=part):
        assert await messenger.send(part=shown, to=ANA, reference="")


async def test_a_reply_quotes_what_it_replies_to(meta: RunningSimulator, messenger: GraphMessenger) -> None:
    """On the person's page."""
    written = await meta.write("Which size?")

    answer = await messenger.send(part=TextPart(body="Small", reply_to=written), to=ANA, reference="")

    assert (await meta.message(answer.message_id))["reply_to"] == written


async def test_choices_that_cannot_be_tapped_are_read(meta: RunningSimulator, messenger: GraphMessenger) -> None:
    """With their numbers."""
    await meta.write("Hello")
    choices = tuple(Choice(id=str(number), title=f"Size {number}") for number in range(1, 12))

    for shown in messenger.render(part=ButtonsPart(body=Markdown("Which **size**?"), choices=choices)):
        await messenger.send(part=shown, to=ANA, reference="")

    (agent_text,) = await meta.answers()
    assert agent_text.startswith("Which *size*?\n\n1. Size 1\n")
    assert agent_text.endswith("\n11. Size 11")


async def test_an_uploaded_file_is_fetched(meta: RunningSimulator, media: GraphMedia) -> None:
    """By its id, with its own size as the limit."""
    media_id = await meta.upload(OGG, "audio/ogg")

    fetched = await media.fetch(media=Media(kind=MediaKind.VOICE, id=media_id), max_bytes=len(OGG))

    assert (fetched.content, fetched.mime_type) == (OGG, "audio/ogg")


async def test_an_unknown_file_is_unavailable(media: GraphMedia) -> None:
    """Meta calls its id a bad parameter."""
    with pytest.raises(MediaUnavailableError):
        await media.fetch(media=Media(kind=MediaKind.IMAGE, id="1234567890"), max_bytes=1000)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (131056, SendFailure.PERSON_THROTTLED),
        (130429, SendFailure.THROTTLED),
        (131047, SendFailure.WINDOW_CLOSED),
        (131053, SendFailure.MEDIA_REFUSED),
        (131000, SendFailure.UNKNOWN),
        (131026, SendFailure.FINAL),
        (131048, SendFailure.ACCOUNT_BLOCKED),
    ],
)
async def test_each_class_of_errors_has_its_own_failure(
    meta: RunningSimulator, messenger: GraphMessenger, code: int, failure: SendFailure
) -> None:
    """By Meta's code."""
    await meta.write("Hello")
    await meta.control(fail_sends=1, fail_code=code)

    with pytest.raises(SendFailedError) as raised:
        await messenger.send(part=TextPart(body="Hello"), to=ANA, reference="")

    assert raised.value.failure is failure
