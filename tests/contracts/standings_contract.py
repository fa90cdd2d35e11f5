"""What every store of standings promises."""

import math

import pytest

from application.ports.standings import StandingChanges, Standings
from domain.contents import Choice
from domain.conversations import Conversation, Person
from domain.standing import MAX_REMARK_LENGTH, MAX_REMARKS_LENGTH, MOST_REMARKS, Standing

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
CHOICES = (Choice(id="s", title="Small"), Choice(id="l", title="Large \U0001f455", description="42 or more"))
MOVED = Person(phone="15550004444", user_id="US.1", name="Ana")


class StandingsContract:
    """Inherit, and provide the fixture `standings`."""

    async def test_nothing_is_known_of_who_never_wrote(self, standings: Standings) -> None:
        """Nobody has to be introduced."""
        assert await standings.of(conversation=ANA) == Standing()

    @pytest.mark.parametrize(
        "changes",
        [
            {"heard_at": 1_750_000_000.123456},
            {"heard_at": 0.0},
            {"human_until": 1_750_000_000.25},
            {"human_until": math.inf},
            {"session": 3},
            {"choices": CHOICES},
            {"moved_to": MOVED, "moved_at": 1_750_000_000.5},
            {"marketing_stopped_at": 1_750_000_000.5},
            {"marketing_resumed_at": 1_750_000_000.5},
            {"answered_at": 1_750_000_000.5, "quick_rounds": 7, "loop_until": 1_750_000_600.25},
        ],
    )
    async def test_a_field_comes_back_as_it_was_set(self, standings: Standings, changes: StandingChanges) -> None:
        """And the others stay blank."""
        await standings.change(conversation=ANA, **changes)

        assert await standings.of(conversation=ANA) == Standing(**changes)

    async def test_single_fields_change(self, standings: Standings) -> None:
        """The others stay as they were."""
        await standings.change(conversation=ANA, heard_at=1.0, session=1, choices=CHOICES)
        await standings.note(conversation=ANA, remarks=["liked it"])
        await standings.change(conversation=ANA, session=2)

        expected = Standing(heard_at=1.0, session=2, choices=CHOICES, remarks=("liked it",))
        assert await standings.of(conversation=ANA) == expected

    @pytest.mark.parametrize(
        "blank",
        [
            {"heard_at": None},
            {"human_until": None},
            {"session": 0},
            {"choices": ()},
            {"moved_to": None, "moved_at": 0.0},
            {"marketing_stopped_at": None},
            {"marketing_resumed_at": None},
            {"answered_at": None, "quick_rounds": 0, "loop_until": None},
        ],
    )
    async def test_a_field_can_be_cleared(self, standings: Standings, blank: StandingChanges) -> None:
        """Alone."""
        full: StandingChanges = {
            "heard_at": 1.0,
            "human_until": 2.0,
            "session": 1,
            "choices": CHOICES,
            "moved_to": MOVED,
            "moved_at": 3.0,
            "marketing_stopped_at": 4.0,
            "marketing_resumed_at": 5.0,
            "answered_at": 6.0,
            "quick_rounds": 7,
            "loop_until": 8.0,
        }
        await standings.change(conversation=ANA, **full)
        await standings.change(conversation=ANA, **blank)

        assert await standings.of(conversation=ANA) == Standing(**{**full, **blank})

    @pytest.mark.parametrize("times", [(9.5, 10.25), (10.25, 9.5), (math.inf, 10.25), (10.25, math.inf)])
    async def test_of_two_who_set_a_time_the_later_stays(
        self, standings: Standings, times: tuple[float, float]
    ) -> None:
        """Whoever comes first: a takeover is not cut short by a shorter one."""
        names = ("heard_at", "human_until", "marketing_stopped_at", "marketing_resumed_at")
        for time in times:
            await standings.change(conversation=ANA, **dict.fromkeys(names, time))  # type: ignore[arg-type]

        assert await standings.of(conversation=ANA) == Standing(**dict.fromkeys(names, max(times)))  # type: ignore[arg-type]

    async def test_a_time_that_was_cleared_begins_anew(self, standings: Standings) -> None:
        """Who ended a takeover may begin a shorter one."""
        for until in (math.inf, None, 1.0):
            await standings.change(conversation=ANA, human_until=until)

        assert (await standings.of(conversation=ANA)).human_until == 1.0

    async def test_remarks_are_kept_in_their_order(self, standings: Standings) -> None:
        """As they were said, each once, for what tells of them may come again."""
        remarks = ('She put "\u2764\ufe0f" to\n"See/you\\"', "\x00 \u2028")
        await standings.note(conversation=ANA, remarks=remarks)
        await standings.note(conversation=ANA, remarks=["hello?", remarks[0]])
        await standings.note(conversation=ANA, remarks=[])

        assert await standings.of(conversation=ANA) == Standing(remarks=(*remarks, "hello?"))

    async def test_what_was_noted_while_the_agent_ran_stays(self, standings: Standings) -> None:
        """Only what it has heard is taken away."""
        await standings.note(conversation=ANA, remarks=["one", "two"])
        heard = (await standings.of(conversation=ANA)).remarks
        await standings.note(conversation=ANA, remarks=["three"])
        await standings.change(conversation=ANA, heard=heard, session=1)

        assert await standings.of(conversation=ANA) == Standing(session=1, remarks=("three",))
        await standings.change(conversation=ANA, heard=["three"])
        assert await standings.of(conversation=ANA) == Standing(session=1)

    async def test_the_earliest_of_too_many_remarks_are_left_out(self, standings: Standings) -> None:
        """They are counted until the agent has heard of it."""
        remarks = tuple(f"remark {number}" for number in range(MOST_REMARKS + 3))
        await standings.note(conversation=ANA, remarks=remarks[:-2])
        await standings.note(conversation=ANA, remarks=remarks[-2:])

        assert await standings.of(conversation=ANA) == Standing(remarks=remarks[3:], left_out=3)
        await standings.change(conversation=ANA, heard=remarks[3:])
        assert await standings.of(conversation=ANA) == Standing()

    @pytest.mark.parametrize("letter", ["x", "\u00fc", "\U0001f455", "\u0b95"])
    async def test_the_earliest_of_remarks_that_are_too_long_are_left_out(
        self, standings: Standings, letter: str
    ) -> None:
        """Whatever script they are in: each is cut, and then only so many of them fit."""
        remarks = tuple(f"{number}{letter * (MAX_REMARKS_LENGTH // 5 - 2)}" for number in range(10, 17))
        await standings.note(conversation=ANA, remarks=remarks)

        assert await standings.of(conversation=ANA) == Standing(remarks=remarks[2:], left_out=2)
        await standings.note(conversation=ANA, remarks=[letter * 10 * MAX_REMARK_LENGTH])
        standing = await standings.of(conversation=ANA)
        assert standing.remarks[-1].startswith(letter * MAX_REMARK_LENGTH + "\n[36000 more characters are left out]")
        assert (len(standing.remarks), standing.left_out) == (4, 4)
        assert sum(map(len, standing.remarks)) <= MAX_REMARKS_LENGTH

    async def test_people_have_their_own(self, standings: Standings) -> None:
        """On each channel."""
        await standings.change(conversation=ANA, human_until=math.inf)

        assert await standings.of(conversation=BOB) == Standing()
        assert await standings.of(conversation=Conversation(channel="telegram", user=ANA.user)) == Standing()
