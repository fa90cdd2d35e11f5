"""Files an agent says whole."""

import base64
import json
from urllib.parse import quote_from_bytes

import pytest

from application.agent_markup.answer import AgentReply, read_agent_reply
from application.agent_markup.files import MAX_FILE
from domain.messages.parts import FilePart, MediaPart, TextPart
from domain.messages.shared_values import MediaKind

BYTES = bytes(range(256))
DATA = base64.b64encode(BYTES).decode()
PNG = {"type": "image", "data": DATA, "mime_type": "image/png"}


def read(*items: object, before: str = "") -> AgentReply:
    return read_agent_reply(f"{before}\n```trunkline\n{json.dumps(list(items))}\n```\n", message_ids=["wamid.1"])


@pytest.mark.parametrize("kind", MediaKind)
def test_each_kind_of_file_may_come_whole(kind: MediaKind) -> None:
    """With what may stand beside a link as well."""
    item = {
        "type": kind,
        "data": DATA,
        "mime_type": "a/b",
        "caption": "Look",
        "filename": "a.b",
        "reply_to": True,
    }

    reply = read(item)

    file = FilePart(kind=kind, content=BYTES, mime_type="a/b", caption="Look", filename="a.b", reply_to="wamid.1")
    assert reply == AgentReply(parts=(file,))


def test_it_may_stand_in_data() -> None:
    """As any object may."""
    assert read_agent_reply("", data={"messages": [PNG]}) == read(PNG)


def test_a_text_beside_it_is_its_caption() -> None:
    """Models mix them up."""
    assert [part.caption for part in read(PNG | {"text": "Look"}).parts] == ["Look"]


def test_its_base_64_may_be_in_lines() -> None:
    """As tools write it."""
    assert read(PNG | {"data": base64.encodebytes(BYTES).decode()}) == read(PNG)


def test_a_format_is_known_by_its_bare_name() -> None:
    """Without what may follow it, however it is spelled."""
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
def test_a_file_that_is_none_is_left_out(change: dict[str, object], problem: str) -> None:
    """And reported, without what it held; its caption is said."""
    reply = read(PNG | {"caption": "Look"} | change, before="Hello.")

    assert reply.parts == (TextPart(body="Hello."), TextPart(body="Look"))
    assert reply.problems == (problem,)


def test_a_caption_is_said_where_a_link_is_none_too() -> None:
    """It is what can be read of it."""
    assert read({"image": "file:///etc/passwd", "caption": "Look"}).parts == (TextPart(body="Look"),)


@pytest.mark.parametrize("scheme", ["http://", "HTTP://"])
def test_an_address_without_encryption_is_said(scheme: str) -> None:
    """The channel does not fetch it; the person may."""
    reply = read({"image": f"{scheme}shop.example/a.png", "caption": "Look"})

    assert reply.parts == (TextPart(body=f"Look\n{scheme}shop.example/a.png"),)
    assert reply.problems == ("image is not an https address",)


@pytest.mark.parametrize("scheme", ["HTTPS://", "Https://"])
def test_an_address_may_be_in_capitals(scheme: str) -> None:
    """It is the same one."""
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
def test_data_may_be_written_in_many_ways(data: str) -> None:
    """As programs hand it over."""
    assert read(PNG | {"data": data}) == read(PNG)


@pytest.mark.parametrize("key", ["image", "data"])
def test_a_data_uri_tells_its_type(key: str) -> None:
    """It may stand where an address stands."""
    uri = f"data:image/png;base64,{DATA}"

    assert read({key: uri, "caption": "Look"} | ({"type": "image"} if key == "data" else {})).parts == (
        FilePart(kind=MediaKind.IMAGE, content=BYTES, mime_type="image/png", caption="Look"),
    )


@pytest.mark.parametrize("unsaid", [{}, {"mime_type": ""}, {"mime_type": None}])
def test_a_format_may_be_missing(unsaid: dict[str, object]) -> None:
    """Its content tells the channel."""
    (part,) = read({"type": "image", "data": DATA} | unsaid).parts

    assert part == FilePart(kind=MediaKind.IMAGE, content=BYTES)


@pytest.mark.parametrize("end", [19, 20, -8, -4, -1])
def test_an_answer_that_is_cut_off_shows_no_block(end: int) -> None:
    """A model may stop in the middle of it."""
    whole = f"Hello.\n```trunkline\n{json.dumps(PNG)}\n```\n"

    reply = read_agent_reply(whole[:end])

    assert reply.parts[0] == TextPart(body="Hello.")
    assert all(isinstance(part, FilePart) for part in reply.parts[1:])


def test_a_block_may_lack_its_end() -> None:
    """What stands in it is said all the same."""
    assert read_agent_reply(f"Hello.\n```trunkline\n{json.dumps(PNG)}").parts == (
        TextPart(body="Hello."),
        *read(PNG).parts,
    )


def test_a_file_shows_nothing_of_itself() -> None:
    """Logs and errors may show parts."""
    assert "content" not in repr(read(PNG))


def test_a_file_with_the_channel_is_one_it_knows() -> None:
    """Everything but the bytes and their format."""
    (file,) = read(PNG | {"caption": "Look", "filename": "a.png", "reply_to": True}).parts

    assert isinstance(file, FilePart)
    assert file.uploaded_as("7") == MediaPart(
        kind=MediaKind.IMAGE, id="7", caption="Look", filename="a.png", reply_to="wamid.1"
    )
