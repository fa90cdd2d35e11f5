"""Reads forms with files in them, as browsers and uploads send them (RFC 7578)."""

from email import message_from_bytes

from attrs import frozen

from support.graph_server import Request


@frozen
class Field:
    """One field; `name` and `mime_type` are those of a file."""

    content: bytes
    name: str | None
    mime_type: str


def form_of(request: Request) -> dict[str, Field]:
    """The fields by name."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    return {
        str(part.get_param("name", header="content-disposition")): Field(
            content=part.get_payload(decode=True), name=part.get_filename(), mime_type=str(part["content-type"])
        )
        for part in message_from_bytes(head + request.content).get_payload()
    }
