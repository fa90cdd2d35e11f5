"""People whose number or id changes."""

from typing import Any

import pytest

from domain.messages.inbound import Unrecognised
from domain.people.aliases import IdentityChange
from support.aliases import aliases
from support.whatsapp_messages import NOW, PERSON, message, system_message, text_message
from support.whatsapp_parsing import OTHER_NUMBER, only, only_unrecognised, parse
from support.whatsapp_webhooks import NUMBER, PARENT_ID, USER_ID, user_id_update, webhook

NEW_NUMBER = "15550009999"
NEW_ID = "US.20837465019283746501"
NEW_PARENT = "US.ENT.20837465019283746502"


def test_a_new_number() -> None:
    """The sender has the old number. There are no contacts."""
    body = webhook(system_message(system={"wa_id": NEW_NUMBER, "body": "Ana changed her number"}))

    assert only(body, IdentityChange) == IdentityChange(
        channel="whatsapp", known=aliases(PERSON), new=aliases(NEW_NUMBER), at=NOW, description="Ana changed her number"
    )


def test_a_new_number_brings_new_ids() -> None:
    """All new names, and the old names that belong to one person only."""
    system = {"wa_id": NEW_NUMBER, "user_id": NEW_ID, "parent_user_id": NEW_PARENT}
    change = system_message(system=system, from_user_id=USER_ID, from_parent_user_id=PARENT_ID)

    found = only(webhook(change), IdentityChange)

    assert found.known == aliases(USER_ID, PERSON)
    assert found.new == aliases(NEW_ID, NEW_PARENT, NEW_NUMBER)


def test_a_parent_id_alone_is_no_new_id() -> None:
    """Several people may share it."""
    system = {"wa_id": NEW_NUMBER, "parent_user_id": NEW_PARENT}

    assert only(webhook(system_message(system=system)), IdentityChange).new == aliases(NEW_NUMBER)


def test_a_parent_id_finds_a_person_without_another_name() -> None:
    """If the person had no other name before."""
    ids = {"user_id": {"current": NEW_ID}, "parent_user_id": {"previous": PARENT_ID, "current": NEW_PARENT}}
    body = webhook(field="user_id_update", user_id_update=[{"timestamp": str(NOW), **ids}])

    assert only(body, IdentityChange).known == aliases(PARENT_ID)


def test_a_new_id_of_somebody_without_a_number() -> None:
    """The system message has the old id, and there is no sender."""
    system = {"user_id": NEW_ID, "previous_user_id": USER_ID}
    change = system_message("user_changed_user_id", system=system, sender=None)

    found = only(webhook(change), IdentityChange)

    assert (found.known, found.new) == (aliases(USER_ID), aliases(NEW_ID))


def test_a_change_belongs_to_its_number() -> None:
    """Like a message."""
    body = webhook(system_message(system={"wa_id": NEW_NUMBER}), number=OTHER_NUMBER)

    assert only(body, IdentityChange).channel == "whatsapp-sales"


@pytest.mark.parametrize("system", [{}, {"wa_id": ""}, {"wa_id": 5, "user_id": None}, {"user_id": "x" * 1000}])
def test_a_change_to_nothing_is_only_shown(system: dict[str, Any]) -> None:
    """There is no new name."""
    assert only_unrecognised(webhook(system_message(system=system))).kind == "message:malformed"


def test_a_change_without_a_known_person_is_an_event_only() -> None:
    """There is no old name."""
    change = system_message(system={"wa_id": NEW_NUMBER}, sender=None)

    assert only_unrecognised(webhook(change)).kind == "message:malformed"


@pytest.mark.parametrize("timestamp", [None, "", "soon", -1])
def test_a_change_without_its_time_is_only_shown(timestamp: object) -> None:
    """It could undo a newer change."""
    change = system_message(system={"wa_id": NEW_NUMBER}) | {"timestamp": timestamp}
    update = user_id_update(timestamp=timestamp)

    assert only_unrecognised(webhook(change)).kind == "message:malformed"
    body = webhook(field="user_id_update", user_id_update=[update])
    assert only_unrecognised(body).kind == "user_id_update:malformed"


@pytest.mark.parametrize(
    ("system", "kind"),
    [
        (system_message("customer_identity_changed", identity={"hash": "x"}), "customer_identity_changed"),
        (system_message("something_new"), "something_new"),
        (message("system", {}), ""),
        (message("system", None), ""),
        (message("system", {"type": 5}), ""),
    ],
)
def test_other_system_messages_are_only_shown(system: dict[str, Any], kind: str) -> None:
    """A new security code of somebody's phone changes nothing for us."""
    assert only_unrecognised(webhook(system)) == Unrecognised(channel="whatsapp", kind="message:system", detail=kind)


def test_an_update_of_ids() -> None:
    """The number beside them may be the old or the new one, so it is ignored."""
    parents = {"previous": PARENT_ID, "current": NEW_PARENT}
    update = user_id_update(USER_ID, NEW_ID, parent_user_id=parents, detail="It changed.")
    body = webhook(field="user_id_update", user_id_update=[update])

    assert only(body, IdentityChange) == IdentityChange(
        channel="whatsapp",
        known=aliases(USER_ID),
        new=aliases(NEW_ID, NEW_PARENT),
        at=NOW,
        description="It changed.",
    )


def test_an_update_without_a_number() -> None:
    """The person hides the number."""
    update = user_id_update(USER_ID, NEW_ID, wa_id=None)

    found = only(webhook(field="user_id_update", user_id_update=[update]), IdentityChange)

    assert (found.known, found.new) == (aliases(USER_ID), aliases(NEW_ID))


@pytest.mark.parametrize("junk", [None, 5, {}, [], {"user_id": 5}, {"user_id": {"current": NEW_ID}}])
def test_a_malformed_update_stops_none_of_the_others(junk: object) -> None:
    """It becomes an event."""
    updates = [user_id_update(), junk, user_id_update()]

    first, event, last = parse(webhook(field="user_id_update", user_id_update=updates))

    assert isinstance(first, IdentityChange)
    assert isinstance(last, IdentityChange)
    assert isinstance(event, Unrecognised)
    assert event.kind == "user_id_update:malformed"


def test_messages_beside_a_change_are_read() -> None:
    """In their order."""
    change = system_message(system={"wa_id": NEW_NUMBER}, wamid="m.2")

    before, between, after = parse(webhook(text_message(), change, text_message(sender=NEW_NUMBER)))

    assert isinstance(between, IdentityChange)
    assert not isinstance(before, IdentityChange | Unrecognised)
    assert not isinstance(after, IdentityChange | Unrecognised)


@pytest.mark.parametrize(("metadata", "channel"), [({"phone_number_id": NUMBER}, "whatsapp"), (None, "whatsapp")])
def test_an_update_may_name_no_number(metadata: object, channel: str) -> None:
    """Then it belongs to the channel of the address."""
    body = webhook(field="user_id_update", user_id_update=[user_id_update()], metadata=metadata)

    assert only(body, IdentityChange).channel == channel
