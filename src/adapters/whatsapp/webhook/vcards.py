"""Reads the names, numbers and addresses in a vCard of version 2.1, 3.0 or 4.0, as phones write them.

Sources: RFC 6350 (4.0), RFC 2426 (3.0), and "vCard, The Electronic Business Card, Version 2.1" (1996), which has
quoted-printable. No library is used, because strangers write these texts: vobject 0.9.9, the common one, takes
16 seconds to read a line of 50 characters (`FN;a=b,c;a=b,c;...`, twelve times).
"""

import quopri
import re
from collections import defaultdict
from collections.abc import Iterator

from attrs import frozen

# A photograph in the card counts too. It may be cut off: names and numbers come before it.
MAX_VCARD_CHARACTERS = 16_384
MAX_VALUES = 20
# A line break before a blank is a fold, except after "=": there it belongs to quoted-printable.
FOLD = re.compile(r"(?<!=)\n[ \t]")
# A name with parameters, and a value: `item1.TEL;TYPE="voice:work":+1 650`. A colon in quotation marks ends nothing.
PROPERTY = re.compile(r"((?:[^\":]|\"[^\"]*\")+):(.*)", re.DOTALL)
CHARSET = re.compile(
    r"CHARSET=\"?(UTF-8|ISO-8859-\d\d?|WINDOWS-125\d|SHIFT_JIS|EUC-JP|EUC-KR|GB2312|GBK|GB18030|BIG5|KOI8-R)\b"
)
URI_SCHEME = re.compile(r"(?:tel|mailto):", re.IGNORECASE)
COMPONENT_END = re.compile(r"(?<!\\);")
ESCAPED = re.compile(r"\\(.)")


@frozen(kw_only=True)
class VCard:
    """The fields of a vCard that we use; empty where the card does not have them."""

    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


def read_vcard(text: str) -> VCard:
    """The first card in `text`, as far as it can be read. It never raises, and its time is linear in the text."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in _properties(text[:MAX_VCARD_CHARACTERS]):
        if name == "END":
            break
        if len(values[name]) < MAX_VALUES:
            values[name].append(value)
    return VCard(
        name=_first(map(_unescaped, values["FN"])) or _first(map(_full_name, values["N"])),
        phones=_without_scheme(values["TEL"]),
        emails=_without_scheme(values["EMAIL"]),
        organisation=_first(part for value in values["ORG"] for part in _components(value)),
    )


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """The name of each property, in capitals and without its group, and its value, still escaped."""
    lines = iter(FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"))
    for line in lines:
        found = PROPERTY.match(line) or re.match(r"([^:]+):(.*)", line, re.DOTALL)
        if found is None:
            continue
        name_and_parameters, value = found[1].upper(), found[2]
        if "QUOTED-PRINTABLE" in name_and_parameters:
            encoded = [value]
            while encoded[-1].endswith("=") and (more := next(lines, None)) is not None:
                encoded.append(more)
            value = _decoded("\n".join(encoded), name_and_parameters)
        yield name_and_parameters.partition(";")[0].rpartition(".")[2].strip(), value


def _decoded(encoded: str, parameters: str) -> str:
    """Quoted-printable in the character set that the parameters name. Phones that name none mean UTF-8."""
    content = quopri.decodestring(encoded.encode("utf-8", "replace"))
    charset = CHARSET.search(parameters)
    try:
        return content.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:  # there is no ISO-8859-12
        return content.decode("utf-8", "replace")


def _without_scheme(values: list[str]) -> tuple[str, ...]:
    """Numbers and addresses without "tel:" and "mailto:"."""
    return tuple(filter(None, (_unescaped(URI_SCHEME.sub("", value, 1)) for value in values)))


def _full_name(value: str) -> str:
    """`Lima;Ana;Maria;Dr.;` is Dr. Ana Maria Lima."""
    family, given, middle, title = (*_components(value), "", "", "", "")[:4]
    return " ".join(filter(None, (title, given, middle, family)))


def _components(value: str) -> list[str]:
    return [_unescaped(component) for component in COMPONENT_END.split(value)]


def _unescaped(value: str) -> str:
    """In one line, and without the backslashes before commas, semicolons and line breaks."""
    return " ".join(ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value).split())


def _first(values: Iterator[str]) -> str:
    return next(filter(None, values), "")
