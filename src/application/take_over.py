"""Let a human answer in the agent's place, and the agent again."""

from attrs import frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.standings import Standings
from domain.activity import Activity, ActivityKind
from domain.conversations import Conversation
from domain.standing import MOST_REMARKS, UNTIL_TOLD


@frozen(kw_only=True)
class TakeOver:
    """While a human answers, the agent says nothing; what is said meanwhile is kept for it."""

    standings: Standings
    feed: ActivityFeed
    clock: Clock

    async def begin(self, *, conversation: Conversation, seconds: float | None, said: str = "", why: str) -> None:
        """For so many seconds, or until somebody ends it; `said` is what the human wrote.

        Raises:
            StoreUnavailableError: the agent may still answer.
        """
        now = self.clock.now()
        until = UNTIL_TOLD if seconds is None else now + seconds
        remarks = (await self.standings.of(conversation=conversation)).remarks
        if said and said not in remarks:
            remarks = (*remarks, said)[-MOST_REMARKS:]
        await self.standings.change(conversation=conversation, human_until=until, remarks=remarks)
        await self._publish(conversation, reason=why, until="told" if seconds is None else f"{until:.0f}")

    async def end(self, *, conversation: Conversation) -> None:
        """The agent answers again.

        Raises:
            StoreUnavailableError: the human still does.
        """
        await self.standings.change(conversation=conversation, human_until=None)
        await self._publish(conversation, reason="the agent answers again", until="now")

    async def _publish(self, conversation: Conversation, **detail: str) -> None:
        activity = Activity.within(conversation, kind=ActivityKind.HUMAN, at=self.clock.now(), **detail)
        await self.feed.publish(activities=[activity])
