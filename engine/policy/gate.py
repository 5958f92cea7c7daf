"""The pre-trade gate: what an entry must pass before it may act. Exits never pass here.

A denial is data first (a stable code and the numbers) and a sentence second. A new signal that is
denied is refused with it; one that waits in the queue waits on, because most denials pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.instrument import Market
from engine.domain.leg import ZERO
from engine.domain.protection import Funds, GuardStage
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, OrderStatus, TradingState
from engine.policy.denial import Denial
from engine.policy.entitlements import entitled, plan_exposure
from engine.policy.grid import LadderRefused
from engine.policy.pool import committed_usd, find_group
from engine.policy.rules import quote_of, wishes_of
from engine.policy.sizing import Entry, capital_usd, shape_of
from engine.policy.states import stopped
from foundation import limits
from foundation.money import plain, usd

HUNDRED = Decimal(100)
ONE = Decimal(1)


NO_PRICE = "no_price"
"""The denial of an entry on a symbol nobody has told a price of yet; it may come any moment."""

OF_A_SYMBOL = frozenset(
    {
        "entries_locked",
        "market_closed",
        "not_tradable",
        NO_PRICE,
        "stale_price",
        "symbol_groups",
        "symbol_exposure",
        "exposure",
        "insufficient_funds",
        "plan_pyramids",
        "plan_symbols",
        "plan_exposure",
    }
)
"""Denials that may not concern the entry after the one they were found for."""


def denied(
    account: Account, signal: Signal, market: Market, at: datetime, size_factor: Decimal = ONE
) -> Denial | None:
    """The first reason why this entry may not act at this moment, or None."""
    return next(_denials(account, signal, market, at, size_factor), None)


def _denials(
    account: Account, signal: Signal, market: Market, at: datetime, size_factor: Decimal
) -> Iterator[Denial]:
    checks = (
        _state(account),
        entitled(account, signal, at),
        _locked(account, signal.symbol, at),
        _day_loss(account, at),
        _instrument(account, signal.symbol, market),
        _price(account, signal.symbol, market, at),
        _groups(account, signal),
    )
    yield from (denial for denial in checks if denial is not None)
    planned = _planned_usd(account, signal, market, size_factor)
    sized = (
        plan_exposure(account, planned),
        _exposure(account, signal.symbol, planned),
        _funds(account, signal.symbol, planned, at),
    )
    yield from (denial for denial in sized if denial is not None)


def _planned_usd(account: Account, signal: Signal, market: Market, size_factor: Decimal) -> Decimal:
    """What the entry would spend; nothing when its ladder will be refused anyway."""
    price = market.price(signal.symbol) if signal.entry_price is None else signal.entry_price
    if price is None or price <= 0:
        return ZERO
    group = find_group(account, signal, signal.side)
    index = len(group.pyramids) if group else 0
    shape = shape_of(account.settings, signal.symbol, signal.timeframe, index)
    stop = wishes_of(account.settings, signal, shape).stop
    entry = Entry(
        signal.symbol,
        signal.timeframe,
        signal.side,
        index,
        price,
        size_factor,
        stop,
        signal.size_hint,
        group.max_pyramids if group else None,
    )
    capital = capital_usd(account, entry, shape)
    return ZERO if isinstance(capital, LadderRefused) else capital


def _state(account: Account) -> Denial | None:
    if account.credentials_failed is not None:
        text = (
            f"{account.venue} refuses the keys ({account.credentials_failed}); "
            "it takes no new entries before there are new keys."
        )
        return Denial("credentials_failed", text, {"why": account.credentials_failed})
    closed = stopped(account)
    if closed is None:
        return None
    guarded = account.guard.stage in (GuardStage.SOFT, GuardStage.HARD)
    if guarded and account.installation is TradingState.RUNNING:
        text = f"The drawdown guard has {account.state} the account: it takes no new entries."
        return Denial(closed[0], text, {"guard": account.guard.stage.value})
    return Denial(*closed)


def _locked(account: Account, symbol: str, at: datetime) -> Denial | None:
    active = [lock for lock in account.locks if lock.until > at and lock.symbol in (None, symbol)]
    if not active:
        return None
    last = max(active, key=lambda lock: (lock.until, lock.kind))
    data = {"lock": last.kind, "until": last.until.isoformat()}
    return Denial("entries_locked", last.text, data)


def _day_loss(account: Account, at: datetime) -> Denial | None:
    most = account.settings.protection.gate.max_daily_loss_usd
    loss = -realized_today_usd(account, at)
    if most is None or loss < most:
        return None
    text = (
        f"{loss:.2f} USD were lost today (UTC); at {most:.2f} USD new entries stop until midnight."
    )
    return Denial("daily_loss", text, {"loss_usd": plain(usd(loss)), "limit_usd": plain(most)})


def realized_today_usd(account: Account, at: datetime) -> Decimal:
    """What was realised on the UTC day of ``at``."""
    guard = account.guard
    return guard.realized_today_usd if guard.day == at.date() else ZERO


def _instrument(account: Account, symbol: str, market: Market) -> Denial | None:
    instrument = market.instruments.get(symbol)
    if instrument is None:
        return None
    if not instrument.tradable:
        text = f"{symbol} is suspended or delisted: it takes no new entries."
        return Denial("not_tradable", text)
    if not instrument.market_open:
        text = f"{account.venue} has closed the market of {symbol} for now: entries wait."
        return Denial("market_closed", text)
    return None


def _price(account: Account, symbol: str, market: Market, at: datetime) -> Denial | None:
    if not account.settings.protection.gate.require_fresh_price:
        return None
    quote = market.quotes.get(symbol)
    if quote is None:
        text = f"Nobody has told a price of {symbol} yet; entries wait for the feed."
        return Denial(NO_PRICE, text)
    age = (at - quote.price_at).total_seconds()
    if age <= limits.FEED_STALE_S:
        return None
    text = f"The last price of {symbol} is {age:.0f} s old; entries wait for the feed."
    return Denial("stale_price", text, {"age_s": f"{age:.0f}"})


def _groups(account: Account, signal: Signal) -> Denial | None:
    most = account.settings.protection.gate.max_groups_per_symbol
    if most is None or find_group(account, signal, signal.side) is not None:
        return None
    count = sum(1 for g in account.groups.values() if g.holds_slot and g.symbol == signal.symbol)
    if count < most:
        return None
    text = f"{signal.symbol} has {count} of {most} open positions already."
    data = {"groups": str(count), "limit": str(most)}
    return Denial("symbol_groups", text, data, frees=True)


def _exposure(account: Account, symbol: str, planned: Decimal) -> Denial | None:
    gate = account.settings.protection.gate
    if gate.max_symbol_exposure_percent is not None:
        total = account.settings.total_capital_usd
        most = total * gate.max_symbol_exposure_percent / HUNDRED
        bound = committed_usd(account, symbol)
        if bound + planned > most:
            share = f"{plain(gate.max_symbol_exposure_percent)} % of the capital"
            text = f"{planned:.2f} USD more would bind {bound + planned:.2f} USD in {symbol}"
            return _over("symbol_exposure", f"{text}, over {most:.2f} USD ({share}).", bound, most)
    if gate.max_exposure_usd is not None:
        bound = committed_usd(account)
        if bound + planned > gate.max_exposure_usd:
            most = gate.max_exposure_usd
            text = f"{planned:.2f} USD more would bind {bound + planned:.2f} USD"
            return _over("exposure", f"{text}, over max_exposure_usd {most:.2f}.", bound, most)
    return None


def _over(code: str, text: str, bound: Decimal, most: Decimal) -> Denial:
    data = {"bound_usd": plain(usd(bound)), "limit_usd": plain(usd(most))}
    return Denial(code, text, data, frees=True)


def _funds(account: Account, symbol: str, planned: Decimal, at: datetime) -> Denial | None:
    """An old word of the venue on its money says nothing about now and denies nothing."""
    funds = account.funds
    if funds is None or at - funds.seen_at > timedelta(seconds=limits.FUNDS_FRESH_S):
        return None
    needed = planned / account.settings.orders.leverage
    quote = quote_of(symbol)
    free = funds.free_in(quote) - ordered_since_usd(account, funds)
    if needed <= free:
        return None
    free = max(free, ZERO)
    money = quote if quote in funds.free_of else "USD"
    text = f"The entry needs {needed:.2f} USD and {free:.2f} {money} are free at {account.venue}."
    data = {"needed_usd": plain(usd(needed)), "free_usd": plain(usd(free))}
    return Denial("insufficient_funds", text, data, frees=True)


def ordered_since_usd(account: Account, funds: Funds) -> Decimal:
    """What entries bind that were decided after the venue was asked for its money."""
    total = ZERO
    for group in account.groups.values():
        if not group.holds_slot or group.status is GroupStatus.CLOSING:
            continue
        for _, leg in group.legs:
            order = group.orders.get(leg.order_id) if leg.order_id else None
            unsent = order is None and leg.status is OrderStatus.PENDING
            if unsent or (order is not None and order.created_at > funds.seen_at):
                total += leg.quantity * leg.price
    return total / account.settings.orders.leverage
