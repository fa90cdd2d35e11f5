"""What every directory promises of what comes late, twice or in the wrong order."""

from application.ports.directory import Directory
from contracts.directory_contract import FOURTH, NEW, NEW_USER, OLD, OTHER_USER, THIRD, USER, change, id_of, later


class LateChangesContract:
    """Inherit, and provide the fixture `directory`."""

    async def test_late_messages_do_not_take_a_number_back(self, directory: Directory) -> None:
        """Their user id says whose they are, and the number is free for the next."""
        await id_of(directory, phone=OLD, user_id=USER)
        before = later()
        await change(directory, OLD, to=(NEW, NEW_USER))

        assert await id_of(directory, phone=OLD, user_id=USER, at=before) == OLD
        assert await id_of(directory, phone=OLD, user_id=OTHER_USER) == f"{OLD}~2"
        assert await id_of(directory, phone=OLD, user_id=USER, at=before) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

    async def test_a_change_that_is_told_again_changes_nothing(self, directory: Directory) -> None:
        """Also when the number has its next owner meanwhile, who stays where they are."""
        await id_of(directory, phone=OLD, user_id=USER)
        told = await change(directory, OLD, to=(NEW,))
        told_with_id = await change(directory, OLD, USER, to=(NEW,))
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

        for one in (told, told_with_id, told):
            await directory.change(change=one)

        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_change_that_is_told_again_after_the_next_change(self, directory: Directory) -> None:
        """The numbers it is about have other owners by now; whoever they are, they stay there."""
        first = await change(directory, OLD, to=(NEW,))
        second = await change(directory, NEW, to=(THIRD,))
        owners = {number: await id_of(directory, phone=number) for number in (OLD, NEW, THIRD)}

        for one in (first, second, first):
            await directory.change(change=one)

        assert owners == {OLD: f"{OLD}~2", NEW: f"{NEW}~2", THIRD: OLD}
        assert {number: await id_of(directory, phone=number) for number in owners} == owners

    async def test_a_change_that_is_told_again_when_the_person_came_back(self, directory: Directory) -> None:
        """They left the number a while ago, and have it now."""
        first = await change(directory, OLD, to=(NEW,))
        await change(directory, NEW, to=(OLD,))
        stranger = await id_of(directory, phone=NEW)

        await directory.change(change=first)

        assert await id_of(directory, phone=OLD) == OLD
        assert await id_of(directory, phone=NEW) == stranger

    async def test_changes_of_two_people_in_the_wrong_order(self, directory: Directory) -> None:
        """Who came to the number is not taken for who had left it before."""
        left = later()
        await change(directory, THIRD, to=(OLD,))
        await change(directory, OLD, to=(NEW,), at=left)

        assert await id_of(directory, phone=OLD) == THIRD
        assert await id_of(directory, phone=NEW) == NEW

    async def test_changes_of_one_person_in_the_wrong_order(self, directory: Directory) -> None:
        """They may begin anew, but with nobody else's conversation."""
        moved = later()
        await change(directory, NEW, to=(THIRD,))
        await change(directory, OLD, to=(NEW,), at=moved)

        ids = [await id_of(directory, phone=number) for number in (OLD, NEW, THIRD)]

        assert ids == [f"{OLD}~2", f"{NEW}~2", NEW]

    async def test_a_change_that_comes_late_changes_nothing(self, directory: Directory) -> None:
        """The number it is about is not theirs any more either."""
        await id_of(directory, phone=OLD, user_id=USER)
        told = await change(directory, OLD, USER, to=(NEW, NEW_USER))
        await change(directory, NEW, NEW_USER, to=(FOURTH, "US.1003"))
        await directory.change(change=told)

        assert await id_of(directory, phone=NEW, user_id=OTHER_USER) == f"{NEW}~2"
        assert await id_of(directory, phone=FOURTH) == OLD

    async def test_a_number_that_nobody_gave_up_comes_with_another_user_id(self, directory: Directory) -> None:
        """Its owner let it go without a word: whoever has it now is somebody else."""
        await id_of(directory, phone=OLD, user_id=USER)

        assert await id_of(directory, phone=OLD, user_id=OTHER_USER) == f"{OLD}~2"
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, user_id=USER) == OLD

    async def test_a_number_may_be_taken_before_we_are_told_that_it_is_free(self, directory: Directory) -> None:
        """The word on it comes late, and names no ids: it is not about the new owner."""
        await id_of(directory, phone=OLD, user_id=USER)
        moved = later()
        stranger = await id_of(directory, phone=OLD, user_id=OTHER_USER)

        await change(directory, OLD, to=(NEW,), at=moved)

        assert await id_of(directory, phone=OLD) == stranger == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == NEW

    async def test_a_late_message_of_somebody_unknown(self, directory: Directory) -> None:
        """Was sent before the number came to who has it now."""
        sent = later()
        await change(directory, OLD, to=(NEW,))

        for number in (OLD, NEW):
            assert await id_of(directory, phone=number, user_id=f"US.{number}", at=sent) == f"US.{number}"

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

    async def test_a_new_user_id_at_an_old_number_may_be_explained_later(self, directory: Directory) -> None:
        """From then on they are who they were."""
        await id_of(directory, phone=OLD, user_id=USER)
        changed = later()
        await id_of(directory, phone=OLD, user_id=NEW_USER)

        await change(directory, USER, OLD, to=(NEW_USER, OLD), at=changed)

        assert await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER, phone=OLD) == OLD
        assert await id_of(directory, phone=OLD) == OLD

    async def test_a_change_tells_of_an_old_user_id_as_well(self, directory: Directory) -> None:
        """Messages that were sent before may come with it yet."""
        await id_of(directory, phone=OLD)
        sent = later()
        await change(directory, USER, OLD, to=(NEW_USER, NEW))

        assert await id_of(directory, user_id=USER, phone=OLD, at=sent) == OLD

    async def test_a_number_in_both_is_not_given_back(self, directory: Directory) -> None:
        """A word on the user id may come after the number was given up."""
        await id_of(directory, phone=OLD, user_id=USER)
        await change(directory, OLD, USER, to=(NEW, NEW_USER))
        await change(directory, USER, OLD, to=(NEW_USER, OLD))

        assert await id_of(directory, phone=OLD) == f"{OLD}~2"
        assert await id_of(directory, phone=NEW) == OLD

    async def test_a_message_may_overtake_the_change(self, directory: Directory) -> None:
        """Who seemed to be new is known from then on, by each of their aliases."""
        await id_of(directory, phone=OLD, user_id=USER)
        moved = later()
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == NEW

        await change(directory, OLD, to=(NEW,), at=moved)

        assert await id_of(directory, phone=NEW) == OLD
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == OLD
        assert await id_of(directory, user_id=NEW_USER) == OLD

    async def test_a_number_somebody_wrote_from_since_stays_with_them(self, directory: Directory) -> None:
        """Whoever gave it up did so before."""
        await id_of(directory, user_id=USER, phone=OLD)
        await id_of(directory, user_id=NEW_USER, phone=NEW)
        moved = later()
        await id_of(directory, user_id=NEW_USER, phone=OLD)
        await change(directory, OLD, USER, to=("US.1003", FOURTH), at=moved)

        assert await id_of(directory, phone=OLD) == NEW
        assert await id_of(directory, phone=FOURTH) == OLD

    async def test_a_message_may_overtake_the_change_between_reused_numbers(self, directory: Directory) -> None:
        """Both had other owners before."""
        for number in (OLD, NEW):
            await change(directory, number, to=(f"{number}9",))
        mover = await id_of(directory, phone=OLD, user_id=USER)
        moved = later()
        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == f"{NEW}~2"

        await change(directory, OLD, to=(NEW, NEW_USER), at=moved)

        assert await id_of(directory, phone=NEW, user_id=NEW_USER) == mover == f"{OLD}~2"
