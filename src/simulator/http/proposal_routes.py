"""A system of the business that carries out approved proposals. It trusts everybody on this machine."""

from typing import Any

from litestar import post
from litestar.params import JSONBody


@post("/proposals", status_code=200)
async def carry_out(data: JSONBody[dict[str, Any]]) -> dict[str, str]:
    """Do nothing, and say that the order is done."""
    proposed = data.get("data") or {}
    boxes = (proposed.get("arguments") or {}).get("boxes", "no")
    return {
        "status": "done",
        "result": f"{boxes} boxes are ordered",
        "message": f"Good news: {boxes} boxes are on their way to you.",
    }
