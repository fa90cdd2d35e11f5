"""The checks of what is counted and kept, and of what each channel decides by itself: budgets and routing."""

from entrypoints.doctor.findings import Finding, ok, warning
from entrypoints.settings import ChannelSettings, Settings

USAGE = "usage"
TRANSCRIPTS = "transcripts"


def usage(settings: Settings) -> tuple[Finding, ...]:
    """For how long it is kept what agents used, and the budgets of the channels."""
    kept = ok(USAGE, f"what agents used and cost is kept for {settings.service.usage_days} days")
    by_webhook = any(agents.webhook is not None for agents in settings.service.agents)
    return (kept, *(found for channel in settings.channels for found in _budget(channel, by_webhook=by_webhook)))


def _budget(channel: ChannelSettings, *, by_webhook: bool) -> tuple[Finding, ...]:
    budget = channel.budget
    if budget is None:
        return ()
    name, person, whole = f"{channel.name}: budget", budget.per_person_per_day, budget.per_channel_per_day
    if person is not None and whole is not None and person > whole:
        fix = "make per_person_per_day the smaller one, or remove it"
        return (warning(name, "the budget of one person is larger than that of the whole channel", fix),)
    limits = ", ".join(f"{limit:g} for a {scope}" for scope, limit in budget.limits())
    if not limits:
        return (warning(name, "it limits nothing", "write per_person_per_day or per_channel_per_day"),)
    reported = "; an agent behind a webhook uses it only by the usage that its answers name" if by_webhook else ""
    return (ok(name, f"a day: {limits}{reported}"),)


def transcripts(settings: Settings) -> Finding:
    """What operators can read of conversations."""
    kept = settings.service.transcripts
    if kept is None:
        return ok(TRANSCRIPTS, "nothing is kept: operators cannot read what was said")
    return ok(TRANSCRIPTS, f"the last {kept.messages} messages of each conversation are kept for {kept.days} days")


def routing(settings: Settings) -> tuple[Finding, ...]:
    """How many rules each channel has. Whether their agents exist is another check."""
    return tuple(
        ok(f"{channel.name}: routing", f"rules: {len(channel.routing.rules)}; else {channel.default_agent} answers")
        for channel in settings.channels
        if channel.routing
    )
