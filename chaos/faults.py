"""Does to the processes what the plan says, and starts again what it ended."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from chaos.plan import Fault, Plan, PlannedFault
from chaos.processes import Service, Store


@frozen(kw_only=True)
class Incident:
    """A fault as it happened: to the `target`th process of its kind, from `began` to `ended` in unix seconds."""

    fault: Fault
    target: int
    began: float
    ended: float


@define
class FaultInjector:
    """Applies the planned faults to the processes.

    `fallen` names those that ended by themselves, and those that did not end when they should. `changed` is called
    whenever a process went down or came up.
    """

    workers: Sequence[Service]
    webs: Sequence[Service]
    store: Store
    show_progress: Callable[[str], None]
    changed: Callable[[], None]
    incidents: list[Incident] = field(factory=list)
    fallen: list[str] = field(factory=list)

    async def run(self, plan: Plan) -> None:
        """Returns when everything is up again."""
        start = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for planned in plan.faults():
                await asyncio.sleep(start + planned.due - time.monotonic())
                group.create_task(self._apply(planned))
        await self.revive()

    async def revive(self) -> None:
        """Start again what ended by itself."""
        for service in (*self.workers, *self.webs):
            if not service.alive:
                self.fallen.append(f"{service.name} ended by itself")
                await service.start()

    async def _apply(self, planned: PlannedFault) -> None:
        target = self._target(planned)
        async with target.busy:
            began = time.time()
            self.show_progress(f"{planned.fault} {planned.target + 1}")
            if isinstance(target, Store):
                ended = await self._kill_store(target, planned.seconds)
            else:
                ended = await self._apply_to_service(target, planned)
            incident = Incident(fault=planned.fault, target=planned.target, began=began, ended=ended)
            self.incidents.append(incident)

    def _target(self, planned: PlannedFault) -> Service | Store:
        match planned.fault:
            case Fault.KILL_STORE:
                return self.store
            case Fault.KILL_WEB:
                return self.webs[planned.target]
            case _:
                return self.workers[planned.target]

    async def _kill_store(self, store: Store, seconds: float) -> float:
        store.send(signal.SIGKILL)
        await asyncio.sleep(seconds)
        await store.start()
        return time.time()

    async def _apply_to_service(self, service: Service, planned: PlannedFault) -> float:
        """Apply the fault. Returns when the process has ended, or runs again."""
        if not service.alive:
            self.fallen.append(f"{service.name} ended by itself")
        elif planned.fault is Fault.FREEZE_WORKER:
            service.send(signal.SIGSTOP)
            await asyncio.sleep(planned.seconds)
            service.send(signal.SIGCONT)
            return time.time()
        elif planned.fault is Fault.TERM_WORKER:
            service.send(signal.SIGTERM)
            if not await service.ended():
                self.fallen.append(f"{service.name} did not end when it was stopped")
        else:
            await service.kill()
        ended = time.time()
        self.changed()
        await service.start()
        self.changed()
        return ended
