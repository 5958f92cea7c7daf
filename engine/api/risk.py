"""Window and mailbox of the risk engine: the plan before it runs, its history, its orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from asyncpg import Record

from engine.api.commands import Mailbox
from engine.api.paging import page_size
from engine.api.protection import guard_view, lock_views
from engine.api.risk_views import (
    RiskActionView,
    RiskPlan,
    RiskPosition,
    RiskView,
    RiskWinner,
)
from engine.api.views import Accepted, Page
from engine.domain.account import Account
from engine.domain.events import RiskCommanded
from engine.domain.group import Group
from engine.domain.instrument import Market
from engine.domain.leg import ZERO
from engine.domain.offset import OffsetPlan, WinnerPart
from engine.market import quotes
from engine.offers.market import MarketView
from engine.policy.gate import realized_today_usd
from engine.policy.risk import OPEN, aged_at, barred, position, projection
from engine.store import registry, risk_log, screens
from engine.store.codec import decode_strings
from engine.store.remembered import Remembered
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput, NotFound, Unavailable
from foundation.money import money_context, usd

Mark = Literal["block", "unblock", "skip_once"]
_ID_MAX: Final = 2**63


class Risk:
    """The risk engine of people's accounts; somebody else's account is not found."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        market: MarketView,
        accounts: Remembered,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._market = market
        self._mailbox = Mailbox(database, clock, bus)

    async def show(self, user_id: str, account_id: str) -> RiskView:
        """What a review would do at this moment, and why it would not. Raises NotFound."""
        await registry.owned(self._database, user_id, account_id)
        account = await self._accounts.account(account_id)
        market = await known_market(self._database, self._market, account)
        return view(account, market, self._clock.now())

    async def history(
        self,
        user_id: str,
        account_id: str,
        limit: int | None = None,
        cursor: str | None = None,
        *,
        repeats: bool = False,
    ) -> Page[RiskActionView]:
        """Reviews that found a loser and all actions, newest first. Raises NotFound.

        A review that found the same as the one before is left out unless ``repeats``.
        """
        await registry.owned(self._database, user_id, account_id)
        size = page_size(limit)
        found = await risk_log.history(
            self._database, account_id, _before(cursor), size + 1, repeats=repeats
        )
        items = tuple(_action(record) for record in found[:size])
        return Page(items, str(items[-1].id) if len(found) > size else None)

    async def run_now(self, user_id: str, account_id: str, key: str) -> RiskView | Accepted:
        """Review the losers now. Raises NotFound, Conflict (halted, off, a plan runs)."""
        await registry.owned(self._database, user_id, account_id)
        fact = RiskCommanded("run_now", None, user_id)
        if await self._mailbox.send(account_id, key, fact) is None:
            return Accepted(key)
        return await self.show(user_id, account_id)

    async def mark(
        self, user_id: str, group_id: str, action: Mark, key: str
    ) -> RiskView | Accepted:
        """Block or unblock a group for the risk engine, or have it skipped once."""
        record = await screens.group(self._database, user_id, group_id)
        if record is None:
            raise NotFound("There is no such position.")
        account_id = str(record["account_id"])
        fact = RiskCommanded(action, group_id, user_id)
        if await self._mailbox.send(account_id, key, fact) is None:
            return Accepted(key)
        return await self.show(user_id, account_id)


async def known_market(database: Database, view_of: MarketView, account: Account) -> Market:
    """Prices and rules of what the account holds and waits for; prices alone if need be."""
    symbols = account.symbols()
    try:
        return await view_of.market(account, symbols)
    except (NotFound, Unavailable):
        known = await quotes.latest(database, account.board, symbols) if symbols else {}
        return Market(known, {})


