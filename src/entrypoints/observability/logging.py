"""Logging to stderr, one line for each event: JSON, or coloured text on a terminal. Libraries log the same way."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

from entrypoints.observability.log_sampling import SamplingHandler
from entrypoints.observability.request_id import add_request_id
from entrypoints.observability.terminal import escaped_json, one_line, printable

# At level info these log what must stay private: phone numbers in addresses (httpx), the verify token in the query of
# the handshake (uvicorn.access), texts of people (astromesh).
WARNINGS_ONLY = ("httpx", "httpcore", "uvicorn.access", "astromesh", "openai")
OURS = ("adapters", "application", "domain", "entrypoints")
LIBRARIES = ("uvicorn", "uvicorn.error", "uvicorn.asgi", *WARNINGS_ONLY)


def configure_logging(level: str) -> None:
    """Send structlog and the standard library's logging to stderr, from `level` (like "info") on.

    May be called again. `log_sampling` limits the lines of one kind. Tracebacks have no local variables, because those
    contain secrets and texts of people.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_request_id,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = SamplingHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=rendering(tty=sys.stderr.isatty()))
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.INFO), force=True)  # no debug lines of libraries
    for name in OURS:
        logging.getLogger(name).setLevel(number)
    _route_libraries(number)


def rendering(*, tty: bool, colors: bool = True) -> list[Processor]:
    """The processors that make a line of an event: text for a terminal (`tty`), or JSON. Both are safe to print."""
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if tty:
        return [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            clean,
            structlog.processors.format_exc_info,
            _harmless,
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback),
        ]
    return [
        structlog.processors.TimeStamper(fmt="iso"),
        clean,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
        lambda _logger, _method, line: escaped_json(str(line)),
    ]


def _harmless(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The event without characters that control a terminal. Only a traceback keeps more than one line."""
    many_lines = ("exception", "stack")
    return {
        one_line(name): printable(str(value)) if name in many_lines else _shown(value) for name, value in event.items()
    }


def _shown(value: object) -> object:
    return value if isinstance(value, int | float | None) else one_line(str(value))


def _route_libraries(level: int) -> None:
    """Remove the handlers and levels that libraries set themselves."""
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(max(level, logging.WARNING) if name in WARNINGS_ONLY else logging.NOTSET)
