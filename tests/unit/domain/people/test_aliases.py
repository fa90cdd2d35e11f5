"""Who is who: what decides, and that old news change nothing."""

import itertools

import pytest

from domain.people.aliases import AliasRecord, IdentityChange, Observation, apply_change, is_number, resolve
from domain.people.person import Person
from support.alias_records import AliasTable, identity_change

ONE, TWO, THREE = "1555000001", "1555000002", "1555000003"
ANA, BEN = "US.1", "US.2"


@pytest.mark.parametrize(("alias", "number"), [(ONE, True), (ANA, False), ("١٢٣", False), ("", False)])
def test_numbers_are_digits(alias: str, number: bool) -> None:
    """Of the kind that everybody writes them in."""
    assert is_number(alias) is number


@pytest.mark.parametrize("missing", ["known", "new"])
def test_a_change_says_whose_and_what_to(missing: str) -> None:
    """Or there is nothing to follow."""
    names = {"known": (ONE,), "new": (TWO,), missing: ()}

    with pytest.raises(ValueError, match=missing):
        IdentityChange(channel="whatsapp", at=1.0, **names)


def test_a_number_needs_no_listing() -> None:
    """It is the person's id."""
    seen = Observation(person=Person(phone=ONE), at=1.0)

    assert resolve(seen, {ONE: AliasRecord()}) == (ONE, {})


def test_a_number_is_entered_before_the_id_that_leads_to_its_next_owner() -> None:
    """Who dies in between must not leave the owner's id for somebody else."""
    seen = Observation(person=Person(phone=ONE, user_id=ANA), at=2.0)

    id_, entries = resolve(seen, {ONE: AliasRecord(former=1, since=1.0, stated_at=1.0), ANA: AliasRecord()})

    assert (id_, list(entries)) == (f"{ONE}~2", [ONE, ANA])


def test_what_finds_the_person_is_changed_last() -> None:
    """Who dies in between is told again, and finds the person again."""
    change = identity_change(ONE, ANA, to=(TWO, BEN), at=1.0)
    nothing = dict.fromkeys((ONE, TWO, ANA, BEN), AliasRecord())

    assert list(apply_change(change, nothing)) == [TWO, BEN, ANA, ONE]


@pytest.mark.parametrize("entered", range(5))
def test_half_of_a_change_is_completed_when_it_is_told_again(entered: int) -> None:
    """Whichever half it was."""
    change = identity_change(ONE, ANA, to=(TWO, BEN), at=2.0)
    whole, half = AliasTable(), AliasTable()
    for table in (whole, half):
        table.observe(ONE, ANA, at=1.0)
    half.records.update(itertools.islice(apply_change(change, half.records).items(), entered))

    for table in (whole, half):
        table.apply(change)

    assert half.records == whole.records


def test_a_change_that_was_told_is_nothing_to_enter() -> None:
    """Also from another process, at the same time."""
    table = AliasTable()
    change = identity_change(ONE, to=(TWO,), at=2.0)
    table.apply(change)

    assert apply_change(change, table.records) == {}


def test_the_number_of_somebody_without_a_word_to_the_next() -> None:
    """Two moves, a number with a new owner, and the first word once more."""
    table = AliasTable()
    table.observe(ONE, at=1.0)
    table.change(ONE, to=(TWO,), at=2.0)
    table.change(TWO, to=(THREE,), at=3.0)
    owner = table.observe(TWO, at=4.0)

    table.change(ONE, to=(TWO,), at=2.0)

    assert (owner, table.observe(TWO, at=5.0)) == (f"{TWO}~2", f"{TWO}~2")
    assert table.observe(THREE, at=5.0) == ONE


def test_a_number_with_the_id_of_somebody_else_finds_nobody() -> None:
    """The change names who it is about, and the number has another owner."""
    table = AliasTable()
    table.observe(ONE, ANA, at=1.0)

    table.change(BEN, ONE, to=("US.3", TWO), at=2.0)

    assert table.observe(None, ANA, at=3.0) == ONE
    assert table.observe(TWO, "US.3", at=3.0) == TWO


