"""How many files and connections the system lets this process have open at once."""

import resource

import structlog

# 4096 connections of callers and as many of our own.
WANTED_DESCRIPTORS = 8192
# What is asked for where the system allows more; huge tables cost some systems time.
MAX_DESCRIPTORS = 65536

logger = structlog.get_logger(__name__)


def descriptor_limit() -> int:
    """The limit that holds now."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, MAX_DESCRIPTORS)


def raise_descriptor_limit() -> None:
    """Raise the soft limit as far as the hard one allows, and say so where that is not far enough.

    Systems set the soft limit to 1024 for the sake of old programs.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if descriptor_limit() < WANTED_DESCRIPTORS:
        logger.warning(
            "few file descriptors: fewer connections are taken; raise the limit (LimitNOFILE, ulimit -n)",
            limit=descriptor_limit(),
            wanted=WANTED_DESCRIPTORS,
        )
