"""The margin mode of a unified account: one for all its contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.domain.words import MarginMode
from engine.venues.bybit import codes
from engine.venues.exchange.budget import Urgency
from engine.venues.exchange.failure import Rejection, margin_kept
from engine.venues.exchange.wire import Request, Wire

_NAMES: Final[Mapping[MarginMode, str]] = {"isolated": "ISOLATED_MARGIN", "cross": "REGULAR_MARGIN"}


async def set_mode(wire: Wire, title: str, wanted: MarginMode) -> str:
    """Have the account in this mode; why it stays in another one, "" when it does not.

    Raises Failure.
    """
    name = _NAMES[wanted]
    if await _mode(wire) == name:
        return ""
    query = {"setMarginMode": name}
    path = "v5/account/set-margin-mode"
    try:
        await wire.call(Request("private", "POST", path, query, urgency=Urgency.EXIT))
    except Rejection as rejection:
        if rejection.code not in codes.MARGIN_KEPT:
            raise
        # another order of ours may have set it meanwhile
        return "" if await _mode(wire) == name else margin_kept(title, wanted, rejection)
    return ""


async def _mode(wire: Wire) -> str:
    request = Request("private", "GET", "v5/account/info", urgency=Urgency.EXIT)
    return str((await wire.call(request))["result"]["marginMode"])