def test_a_number_given_as_a_user_id_is_nobodys_old_number() -> None:
    """Somebody has mistaken one for the other; numbers were given up, user ids never."""
    table = AliasTable()
    table.change(ONE, to=(TWO,), at=1.0)

    assert table.observe(None, ONE, at=2.0) == f"{ONE}~2"
    assert table.observe(TWO, at=2.0) == ONE


def test_who_wrote_before_the_number_was_theirs() -> None:
    """A late word that names only numbers does not make the owner of before the owner of now."""
    table = AliasTable()
    table.observe(ONE, ANA, at=1.0)
    before = table.observe(TWO, BEN, at=1.0)
    table.change(ONE, to=(TWO,), at=2.0)

    assert table.observe(TWO, BEN, at=1.0) == before == TWO
    assert table.observe(TWO, "US.3", at=3.0) == ONE


def test_what_is_seen_again_is_nothing_to_enter() -> None:
    """Nor does who sends late messages with an older id have that id again."""
    table = AliasTable()
    table.observe(ONE, ANA, at=1.0)
    table.change(ANA, ONE, to=(BEN, TWO), at=3.0)

    for user_id, at in ((BEN, 4.0), (ANA, 2.0)):
        seen = Observation(person=Person(phone=TWO, user_id=user_id), at=at)
        assert resolve(seen, table.records) == (ONE, {})


class TestTheSameSecond:
    """Channels count in seconds; much may happen in one."""

    def test_who_is_seen_may_move(self) -> None:
        """And write from the new number."""
        table = AliasTable()
        table.observe(ONE, ANA, at=2.0)
        table.change(ONE, to=(TWO,), at=2.0)

        assert table.observe(TWO, BEN, at=2.0) == ONE
        assert table.observe(ONE, at=3.0) == f"{ONE}~2"

    def test_who_has_moved_may_write_before_we_are_told(self) -> None:
        """They are joined with who they were."""
        table = AliasTable()
        table.observe(ONE, at=1.0)
        table.observe(TWO, BEN, at=2.0)
        table.change(ONE, to=(TWO,), at=2.0)

        assert table.observe(TWO, BEN, at=3.0) == ONE

    def test_two_with_one_number_are_two(self) -> None:
        """It leads to the first of them."""
        table = AliasTable()
        table.observe(ONE, ANA, at=1.0)

        assert table.observe(ONE, BEN, at=1.0) == BEN
        assert table.observe(ONE, at=2.0) == ONE

    def test_the_next_owner_of_a_number_is_not_moved_along(self) -> None:
        """By what is told again, with ids or without."""
        for names in ((ONE,), (ANA, ONE)):
            table = AliasTable()
            table.observe(ONE, ANA, at=1.0)
            table.change(*names, to=(TWO,), at=2.0)
            table.observe(ONE, at=2.0)

            table.change(*names, to=(TWO,), at=2.0)

            assert table.observe(ONE, at=3.0) == f"{ONE}~2"
            assert table.observe(TWO, at=3.0) == ONE

    def test_the_next_owner_of_the_new_number_keeps_it(self) -> None:
        """Nobody told that it was free."""
        table = AliasTable()
        table.observe(ONE, ANA, at=1.0)
        table.change(ANA, ONE, to=("US.3", TWO), at=2.0)
        owner = table.observe(TWO, BEN, at=3.0)

        table.change(ANA, ONE, to=("US.3", TWO), at=2.0)

        assert table.observe(TWO, at=4.0) == owner != ONE

    def test_of_two_words_on_an_id_the_last_counts(self) -> None:
        """The second may know better who it is about."""
        table = AliasTable()
        table.observe(ONE, at=1.0)
        table.observe(None, ANA, at=1.0)
        table.change(ANA, to=(BEN,), at=2.0)
        table.change(ONE, to=(BEN,), at=2.0)

        assert table.observe(None, BEN, at=3.0) == ONE
