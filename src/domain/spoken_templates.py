"""Templates an agent or an operator says."""

from collections.abc import Mapping

from domain.contents import MediaKind
from domain.parts import MediaPart, TemplateCategory, TemplatePart
from domain.spoken_fields import Fields, MisspokenError, mapping, optional_text, text, texts, whole
from domain.spoken_files import linked

HEADERS = (MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT)


def template(item: Fields) -> TemplatePart:
    """A template by `name` and `language`, and what fills it.

    That is `parameters` (a list, or an object by name), `header` (a text, or an object with a file) and, each by the
    position of its button, `payloads` and `urls`. `category` says what it is for.

    Raises:
        MisspokenError: when it is none.
    """
    fields = mapping(item["template"], "template")
    given = fields.get("parameters", [])
    named = given if isinstance(given, Mapping) else {}
    if not all(isinstance(value, str) for value in named.values()):
        raise MisspokenError("parameters are not texts")
    return TemplatePart(
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


def _category(named: object) -> TemplateCategory | None:
    """In any case: Meta writes it in capitals."""
    if named in (None, ""):
        return None
    if isinstance(named, str) and named.lower() in TemplateCategory:
        return TemplateCategory(named.lower())
    raise MisspokenError(f"category is none of {', '.join(TemplateCategory)}")


def _header_file(header: object) -> MediaPart | None:
    if header is None or isinstance(header, str):
        return None
    fields = mapping(header, "header")
    kind = next((kind for kind in HEADERS if kind in fields), None)
    if kind is None:
        raise MisspokenError(f"header has none of {', '.join(HEADERS)}")
    return linked(kind)(fields)
