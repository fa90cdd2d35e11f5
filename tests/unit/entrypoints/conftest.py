"""Fixtures for tests of workers."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.mailbox import MemoryMailbox
from support.answering import Answering
from support.watched_ports import WatchedMailbox
from support.workers import hurry


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def answering() -> Answering:
    """The parts of a worker whose leases are short."""
    return Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=0.2)))


@pytest.fixture
def other(answering: Answering) -> Answering:
    """The parts of a second worker: the same store, channel and people, but a process of its own."""
    return evolve(answering, mailbox=WatchedMailbox(answering.mailbox.mailbox), agent=ScriptedAgent())
