"""The parameters that the route handlers share."""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from simulator.simulator import Simulator

AnyRequest = Request[Any, Any, Any]
SimulatorDependency = NamedDependency[SkipValidation[Simulator]]
