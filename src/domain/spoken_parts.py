"""The objects by which an agent says one thing each, by the key that names them."""

from collections.abc import Callable, Mapping, Sequence

from domain.contents import Choice, ContactCard, Location, MediaKind
from domain.parts import (
    ButtonsPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TemplatePart,
)

type Fields = Mapping[str, object]


class MisspokenError(ValueError):
    """An object is not as we describe it; the text says what it lacks."""


def text(fields: Fields, key: str) -> str:
    """A text that says something.

    Raises:
        MisspokenError: when there is none.
    """
    if found := optional_text(fields, key):
        return found
    raise MisspokenError(f"{key} is missing, or no text")


def optional_text(fields: Fields, key: str) -> str:
    found = fields.get(key)
    return _whole(found) if isinstance(found, str) else ""


def _whole(text: str) -> str:
    """Without halves of emoji, which JSON can spell and nothing can store."""
    return text.encode("utf-8", "replace").decode().strip()


def _items(fields: Fields, key: str) -> Sequence[object]:
    found = fields.get(key)
    if isinstance(found, list) and found:
        return found
    raise MisspokenError(f"{key} is not a list of some length")


def _mapping(value: object, key: str) -> Fields:
    if isinstance(value, Mapping):
        return value
    raise MisspokenError(f"{key} is not an object")


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    found = fields.get(key, [])
    if isinstance(found, list) and all(isinstance(item, str) for item in found):
        return tuple(map(_whole, found))
    raise MisspokenError(f"{key} is not a list of texts")


def _number(fields: Fields, key: str) -> float:
    found = fields.get(key)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    raise MisspokenError(f"{key} is not a number")


def _choice(item: object) -> Choice:
    """A text alone is its own id."""
    fields = {"title": item} if isinstance(item, str) else _mapping(item, "a choice")
    title = text(fields, "title")
    return Choice(
        id=optional_text(fields, "id") or title, title=title, description=optional_text(fields, "description")
    )


def _buttons(item: Fields) -> Part:
    choices = tuple(map(_choice, _items(item, "buttons")))
    return ButtonsPart(body=text(item, "text"), choices=choices, footer=optional_text(item, "footer"))


def _menu(item: Fields) -> Part:
    rows = _items(item, "list")
    if all(isinstance(row, Mapping) and "rows" in row for row in rows):
        sections = tuple(_section(_mapping(row, "list")) for row in rows)
    else:
        sections = (MenuSection(choices=tuple(map(_choice, rows))),)
    button = optional_text(item, "button") or "…"
    return MenuPart(body=text(item, "text"), button=button, sections=sections, footer=optional_text(item, "footer"))


def _section(fields: Fields) -> MenuSection:
    return MenuSection(title=optional_text(fields, "title"), choices=tuple(map(_choice, _items(fields, "rows"))))


def _link(item: Fields) -> Part:
    link = _mapping(item["link"], "link")
    return LinkPart(body=text(item, "text"), title=text(link, "title"), url=text(link, "url"))


def _media(kind: MediaKind) -> Callable[[Fields], Part]:
    def read(item: Fields) -> Part:
        link = text(item, kind)
        if not link.startswith("https://"):
            raise MisspokenError(f"{kind} is not an https address")
        caption = optional_text(item, "caption") or optional_text(item, "text")
        return MediaPart(kind=kind, link=link, caption=caption, filename=optional_text(item, "filename"))

    return read


def _location(item: Fields) -> Part:
    fields = _mapping(item["location"], "location")
    location = Location(
        latitude=_number(fields, "latitude"),
        longitude=_number(fields, "longitude"),
        name=optional_text(fields, "name"),
        address=optional_text(fields, "address"),
    )
    return LocationPart(location=location)


def _contacts(item: Fields) -> Part:
    cards = (_mapping(card, "a contact") for card in _items(item, "contacts"))
    return ContactsPart(cards=tuple(map(_card, cards)))


def _card(fields: Fields) -> ContactCard:
    return ContactCard(
        name=text(fields, "name"),
        phones=_texts(fields, "phones"),
        emails=_texts(fields, "emails"),
        organisation=optional_text(fields, "organisation"),
    )


def _reaction(item: Fields) -> Part:
    """The reader has put the message it means under `to`."""
    return ReactionPart(message_id=text(item, "to"), emoji=optional_text(item, "reaction"))


def _form(item: Fields) -> Part:
    form = _mapping(item["form"], "form")
    screen = optional_text(form, "screen")
    return FormPart(body=text(item, "text"), button=text(form, "button"), form=text(form, "id"), screen=screen)


def template(item: Fields) -> TemplatePart:
    """A template by `name`, `language`, `parameters` (a list, or an object by name) and `payloads`.

    Raises:
        MisspokenError: when it is none.
    """
    fields = _mapping(item["template"], "template")
    given = fields.get("parameters", [])
    named = given if isinstance(given, Mapping) else {}
    if not all(isinstance(value, str) for value in named.values()):
        raise MisspokenError("parameters are not texts")
    return TemplatePart(
        name=text(fields, "name"),
        language=text(fields, "language"),
        parameters=() if named else _texts(fields, "parameters"),
        named_parameters=tuple((_whole(name), _whole(str(value))) for name, value in named.items()),
        payloads=_texts(fields, "payloads"),
    )


READERS: Mapping[str, Callable[[Fields], Part]] = {
    "buttons": _buttons,
    "list": _menu,
    "link": _link,
    **{kind.value: _media(kind) for kind in MediaKind},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "form": _form,
    "template": template,
}
# Those that need a text of their own.
ASKS = frozenset({"buttons", "list", "link", "form"})
