"""Checks at the start that stop nothing: an agent may be created or started later. Each problem is a warning."""

import datetime as dt

import structlog

from entrypoints.bootstrap.container import Container
from entrypoints.doctor import installation
from entrypoints.doctor.capabilities import beyond_capabilities
from entrypoints.doctor.findings import Status

logger = structlog.get_logger(__name__)


async def log_problems(container: Container) -> None:
    """Log agents that do not exist, an agent runtime that does not answer, and what is wrong with the channels."""
    settings, types = container.settings(), container.channel_types()
    proposals = installation.proposals(settings)
    logger.info(proposals.message, check=proposals.name)
    today = dt.datetime.now(tz=dt.UTC).date()
    findings = [
        *(finding for channel in container.channels() for finding in beyond_capabilities(channel)),
        *(check(channel, today) for channel in settings.channels for check in types.of(channel).checks.offline),
        *await installation.agents(settings, runtimes=container.runtimes()),
    ]
    for finding in findings:
        if finding.status is not Status.OK:
            problem = f"{finding.name}: {finding.message}"
            logger.warning(problem, fix=finding.fix)
