"""A person's command: into the account's inbox, then a short wait for what became of it."""

from __future__ import annotations

import asyncio
from typing import Final

from engine.domain.events import Fact, SettingsChanged
from engine.domain.notices import Outcome
from engine.store import intake, outcomes, registry
from engine.store.intake import SET_ASIDE
from engine.store.port import InboxEntry
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Conflict, ContractBroken, CountersignError, InvalidInput, NotFound

_ERRORS: Final[dict[str, type[CountersignError]]] = {
    "not_found": NotFound,
    "under_min_quantity": InvalidInput,
    "under_min_notional": InvalidInput,
    SET_ASIDE: ContractBroken,
}
"""What a refusal is for the one who asked; all others are conflicts with the account's state."""


class Mailbox:
    """The way in for everything a person orders; the same key never acts twice."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus

    async def send(self, account_id: str, key: str, fact: Fact) -> Outcome | None:
        """Put the command and wait; None when it is written down but not decided in time.

        Raises InvalidInput for a bad key, Conflict when the key was used for another command,
        and the error that belongs to the refusal when the core refuses.
        """
        name = inbox_key(key)
        entry = InboxEntry(account_id, name, fact)
        new = await intake.put(self._database, [entry], self._clock.now())
        if not new:
            await self._same_command(account_id, name, fact)
        return await self._decided(account_id, name)

    async def save_settings(
        self, account_id: str, key: str, change: SettingsChanged, author: str
    ) -> Outcome | None:
        """Like `send`, and the version is written beside it. Raises Conflict for a late one."""
        name = inbox_key(key)
        known = await outcomes.look(self._database, account_id, name)
        if known is None:
            by = (author, self._clock.now())
            await registry.save_settings(self._database, account_id, name, change, by)
        else:
            await self._same_command(account_id, name, change)
        return await self._decided(account_id, name)

    async def _same_command(self, account_id: str, name: str, fact: Fact) -> None:
        known = await outcomes.look(self._database, account_id, name)
        if known is not None and known.fact != fact:
            raise Conflict(
                "This idempotency key was used for another command; send a new key.",
                code="key_reused",
                field="Idempotency-Key",
            )

    async def _decided(self, account_id: str, name: str) -> Outcome | None:
        self._bus.wake("inbox")
        try:
            async with asyncio.timeout(limits.COMMAND_WAIT_S):
                outcome = await self._outcome(account_id, name)
        except TimeoutError:
            return None
        if outcome.status == "refused":
            raise refusal(outcome)
        return outcome

    async def _outcome(self, account_id: str, name: str) -> Outcome:
        while True:
            mark = self._bus.mark("events")
            handled = await outcomes.look(self._database, account_id, name)
            if handled is not None and handled.outcome is not None:
                return handled.outcome
            await self._bus.wait("events", limits.COMMAND_LOOK_S, since=mark)


def inbox_key(key: str) -> str:
    """The inbox key of a person's command. Raises InvalidInput."""
    if not key or len(key) > limits.IDEMPOTENCY_KEY_MAX or not key.isprintable():
        raise InvalidInput(
            f"An idempotency key has 1 to {limits.IDEMPOTENCY_KEY_MAX} printable characters.",
            field="Idempotency-Key",
        )
    return f"cmd:{key}"


def refusal(outcome: Outcome) -> CountersignError:
    """The error that tells a person why the core refused."""
    kind = _ERRORS.get(outcome.code, Conflict)
    if kind is ContractBroken:
        text = "The engine could not decide this and has halted the account to be safe."
        return ContractBroken(text, code=outcome.code)
    data = {name: text for name, text in outcome.data.items() if name not in ("code", "field")}
    return kind(outcome.text, code=outcome.code, **data)
