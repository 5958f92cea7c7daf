"""Window and mailbox of the installation: the trading state of all accounts together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from engine.domain.words import TradingState
from engine.store import installation
from engine.store.installation import Standing
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput
from foundation.people.audit import Entry

STATES: Final = tuple(state.value for state in TradingState)


@dataclass(frozen=True, slots=True)
class InstallationView:
    """The state of all accounts; ``waiting`` of them have yet to hear of it."""

    state: Literal["running", "paused", "halted"]
    changed_at: datetime | None
    accounts: int
    waiting: int


class Installation:
    """For owner and admins: whoever calls has looked at the role."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus

    async def get(self) -> InstallationView:
        """The state as it was set last."""
        return _view(await installation.look(self._database))

    async def set_state(self, user_id: str | None, state: str) -> InstallationView:
        """Pause, resume or halt every account, and those opened later; None: from the console.

        Waits a short while for the accounts to hear. Raises InvalidInput.
        """
        if state not in tuple(TradingState):
            known = ", ".join(TradingState)
            raise InvalidInput(f"{state!r} is no trading state; use {known}.", field="state")
        wanted, by, now = TradingState(state), user_id or "console", self._clock.now()

        def audit(before: TradingState) -> Entry:
            return _entry(user_id, before, wanted)

        if await installation.change(self._database, wanted, by, now, audit):
            self._bus.wake("inbox")
        return _view(await self._heard())

    async def _heard(self) -> Standing:
        try:
            async with asyncio.timeout(limits.COMMAND_WAIT_S):
                while True:
                    mark = self._bus.mark("events")
                    found = await installation.look(self._database)
                    if not found.untold:
                        return found
                    await self._bus.wait("events", limits.COMMAND_LOOK_S, since=mark)
        except TimeoutError:
            return await installation.look(self._database)


def _entry(user_id: str | None, before: TradingState, after: TradingState) -> Entry:
    return Entry(
        user_id,
        "installation.state",
        "installation",
        "installation",
        {"state": before.value},
        {"state": after.value},
    )


def _view(found: Standing) -> InstallationView:
    return InstallationView(found.state.value, found.changed_at, found.accounts, found.untold)
