"""The audit log as programs read it: JSON, JSON by lines, and CSV."""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Self

import msgspec
from attrs import asdict, fields_dict, frozen

from application.ports.audit_log import AuditFilter, AuditLog
from domain.operators.audit import AuditEntry, AuditOutcome

PAGE = 500
# A cell that begins like this would be a formula in a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class AuditFormat(StrEnum):
    """NDJSON: one JSON object a line. CSV: with a line of names at its head."""

    NDJSON = "ndjson"
    CSV = "csv"


@frozen(kw_only=True)
class AuditView:
    """What an operator did. `time` is in UTC.

    `outcome`: `done`, `refused` (they may not do it) or `failed`. `place`: `http` or `command line`.
    `subject`: the id of what it was done to, where that is neither a channel nor a conversation.
    """

    time: dt.datetime
    operator: str
    action: str
    outcome: AuditOutcome
    channel: str
    conversation: str
    subject: str
    place: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            time=dt.datetime.fromtimestamp(entry.at, tz=dt.UTC),
            operator=entry.operator,
            action=entry.action,
            outcome=entry.outcome,
            channel=entry.channel,
            conversation=entry.conversation,
            subject=entry.subject,
            place=entry.place,
        )


async def exported(log: AuditLog, only: AuditFilter, written_as: AuditFormat) -> AsyncIterator[str]:
    """All entries that pass, the latest first, some at a time.

    Raises:
        StoreUnavailableError: the rest is missing.
    """
    if written_as is AuditFormat.CSV:
        yield _csv_line(list(fields_dict(AuditView)))
    before: str | None = None
    while True:
        page = await log.page(limit=PAGE, before=before, only=only)
        yield "".join(_line(AuditView.of(entry), written_as) for entry in page.entries)
        before = page.next
        if before is None:
            return


def _line(view: AuditView, written_as: AuditFormat) -> str:
    if written_as is AuditFormat.NDJSON:
        return msgspec.json.encode(view).decode() + "\n"
    values = {**asdict(view), "time": view.time.isoformat()}
    return _csv_line([str(value) for value in values.values()])


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(
        f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in cells
    )
    return line.getvalue()
