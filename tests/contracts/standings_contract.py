"""What every store of standings promises."""

import math

import pytest

from application.ports.standings import StandingChanges, Standings
from domain.contents import Choice
from domain.conversations import Conversation
from domain.standing import Standing

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
CHOICES = (Choice(id="s", title="Small"), Choice(id="l", title="Large \U0001f455", description="42 or more"))


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
            {"remarks": ('She put "\u2764\ufe0f" to\n"See you"', "")},
            {"choices": CHOICES},
        ],
    )
    async def test_a_field_comes_back_as_it_was_set(self, standings: Standings, changes: StandingChanges) -> None:
        """And the others stay blank."""
        await standings.change(conversation=ANA, **changes)

        assert await standings.of(conversation=ANA) == Standing(**changes)

    async def test_single_fields_change(self, standings: Standings) -> None:
        """The others stay as they were."""
        await standings.change(conversation=ANA, heard_at=1.0, session=1, choices=CHOICES, remarks=("liked it",))
        await standings.change(conversation=ANA, session=2, remarks=("took it back",))

        expected = Standing(heard_at=1.0, session=2, choices=CHOICES, remarks=("took it back",))
        assert await standings.of(conversation=ANA) == expected

    @pytest.mark.parametrize(
        "blank", [{"heard_at": None}, {"human_until": None}, {"session": 0}, {"remarks": ()}, {"choices": ()}]
    )
    async def test_a_field_can_be_cleared(self, standings: Standings, blank: StandingChanges) -> None:
        """Alone."""
        full: StandingChanges = {
            "heard_at": 1.0,
            "human_until": 2.0,
            "session": 1,
            "remarks": ("a",),
            "choices": CHOICES,
        }
        await standings.change(conversation=ANA, **full)
        await standings.change(conversation=ANA, **blank)

        assert await standings.of(conversation=ANA) == Standing(**{**full, **blank})

    async def test_people_have_their_own(self, standings: Standings) -> None:
        """On each channel."""
        await standings.change(conversation=ANA, human_until=math.inf)

        assert await standings.of(conversation=BOB) == Standing()
        assert await standings.of(conversation=Conversation(channel="telegram", user=ANA.user)) == Standing()
