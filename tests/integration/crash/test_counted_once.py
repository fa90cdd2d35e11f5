"""A worker is killed at each point of a turn: usage is counted once, and the transcript has each message once."""

import datetime as dt

import pytest

from adapters.redis.message_log import RedisMessageLog
from adapters.redis.transcripts import RedisTranscripts
from adapters.redis.usage import RedisUsage
from domain.conversations.transcript import SentPart
from domain.messages.inbound import InboundMessage
from domain.people.person import Conversation
from support.crash_harness import ANA, CrashHarness

USAGE = {"tokens_in": 7, "tokens_out": 2, "by_model": [{"model": "m", "tokens_in": 7, "tokens_out": 2, "cost": 0.5}]}


@pytest.mark.parametrize(
    "at",
    [
        "save_reply before 1",
        "save_reply after 1",
        "send after 1",
        "record_sent after 1",
        "send after 2",
        "complete before 1",
        "complete after 1",
    ],
)
async def test_a_worker_killed_at(at: str, harness: CrashHarness) -> None:
    """The next one goes on, also where it runs the agent again, or where only a status tells what was sent."""
    harness.agent.usage = USAGE
    async with harness.web():
        await harness.write("hello")
        await harness.start(at).died()
        harness.start()
        await harness.damage()

    today = dt.datetime.now(dt.UTC).date()
    usage = RedisUsage(store=harness.connections, keys=harness.keys)
    rows = await usage.rows(since=today - dt.timedelta(days=1), until=today)
    log = RedisMessageLog(store=harness.connections, keys=harness.keys)
    transcripts = RedisTranscripts(store=harness.connections, keys=harness.keys, log=log)
    entries = await transcripts.page(conversation=Conversation(channel="whatsapp", user=ANA), limit=50)
    said = [entry.what for entry in entries if isinstance(entry.what, InboundMessage | SentPart)]

    assert {(row.model, row.turns, row.tokens_in, row.cost) for row in rows} == {("", 1, 0, 0.0), ("m", 1, 7, 0.5)}
    assert [type(each).__name__ for each in said] == ["InboundMessage", "SentPart", "SentPart"]
    ids = [record.message_id for record in said if isinstance(record, SentPart)]
    assert len(set(ids)) == 2
