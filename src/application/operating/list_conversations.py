"""List conversations: those that somebody must look at, and those of a person."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from attrs import frozen

from application.ports.clock import Clock
from application.ports.transcripts import ListedConversation, Transcripts

# Looked at in one call, whether they match or not.
MAX_SCANNED = 20_000
CHUNK = 1000
MAX_SEARCH = 100
# With so many digits, a search in digits, signs and spaces is one for a phone number.
MIN_DIGITS = 3
NUMBER_SIGNS = frozenset("+-()./ \u00a0")
# From this time on, an answer is late.
LATE_SECONDS = 300.0


class ConversationFilter(StrEnum):
    """What a list shows. WAITING: a message waits for its answer. LATE: for more than five minutes.

    FAILED: there are dead letters. HUMAN: a human has taken over.
    """

    WAITING = "waiting"
    FAILED = "failed"
    HUMAN = "human"
    LATE = "late"


@frozen(kw_only=True)
class FoundConversation:
    """A conversation with what a list shows of it. `waiting_seconds` is None when nothing waits."""

    listed: ListedConversation
    with_human: bool
    failed: bool
    waiting_seconds: float | None


@frozen(kw_only=True)
class FoundPage:
    """Some conversations, the latest first. `end` is where the next page begins; None when there are no more.

    A page may be short, or empty, although there are more: only so many are looked at in one call.
    """

    found: tuple[FoundConversation, ...]
    end: str | None


@frozen(kw_only=True)
class ListConversations:
    """All filters that are given must hold. The search looks at numbers, names and ids, without regard to case."""

    transcripts: Transcripts
    clock: Clock

    async def __call__(
        self,
        *,
        limit: int,
        after: str | None = None,
        search: str = "",
        channels: Collection[str] = (),
        filters: Iterable[ConversationFilter] = (),
    ) -> FoundPage:
        """Up to `limit` conversations that match, from the position `after` on. No `channels` are all of them.

        Raises:
            TranscriptsOffError, InvalidPositionError, StoreUnavailableError: there is no list.
        """
        wanted, search = frozenset(filters), search.strip().casefold()[:MAX_SEARCH]
        failed = await self.transcripts.with_dead_letters()
        found: list[FoundConversation] = []
        end, scanned = after, 0
        while len(found) < limit and scanned < MAX_SCANNED:
            # Without a filter, no more are read than are shown.
            chunk = CHUNK if search or channels or wanted else limit
            page = await self.transcripts.newest(limit=chunk, after=end)
            matching = [one for one in page.conversations if _matches(one, search, channels)]
            described = [one for one in await self._described(matching, failed) if _passes(one, wanted)]
            if len(found) + len(described) > limit:
                found += described[: limit - len(found)]
                return FoundPage(found=tuple(found), end=_position(found[-1].listed))
            found += described
            end, scanned = page.end, scanned + len(page.conversations)
            if end is None:
                break
        return FoundPage(found=tuple(found), end=end)

    async def _described(
        self, listed: Sequence[ListedConversation], failed: frozenset[object]
    ) -> list[FoundConversation]:
        waiting = [one.conversation for one in listed if one.waits]
        seconds = await self.transcripts.waiting_seconds(conversations=waiting) if waiting else ()
        waits, now = dict(zip(waiting, seconds, strict=True)), self.clock.now()
        return [
            FoundConversation(
                listed=one,
                with_human=one.human_until is not None and now < one.human_until,
                failed=one.conversation in failed,
                waiting_seconds=(waits[one.conversation] or 0.0) if one.waits else None,
            )
            for one in listed
        ]


def _position(listed: ListedConversation) -> str:
    return f"{round(listed.last_at * 1000)}:{listed.conversation}"


def _passes(one: FoundConversation, wanted: frozenset[ConversationFilter]) -> bool:
    holds = {
        ConversationFilter.WAITING: one.waiting_seconds is not None,
        ConversationFilter.LATE: (one.waiting_seconds or 0.0) > LATE_SECONDS,
        ConversationFilter.FAILED: one.failed,
        ConversationFilter.HUMAN: one.with_human,
    }
    return all(holds[each] for each in wanted)


def _matches(listed: ListedConversation, search: str, channels: Collection[str]) -> bool:
    if channels and listed.conversation.channel not in channels:
        return False
    if not search:
        return True
    names = (str(listed.conversation), listed.name, listed.phone, listed.user_id, listed.username)
    if search.removeprefix("@") in "\n".join(names).casefold():
        return True
    digits = "".join(filter(str.isdigit, search))
    is_number = len(digits) >= MIN_DIGITS and all(sign.isdigit() or sign in NUMBER_SIGNS for sign in search)
    return is_number and (digits in listed.phone or digits in listed.conversation.user)
