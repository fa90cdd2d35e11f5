"""What every directory promises."""

import itertools
from typing import Any

import pytest

from application.ports.directory import Directory
from domain.people.alias import Alias, AliasKind
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import FRESH_SESSION, LATER_OWNER, Person
from support.aliases import alias, aliases

OLD, NEW, THIRD, FOURTH = "15550001111", "15550002222", "15550003333", "15550009999"
USER, NEW_USER, OTHER_USER, PARENT = "US.1001", "US.1002", "US.2001", "US.ENT.7"
_times = itertools.count(1_700_000_000)


def later() -> float:
    """A moment after all before."""
    return float(next(_times))


async def id_of(directory: Directory, channel: str = "whatsapp", at: float | None = None, **names: Any) -> str:
    """The id for these names. Without `at` they are observed now."""
    seen = Observation(person=Person(**names), at=later() if at is None else at)
    (id_,) = await directory.ids(channel=channel, seen=[seen])
    return id_


async def found(directory: Directory, name: str) -> str | None:
    """The id that `find` gives for the alias."""
    return await directory.find(channel="whatsapp", alias=alias(name))


async def change(directory: Directory, *known: str, to: tuple[str, ...], at: float | None = None) -> IdentityChange:
    """Apply an identity change. The change is returned, so that a test can apply it again."""
    notice = IdentityChange(
        channel="whatsapp", known=aliases(*known), new=aliases(*to), at=later() if at is None else at
    )
    await directory.change(change=notice)
    return notice


