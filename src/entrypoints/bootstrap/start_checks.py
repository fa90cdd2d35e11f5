"""Checks at the start that stop nothing: an agent may be created later. Each problem is a line of the log."""

import datetime as dt

import structlog

from entrypoints.bootstrap.container import Container
from entrypoints.doctor import installation, whatsapp
from entrypoints.doctor.findings import Status
from entrypoints.settings import WhatsAppSettings

logger = structlog.get_logger(__name__)


async def log_problems(container: Container) -> None:
    """Log agents that do not exist, an agent runtime that does not answer, and API versions that have ended."""
    settings = container.settings()
    today = dt.datetime.now(tz=dt.UTC).date()
    findings = [
        *(
            whatsapp.api_version(channel, today=today)
            for channel in settings.channels
            if isinstance(channel, WhatsAppSettings)
        ),
        *await installation.agents(settings, runtime=container.agent()),
    ]
    for finding in findings:
        if finding.status is not Status.OK:
            log = logger.error if finding.status is Status.FAILED else logger.warning
            log(f"{finding.name}: {finding.message}", fix=finding.fix)
