"""A person's data as JSON."""

from collections.abc import AsyncIterator

import msgspec
from attrs import frozen

from application.operating.person_data import ErasedPerson, PersonExport, PersonSummary

FORMAT = 1


@frozen(kw_only=True)
class PersonView:
    """How many records of each kind there are (see docs/privacy.md), in all conversations of the person."""

    conversations: list[str]
    records: dict[str, int]

    @classmethod
    def of(cls, summary: PersonSummary) -> "PersonView":
        return cls(conversations=list(map(str, summary.conversations)), records=summary.records)


@frozen(kw_only=True)
class ErasedView:
    """What was erased. `sessions`: so many sessions are to be cleared by the agents' runtime, within a week."""

    conversations: list[str]
    records: int
    sessions: int

    @classmethod
    def of(cls, erased: ErasedPerson) -> "ErasedView":
        conversations = list(map(str, erased.conversations))
        return cls(conversations=conversations, records=erased.records, sessions=erased.sessions)


async def export_document(export: PersonExport) -> AsyncIterator[bytes]:
    """One JSON document, record by record: no more than one is in memory at a time. It ends in a line feed.

    When the store fails in between, the document breaks off, and is no JSON.
    """
    head = {"format": FORMAT, "at": export.at, "conversations": list(map(str, export.conversations))}
    yield msgspec.json.encode(head)[:-1] + b',"records":['
    separator = b"\n"
    async for conversation, record in export.records:
        value = {"conversation": str(conversation), "kind": record.kind.value, "value": record.value}
        yield separator + msgspec.json.encode(value)
        separator = b",\n"
    yield b"\n]}\n"
