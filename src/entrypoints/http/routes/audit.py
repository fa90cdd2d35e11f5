"""Routes for the audit log, for admins."""

from collections.abc import AsyncIterator
from typing import Annotated

from attrs import frozen
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from application.ports.audit_log import AuditFilter
from entrypoints.http.audit_view import AuditFormat, AuditView, exported
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.parameters import MAX_NAME
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)
MAX_POSITION = 50
MIME_TYPES = {AuditFormat.NDJSON: "application/x-ndjson", AuditFormat.CSV: "text/csv"}

ChannelName = Annotated[str, QueryParameter(max_length=MAX_NAME, description="What concerned this channel.")]
ConversationText = Annotated[str, QueryParameter(max_length=MAX_NAME, description="What concerned this conversation.")]


@frozen(kw_only=True)
class AuditPageView:
    """Some entries, the latest first. `next` is the `before` of the next page; None if there are no more.

    A page may be short, or empty, although there is a next one: only so many entries are looked at in one call.
    """

    items: list[AuditView]
    next: str | None


class AuditController(Controller):
    path = "/v1/audit"
    tags = ("operators",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/", summary="Show what operators did, the latest first", responses=PROBLEMS)
    async def show_audit_log(  # noqa: PLR0917 - Litestar passes them by name
        self,
        services: NamedDependency[Services],
        operator_name: Annotated[
            str, QueryParameter(name="operator", max_length=MAX_NAME, description="What this operator did.")
        ] = "",
        channel: ChannelName = "",
        conversation: ConversationText = "",
        limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
        before: Annotated[
            str | None, QueryParameter(max_length=MAX_POSITION, description="The `next` of the previous page.")
        ] = None,
    ) -> AuditPageView:
        only = AuditFilter(operator=operator_name, channel=channel, conversation=conversation)
        page = await services.audit_log.page(limit=limit, before=before, only=only)
        return AuditPageView(items=[AuditView.of(entry) for entry in page.entries], next=page.next)

    @get(
        "/export",
        summary="Export what operators did, the latest first",
        responses={
            200: ResponseSpec(str, description="One entry a line", media_type=MIME_TYPES[AuditFormat.NDJSON]),
            **PROBLEMS,
        },
    )
    async def export_audit_log(
        self,
        services: NamedDependency[Services],
        operator_name: Annotated[
            str, QueryParameter(name="operator", max_length=MAX_NAME, description="What this operator did.")
        ] = "",
        channel: ChannelName = "",
        conversation: ConversationText = "",
        written_as: Annotated[AuditFormat, QueryParameter(name="format")] = AuditFormat.NDJSON,
    ) -> Stream:
        only = AuditFilter(operator=operator_name, channel=channel, conversation=conversation)
        await services.store_ping()
        lines: AsyncIterator[str] = exported(services.audit_log, only, written_as)
        headers = {"Content-Disposition": f'attachment; filename="audit.{written_as}"'}
        return Stream(lines, media_type=MIME_TYPES[written_as], headers=headers)
