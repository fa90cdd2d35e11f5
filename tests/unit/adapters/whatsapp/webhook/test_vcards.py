"""The fields of vCards."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.webhook.vcards import MAX_VALUES, MAX_VCARD_CHARACTERS, VCard, read_vcard
from domain.messages.inbound import SharedContacts
from domain.messages.shared_values import ContactCard
from support.whatsapp_messages import contacts_message
from support.whatsapp_parsing import content_of

ANA = VCard(name="Ana Lima", phones=("+55 11 5555",), emails=("ana@example.com",), organisation="Acme, Inc.")
LINES = ["FN:Ana Lima", "TEL;TYPE=CELL:+55 11 5555", "EMAIL:ana@example.com", r"ORG:Acme\, Inc.;Sales"]


def vcard(*lines: str, end: str = "\r\n") -> str:
    return end.join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"])


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_card(end: str) -> None:
    """Name, numbers, addresses and organisation, with every kind of line end."""
    assert read_vcard(vcard(*LINES, end=end)) == ANA


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("FN;CHARSET=UTF-8:Ana Lima", "Ana Lima"),
        ("fn:Ana Lima", "Ana Lima"),
        ("item1.FN:Ana Lima", "Ana Lima"),
        ('FN;X="a:b;c":Ana Lima', "Ana Lima"),
        ('FN;X="a:Ana Lima', "Ana Lima"),
        ("FN:Ana\r\n  Lima", "Ana Lima"),
        ("FN:Ana Li\r\n\tma", "Ana Lima"),
        (r"FN:Lima\, Ana\; \\o/\nsays", r"Lima, Ana; \o/ says"),
        ("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=\r\n=E4=B8=89", "张三"),
        ("FN;ENCODING=QUOTED-PRINTABLE:Ana=\r\n Lima", "Ana Lima"),
        ("FN;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Jos=E9", "José"),
        ("FN;QUOTED-PRINTABLE;CHARSET=ISO-8859-12:Jos=C3=A9", "José"),
        ("FN;QUOTED-PRINTABLE;CHARSET=unicode_escape:=5Cu0041", "u0041"),
        ("FN:\r\nN:Lima;Ana;Maria;Dr.;", "Dr. Ana Maria Lima"),
        ("N:Lima", "Lima"),
        ("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lima;=C3=81na", "Ána Lima"),
        ("FN:first\r\nFN:second", "first"),
    ],
)
def test_a_name_in_every_writing(line: str, name: str) -> None:
    """With parameters, folded, escaped, in quoted-printable, or spelled in parts."""
    assert read_vcard(vcard(line)).name == name


@pytest.mark.parametrize(
    ("line", "phone"),
    [
        ("TEL;CELL;VOICE;waid=5511:+55 11 5555", "+55 11 5555"),
        ("item1.TEL;type=pref:+55 11 5555", "+55 11 5555"),
        ("TEL;VALUE=uri:tel:+55-11-5555", "+55-11-5555"),
    ],
)
def test_a_number_in_every_writing(line: str, phone: str) -> None:
    """As phones and address books write it."""
    assert read_vcard(vcard(line)).phones == (phone,)


def test_a_card_alone_is_a_contact() -> None:
    """The card of a person who hides the number has a vCard only."""
    assert content_of(contacts_message({"vcard": vcard(*LINES)})) == SharedContacts(
        cards=(ContactCard(name=ANA.name, phones=ANA.phones, emails=ANA.emails, organisation=ANA.organisation),)
    )


def test_an_error_of_the_channel_comes_first() -> None:
    """The vCard fills in what is missing."""
    contact = {"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+1 650"}], "vcard": vcard(*LINES)}

    assert content_of(contacts_message(contact)) == SharedContacts(
        cards=(ContactCard(name="Ana", phones=("+1 650",), emails=ANA.emails, organisation=ANA.organisation),)
    )


def test_a_second_card_is_not_read() -> None:
    """They are two people."""
    assert read_vcard(vcard("FN:Ana") + "\r\n" + vcard("TEL:+1 650")) == VCard(name="Ana")


def test_a_card_has_bounds() -> None:
    """In the number of values and in length."""
    many = read_vcard(vcard(*(f"TEL:{number}" for number in range(100))))
    late = read_vcard(vcard(f"PHOTO:{'A' * MAX_VCARD_CHARACTERS}", "FN:Ana"))

    assert len(many.phones) == MAX_VALUES
    assert late == VCard()


tokens = st.sampled_from(
    ["FN", "N", "TEL", "ORG", "\n", "\r\n ", "=\n", ":", ";", '"', "\\", "=", ",", "a", "QUOTED-PRINTABLE", "CHARSET="]
)


@given(text=st.text() | st.lists(tokens).map("".join))
def test_any_text_is_read(text: str) -> None:
    """It raises no error, and every text is one line."""
    found = read_vcard(text)

    assert all("\n" not in value for value in (found.name, found.organisation, *found.phones, *found.emails))


@pytest.mark.parametrize("token", ["FN;a=b,c", ";a", '"', 'a="b"', "\\", "=\n", "\n ", "\n", ";", "=41", "FN:a\n", ":"])
@pytest.mark.parametrize("start", ["", "FN:", "FN;QUOTED-PRINTABLE:", "FN;"])
def test_no_card_takes_long(start: str, token: str) -> None:
    """With any repeated text. 50 ms of computing are many times what the largest card needs."""
    text = start + token * MAX_VCARD_CHARACTERS
    began = time.process_time()

    read_vcard(text)

    assert time.process_time() - began < 0.05