def view(account: Account, market: Market, at: datetime) -> RiskView:
    """The account as its risk engine sees it at this market."""
    with money_context():
        found = projection(account, market, at)
        loser = found.loser
        groups = [group for group in account.groups.values() if group.status in OPEN]
        return RiskView(
            account_id=account.id,
            enabled=account.settings.risk.enabled,
            reviewed_at=account.reviewed_at,
            code=found.code,
            text=found.text,
            loser_id=loser.group.id if loser else None,
            loser_symbol=loser.group.symbol if loser else None,
            loser_quantity=found.loser_quantity,
            loser_fraction=usd(found.fraction),
            loss_usd=usd(-loser.pnl_usd) if loser else ZERO,
            loss_percent=usd(-loser.pnl_percent) if loser else ZERO,
            required_usd=usd(found.required_usd),
            available_usd=usd(found.available_usd),
            shortfall_usd=usd(found.shortfall_usd),
            winners=_winners(found.winners),
            left_out=found.left_out,
            positions=tuple(_position(account, group, market, at) for group in groups),
            plan=_plan(account.offset) if account.offset else None,
            threshold_percent=account.settings.risk.loss_threshold_percent,
            interval_seconds=account.settings.risk.evaluate_interval_seconds,
            guard=guard_view(account, market, at),
            locks=lock_views(account, at),
            day_loss_usd=usd(max(-realized_today_usd(account, at), ZERO)),
            day_loss_max_usd=account.settings.protection.gate.max_daily_loss_usd,
        )


def _position(account: Account, group: Group, market: Market, at: datetime) -> RiskPosition:
    held = position(account, group, market, at)
    pnl = held.pnl_usd if held else None
    percent = held.pnl_percent if held else None
    code, text = _standing(account, group, percent, at)
    risk = account.settings.risk
    return RiskPosition(
        group_id=group.id,
        symbol=group.symbol,
        timeframe=group.timeframe,
        side=group.side.value,
        pnl_usd=usd(pnl) if pnl is not None else None,
        pnl_percent=usd(percent) if percent is not None else None,
        code=code,
        text=text,
        timer_expires_at=group.risk.timer_expires_at,
        blocked=group.risk.blocked,
        skip_once=group.risk.skip_once,
        invested_usd=usd(group.invested_usd),
        pyramid_count=len(group.pyramids),
        max_pyramids=group.max_pyramids,
        opened_at=group.created_at,
        aged_at=aged_at(group, risk) if risk.use_trade_age_filter else None,
    )


def _standing(
    account: Account, group: Group, percent: Decimal | None, at: datetime
) -> tuple[str, str]:
    """What a group is for the risk engine now, or why it is nothing."""
    risk = account.settings.risk
    if percent is None:
        return "no_fresh_price", "It has no fresh price, so it is left out."
    if percent > 0:
        return "winner", "Its profit may pay for a loser."
    bar = barred(group, risk, at)
    if bar is not None:
        return bar
    if percent > risk.loss_threshold_percent:
        return "above_threshold", f"It is above the threshold of {risk.loss_threshold_percent} %."
    if group.risk.skip_once:
        return "loser", "The next review skips it."
    return "loser", "It may be closed with the profit of winners."


def _winners(parts: Sequence[WinnerPart]) -> tuple[RiskWinner, ...]:
    return tuple(
        RiskWinner(
            group_id=part.group_id,
            symbol=part.symbol,
            quantity=part.quantity,
            price=part.price,
            whole=part.whole,
            expected_usd=usd(part.expected_usd),
            realized_usd=usd(part.realized_usd),
            done=part.done,
        )
        for part in parts
    )


def _plan(plan: OffsetPlan) -> RiskPlan:
    return RiskPlan(
        id=plan.id,
        status=plan.status.value,
        loser_id=plan.loser_id,
        loser_symbol=plan.loser_symbol,
        loser_price=plan.loser_price,
        loser_quantity=plan.loser_quantity,
        loser_fraction=usd(plan.loser_fraction),
        required_usd=usd(plan.required_usd),
        realized_usd=usd(sum((part.realized_usd for part in plan.winners), ZERO)),
        winners=_winners(plan.winners),
        started_at=plan.started_at,
        note=plan.note,
    )


def _action(record: Record) -> RiskActionView:
    values = dict(record)
    winners = tuple(json.loads(values["winners"]))
    return RiskActionView(**{**values, "winners": winners, "figures": _figures(record)})


def _figures(record: Record) -> dict[str, str]:
    return dict(decode_strings(record["figures"]))


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit()) or int(cursor) >= _ID_MAX:
        raise InvalidInput("This cursor is not one of ours.", field="cursor")
    return int(cursor)
