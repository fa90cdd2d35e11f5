"""Replace the files in an answer by short names while its text is read.

A pattern needs 0.1 s for a file of 16 MB. Meanwhile nothing else can run in the process.
"""

import hashlib
from collections.abc import Mapping
from typing import Self

from attrs import frozen

MAX_IN_PLACE = 64 * 1024  # characters
BASE_64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="


@frozen(kw_only=True)
class LongData:
    """A `text` in which each long base64 string is replaced by a short name, and the strings by their names.

    A name is the digest of the original text and a number. No text contains its own digest, so a name never stands for
    something that the agent wrote. Example: `"data": "iVBORw0KGgo..."` becomes `"data": "5f0c...e10"`.
    """

    text: str
    by_name: Mapping[str, str]

    @classmethod
    def set_aside(cls, text: str) -> Self:
        """Replace the long base64 strings between double quotes. Of a data URI, only the part after the comma."""
        if len(text) <= MAX_IN_PLACE:
            return cls(text=text, by_name={})
        digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
        pieces, by_name = text.split('"'), dict[str, str]()
        for index, piece in enumerate(pieces):
            head, comma, data = piece.rpartition(",") if piece.startswith("data:") else ("", "", piece)
            if len(data) > MAX_IN_PLACE and data.isascii() and not data.encode().translate(None, BASE_64):
                name = f"{digest}{len(by_name)}"
                pieces[index], by_name[name] = f"{head}{comma}{name}", data
        return cls(text='"'.join(pieces), by_name=by_name)

    def restored(self, value: object) -> object:
        """The JSON value with the original strings in place of their names."""
        match value:
            case str():
                if value in self.by_name:
                    return self.by_name[value]
                head, comma, name = value.rpartition(",")
                return f"{head}{comma}{self.by_name[name]}" if name in self.by_name else value
            case Mapping():
                return {key: self.restored(found) for key, found in value.items()}
            case list():
                return [self.restored(found) for found in value]
            case _:
                return value
