"""What every audit log promises."""

import pytest
from attrs import evolve

from application.ports.audit_log import AuditFilter, AuditLog
from application.ports.positions import InvalidPositionError
from domain.operators.audit import AuditEntry, AuditOutcome

EVERYTHING = AuditFilter()
ENTRY = AuditEntry(
    at=1_800_000_000.5,
    operator="olga",
    action="take_over",
    outcome=AuditOutcome.DONE,
    place="http",
    channel="whatsapp",
    conversation="whatsapp:15550001111",
    subject="none",
)


def numbered(count: int) -> list[AuditEntry]:
    """The oldest first."""
    return [evolve(ENTRY, at=float(number)) for number in range(count)]


class AuditLogContract:
    """Inherit, and provide the fixture `log`, which keeps ten entries, and looks at five for a page."""

    async def test_the_latest_comes_first(self, log: AuditLog) -> None:
        """As it was recorded. Page by page, each entry comes once, and the last page says so."""
        entries = numbered(5)
        for entry in entries:
            await log.record(entry=entry)

        first = await log.page(limit=2, only=EVERYTHING)
        second = await log.page(limit=2, before=first.next, only=EVERYTHING)
        third = await log.page(limit=2, before=second.next, only=EVERYTHING)

        assert [*first.entries, *second.entries, *third.entries] == entries[::-1]
        assert (await log.page(limit=5, only=EVERYTHING)).next is third.next is None

    async def test_what_comes_later_does_not_move_a_page(self, log: AuditLog) -> None:
        """A position is one of an entry."""
        for entry in numbered(3):
            await log.record(entry=entry)
        first = await log.page(limit=1, only=EVERYTHING)

        await log.record(entry=ENTRY)

        assert (await log.page(limit=1, before=first.next, only=EVERYTHING)).entries == (evolve(ENTRY, at=1.0),)

    @pytest.mark.parametrize(
        "only",
        [
            AuditFilter(operator="otto"),
            AuditFilter(channel="telegram"),
            AuditFilter(conversation="telegram:1"),
            AuditFilter(operator="otto", conversation="telegram:1"),
        ],
    )
    async def test_it_is_filtered(self, log: AuditLog, only: AuditFilter) -> None:
        """By who, and by what it was about. All that are given must hold."""
        other = evolve(ENTRY, operator="otto", channel="telegram", conversation="telegram:1")
        for entry in (ENTRY, other, ENTRY):
            await log.record(entry=entry)

        assert (await log.page(limit=5, only=only)).entries == (other,)
        assert (await log.page(limit=5, only=AuditFilter(operator="olga", channel="telegram"))).entries == ()

    async def test_only_so_many_are_looked_at(self, log: AuditLog) -> None:
        """A page may be empty although there is a next one."""
        await log.record(entry=evolve(ENTRY, operator="otto"))
        for entry in numbered(5):
            await log.record(entry=entry)
        only = AuditFilter(operator="otto")

        first = await log.page(limit=5, only=only)
        second = await log.page(limit=5, before=first.next, only=only)

        assert (first.entries, len(second.entries), second.next) == ((), 1, None)

    async def test_only_so_many_are_kept(self, log: AuditLog) -> None:
        """The oldest goes."""
        for entry in numbered(12):
            await log.record(entry=entry)

        first = await log.page(limit=5, only=EVERYTHING)
        second = await log.page(limit=9, before=first.next, only=EVERYTHING)

        assert [entry.at for entry in first.entries + second.entries] == [float(number) for number in range(11, 1, -1)]
        assert second.next is None

    @pytest.mark.parametrize("before", ["", "x", "-1", "1-", "99999999999999999999-0", "\u0661", "1-1\n"])
    async def test_an_impossible_position(self, log: AuditLog, before: str) -> None:
        """It was not given out by the log."""
        with pytest.raises(InvalidPositionError):
            await log.page(limit=1, before=before, only=EVERYTHING)

    async def test_names_are_cut(self, log: AuditLog) -> None:
        """Whoever writes them."""
        await log.record(entry=evolve(ENTRY, conversation="x" * 1000, subject="y" * 1000))

        (entry,) = (await log.page(limit=1, only=EVERYTHING)).entries

        assert (len(entry.conversation), len(entry.subject)) == (300, 300)
