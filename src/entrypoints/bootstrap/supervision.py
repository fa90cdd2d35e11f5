"""What the processes of `serve --processes` have from their supervisor: its store, and where it listens.

The supervisor keeps all of it until it ends. So a process has the supervisor's values too when it is started again and
reads other ones, and a reload names those that have changed.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import attrs
from attrs import evolve, field, frozen

from entrypoints.settings import Settings

# The variable that has it. An address may contain a password, which no command line may show.
SUPERVISION = "TRUNKLINE_SUPERVISION"


@frozen(kw_only=True)
class Supervision:
    """`store_url` is the address of the store in use. The others are as the supervisor read them."""

    store_url: str = field(repr=False)
    store: str = field(repr=False)
    store_memory_mb: int | None
    data_dir: str
    host: str
    port: int

    @classmethod
    def by(cls, settings: Settings, *, store_url: str) -> Self:
        """What a supervisor with these settings gives to its processes."""
        service = settings.service
        return cls(
            store_url=store_url,
            store=service.store,
            store_memory_mb=service.store_memory_mb,
            data_dir=str(service.data_dir),
            host=service.http.host,
            port=service.http.port,
        )

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self | None:
        """What the supervisor gave to this process; None for a process without one."""
        text = environ.get(SUPERVISION)
        return cls(**json.loads(text)) if text else None

    def variables(self) -> dict[str, str]:
        return {SUPERVISION: json.dumps(attrs.asdict(self))}

    def at_start(self, settings: Settings) -> Settings:
        """The settings with the supervisor's values."""
        service = evolve(
            settings.service,
            store=self.store_url,
            store_memory_mb=self.store_memory_mb,
            data_dir=Path(self.data_dir),
            http=evolve(settings.service.http, host=self.host, port=self.port),
        )
        return evolve(settings, service=service)

    def at_reload(self, settings: Settings) -> Settings:
        """The settings as they were read again. Only a store that is still the supervisor's has the address in use."""
        if settings.service.store != self.store:
            return settings
        return evolve(settings, service=evolve(settings.service, store=self.store_url))
