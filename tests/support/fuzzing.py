"""What fuzz tests share."""

from collections.abc import Callable, Coroutine
from typing import Any

type Run = Callable[[Coroutine[Any, Any, Any]], Any]
