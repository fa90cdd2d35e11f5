"""The texts that Trunkline itself sends to people, in `shipped.yaml`. A channel's settings may replace each of them."""

import functools
from importlib import resources

import msgspec

from domain.messages.localized_texts import LocalizedText, Texts

SHIPPED_LANGUAGE = "en"


@functools.cache
def shipped_texts() -> Texts:
    file = resources.files(__package__).joinpath("shipped.yaml").read_bytes()
    content = msgspec.yaml.decode(
        file, type=dict[str, dict[str, str]]
    )  # with the fast reader of PyYAML where it exists
    return Texts(**{name: LocalizedText(by_language=each, default=SHIPPED_LANGUAGE) for name, each in content.items()})
