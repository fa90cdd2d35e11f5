"""A channel's own words may quote people: they are in events and dead letters, and never in a log."""

import logging

import pytest
from attrs import evolve

from adapters.memory.media import MemoryMedia
from adapters.memory.transcriber import MemoryTranscriber
from application.ports.inbox import EnqueuedMessage
from application.ports.media import AccountBlockedError, FetchedMedia, MediaTroubleError
from application.ports.messenger import SendFailedError
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from domain.policies.debounce import IMMEDIATE
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import enqueued, message
from support.turns import answer_once
from support.watched_ports import WatchedMessenger

CODE = "HTTP 400, code 131009"
QUOTED = "Parameter is not valid: my card is 4111"
DETAIL = f"{CODE}: {QUOTED}"


def refusing(failure: SendFailure) -> Answering:
    async def refuse() -> None:
        raise SendFailedError(failure, DETAIL)

    return Answering(messenger=WatchedMessenger(before_send=refuse))


@pytest.mark.parametrize(
    ("failure", "outcome", "kind"),
    [
        (SendFailure.THROTTLED, Outcome.RETRIED, ActivityKind.RETRIED),
        (SendFailure.FINAL, Outcome.FAILED, ActivityKind.FAILED),
        (SendFailure.ACCOUNT_BLOCKED, Outcome.DEFERRED, ActivityKind.STOPPED),
    ],
)
async def test_a_refused_message(
    caplog: pytest.LogCaptureFixture, failure: SendFailure, outcome: Outcome, kind: ActivityKind
) -> None:
    """Its code and what follows are logged. The channel's words are in the event."""
    caplog.set_level(logging.DEBUG)
    answering = refusing(failure)
    await answering.accept(enqueued())

    assert await answer_once(answering) is outcome

    assert CODE in caplog.text
    assert QUOTED not in caplog.text
    assert any(QUOTED in text for detail in answering.happened[kind] for text in detail.values())


@pytest.mark.parametrize("error", [MediaTroubleError, AccountBlockedError])
async def test_a_file_that_cannot_be_fetched(caplog: pytest.LogCaptureFixture, error: type[Exception]) -> None:
    """The same holds for files."""
    caplog.set_level(logging.DEBUG)

    class Refusing(MemoryMedia):
        async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
            raise error(DETAIL if error is AccountBlockedError else f"the channel does not say where it is: {DETAIL}")

    answering = Answering(media=Refusing(), transcriber=MemoryTranscriber())
    voice = evolve(message(), content=Media(kind=MediaKind.VOICE, id="voice"))
    await answering.accept(EnqueuedMessage(message=voice, debounce=IMMEDIATE))

    await answer_once(answering)

    assert CODE in caplog.text
    assert QUOTED not in caplog.text