class DirectoryContract:
    """Inherit, and provide the fixture `directory`, and `days_pass` where a directory forgets."""

    async def days_pass(self, directory: Directory, days: int) -> None:
        """Nothing happens for so long."""

    async def test_the_number_is_the_id(self, directory: Directory) -> None:
        """As the guide's sessions are named. The id stays the same later."""
        assert await id_of(directory, phone=OLD, name="Ana") == OLD
        assert await id_of(directory, phone=OLD, user_id=USER) == OLD

    async def test_without_a_number_the_user_id_is_the_id(self, directory: Directory) -> None:
        """It stays the id when the person shows a number later."""
        assert await id_of(directory, user_id=USER) == USER
        assert await id_of(directory, user_id=USER, phone=OLD) == USER
        assert await id_of(directory, phone=OLD) == USER

    async def test_any_alias_leads_to_the_person(self, directory: Directory) -> None:
        """A person who adopts a username has no number from then on."""
        await id_of(directory, phone=OLD, user_id=USER, parent_id=PARENT)

        assert await id_of(directory, user_id=USER) == OLD
        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, parent_id=PARENT) == OLD

    async def test_a_shared_parent_id_does_not_join_two_people(self, directory: Directory) -> None:
        """`find` with a shared parent id gives the first of them."""
        await id_of(directory, user_id=USER, parent_id=PARENT)

        assert await id_of(directory, user_id=NEW_USER, parent_id=PARENT) == NEW_USER
        assert await id_of(directory, user_id=NEW_USER) == NEW_USER
        assert await id_of(directory, parent_id=PARENT) == USER

    async def test_the_user_id_decides_before_the_number(self, directory: Directory) -> None:
        """Numbers change hands. The number then belongs to who wrote from it last."""
        await id_of(directory, user_id=USER)
        await id_of(directory, user_id=NEW_USER, phone=NEW)
        await id_of(directory, user_id=USER, phone=OLD)

        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == NEW
        assert await id_of(directory, phone=OLD) == NEW
        assert await id_of(directory, user_id=USER) == USER

    async def test_ids_come_in_the_order_of_the_observations(self, directory: Directory) -> None:
        """Also with the same person twice, and with none."""
        await id_of(directory, phone=OLD, user_id=USER)
        persons = [Person(phone=NEW), Person(user_id=USER), Person(user_id=NEW_USER), Person(phone=NEW)]
        seen = [Observation(person=person, at=later()) for person in persons]

        assert await directory.ids(channel="whatsapp", seen=seen) == (NEW, OLD, NEW_USER, NEW)
        assert await directory.ids(channel="whatsapp", seen=[]) == ()

    async def test_names_of_two_kinds_are_never_the_same(self, directory: Directory) -> None:
        """A number that one person showed may be the user id of another one, on a channel with such ids."""
        await id_of(directory, user_id=OLD)

        assert await id_of(directory, user_id="7", phone=OLD, phone_is_shared=True) == "7"
        assert await id_of(directory, user_id=OLD) == OLD
        shared, username = Alias(AliasKind.SHARED_PHONE, OLD), Alias(AliasKind.USERNAME, OLD)
        assert await directory.find(channel="whatsapp", alias=shared) == "7"
        assert await directory.find(channel="whatsapp", alias=username) is None

    async def test_a_shared_number_is_nobodys_id(self, directory: Directory) -> None:
        """An unknown one leads to nobody, and it leads to who showed it last."""
        number = Alias(AliasKind.SHARED_PHONE, OLD)
        before = await directory.find(channel="whatsapp", alias=number)
        for user_id in ("7", "8"):
            await id_of(directory, user_id=user_id, phone=OLD, phone_is_shared=True)

        assert before is None
        assert await directory.find(channel="whatsapp", alias=number) == "8"
        assert await id_of(directory, user_id="7") == "7"

    async def test_a_username_leads_to_who_was_seen_with_it_last(self, directory: Directory) -> None:
        """It proves nothing, and an older message does not bring it back."""
        ana = Alias(AliasKind.USERNAME, "ana")
        first = [await id_of(directory, user_id=name, username="ana", at=at) for name, at in (("7", 10), ("8", 20))]
        await id_of(directory, user_id="7", username="ana", at=15)

        assert first == ["7", "8"]
        assert await directory.find(channel="whatsapp", alias=ana) == "8"

    async def test_channels_do_not_share_their_people(self, directory: Directory) -> None:
        """The same user id on another channel is another person."""
        await id_of(directory, phone=OLD, user_id=USER)

        assert await id_of(directory, channel="other", user_id=USER) == USER

    async def test_a_new_number_leads_to_the_same_person(self, directory: Directory) -> None:
        """The conversation continues, also under the new user id of the notice."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_new_user_id_keeps_the_number(self, directory: Directory) -> None:
        """The number still belongs to the person."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, USER, to=(NEW_USER, OLD))

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD

    async def test_a_number_that_was_given_up_leads_to_nobody(self, directory: Directory) -> None:
        """Its next owner must not get the conversation of the one before."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW,))

        stranger = await id_of(directory, phone=OLD, user_id=OTHER_USER)

        assert stranger == f"{OLD}~2"
        assert await id_of(directory, phone=OLD) == stranger
        assert await id_of(directory, user_id=OTHER_USER) == stranger
        assert await id_of(directory, phone=NEW) == OLD

    async def test_each_owner_of_a_number_has_an_id_of_their_own(self, directory: Directory) -> None:
        """No id is given twice, however often the number changes hands."""
        ids = [await id_of(directory, phone=OLD)]
        for number in range(3):
            await change(directory, OLD, to=(f"1555000900{number}",))
            ids.append(await id_of(directory, phone=OLD))

        assert ids == [OLD, f"{OLD}~2", f"{OLD}~3", f"{OLD}~4"]
        assert [await id_of(directory, phone=f"1555000900{number}") for number in range(3)] == ids[:3]

    @pytest.mark.parametrize("mark", [LATER_OWNER, FRESH_SESSION])
    async def test_a_user_id_never_looks_like_the_id_of_a_later_owner(self, directory: Directory, mark: str) -> None:
        """Ids of later owners have a mark. A user id with such a mark is a different person."""
        looks_alike = f"{OLD}{mark}2"
        other = await id_of(directory, user_id=looks_alike)
        await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=OLD) == f"{OLD}~2" != other
        assert mark not in other
        assert await found(directory, looks_alike) == other

    async def test_a_person_may_come_back_to_an_old_number(self, directory: Directory) -> None:
        """They get it back, and keep the id they always had."""
        await change(directory, OLD, to=(NEW,))
        await change(directory, NEW, to=(OLD,))

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, phone=NEW) == f"{NEW}~2"

    async def test_a_number_that_goes_from_hand_to_hand(self, directory: Directory) -> None:
        """A person who moves to the number of another keeps their own id."""
        await change(directory, OLD, to=(NEW,))
        await id_of(directory, phone=THIRD)
        await change(directory, THIRD, to=(OLD,))

        assert await id_of(directory, phone=OLD) == THIRD
        assert await id_of(directory, phone=NEW) == OLD

    async def test_a_person_who_came_back_may_change_the_user_id(self, directory: Directory) -> None:
        """Although no notice said that they came back."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW,))
        await change(directory, OLD, USER, to=(OLD, NEW_USER))

        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == OLD
        assert await id_of(directory, phone=OLD) == OLD

    async def test_a_number_left_without_a_notice(self, directory: Directory) -> None:
        """It belongs to the person until the channel names another owner."""
        await change(directory, THIRD, to=(NEW,))
        await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=NEW) == OLD

    async def test_the_next_owner_of_a_number_may_move_too(self, directory: Directory) -> None:
        """Also when the notices are delivered twice."""
        await change(directory, OLD, to=(FOURTH,))
        stranger = await id_of(directory, phone=OLD, user_id=USER)
        notice = await change(directory, OLD, to=(NEW,))
        await directory.change(change=notice)

        assert await id_of(directory, phone=NEW) == stranger
        assert await id_of(directory, phone=FOURTH) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~3"

    async def test_a_user_id_may_change_before_the_number(self, directory: Directory) -> None:
        """Two notices, although one could have said both."""
        await change(directory, OLD, to=(FOURTH,))
        mover = await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(OLD, NEW_USER))
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW) == mover

    async def test_a_change_of_somebody_unknown_is_no_error(self, directory: Directory) -> None:
        """There is no conversation to continue."""
        await change(directory, USER, to=(NEW_USER,))

        assert await id_of(directory, user_id=NEW_USER, phone=NEW) == NEW

    @pytest.mark.parametrize("way", ["writes", "is looked for"])
    async def test_a_number_stays_with_an_active_person(self, directory: Directory, way: str) -> None:
        """Also when only their user id is seen for years. The next owner of the number is another person."""
        await id_of(directory, phone=OLD, user_id=USER)
        for _ in range(5):
            await self.days_pass(directory, 201)
            seen = await (id_of(directory, user_id=USER) if way == "writes" else found(directory, USER))
            assert seen == OLD

        assert await id_of(directory, phone=OLD, user_id=OTHER_USER) == f"{OLD}~2"
        assert await id_of(directory, user_id=USER) == OLD

    async def test_find_takes_any_alias(self, directory: Directory) -> None:
        """A number gives its owner of today. A number that was given up gives nobody."""
        await id_of(directory, user_id=USER)
        await id_of(directory, user_id=USER, phone=OLD)
        before = [await found(directory, name) for name in (USER, OLD)]
        await change(directory, OLD, USER, to=(NEW, USER))
        after = [await found(directory, name) for name in (USER, NEW, OLD)]

        assert before == [USER, USER]
        assert after == [USER, USER, None]

    async def test_find_adds_nobody(self, directory: Directory) -> None:
        """An unknown number may be the id of a person. An unknown user id is nobody."""
        assert await found(directory, OLD) == OLD
        assert await found(directory, USER) is None
        assert await id_of(directory, user_id=USER, phone=OLD) == OLD
