"""What every directory promises."""

import itertools

import pytest

from application.ports.directory import Directory
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import FRESH_SESSION, LATER_OWNER, Person

OLD, NEW, THIRD, FOURTH = "15550001111", "15550002222", "15550003333", "15550009999"
USER, NEW_USER, OTHER_USER, PARENT = "US.1001", "US.1002", "US.2001", "US.ENT.7"
_times = itertools.count(1_700_000_000)


def later() -> float:
    """A moment after all before."""
    return float(next(_times))


async def id_of(directory: Directory, channel: str = "whatsapp", at: float | None = None, **aliases: str) -> str:
    """Whose these aliases are; without `at` they are seen now."""
    seen = Observation(person=Person(**aliases), at=later() if at is None else at)
    (id_,) = await directory.ids(channel=channel, seen=[seen])
    return id_


async def found(directory: Directory, alias: str) -> str | None:
    """Whom the alias leads to."""
    return await directory.find(channel="whatsapp", alias=alias)


async def change(directory: Directory, *known: str, to: tuple[str, ...], at: float | None = None) -> IdentityChange:
    """Tell of a change, which is told once more by `directory.change`."""
    told = IdentityChange(channel="whatsapp", known=known, new=to, at=later() if at is None else at)
    await directory.change(change=told)
    return told


