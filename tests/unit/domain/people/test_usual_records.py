"""People whose names never changed. A store may check them without knowing the other rules."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from domain.people.alias import Alias, AliasKind
from domain.people.aliases import AliasRecord, Observation, UsualRecord, resolve, usual_records
from domain.people.person import Person
from support.aliases import aliases

NUMBERS, USER_IDS, PARENT_IDS = ("1555", "1556"), ("US.1", "US~2"), ("US.ENT.1",)
ids = st.sampled_from(["", *NUMBERS, "1555~2", "US.1", "US%7E2"])
times = st.sampled_from([0.0, 10.0, 20.0, 30.0])
NAMES = (
    *aliases(*NUMBERS, *USER_IDS, *PARENT_IDS),
    Alias(AliasKind.SHARED_PHONE, "1555"),
    Alias(AliasKind.USERNAME, "ana"),
    Alias(AliasKind.CHAT_ID, "7"),
)
people = (
    st.builds(
        lambda phone, user_id, parent_id: Person(phone=phone, user_id=user_id, parent_id=parent_id),
        st.sampled_from(NUMBERS) | st.none(),
        st.sampled_from(USER_IDS),
        st.sampled_from(PARENT_IDS) | st.none(),
    )
    | st.builds(
        lambda phone, parent_id: Person(phone=phone, parent_id=parent_id),
        st.sampled_from(NUMBERS),
        st.sampled_from(PARENT_IDS) | st.none(),
    )
    | st.builds(
        lambda phone, user_id, username, chat_id: Person(
            phone=phone, phone_is_shared=True, user_id=user_id, username=username, chat_id=chat_id
        ),
        st.sampled_from(NUMBERS) | st.none(),
        st.sampled_from(USER_IDS),
        st.just("ana") | st.none(),
        st.just("7") | st.none(),
    )
)
records = st.builds(
    AliasRecord,
    id=ids,
    former=st.integers(0, 2),
    since=times,
    stated_at=times,
    user_id=st.sampled_from(["", *USER_IDS]),
)
books = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, records))


def is_usual(usual: UsualRecord, book: Mapping[Alias, AliasRecord]) -> bool:
    """What a store checks of one alias."""
    record = book.get(usual.alias)
    if record is None:
        return usual.may_be_missing
    return record.id != "" and usual.id in ("", record.id) and usual.user_id in ("", record.user_id)


@given(people, times, books)
def test_where_all_is_usual_nothing_changes(person: Person, at: float, book: dict[Alias, AliasRecord]) -> None:
    """With any other values in the records."""
    seen = Observation(person=person, at=at)
    id_, usual = usual_records(person, at=at)

    if all(is_usual(record, book) for record in usual):
        assert resolve(seen, {alias: book.get(alias, AliasRecord()) for alias in person.aliases}) == (id_, {})


@given(people, times)
def test_a_new_person_gets_the_usual_records(person: Person, at: float) -> None:
    """The records stay usual when the person writes again later."""
    id_, usual = usual_records(person, at=at)
    book = {record.alias: record.new for record in usual if record.new}

    resolved = resolve(Observation(person=person, at=at), dict.fromkeys(person.aliases, AliasRecord()))
    assert resolved == (id_, book)
    later_id, later = usual_records(person, at=at + 1)
    assert later_id == id_
    assert all(is_usual(record, book) for record in later)
