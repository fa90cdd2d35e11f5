"""Operators' routes: the list of conversations, and what was said in one."""

import asyncio
from typing import Annotated

from attrs import frozen
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.channels import UnknownChannelError
from application.operating.list_conversations import MAX_SEARCH, ConversationFilter
from domain.operators.operator import Operator
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.parameters import MAX_NAME, ConversationName
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services
from entrypoints.http.transcript_view import ConversationItem, EntryView, last_shown

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)
MAX_POSITION = MAX_NAME + 50
# What the lists give out. Empty: from the beginning.
POSITION = r"^([0-9]+:[^\x00-\x1f\x7f-\x9f\ufffd]+)?$"
ENTRY_ID = r"^([0-9]+-[0-9]+)?$"
MAX_ENTRY_ID = 21
# Among so many of the latest entries, the list finds the last message.
LOOK_BACK = 4


@frozen(kw_only=True)
class ConversationPage:
    """Some conversations, the latest first. `next` is the `after` of the next page; None if there are no more.

    A page may be short, or empty, although there is a next one: only so many conversations are looked at in one call.
    """

    items: list[ConversationItem]
    next: str | None


@frozen(kw_only=True)
class TranscriptPage:
    """Some entries of a transcript, in their order. `previous` is the `before` of the entries before them."""

    items: list[EntryView]
    previous: str | None


class TranscriptController(Controller):
    """For operators."""

    path = "/v1/conversations"
    tags = ("conversations",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/", summary="List conversations, the latest first", responses=PROBLEMS)
    async def list_conversations(  # noqa: PLR0917 - Litestar passes them by name
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
        after: Annotated[
            str,
            QueryParameter(max_length=MAX_POSITION, pattern=POSITION, description="The `next` of the previous page."),
        ] = "",
        search: Annotated[
            str, QueryParameter(max_length=MAX_SEARCH, description="A part of a number, a name or an id.")
        ] = "",
        channel: Annotated[str, QueryParameter(max_length=MAX_NAME, description="Of this channel only.")] = "",
        show: Annotated[
            list[ConversationFilter] | None,
            QueryParameter(name="filter", description="Only those for which this holds; may be repeated."),
        ] = None,
    ) -> ConversationPage:
        if channel and not operator.sees(channel):
            raise UnknownChannelError(channel)
        page = await services.list_conversations(
            limit=limit,
            after=after or None,
            search=search,
            channels=(channel,) if channel else operator.channels,
            filters=show or (),
        )
        latest = await asyncio.gather(
            *(services.transcripts.page(conversation=one.listed.conversation, limit=LOOK_BACK) for one in page.found)
        )
        items = [
            ConversationItem.of(found, last_shown(entries)) for found, entries in zip(page.found, latest, strict=True)
        ]
        return ConversationPage(items=items, next=page.end)

    @get("/{conversation:str}/messages", summary="Show what was said in a conversation", responses=PROBLEMS)
    async def show_messages(
        self,
        services: NamedDependency[Services],
        conversation: ConversationName,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
        before: Annotated[
            str,
            QueryParameter(max_length=MAX_ENTRY_ID, pattern=ENTRY_ID, description="The `previous` of a later page."),
        ] = "",
    ) -> TranscriptPage:
        found = await services.find(conversation)
        entries = await services.transcripts.page(conversation=found, limit=limit, before=before or None)
        return TranscriptPage(
            items=[EntryView.of(entry) for entry in entries], previous=entries[0].id if len(entries) == limit else None
        )
