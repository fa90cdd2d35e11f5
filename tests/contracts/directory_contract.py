"""What every directory promises."""

from application.ports.directory import Directory
from domain.conversations import Person
from domain.identity import IdentityChange

OLD, NEW = "15550001111", "15550002222"
USER, NEW_USER, PARENT = "US.1001", "US.1002", "US.ENT.7"


async def id_of(directory: Directory, channel: str = "whatsapp", **aliases: str) -> str:
    (id_,) = await directory.ids(channel=channel, persons=[Person(**aliases)])
    return id_


async def change(directory: Directory, *known: str, to: tuple[str, ...]) -> None:
    await directory.change(change=IdentityChange(channel="whatsapp", known=known, new=to))


class DirectoryContract:
    """Inherit, and provide the fixture `directory`."""

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
        assert await id_of(directory, user_id=NEW_USER, parent_id=PARENT) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD

    async def test_a_user_id_is_surer_than_a_number(self, directory: Directory) -> None:
        """Numbers change hands; and the number goes on leading to whom it led."""
        await id_of(directory, user_id=USER)
        await id_of(directory, user_id=NEW_USER, phone=NEW)
        await id_of(directory, user_id=USER, phone=OLD)

        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == NEW
        assert await id_of(directory, phone=OLD) == USER

    async def test_persons_come_back_in_their_order(self, directory: Directory) -> None:
        """Also when the same one is there twice, and when nobody is."""
        await id_of(directory, phone=OLD, user_id=USER)
        persons = [Person(phone=NEW), Person(user_id=USER), Person(user_id=NEW_USER), Person(phone=NEW)]

        assert await directory.ids(channel="whatsapp", persons=persons) == (NEW, OLD, NEW_USER, NEW)
        assert await directory.ids(channel="whatsapp", persons=[]) == ()

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

        stranger = await id_of(directory, phone=OLD, user_id="US.2001")

        assert stranger == f"{OLD}~2"
        assert await id_of(directory, phone=OLD) == stranger
        assert await id_of(directory, user_id="US.2001") == stranger
        assert await id_of(directory, phone=NEW) == OLD

    async def test_a_number_may_be_given_up_again_and_again(self, directory: Directory) -> None:
        """No id is given twice."""
        ids = [await id_of(directory, phone=OLD)]
        for number in range(3):
            await change(directory, OLD, to=(f"1555000900{number}",))
            ids.append(await id_of(directory, phone=OLD))

        assert ids == [OLD, f"{OLD}~2", f"{OLD}~3", f"{OLD}~4"]
        assert [await id_of(directory, phone=f"1555000900{number}") for number in range(3)] == ids[:3]

    async def test_a_number_one_comes_back_to(self, directory: Directory) -> None:
        """It is theirs again, under the id they always had."""
        await change(directory, OLD, to=(NEW,))
        await change(directory, NEW, to=(OLD,))

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, phone=NEW) == f"{NEW}~2"

    async def test_a_number_that_goes_from_hand_to_hand(self, directory: Directory) -> None:
        """Somebody who moves to a number takes their own id along."""
        await change(directory, OLD, to=(NEW,))
        await id_of(directory, phone="15550003333")
        await change(directory, "15550003333", to=(OLD,))

        assert await id_of(directory, phone=OLD) == "15550003333"
        assert await id_of(directory, phone=NEW) == OLD

    async def test_late_messages_do_not_take_a_number_back(self, directory: Directory) -> None:
        """Their user id says whose they are, and the number is free for the next."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=OLD, user_id=USER) == OLD
        assert await id_of(directory, phone=OLD, user_id="US.2001") == f"{OLD}~2"
        assert await id_of(directory, phone=OLD, user_id=USER) == OLD

    async def test_who_came_back_to_a_number_may_change_their_user_id(self, directory: Directory) -> None:
        """Though nobody told that they came back."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(NEW,))
        await change(directory, OLD, USER, to=(OLD, NEW_USER))

        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, phone=OLD) == OLD

    async def test_a_number_somebody_left_without_a_word(self, directory: Directory) -> None:
        """Is theirs until the channel says whose it is now."""
        await change(directory, "15550003333", to=(NEW,))
        await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=NEW) == OLD

    async def test_a_change_that_is_told_again_changes_nothing(self, directory: Directory) -> None:
        """Also when the number has its next owner meanwhile, who stays where they are."""
        await id_of(directory, phone=OLD, user_id=USER)
        for known in ((OLD,), (OLD, USER), (OLD,)):
            await change(directory, *known, to=(NEW,))
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

        for known in ((OLD,), (OLD, USER)):
            await change(directory, *known, to=(NEW,))

        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_change_that_comes_late_changes_nothing(self, directory: Directory) -> None:
        """The number it is about is not theirs any more either."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, USER, to=(NEW, NEW_USER))
        await change(directory, NEW, NEW_USER, to=("15550009999", "US.1003"))
        await change(directory, OLD, USER, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW, user_id="US.2001") == f"{NEW}~2"
        assert await id_of(directory, phone="15550009999") == OLD

    async def test_the_next_owner_of_a_number_may_move_too(self, directory: Directory) -> None:
        """Told twice, as everything may be."""
        await change(directory, OLD, to=("15550009999",))
        stranger = await id_of(directory, phone=OLD, user_id=USER)
        for _ in range(2):
            await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=NEW) == stranger
        assert await id_of(directory, phone="15550009999") == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~3"

    async def test_a_message_may_overtake_the_change(self, directory: Directory) -> None:
        """Who seemed to be new is known from then on, by each of their aliases."""
        await id_of(directory, phone=OLD, user_id=USER)
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == NEW

        await change(directory, OLD, to=(NEW,))

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD

    async def test_a_number_that_leads_to_somebody_else_stays_with_them(self, directory: Directory) -> None:
        """Who is known by their user id gave up a number that we have by another name."""
        await id_of(directory, user_id=USER)
        await id_of(directory, user_id=NEW_USER, phone=NEW)
        await id_of(directory, user_id=NEW_USER, phone=OLD)
        await change(directory, OLD, USER, to=("US.1003", "15550009999"))

        assert await id_of(directory, phone=OLD) == NEW
        assert await id_of(directory, phone="15550009999") == USER

    async def test_a_message_may_overtake_the_change_between_reused_numbers(self, directory: Directory) -> None:
        """Both had other owners before."""
        for number in (OLD, NEW):
            await change(directory, number, to=(f"{number}9",))
        mover = await id_of(directory, phone=OLD, user_id=USER)
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == f"{NEW}~2"

        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == mover == f"{OLD}~2"

    async def test_a_user_id_may_change_before_the_number(self, directory: Directory) -> None:
        """Two notices say what one could."""
        await change(directory, OLD, to=("15550009999",))
        mover = await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, to=(OLD, NEW_USER))
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=NEW) == mover

    async def test_a_change_of_somebody_unknown_is_no_error(self, directory: Directory) -> None:
        """There is no conversation to go on with."""
        await change(directory, USER, to=(NEW_USER,))

        assert await id_of(directory, user_id=NEW_USER, phone=NEW) == NEW
