"""Window and mailbox of targets: how an open position takes its profit, tried out and switched."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.api.commands import Mailbox
from engine.api.views import Accepted
from engine.decide.switching import TargetLine, TargetsPreview, preview
from engine.domain.events import TargetsCommanded
from engine.domain.group import Group
from engine.domain.words import WATCHED, TakeProfitExecution, TakeProfitMode
from engine.offers.market import MarketView
from engine.store import load, registry, screens
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Conflict, NotFound, Unavailable

__all__ = [
    "TakeProfitExecution",
    "TakeProfitMode",
    "TargetLine",
    "Targets",
    "TargetsPreview",
    "TargetsWish",
]


@dataclass(frozen=True, slots=True)
class TargetsWish:
    """How a position should take its profit; None keeps what is. The percent is of the average."""

    tp_mode: TakeProfitMode | None = None
    tp_execution: TakeProfitExecution | None = None
    tp_aggregate_percent: Decimal | None = None


class Targets:
    """Targets of people's open positions; somebody else's position is not found."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, market: MarketView) -> None:
        self._database = database
        self._market = market
        self._mailbox = Mailbox(database, clock, bus)

    async def preview(self, user_id: str, group_id: str, wish: TargetsWish) -> TargetsPreview:
        """What the switch would change. Raises NotFound, Conflict for one that is not open,
        Unavailable while the rules of its instrument are not known.
        """
        account_id, group = await self._owned(user_id, group_id)
        if group.status not in WATCHED:
            text = f"{group.symbol} is {group.status}: its targets cannot be switched."
            raise Conflict(text, code="not_open")
        account = await registry.owned(self._database, user_id, account_id)
        market = await self._market.market(account, [group.symbol])
        instrument = market.instruments.get(group.symbol)
        if instrument is None:
            raise Unavailable(f"The rules of {group.symbol} are not known right now; try again.")
        return preview(group, _command(group_id, user_id, wish), instrument.tick)

    async def switch(
        self, user_id: str, group_id: str, wish: TargetsWish, key: str
    ) -> TargetsWish | Accepted:
        """Switch it; answers how it takes its profit now. Raises NotFound, Conflict."""
        account_id, _ = await self._owned(user_id, group_id)
        command = _command(group_id, user_id, wish)
        if await self._mailbox.send(account_id, key, command) is None:
            return Accepted(key)
        _, group = await self._owned(user_id, group_id)
        return TargetsWish(group.tp_mode, group.rules.tp_execution, group.tp_aggregate_percent)

    async def _owned(self, user_id: str, group_id: str) -> tuple[str, Group]:
        record = await screens.group(self._database, user_id, group_id)
        group = await load.load_group(self._database, group_id) if record is not None else None
        if record is None or group is None:
            raise NotFound("There is no such position.")
        return record["account_id"], group


def _command(group_id: str, user_id: str, wish: TargetsWish) -> TargetsCommanded:
    return TargetsCommanded(
        group_id, user_id, wish.tp_mode, wish.tp_execution, wish.tp_aggregate_percent
    )
