"""The audit log on Redis: a stream, with an entry in JSON for each action."""

import re
import time

import msgspec
from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.errors import result_of
from adapters.redis.keys import Keys
from application.ports.audit_log import AuditFilter, AuditPage
from application.ports.positions import InvalidPositionError
from domain.operators.audit import AuditEntry, AuditOutcome

POSITION = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")
MAX_NUMBER = 2**64 - 1
DAY_MS = 86_400_000


class _Record(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is stored. Fields of later versions are ignored."""

    at: float
    operator: str
    action: str
    outcome: AuditOutcome
    place: str = ""
    channel: str = ""
    conversation: str = ""
    subject: str = ""


@frozen(kw_only=True)
class RedisAuditLog:
    """About `max_kept` entries are kept, each for `keep_days`. Entries that cannot be read are left out."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_days: int = 365
    max_kept: int = 100_000
    max_looked_at: int = 1_000

    async def record(self, *, entry: AuditEntry) -> None:
        record = _Record(
            at=entry.at,
            operator=entry.operator,
            action=entry.action,
            outcome=entry.outcome,
            place=entry.place,
            channel=entry.channel,
            conversation=entry.conversation,
            subject=entry.subject,
        )
        text = msgspec.json.encode(record).decode()
        added, trimmed = await self.store.run_together(
            ("XADD", self._key, "MAXLEN", self.max_kept, "*", "entry", text),
            ("XTRIM", self._key, "MINID", self._oldest),
        )
        result_of(added)
        result_of(trimmed)

    async def page(self, *, limit: int, before: str | None = None, only: AuditFilter) -> AuditPage:
        found: list[AuditEntry] = []
        newest = _before(before)
        # One more than is looked at tells whether there are more.
        items = await self.store.execute("XREVRANGE", self._key, newest, self._oldest, "COUNT", self.max_looked_at + 1)
        for looked_at, (position, fields) in enumerate(items, 1):
            entry = _load(fields)
            if entry and only.passes(entry):
                found.append(entry)
            if looked_at < len(items) and (len(found) == limit or looked_at == self.max_looked_at):
                return AuditPage(entries=tuple(found), next=position)
        return AuditPage(entries=tuple(found), next=None)

    @property
    def _key(self) -> str:
        return self.keys.shared("audit")

    @property
    def _oldest(self) -> int:
        """The time (unix ms) before which entries are too old; the ids of the stream begin with the time."""
        return int(time.time() * 1000) - self.keep_days * DAY_MS


def _before(position: str | None) -> str:
    if position is None:
        return "+"
    if not POSITION.fullmatch(position) or any(int(number) > MAX_NUMBER for number in position.split("-")):
        raise InvalidPositionError(position)
    return f"({position}"


def _load(fields: object) -> AuditEntry | None:
    pairs = dict(zip(fields[::2], fields[1::2], strict=False)) if isinstance(fields, list | tuple) else fields
    try:
        record = msgspec.json.decode(pairs["entry"], type=_Record)  # type: ignore[index]
    except (msgspec.DecodeError, UnicodeError, LookupError, TypeError):
        return None
    return AuditEntry(
        at=record.at,
        operator=record.operator,
        action=record.action,
        outcome=record.outcome,
        place=record.place,
        channel=record.channel,
        conversation=record.conversation,
        subject=record.subject,
    )
