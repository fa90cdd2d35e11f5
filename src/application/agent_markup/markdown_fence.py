"""Remove a Markdown fence around a whole answer: some models add one."""

import re

OPENING = re.compile(r"(?P<fence>`{3,}+|~{3,}+)[ \t]*+(?:markdown|md)[ \t]*+\n", re.IGNORECASE)
# An opening fence has a word after it, a closing one has none. A fence may begin and end in one line, or close after
# JSON.
FENCE = re.compile(
    r"(?P<line>(?<!`)`{3,}+[^`\n]++`{3,}+[ \t]*+$)"
    r"|(?:^[ \t]{0,3}|(?<=[}\]])[ \t]{0,3})(?P<fence>`{3,}+|~{3,}+)[ \t]*+(?P<info>[^`\n]*+)$",
    re.MULTILINE,
)


def unwrap_markdown(text: str) -> str:
    """The text inside the fence, if the fence contains all of it or was cut off; else the text as it is.

    Inner fences stay: each opening one belongs to the next closing one.
    """
    whole = text.strip()
    opening = OPENING.match(whole)
    if opening is None:
        return text
    within = 0
    for fence in FENCE.finditer(whole, opening.end()):
        if fence["line"] or fence["fence"][0] != opening["fence"][0]:
            continue
        if fence["info"]:
            within += 1
        elif within:
            within -= 1
        elif len(fence["fence"]) >= len(opening["fence"]):
            return whole[opening.end() : fence.start()] if fence.end() == len(whole) else text
    return whole[opening.end() :]
