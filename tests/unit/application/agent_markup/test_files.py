"""Files that an agent gives as content in base64."""

import base64
import json
from urllib.parse import quote_from_bytes

import pytest

from application.agent_markup.answer import AgentReply, read_agent_reply
from application.agent_markup.files import MAX_FILE
from domain.messages.outbound import FilePart, MediaPart, TextPart
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import MediaKind

BYTES = bytes(range(256))
DATA = base64.b64encode(BYTES).decode()
PNG = {"type": "image", "data": DATA, "mime_type": "image/png"}


def read(*items: object, before: str = "") -> AgentReply:
    return read_agent_reply(f"{before}\n```trunkline\n{json.dumps(list(items))}\n```\n", message_ids=["wamid.1"])


@pytest.mark.parametrize("kind", MediaKind)
def test_each_kind_of_file_may_come_as_content(kind: MediaKind) -> None:
    """With the same fields as a file with a link."""
    item = {
        "type": kind,
        "data": DATA,
        "mime_type": "a/b",
        "caption": "Look",
        "filename": "a.b",
        "reply_to": True,
    }

    reply = read(item)

    file = FilePart(
        kind=kind, content=BYTES, mime_type="a/b", caption=Markdown("Look"), filename="a.b", reply_to="wamid.1"
    )
    assert reply == AgentReply(parts=(file,))


def test_a_file_may_be_in_the_data() -> None:
    """Like any object."""
    assert read_agent_reply("", data={"messages": [PNG]}) == read(PNG)


def test_a_text_in_the_object_is_the_caption() -> None:
    """Models mix up the two keys."""
    assert [part.caption for part in read(PNG | {"text": "Look"}).parts] == [Markdown("Look")]


def test_base64_may_have_line_breaks() -> None:
    """Tools write it so."""
    assert read(PNG | {"data": base64.encodebytes(BYTES).decode()}) == read(PNG)