class DirectoryContract:
    """Inherit, and provide the fixture `directory`, and `days_pass` where a directory forgets."""

    async def days_pass(self, directory: Directory, days: int) -> None:
        """Nothing happens for so long."""

    async def test_a_person_is_called_by_their_number(self, directory: Directory) -> None:
        """As the guide's sessions are; whatever their name is today."""
        assert await id_of(directory, phone=OLD, name="Ana") == OLD
        assert await id_of(directory, phone=OLD, user_id=USER) == OLD

    async def test_who_hides_their_number_is_called_by_their_user_id(self, directory: Directory) -> None:
        """Also once they show it."""
        assert await id_of(directory, user_id=USER) == USER
        assert await id_of(directory, user_id=USER, phone=OLD) == USER
        assert await id_of(directory, phone=OLD) == USER

    async def test_any_alias_leads_to_the_person(self, directory: Directory) -> None:
        """Somebody who adopts a username has no number from then on."""
        await id_of(directory, phone=OLD, user_id=USER, parent_id=PARENT)

        assert await id_of(directory, user_id=USER) == OLD
        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, user_id=PARENT) == OLD

    async def test_a_parent_id_makes_nobody_the_same_person(self, directory: Directory) -> None:
        """Should several share it, it is listed of the first."""
        await id_of(directory, user_id=USER, parent_id=PARENT)

        assert await id_of(directory, user_id=NEW_USER, parent_id=PARENT) == NEW_USER
        assert await id_of(directory, user_id=NEW_USER) == NEW_USER
        assert await id_of(directory, user_id=PARENT) == USER

    async def test_a_user_id_is_surer_than_a_number(self, directory: Directory) -> None:
        """Numbers change hands; from then on this one leads to who wrote from it last."""
        await id_of(directory, user_id=USER)
        await id_of(directory, user_id=NEW_USER, phone=NEW)
        await id_of(directory, user_id=USER, phone=OLD)

        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == NEW
        assert await id_of(directory, phone=OLD) == NEW
        assert await id_of(directory, user_id=USER) == USER

    async def test_persons_come_back_in_their_order(self, directory: Directory) -> None:
        """Also when the same one is there twice, and when nobody is."""
        await id_of(directory, phone=OLD, user_id=USER)
        persons = [Person(phone=NEW), Person(user_id=USER), Person(user_id=NEW_USER), Person(phone=NEW)]
        seen = [Observation(person=person, at=later()) for person in persons]

        assert await directory.ids(channel="whatsapp", seen=seen) == (NEW, OLD, NEW_USER, NEW)
        assert await directory.ids(channel="whatsapp", seen=[]) == ()

    async def test_channels_do_not_share_their_people(self, directory: Directory) -> None:
        """The same user id means somebody else there."""
        await id_of(directory, phone=OLD, user_id=USER)

        assert await id_of(directory, channel="other", user_id=USER) == USER

    async def test_a_new_number_leads_to_the_same_person(self, directory: Directory) -> None:
        """The conversation goes on, with the new user id that came with it as well."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_new_user_id_takes_nothing_away(self, directory: Directory) -> None:
        """The number stays theirs."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, USER, to=(NEW_USER, OLD))

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD

    async def test_a_number_that_was_given_up_leads_to_nobody(self, directory: Directory) -> None:
        """Whoever gets it next is not told what was said to the one before."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW,))

        stranger = await id_of(directory, phone=OLD, user_id=OTHER_USER)

        assert stranger == f"{OLD}~2"
        assert await id_of(directory, phone=OLD) == stranger
        assert await id_of(directory, user_id=OTHER_USER) == stranger
        assert await id_of(directory, phone=NEW) == OLD

    async def test_a_number_may_be_given_up_again_and_again(self, directory: Directory) -> None:
        """No id is given twice."""
        ids = [await id_of(directory, phone=OLD)]
        for number in range(3):
            await change(directory, OLD, to=(f"1555000900{number}",))
            ids.append(await id_of(directory, phone=OLD))

        assert ids == [OLD, f"{OLD}~2", f"{OLD}~3", f"{OLD}~4"]
        assert [await id_of(directory, phone=f"1555000900{number}") for number in range(3)] == ids[:3]

    @pytest.mark.parametrize("mark", [LATER_OWNER, FRESH_SESSION])
    async def test_a_user_id_is_never_taken_for_a_later_owner(self, directory: Directory, mark: str) -> None:
        """Whatever it looks like."""
        looks_alike = f"{OLD}{mark}2"
        other = await id_of(directory, user_id=looks_alike)
        await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=OLD) == f"{OLD}~2" != other
        assert mark not in other
        assert await found(directory, looks_alike) == other

    async def test_a_number_one_comes_back_to(self, directory: Directory) -> None:
        """It is theirs again, under the id they always had."""
        await change(directory, OLD, to=(NEW,))
        await change(directory, NEW, to=(OLD,))

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, phone=NEW) == f"{NEW}~2"

    async def test_a_number_that_goes_from_hand_to_hand(self, directory: Directory) -> None:
        """Somebody who moves to a number takes their own id along."""
        await change(directory, OLD, to=(NEW,))
        await id_of(directory, phone=THIRD)
        await change(directory, THIRD, to=(OLD,))

        assert await id_of(directory, phone=OLD) == THIRD
        assert await id_of(directory, phone=NEW) == OLD

    async def test_who_came_back_to_a_number_may_change_their_user_id(self, directory: Directory) -> None:
        """Though nobody told that they came back."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW,))
        await change(directory, OLD, USER, to=(OLD, NEW_USER))

        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == OLD
        assert await id_of(directory, phone=OLD) == OLD

    async def test_a_number_somebody_left_without_a_word(self, directory: Directory) -> None:
        """Is theirs until the channel says whose it is now."""
        await change(directory, THIRD, to=(NEW,))
        await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=NEW) == OLD

    async def test_the_next_owner_of_a_number_may_move_too(self, directory: Directory) -> None:
        """Told twice, as everything may be."""
        await change(directory, OLD, to=(FOURTH,))
        stranger = await id_of(directory, phone=OLD, user_id=USER)
        told = await change(directory, OLD, to=(NEW,))
        await directory.change(change=told)

        assert await id_of(directory, phone=NEW) == stranger
        assert await id_of(directory, phone=FOURTH) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~3"

    async def test_a_user_id_may_change_before_the_number(self, directory: Directory) -> None:
        """Two notices say what one could."""
        await change(directory, OLD, to=(FOURTH,))
        mover = await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(OLD, NEW_USER))
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW) == mover

    async def test_a_change_of_somebody_unknown_is_no_error(self, directory: Directory) -> None:
        """There is no conversation to go on with."""
        await change(directory, USER, to=(NEW_USER,))

        assert await id_of(directory, user_id=NEW_USER, phone=NEW) == NEW

    @pytest.mark.parametrize("way", ["writes", "is looked for"])
    async def test_a_number_stays_with_who_is_still_there(self, directory: Directory, way: str) -> None:
        """Though for years they are seen by their user id alone: its next holder is somebody else."""
        await id_of(directory, phone=OLD, user_id=USER)
        for _ in range(5):
            await self.days_pass(directory, 201)
            seen = await (id_of(directory, user_id=USER) if way == "writes" else found(directory, USER))
            assert seen == OLD

        assert await id_of(directory, phone=OLD, user_id=OTHER_USER) == f"{OLD}~2"
        assert await id_of(directory, user_id=USER) == OLD

    async def test_who_is_looked_for_is_found_by_any_alias(self, directory: Directory) -> None:
        """By whoever has a number now; nobody has one that was given up."""
        await id_of(directory, user_id=USER)
        await id_of(directory, user_id=USER, phone=OLD)
        before = [await found(directory, alias) for alias in (USER, OLD)]
        await change(directory, OLD, USER, to=(NEW, USER))
        after = [await found(directory, alias) for alias in (USER, NEW, OLD)]

        assert before == [USER, USER]
        assert after == [USER, USER, None]

    async def test_looking_for_somebody_adds_nobody(self, directory: Directory) -> None:
        """An unknown number may be somebody's who is called like it; an unknown user id is nobody's."""
        assert await found(directory, OLD) == OLD
        assert await found(directory, USER) is None
        assert await id_of(directory, user_id=USER, phone=OLD) == OLD
