"""What every directory promises about notices that come late, twice or in the wrong order."""

from application.ports.directory import Directory
from contracts.directory_contract import FOURTH, NEW, NEW_USER, OLD, OTHER_USER, THIRD, USER, change, id_of, later


class LateChangesContract:
    """Inherit, and provide the fixture `directory`."""

    async def test_late_messages_do_not_take_a_number_back(self, directory: Directory) -> None:
        """The user id in them names the person. The number stays with its next owner."""
        await id_of(directory, phone=OLD, user_id=USER)
        before = later()
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=OLD, user_id=USER, at=before) == OLD
        assert await id_of(directory, phone=OLD, user_id=OTHER_USER) == f"{OLD}~2"
        assert await id_of(directory, phone=OLD, user_id=USER, at=before) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

    async def test_a_repeated_change_has_no_effect(self, directory: Directory) -> None:
        """Also when the number has a new owner by then, who keeps it."""
        await id_of(directory, phone=OLD, user_id=USER)
        notice = await change(directory, OLD, to=(NEW,))
        notice_with_id = await change(directory, OLD, USER, to=(NEW,))
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

        for one in (notice, notice_with_id, notice):
            await directory.change(change=one)

        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_change_repeated_after_the_next_change_has_no_effect(self, directory: Directory) -> None:
        """Its numbers have other owners by then, and they keep them."""
        first = await change(directory, OLD, to=(NEW,))
        second = await change(directory, NEW, to=(THIRD,))
        owners = {number: await id_of(directory, phone=number) for number in (OLD, NEW, THIRD)}

        for one in (first, second, first):
            await directory.change(change=one)

        assert owners == {OLD: f"{OLD}~2", NEW: f"{NEW}~2", THIRD: OLD}
        assert {number: await id_of(directory, phone=number) for number in owners} == owners

    async def test_a_change_repeated_after_the_person_came_back_has_no_effect(self, directory: Directory) -> None:
        """They gave the number up earlier, and have it again."""
        first = await change(directory, OLD, to=(NEW,))
        await change(directory, NEW, to=(OLD,))
        stranger = await id_of(directory, phone=NEW)

        await directory.change(change=first)

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, phone=NEW) == stranger

    async def test_changes_of_two_people_in_the_wrong_order(self, directory: Directory) -> None:
        """The new owner of a number is not taken for the one who left it."""
        left = later()
        await change(directory, THIRD, to=(OLD,))
        await change(directory, OLD, to=(NEW,), at=left)

        assert await id_of(directory, phone=OLD) == THIRD
        assert await id_of(directory, phone=NEW) == NEW

    async def test_changes_of_one_person_in_the_wrong_order(self, directory: Directory) -> None:
        """They may get a new conversation, but never somebody else's."""
        moved = later()
        await change(directory, NEW, to=(THIRD,))
        await change(directory, OLD, to=(NEW,), at=moved)

        ids = [await id_of(directory, phone=number) for number in (OLD, NEW, THIRD)]

        assert ids == [f"{OLD}~2", f"{NEW}~2", NEW]

    async def test_a_late_change_has_no_effect(self, directory: Directory) -> None:
        """Its number belongs to another person by then."""
        await id_of(directory, phone=OLD, user_id=USER)
        notice = await change(directory, OLD, USER, to=(NEW, NEW_USER))
        await change(directory, NEW, NEW_USER, to=(FOURTH, "US.1003"))
        await directory.change(change=notice)

        assert await id_of(directory, phone=NEW, user_id=OTHER_USER) == f"{NEW}~2"
        assert await id_of(directory, phone=FOURTH) == OLD

    async def test_a_number_that_nobody_gave_up_comes_with_another_user_id(self, directory: Directory) -> None:
        """Its owner left it without a notice. The new user id is another person."""
        await id_of(directory, phone=OLD, user_id=USER)

        assert await id_of(directory, phone=OLD, user_id=OTHER_USER) == f"{OLD}~2"
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_number_may_be_taken_before_its_notice_arrives(self, directory: Directory) -> None:
        """The late notice names no ids, so it is not about the new owner."""
        await id_of(directory, phone=OLD, user_id=USER)
        moved = later()
        stranger = await id_of(directory, phone=OLD, user_id=OTHER_USER)

        await change(directory, OLD, to=(NEW,), at=moved)

        assert await id_of(directory, phone=OLD) == stranger == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == NEW

    async def test_a_late_message_of_somebody_unknown(self, directory: Directory) -> None:
        """It was sent before the number got its owner of today, who keeps it."""
        sent = later()
        await change(directory, OLD, to=(NEW,))

        for number in (OLD, NEW):
            assert await id_of(directory, phone=number, user_id=f"US.{number}", at=sent) == f"US.{number}"

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

    async def test_a_late_notice_joins_a_new_user_id_with_its_person(self, directory: Directory) -> None:
        """From then on they have their old conversation again."""
        await id_of(directory, phone=OLD, user_id=USER)
        changed = later()
        await id_of(directory, phone=OLD, user_id=NEW_USER)

        await change(directory, USER, OLD, to=(NEW_USER, OLD), at=changed)

        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == OLD
        assert await id_of(directory, phone=OLD) == OLD

    async def test_a_change_adds_the_old_user_id(self, directory: Directory) -> None:
        """Messages sent before the change may still come with it."""
        await id_of(directory, phone=OLD)
        sent = later()
        await change(directory, USER, OLD, to=(NEW_USER, NEW))

        assert await id_of(directory, user_id=USER, phone=OLD, at=sent) == OLD

    async def test_a_number_in_both_names_is_not_given_back(self, directory: Directory) -> None:
        """A notice about the user id may come after the number was given up."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, USER, to=(NEW, NEW_USER))
        await change(directory, USER, OLD, to=(NEW_USER, OLD))

        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == OLD

    async def test_a_message_may_come_before_its_change(self, directory: Directory) -> None:
        """A person who looked new is then known by each alias."""
        await id_of(directory, phone=OLD, user_id=USER)
        moved = later()
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == NEW

        await change(directory, OLD, to=(NEW,), at=moved)

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD

    async def test_a_number_stays_with_a_person_who_wrote_from_it_later(self, directory: Directory) -> None:
        """The notice that somebody gave it up is about an earlier time."""
        await id_of(directory, user_id=USER, phone=OLD)
        await id_of(directory, user_id=NEW_USER, phone=NEW)
        moved = later()
        await id_of(directory, user_id=NEW_USER, phone=OLD)
        await change(directory, OLD, USER, to=("US.1003", FOURTH), at=moved)

        assert await id_of(directory, phone=OLD) == NEW
        assert await id_of(directory, phone=FOURTH) == OLD

    async def test_a_message_may_come_before_a_change_between_reused_numbers(self, directory: Directory) -> None:
        """Both numbers had other owners before."""
        for number in (OLD, NEW):
            await change(directory, number, to=(f"{number}9",))
        mover = await id_of(directory, phone=OLD, user_id=USER)
        moved = later()
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == f"{NEW}~2"

        await change(directory, OLD, to=(NEW, NEW_USER), at=moved)

        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == mover == f"{OLD}~2"
