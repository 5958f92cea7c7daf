"""How loaded the engine is, as far as the chat must know: live edits are the second to go."""

from __future__ import annotations

from bot.house import House
from foundation import limits

_WORK = "live_edits"


class Load:
    """Looks at the engine's last heartbeat now and then."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._heavy = False
        self._look_at = 0.0

    async def heavy(self) -> bool:
        """Whether live edits are left out now."""
        now = self._house.clock.monotonic()
        if now >= self._look_at:
            self._look_at = now + limits.BOT_LOAD_LOOK_S
            vitals = await self._house.front.performance.vitals()
            self._heavy = vitals is not None and _WORK in vitals.left_out
        return self._heavy
