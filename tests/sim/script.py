"""What happens in a world: alerts, people, prices; drawn from the seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.choices.entry import OrderSettings
from engine.domain.entitlement import PlanLimits
from engine.domain.instrument import Instrument
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side, TakeProfitMode, TradingState

SYMBOLS = ("BTC/USDT", "ETH/USDT")
TIMEFRAMES = (15, 60)
START_PRICES = {"BTC/USDT": Decimal("60000"), "ETH/USDT": Decimal("3000")}


def instruments(shorts: bool) -> Mapping[str, Instrument]:
    return {
        "BTC/USDT": Instrument(
            symbol="BTC/USDT",
            base="BTC",
            quote="USDT",
            tick=Decimal("0.1"),
            step=Decimal("0.00001"),
            min_quantity=Decimal("0.00001"),
            min_notional=Decimal(5),
            shorts=shorts,
        ),
        "ETH/USDT": Instrument(
            symbol="ETH/USDT",
            base="ETH",
            quote="USDT",
            tick=Decimal("0.01"),
            step=Decimal("0.001"),
            min_quantity=Decimal("0.001"),
            min_notional=Decimal(5),
            shorts=shorts,
        ),
    }


def account(rng: random.Random, account_id: str) -> Account:
    """An account with few slots and a short ladder, so that everything is scarce."""
    settings = AccountSettings(
        total_capital_usd=Decimal(rng.choice((500, 2000))),
        max_open_groups=rng.choice((1, 2, 3)),
        max_pyramids=rng.choice((1, 2)),
        ladder=tuple(_ladder(rng)),
        tp_mode=rng.choice((TakeProfitMode.PER_LEG, TakeProfitMode.AGGREGATE)),
        tp_aggregate_percent=Decimal(rng.choice(("0.3", "0.6"))),
        queue_limit=rng.choice((0, 2, 5)),
        queue_expiry_minutes=1,
        orders=OrderSettings(cancel_entries_on_stop=rng.random() < 0.5),
    )
    return Account(id=account_id, venue="sim", settings=settings)


def _ladder(rng: random.Random) -> list[LegSettings]:
    legs = rng.choice(((("0", "100"),), (("0", "50"), ("-0.3", "50")),
                       (("0", "40"), ("-0.2", "30"), ("-0.5", "30"))))  # fmt: skip
    target = Decimal(rng.choice(("0.2", "0.4", "0.8")))
    return [
        LegSettings(gap_percent=Decimal(gap), weight_percent=Decimal(weight), tp_percent=target)
        for gap, weight in legs
    ]


def next_price(rng: random.Random, symbol: str, price: Decimal) -> Decimal:
    """A step of a walk that stays within a third of where it began."""
    start = START_PRICES[symbol]
    pull = float((start - price) / start) * 0.01
    moved = price * Decimal(repr(1 + rng.gauss(pull, 0.0025)))
    return max(moved.quantize(Decimal("0.01")), start / 3)


def signal(
    rng: random.Random, number: int, prices: Mapping[str, Decimal], at: datetime
) -> ev.SignalReceived:
    symbol = rng.choice(SYMBOLS)
    intent = rng.choice((Intent.ENTER,) * 6 + (Intent.EXIT, Intent.EXIT, Intent.REDUCE,
                                               Intent.REVERSE))  # fmt: skip
    price = prices[symbol] * Decimal(rng.choice(("1", "1.001", "0.999")))
    entering = intent in (Intent.ENTER, Intent.REVERSE)
    return ev.SignalReceived(
        Signal(
            id=f"s{number}",
            source="tradingview",
            producer="simulation",
            received_at=at,
            signal_time=at,
            symbol=symbol,
            raw_symbol=symbol,
            timeframe=rng.choice(TIMEFRAMES),
            side=rng.choice((Side.LONG, Side.LONG, Side.LONG, Side.SHORT)),
            intent=intent,
            reduce_fraction=Decimal("0.5") if intent is Intent.REDUCE else None,
            entry_price=price if entering and rng.random() < 0.7 else None,
        ),
        approved_by="person" if entering else "none",
        size_factor=Decimal(rng.choice(("1", "1", "0.5"))) if entering else Decimal(1),
    )


def above(rng: random.Random, now: datetime) -> ev.Fact:
    """What comes from above the account: an admin's word, its owner's plan, the engine's stop."""
    choice = rng.random()
    if choice < 0.2:
        return ev.EngineStopping(now + timedelta(seconds=rng.choice((1, 6))))
    if choice < 0.6:
        return ev.InstallationCommanded(rng.choice((*TradingState, TradingState.RUNNING)), "admin")
    limits = PlanLimits(
        max_open_groups=rng.choice((None, 1, 2)),
        max_pyramids=rng.choice((None, 1)),
        max_symbols=rng.choice((None, 1)),
        max_exposure_usd=rng.choice((None, Decimal(400))),
    )
    return ev.LimitsChanged(rng.choice((None, limits)))


def person(rng: random.Random, account_now: Account, now: datetime) -> ev.Fact:
    """Something a person might do with the account as it stands."""
    groups = [g for g in account_now.groups.values() if g.holds_slot]
    choice = rng.random()
    if choice < 0.08:
        return above(rng, now)
    if choice < 0.5 and groups:
        fraction = Decimal(rng.choice(("1", "0.5", "0.25")))
        return ev.CloseCommanded(rng.choice(groups).id, fraction, "person")
    if choice < 0.6:
        return ev.CloseAllCommanded("person")
    if choice < 0.7 and account_now.queue:
        waiting = rng.choice(account_now.queue)
        return ev.QueueCommanded(waiting.id, rng.choice(("promote", "remove")), "person")
    if choice < 0.8:
        return ev.StateCommanded(rng.choice((TradingState.PAUSED, TradingState.HALTED)), "person")
    return ev.StateCommanded(TradingState.RUNNING, "person")
