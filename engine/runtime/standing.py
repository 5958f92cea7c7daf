"""How the engine stands, as an event of every account: it runs, it stopped, it stood still."""

from __future__ import annotations

from typing import Final, Literal

from engine.domain.notices import SCOPE, Notice, NoticeKind
from engine.runtime.ports import Ports

EngineState = Literal["running", "stopped", "stalled"]
_WORDS: Final[dict[EngineState, str]] = {
    "running": "The engine runs: what happened at the venue meanwhile is compared first.",
    "stopped": "The engine was stopped in good order; nothing is decided until it runs again.",
    "stalled": "The engine stood still for {seconds} s; what came meanwhile is decided now.",
}


async def tell_state(ports: Ports, state: EngineState, seconds: int = 0) -> None:
    """Tell every account. Raises Unavailable."""
    data = {"state": state, "by": "engine", SCOPE: "engine"}
    if state == "stalled":
        data["seconds"] = str(seconds)
    text = _WORDS[state].format(seconds=seconds)
    await ports.store.tell(Notice(NoticeKind.ENGINE_STATE, text, data=data), ports.clock.now())
    ports.bus.wake("events")
