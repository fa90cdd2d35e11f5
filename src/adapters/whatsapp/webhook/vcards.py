"""Reads what a vCard says of somebody: versions 2.1, 3.0 and 4.0, as phones write them.

Sources: RFC 6350 (4.0), RFC 2426 (3.0), and "vCard, The Electronic Business Card, Version 2.1" (1996), which has
quoted-printable. There is no library here: strangers write these texts, and vobject 0.9.9, the one in common use, takes
16 seconds to read a line of 50 characters (`FN;a=b,c;a=b,c;...`, twelve times).
"""

import quopri
import re
from collections import defaultdict
from collections.abc import Iterator

from attrs import frozen

# Of one card. A photograph within it counts, and may be cut: names and numbers stand before it.
MAX_VCARD_CHARACTERS = 16_384
MAX_VALUES = 20
# A line break before a blank is a fold, except after "=": there it is one of quoted-printable.
FOLD = re.compile(r"(?<!=)\n[ \t]")
# `item1.TEL;TYPE="voice:work":+1 650`: a name with parameters, and a value. A colon in quotation marks ends nothing.
PROPERTY = re.compile(r"((?:[^\":]|\"[^\"]*\")+):(.*)", re.DOTALL)
CHARSET = re.compile(
    r"CHARSET=\"?(UTF-8|ISO-8859-\d\d?|WINDOWS-125\d|SHIFT_JIS|EUC-JP|EUC-KR|GB2312|GBK|GB18030|BIG5|KOI8-R)\b"
)
URI_SCHEME = re.compile(r"(?:tel|mailto):", re.IGNORECASE)
PART_END = re.compile(r"(?<!\\);")
ESCAPED = re.compile(r"\\(.)")


@frozen(kw_only=True)
class VCard:
    """What a vCard tells; what it does not is empty."""

    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


def read_vcard(text: str) -> VCard:
    """What the first card in `text` says, as far as it can be read. Never raises; the time is linear in the text."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in _properties(text[:MAX_VCARD_CHARACTERS]):
        if name == "END":
            break
        if len(values[name]) < MAX_VALUES:
            values[name].append(value)
    return VCard(
        name=_first(map(_plain, values["FN"])) or _first(map(_spelled, values["N"])),
        phones=tuple(filter(None, (_plain(URI_SCHEME.sub("", value, 1)) for value in values["TEL"]))),
        emails=tuple(filter(None, (_plain(URI_SCHEME.sub("", value, 1)) for value in values["EMAIL"]))),
        organisation=_first(part for value in values["ORG"] for part in _parts(value)),
    )


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """The name of each property in capitals, without its group, and its value, still escaped."""
    lines = iter(FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"))
    for line in lines:
        found = PROPERTY.match(line) or re.match(r"([^:]+):(.*)", line, re.DOTALL)
        if found is None:
            continue
        head, value = found[1].upper(), found[2]
        if "QUOTED-PRINTABLE" in head:
            written = [value]
            while written[-1].endswith("=") and (more := next(lines, None)) is not None:
                written.append(more)
            value = _decoded("\n".join(written), head)
        yield head.partition(";")[0].rpartition(".")[2].strip(), value


def _decoded(written: str, head: str) -> str:
    """Quoted-printable in the character set that the parameters name; UTF-8 is what phones mean when they name none."""
    content = quopri.decodestring(written.encode("utf-8", "replace"))
    charset = CHARSET.search(head)
    try:
        return content.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:  # there is no ISO-8859-12
        return content.decode("utf-8", "replace")


def _spelled(value: str) -> str:
    """`Lima;Ana;Maria;Dr.;` is Dr. Ana Maria Lima."""
    family, given, middle, title = (*_parts(value), "", "", "", "")[:4]
    return " ".join(filter(None, (title, given, middle, family)))


def _parts(value: str) -> list[str]:
    return [_plain(part) for part in PART_END.split(value)]


def _plain(value: str) -> str:
    """In one line, and without the backslashes that stand before commas, semicolons and line breaks."""
    return " ".join(ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value).split())


def _first(values: Iterator[str]) -> str:
    return next(filter(None, values), "")
