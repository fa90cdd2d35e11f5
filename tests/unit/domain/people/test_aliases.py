"""Which person an alias leads to. Old statements never undo newer ones."""

import itertools

import pytest

from domain.people.aliases import AliasRecord, IdentityChange, Observation, apply_change, resolve
from domain.people.person import Person
from support.alias_records import AliasTable, identity_change
from support.aliases import alias, aliases

ONE, TWO, THREE = "1555000001", "1555000002", "1555000003"
ANA, BEN = "US.1", "US.2"


@pytest.mark.parametrize("missing", ["known", "new"])
def test_a_change_needs_known_and_new_names(missing: str) -> None:
    """Without one of them there is nothing to apply."""
    names = {"known": aliases(ONE), "new": aliases(TWO), missing: ()}

    with pytest.raises(ValueError, match=missing):
        IdentityChange(channel="whatsapp", at=1.0, **names)


def test_a_number_needs_no_record() -> None:
    """It is the person's id."""
    seen = Observation(person=Person(phone=ONE), at=1.0)

    assert resolve(seen, {alias(ONE): AliasRecord()}) == (ONE, {})


def test_the_record_of_a_number_is_stored_before_that_of_the_user_id() -> None:
    """A process that dies in between must not leave the next owner's id to somebody else."""
    seen = Observation(person=Person(phone=ONE, user_id=ANA), at=2.0)
    records = {alias(ONE): AliasRecord(former=1, since=1.0, stated_at=1.0), alias(ANA): AliasRecord()}

    id_, entries = resolve(seen, records)

    assert (id_, list(entries)) == (f"{ONE}~2", list(aliases(ONE, ANA)))


def test_the_old_names_are_changed_last() -> None:
    """A process may die in between. The repeated notice then still finds the person by the old names."""
    change = identity_change(ONE, ANA, to=(TWO, BEN), at=1.0)
    nothing = dict.fromkeys(aliases(ONE, TWO, ANA, BEN), AliasRecord())

    assert list(apply_change(change, nothing)) == list(aliases(TWO, BEN, ANA, ONE))


@pytest.mark.parametrize("entered", range(5))
def test_a_repeated_change_completes_a_partly_stored_one(entered: int) -> None:
    """Whichever part was stored."""
    change = identity_change(ONE, ANA, to=(TWO, BEN), at=2.0)
    whole, half = AliasTable(), AliasTable()
    for table in (whole, half):
        table.observe(ONE, ANA, at=1.0)
    half.records.update(itertools.islice(apply_change(change, half.records).items(), entered))

    for table in (whole, half):
        table.apply(change)

    assert half.records == whole.records


def test_a_repeated_change_stores_nothing() -> None:
    """Also from another process, at the same time."""
    table = AliasTable()
    change = identity_change(ONE, to=(TWO,), at=2.0)
    table.apply(change)

    assert apply_change(change, table.records) == {}


def test_a_repeated_change_does_not_affect_the_next_owner_of_a_number() -> None:
    """Two moves, a number with a new owner, and the first notice once more."""
    table = AliasTable()
    table.observe(ONE, at=1.0)
    table.change(ONE, to=(TWO,), at=2.0)
    table.change(TWO, to=(THREE,), at=3.0)
    owner = table.observe(TWO, at=4.0)

    table.change(ONE, to=(TWO,), at=2.0)

    assert (owner, table.observe(TWO, at=5.0)) == (f"{TWO}~2", f"{TWO}~2")
    assert table.observe(THREE, at=5.0) == ONE


def test_a_number_beside_an_unknown_user_id_moves_nobody() -> None:
    """The change names the person by user id, and the number has another owner."""
    table = AliasTable()
    table.observe(ONE, ANA, at=1.0)

    table.change(BEN, ONE, to=("US.3", TWO), at=2.0)

    assert table.observe(None, ANA, at=3.0) == ONE
    assert table.observe(TWO, "US.3", at=3.0) == TWO


def test_an_earlier_writer_does_not_become_the_owner_of_a_number() -> None:
    """A late notice with numbers only says nothing about user ids."""
    table = AliasTable()
    table.observe(ONE, ANA, at=1.0)
    before = table.observe(TWO, BEN, at=1.0)
    table.change(ONE, to=(TWO,), at=2.0)

    assert table.observe(TWO, BEN, at=1.0) == before == TWO
    assert table.observe(TWO, "US.3", at=3.0) == ONE


