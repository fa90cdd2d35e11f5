"""Read templates in an answer, or in an operator's request."""

from collections.abc import Mapping, Sequence

from application.agent_markup.fields import Fields, InvalidMarkupError, mapping, optional_text, text, texts, whole
from application.agent_markup.files import linked
from domain.messages.outbound import FilePart, MediaPart, TemplateCategory, TemplatePart
from domain.messages.shared_values import MediaKind

HEADERS = (MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT)
# In UTF-16 code units. A body has 1024 characters and a header 60, each with what fills it (Meta, "Template messages").
MAX_PARAMETER = 1024
MAX_HEADER = 60
MAX_PAYLOAD = 256
MAX_URL = 2000


def template(item: Fields) -> TemplatePart:
    """A template: its `name` and `language`, and the values for its places.

    The values are `parameters` (a list, or an object by name), `header` (a text, or an object with a file) and, by the
    position of the button, `payloads` and `urls`. `category` says what it is for.

    Raises:
        InvalidMarkupError: it cannot be read, or a value is empty or longer than channels accept.
    """
    fields = mapping(item["template"], "template")
    given = fields.get("parameters", [])
    named = given if isinstance(given, Mapping) else {}
    if not all(isinstance(value, str) for value in named.values()):
        raise InvalidMarkupError("parameters are not texts")
    part = TemplatePart(
        name=text(fields, "name"),
        language=text(fields, "language"),
        parameters=() if named else texts(fields, "parameters"),
        named_parameters=tuple((whole(name), whole(str(value))) for name, value in named.items()),
        header_text=optional_text(fields, "header"),
        header_file=_header_file(fields.get("header")),
        payloads=texts(fields, "payloads"),
        urls=texts(fields, "urls"),
        category=_category(fields.get("category")),
    )
    _check_places(part)
    return part


def template_text(item: Fields) -> str:
    """Text that replaces a template that cannot be sent: the values for its places."""
    fields = item.get("template")
    given = fields.get("parameters") if isinstance(fields, Mapping) else None
    values = given.values() if isinstance(given, Mapping) else given if isinstance(given, list) else [given]
    return "\n".join(filter(None, (whole(value) for value in values if isinstance(value, str))))


def _check_places(part: TemplatePart) -> None:
    """Check the values. A channel refuses a template with an empty or too long value, and then nothing is sent."""
    parameters = (*enumerate(part.parameters, start=1), *part.named_parameters)
    for name, value in parameters:
        if not (name and value):
            raise InvalidMarkupError(f"parameter {name} is empty, or not visible")
    _check_lengths("parameter", [value for _, value in parameters], MAX_PARAMETER)
    _check_lengths("header", [part.header_text], MAX_HEADER)
    _check_lengths("payload", part.payloads, MAX_PAYLOAD)
    _check_lengths("url", part.urls, MAX_URL)


def _check_lengths(name: str, values: Sequence[str], most: int) -> None:
    for number, value in enumerate(values, start=1):
        if len(value.encode("utf-16-le")) // 2 > most:
            raise InvalidMarkupError(f"{name} {number} has more than {most} characters")


def _category(named: object) -> TemplateCategory | None:
    """The category, in upper or lower case: Meta writes it in capitals."""
    if named in (None, ""):
        return None
    if isinstance(named, str) and named.lower() in TemplateCategory:
        return TemplateCategory(named.lower())
    raise InvalidMarkupError(f"category is not one of {', '.join(TemplateCategory)}")


def _header_file(header: object) -> MediaPart | None:
    if header is None or isinstance(header, str):
        return None
    fields = mapping(header, "header")
    kind = next((kind for kind in HEADERS if kind in fields), None)
    if kind is None:
        raise InvalidMarkupError(f"header has none of {', '.join(HEADERS)}")
    file = linked(kind)(fields)
    if isinstance(file, FilePart):
        raise InvalidMarkupError("the file of a header is not an https address")
    return file
