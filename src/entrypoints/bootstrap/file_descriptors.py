"""The limit on files and connections that this process may have open."""

import resource

import structlog

# 4096 connections from clients, and as many of our own.
WANTED_DESCRIPTORS = 8192
# The most that is asked for: on some systems huge tables cost time.
MAX_DESCRIPTORS = 65536

logger = structlog.get_logger(__name__)


def descriptor_limit() -> int:
    """The current limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, MAX_DESCRIPTORS)


def raise_descriptor_limit() -> None:
    """Raise the soft limit as far as the hard limit allows. Log a warning where that is not enough.

    Systems set the soft limit to 1024 for the sake of old programs.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if descriptor_limit() < WANTED_DESCRIPTORS:
        logger.warning(
            "few file descriptors, so fewer connections are accepted; raise the limit (LimitNOFILE, ulimit -n)",
            limit=descriptor_limit(),
            wanted=WANTED_DESCRIPTORS,
        )
