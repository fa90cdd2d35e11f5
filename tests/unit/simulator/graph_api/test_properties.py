"""The Graph API accepts or refuses any JSON, and never fails."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from simulator.graph_api.contents import TYPES
from simulator.graph_api.errors import GraphError
from simulator.graph_api.links import file_of
from simulator.graph_api.requests import SendRequest, parse_request
from simulator.graph_api.templates import Templates

NAMES = st.sampled_from(
    ["type", "body", "text", "action", "buttons", "reply", "id", "title", "sections", "rows", "header", "parameters"]
)
WORDS = st.sampled_from(
    [
        "",
        "button",
        "list",
        "image",
        "text",
        "body",
        "flow",
        "cta_url",
        "reply",
        "en_US",
        "1",
        "http://[",
        "address_message",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)
TEMPLATES = st.fixed_dictionaries(
    {
        "name": st.just("hello"),
        "language": st.just({"code": "en_US"}),
        "components": st.lists(
            st.fixed_dictionaries(
                {"type": st.sampled_from(["body", "button"])},
                optional={"sub_type": WORDS, "index": JSON, "parameters": JSON | st.lists(JSON, max_size=2)},
            ),
            max_size=3,
        ),
    }
)


def requested(kind: str, content: object) -> SendRequest:
    message = {"messaging_product": "whatsapp", "to": "+15550002222", "type": kind, kind: content}
    request = parse_request(message)
    assert isinstance(request, SendRequest)
    return request


@given(kind=st.sampled_from(sorted(TYPES)), content=JSON)
def test_any_content(kind: str, content: object) -> None:
    """Looking for the file of an accepted message never fails."""
    with contextlib.suppress(GraphError):
        file_of(kind, requested(kind, content).content)


@given(content=TEMPLATES)
def test_any_template(content: dict) -> None:
    """Filling an accepted template never fails otherwise than with an error of the Graph API."""
    with contextlib.suppress(GraphError):
        Templates().fill(requested("template", content).content)