def test_parameters_of_a_mime_type_are_left_out() -> None:
    """In any spelling."""
    assert read(PNG | {"mime_type": "Image/PNG; q=1"}) == read(PNG)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"data": "not base 64!"}, "data is not base 64"),
        ({"data": "AAAAA"}, "data is not base 64"),
        ({"data": "data:image/png;base64,AAAAA"}, "data is not base 64"),
        ({"data": "data:image/png;base64,"}, "data is empty"),
        ({"data": ""}, "data is missing, or not a text"),
        ({"data": 7}, "data is missing, or not a text"),
        ({"data": "A" * (4 * MAX_FILE // 3 + 8)}, f"data is more than {MAX_FILE} bytes"),
        ({"mime_type": "png"}, "mime_type is not a media type such as image/png"),
        ({"mime_type": "image/png\r\nX-Injected: yes"}, "mime_type is not a media type such as image/png"),
        ({"type": "picture"}, "type is not one of image, video, audio, voice, document, sticker"),
        ({"type": None}, "type is not one of image, video, audio, voice, document, sticker"),
        ({"type": ["image"]}, "type is not one of image, video, audio, voice, document, sticker"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_invalid_file_is_left_out(change: dict[str, object], problem: str) -> None:
    """The problem is reported without the content. The caption is sent as text."""
    reply = read(PNG | {"caption": "Look"} | change, before="Hello.")

    assert reply.parts == (TextPart(body=Markdown("Hello.")), TextPart(body=Markdown("Look")))
    assert reply.problems == (problem,)


def test_the_caption_of_an_invalid_link_is_sent() -> None:
    """The caption is all that can be read of it."""
    assert read({"image": "file:///etc/passwd", "caption": "Look"}).parts == (TextPart(body=Markdown("Look")),)


@pytest.mark.parametrize("scheme", ["http://", "HTTP://"])
def test_an_http_address_is_sent_as_text(scheme: str) -> None:
    """The channel does not fetch it, but the person can open it."""
    reply = read({"image": f"{scheme}shop.example/a.png", "caption": "Look"})

    assert reply.parts == (TextPart(body=Markdown(f"Look\n{scheme}shop.example/a.png")),)
    assert reply.problems == ("image is not an https address",)


@pytest.mark.parametrize("key", ["link", "url"])
def test_an_address_may_be_written_as_the_graph_api_wants_it(key: str) -> None:
    """Models know that interface, too."""
    item = {"image": {key: "https://shop.example/a.png", "caption": "Look"}}

    assert read(item).parts == (
        MediaPart(kind=MediaKind.IMAGE, link="https://shop.example/a.png", caption=Markdown("Look")),
    )
    assert read({"image": {key: "http://a.b/c"}}).parts == (TextPart(body=Markdown("http://a.b/c")),)
    assert read({"image": {"id": 7}}).parts == ()


@pytest.mark.parametrize("scheme", ["HTTPS://", "Https://"])
def test_an_address_may_be_in_capitals(scheme: str) -> None:
    """The scheme has no case."""
    (part,) = read({"image": f"{scheme}shop.example/A.png"}).parts

    assert part == MediaPart(kind=MediaKind.IMAGE, link="https://shop.example/A.png")


@pytest.mark.parametrize(
    "data",
    [
        DATA.rstrip("="),
        base64.urlsafe_b64encode(BYTES).decode(),
        base64.urlsafe_b64encode(BYTES).decode().rstrip("="),
        f"data:image/png;base64,{DATA}",
        f"DATA:image/png;charset=x;BASE64,{DATA}",
        f"data:;base64,{DATA}",
        f"data:image/png,{quote_from_bytes(BYTES)}",
    ],
)
def test_base64_may_be_written_in_several_ways(data: str) -> None:
    """As different programs write it."""
    assert read(PNG | {"data": data}) == read(PNG)


@pytest.mark.parametrize("key", ["image", "data"])
def test_a_data_uri_gives_the_type(key: str) -> None:
    """It may be in the key of the address."""
    uri = f"data:image/png;base64,{DATA}"

    assert read({key: uri, "caption": "Look"} | ({"type": "image"} if key == "data" else {})).parts == (
        FilePart(kind=MediaKind.IMAGE, content=BYTES, mime_type="image/png", caption=Markdown("Look")),
    )


@pytest.mark.parametrize("unsaid", [{}, {"mime_type": ""}, {"mime_type": None}])
def test_a_format_may_be_missing(unsaid: dict[str, object]) -> None:
    """The channel finds it in the content."""
    (part,) = read({"type": "image", "data": DATA} | unsaid).parts

    assert part == FilePart(kind=MediaKind.IMAGE, content=BYTES)


@pytest.mark.parametrize("end", [19, 20, -8, -4, -1])
def test_an_answer_that_is_cut_off_shows_no_block(end: int) -> None:
    """A model may stop in the middle of a file."""
    whole = f"Hello.\n```trunkline\n{json.dumps(PNG)}\n```\n"

    reply = read_agent_reply(whole[:end])

    assert reply.parts[0] == TextPart(body=Markdown("Hello."))
    assert all(isinstance(part, FilePart) for part in reply.parts[1:])


def test_a_complete_object_in_an_unclosed_block_is_read() -> None:
    """The rest of the block is missing, but this object is whole."""
    assert read_agent_reply(f"Hello.\n```trunkline\n{json.dumps(PNG)}").parts == (
        TextPart(body=Markdown("Hello.")),
        *read(PNG).parts,
    )


def test_the_representation_of_a_file_has_no_content() -> None:
    """Logs and errors may show parts."""
    assert "content" not in repr(read(PNG))


def test_an_uploaded_file_keeps_its_other_fields() -> None:
    """Only the content and its format are replaced by the id."""
    (file,) = read(PNG | {"caption": "Look", "filename": "a.png", "reply_to": True}).parts

    assert isinstance(file, FilePart)
    assert file.uploaded_as("7") == MediaPart(
        kind=MediaKind.IMAGE, id="7", caption=Markdown("Look"), filename="a.png", reply_to="wamid.1"
    )