def test_a_repeated_observation_stores_nothing() -> None:
    """A late message with an older user id does not bring that id back."""
    table = AliasTable()
    table.observe(ONE, ANA, at=1.0)
    table.change(ANA, ONE, to=(BEN, TWO), at=3.0)

    for user_id, at in ((BEN, 4.0), (ANA, 2.0)):
        seen = Observation(person=Person(phone=TWO, user_id=user_id), at=at)
        assert resolve(seen, table.records) == (ONE, {})


class TestTheSameSecond:
    """Channels count in seconds, and much may happen in one."""

    def test_a_person_may_write_and_move(self) -> None:
        """And write from the new number."""
        table = AliasTable()
        table.observe(ONE, ANA, at=2.0)
        table.change(ONE, to=(TWO,), at=2.0)

        assert table.observe(TWO, BEN, at=2.0) == ONE
        assert table.observe(ONE, at=3.0) == f"{ONE}~2"

    def test_a_person_who_moved_may_write_before_the_notice(self) -> None:
        """The notice joins them with who they were."""
        table = AliasTable()
        table.observe(ONE, at=1.0)
        table.observe(TWO, BEN, at=2.0)
        table.change(ONE, to=(TWO,), at=2.0)

        assert table.observe(TWO, BEN, at=3.0) == ONE

    def test_two_user_ids_with_one_number_are_two_people(self) -> None:
        """The number leads to the first of them."""
        table = AliasTable()
        table.observe(ONE, ANA, at=1.0)

        assert table.observe(ONE, BEN, at=1.0) == BEN
        assert table.observe(ONE, at=2.0) == ONE

    def test_the_next_owner_of_a_number_is_not_moved_along(self) -> None:
        """A repeated notice does not move them, with user ids or without."""
        for names in ((ONE,), (ANA, ONE)):
            table = AliasTable()
            table.observe(ONE, ANA, at=1.0)
            table.change(*names, to=(TWO,), at=2.0)
            table.observe(ONE, at=2.0)

            table.change(*names, to=(TWO,), at=2.0)

            assert table.observe(ONE, at=3.0) == f"{ONE}~2"
            assert table.observe(TWO, at=3.0) == ONE

    def test_the_next_owner_of_the_new_number_keeps_it(self) -> None:
        """No notice said that it was free."""
        table = AliasTable()
        table.observe(ONE, ANA, at=1.0)
        table.change(ANA, ONE, to=("US.3", TWO), at=2.0)
        owner = table.observe(TWO, BEN, at=3.0)

        table.change(ANA, ONE, to=("US.3", TWO), at=2.0)

        assert table.observe(TWO, at=4.0) == owner != ONE

    def test_the_last_of_two_changes_to_one_user_id_counts(self) -> None:
        """The second may know better whose it is."""
        table = AliasTable()
        table.observe(ONE, at=1.0)
        table.observe(None, ANA, at=1.0)
        table.change(ANA, to=(BEN,), at=2.0)
        table.change(ONE, to=(BEN,), at=2.0)

        assert table.observe(None, BEN, at=3.0) == ONE


def test_a_shared_number_proves_nothing() -> None:
    """Who shows the number of somebody else, or the digits of their id, is not taken for them."""
    table = AliasTable()
    ana = table.apply(Observation(person=Person(user_id=ONE), at=1.0))
    ben = table.apply(Observation(person=Person(user_id="7", phone=ONE, phone_is_shared=True), at=2.0))
    eve = table.apply(Observation(person=Person(user_id="8", phone=ONE, phone_is_shared=True), at=3.0))

    assert (ana, ben, eve) == (ONE, "7", "8")
    assert table.apply(Observation(person=Person(user_id=ONE), at=4.0)) == ana


@pytest.mark.parametrize(
    ("person", "key"),
    [
        (Person(user_id="7", phone=ONE), ONE),
        (Person(user_id="7", phone=ONE, phone_is_shared=True), "7"),
        (Person(phone=ONE, phone_is_shared=True), f"+{ONE}"),
        (Person(username="ana"), "@ana"),
        (Person(chat_id="-100123"), "-100123"),
    ],
)
def test_the_key_of_a_person_is_the_name_that_the_channel_knows_them_by(person: Person, key: str) -> None:
    """No other name looks like an id."""
    assert person.key == key
