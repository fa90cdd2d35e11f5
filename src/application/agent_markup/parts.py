"""Read the parts of an answer: one reader for each key that names a part."""

from collections.abc import Callable, Mapping, Sequence

from application.agent_markup.fields import (
    Fields,
    InvalidMarkupError,
    items,
    label,
    mapping,
    number,
    optional_label,
    optional_text,
    text,
    texts,
    whole,
)
from application.agent_markup.files import linked, whole_file
from application.agent_markup.templates import template
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    DraftPart,
    FormPart,
    LinkPart,
    LocationPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TextPart,
)
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind

NO_TEXT = "…"  # for a question without a text


def _text(item: Fields) -> Part:
    return TextPart(body=Markdown(text(item, "text")))


def _question(item: Fields) -> Markdown:
    return Markdown(optional_text(item, "text") or NO_TEXT)


def _choice(item: object) -> Choice:
    """A choice that is only a text has that text as its id."""
    fields = {"title": item} if isinstance(item, str) else mapping(item, "a choice")
    title = label(fields, "title")
    return Choice(
        id=optional_text(fields, "id") or title, title=title, description=optional_label(fields, "description")
    )


def is_untitled(item: object) -> bool:
    """Whether a choice, or every choice of a section, has no visible title."""
    if isinstance(item, Mapping) and isinstance(rows := item.get("rows"), list):
        return bool(rows) and all(map(is_untitled, rows))
    title = item.get("title", "") if isinstance(item, Mapping) else item
    return isinstance(title, str) and not whole(title)


def _titled(found: Sequence[object]) -> Sequence[object]:
    """The choices that have a title; all of them if none has."""
    return [item for item in found if not is_untitled(item)] or found


def _choices(found: Sequence[object]) -> tuple[Choice, ...]:
    return tuple(map(_choice, _titled(found)))


def _buttons(item: Fields) -> Part:
    return ButtonsPart(
        body=_question(item),
        choices=_choices(items(item, "buttons")),
        button=optional_label(item, "button"),
        footer=optional_label(item, "footer"),
    )


def _menu(item: Fields) -> Part:
    rows = _titled(items(item, "list"))
    if all(isinstance(row, Mapping) and "rows" in row for row in rows):
        sections = tuple(_section(mapping(row, "list")) for row in rows)
    else:
        sections = (MenuSection(choices=_choices(rows)),)
    return MenuPart(
        body=_question(item),
        button=optional_label(item, "button"),
        sections=sections,
        footer=optional_label(item, "footer"),
    )


def _section(fields: Fields) -> MenuSection:
    return MenuSection(title=optional_label(fields, "title"), choices=_choices(items(fields, "rows")))


def _link(item: Fields) -> Part:
    link = mapping(item["link"], "link")
    return LinkPart(
        body=_question(item), title=label(link, "title"), url=text(link, "url"), footer=optional_label(item, "footer")
    )


def _contact_request(item: Fields) -> Part:
    return ContactRequestPart(body=_question(item), title=label(item, "contact_request"))


def _location(item: Fields) -> Part:
    fields = mapping(item["location"], "location")
    location = Location(
        latitude=number(fields, "latitude"),
        longitude=number(fields, "longitude"),
        name=optional_text(fields, "name"),
        address=optional_text(fields, "address"),
    )
    return LocationPart(location=location)


def _contacts(item: Fields) -> Part:
    cards = (mapping(card, "a contact") for card in items(item, "contacts"))
    return ContactsPart(cards=tuple(map(_card, cards)))


def _card(fields: Fields) -> ContactCard:
    return ContactCard(
        name=text(fields, "name"),
        phones=texts(fields, "phones"),
        emails=texts(fields, "emails"),
        organisation=optional_text(fields, "organisation"),
    )


def _reaction(item: Fields) -> Part:
    """`to` holds the id of the message. An empty reaction removes an earlier one."""
    emoji = item["reaction"]
    if not isinstance(emoji, str) or (emoji and not whole(emoji)):
        raise InvalidMarkupError("reaction is not an emoji")
    return ReactionPart(message_id=text(item, "to"), emoji=whole(emoji))


def _form(item: Fields) -> Part:
    form = mapping(item["form"], "form")
    return FormPart(
        body=_question(item),
        button=label(form, "button"),
        form=text(form, "id"),
        screen=optional_text(form, "screen"),
        footer=optional_label(item, "footer"),
    )


READERS: Mapping[str, Callable[[Fields], DraftPart]] = {
    "text": _text,
    "buttons": _buttons,
    "list": _menu,
    "link": _link,
    "contact_request": _contact_request,
    **{kind.value: linked(kind) for kind in MediaKind},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "form": _form,
    "template": template,
    "data": whole_file,
}
