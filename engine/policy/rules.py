"""What a group takes from settings and signal when it opens, and keeps from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from engine.domain.account import Account
from engine.domain.choices.entry import StopSettings
from engine.domain.choices.ladder import Ladder
from engine.domain.instrument import Instrument
from engine.domain.record import record
from engine.domain.rules import NO_RULES, GroupRules
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import MarketKind, Side
from engine.policy.grid import LadderRefused
from foundation.money import plain

HUNDRED = Decimal(100)
DOLLARS: Final = ("USD", "USDT", "USDC")
"""Quote currencies that count as US dollars, one to one."""


@record(frozen=True, slots=True)
class Wishes:
    """What a signal asks for its group itself; prices in quote currency, None where nothing."""

    stop: Decimal | None = None
    target: Decimal | None = None
    slippage_percent: Decimal | None = None


NO_WISHES = Wishes()


def wishes_of(settings: AccountSettings, signal: Signal, shape: Ladder) -> Wishes:
    """A signal's stop and target hold for one-leg groups; on a ladder only when that is set."""
    if len(shape) > 1 and not settings.brackets.use_signal_targets:
        return Wishes(slippage_percent=signal.max_slippage_percent)
    return Wishes(signal.stop_loss, signal.take_profit, signal.max_slippage_percent)


def group_rules(settings: AccountSettings, at: datetime, wishes: Wishes = NO_WISHES) -> GroupRules:
    """The rules of a group opened ``at``; the shared ``NO_RULES`` when nothing is asked for."""
    stops, orders = settings.stops, settings.orders
    minutes = stops.time_limit_minutes
    market = orders.first_leg == "market"
    slippage = wishes.slippage_percent or orders.max_slippage_percent
    rules = GroupRules(
        tp_execution=settings.tp_execution,
        stop_loss_percent=stops.stop_loss_percent,
        trailing_stop_percent=stops.trailing_stop_percent,
        trailing_take_profit_percent=stops.trailing_take_profit_percent,
        trailing_step_percent=stops.trailing_step_percent,
        break_even_at_percent=stops.break_even_at_percent,
        cancel_dca_beyond_percent=orders.cancel_dca_beyond_percent,
        entry_expiry_minutes=orders.entry_expiry_minutes,
        closes_at=at + timedelta(minutes=minutes) if minutes is not None else None,
        signal_stop=wishes.stop,
        signal_target=wishes.target,
        max_slippage_percent=slippage if market else None,
        stop_rests=stops.execution == "resting" and _asks_for_a_stop(stops, wishes),
        slippage_reject=market and orders.slippage_action == "reject",
    )
    return NO_RULES if rules == NO_RULES else rules


def _asks_for_a_stop(stops: StopSettings, wishes: Wishes) -> bool:
    rules = (stops.stop_loss_percent, stops.trailing_stop_percent, stops.break_even_at_percent)
    return wishes.stop is not None or any(rule is not None for rule in rules)


def bracket_refusal(
    settings: AccountSettings, side: Side, entry: Decimal, wishes: Wishes
) -> LadderRefused | None:
    """Why a signal's stop and target cannot hold for an entry at this price."""
    sign, stop, target = side.sign, wishes.stop, wishes.target
    least = settings.brackets.min_stop_percent
    if target is not None and (target - entry) * sign <= 0:
        text = f"the target {plain(target)} is on the losing side of the entry {plain(entry)}"
        return LadderRefused("target_wrong_side", text)
    if stop is None:
        return None
    risk = (entry - stop) * sign
    if stop <= 0 or risk <= 0:
        text = f"the stop {plain(stop)} is not on the losing side of the entry {plain(entry)}"
        return LadderRefused("stop_wrong_side", text)
    percent = risk / entry * HUNDRED
    if percent < least:
        text = (
            f"the stop {plain(stop)} is {percent:.3f} % from the entry {plain(entry)}, under the "
            f"least distance of {plain(least)} %; move it or lower min_stop_percent"
        )
        return LadderRefused("stop_too_close", text)
    return _poor_reward(settings, entry, risk, wishes, sign)


def _poor_reward(
    settings: AccountSettings, entry: Decimal, risk: Decimal, wishes: Wishes, sign: int
) -> LadderRefused | None:
    least = settings.brackets.min_reward_risk
    if wishes.target is None:
        return None
    ratio = (wishes.target - entry) * sign / risk
    if ratio >= least:
        return None
    text = (
        f"reward to risk is {ratio:.2f}, under the least of {plain(least)}: target "
        f"{plain(wishes.target)}, stop {plain(wishes.stop or entry)}, entry {plain(entry)}"
    )
    return LadderRefused("reward_too_small", text)


def instrument_for(
    account: Account, instruments: Mapping[str, Instrument], symbol: str
) -> Instrument | None:
    """The venue's rules, or, where the owner would rather not wait for them, the fallback."""
    known = instruments.get(symbol)
    orders = account.settings.orders
    if known is not None or orders.block_on_missing_metadata:
        return known
    return Instrument(
        symbol=symbol,
        base=symbol.partition("/")[0],
        quote=quote_of(symbol),
        tick=orders.fallback_tick,
        step=orders.fallback_step,
        min_quantity=orders.fallback_min_quantity,
        min_notional=orders.fallback_min_notional,
        shorts=account.market is MarketKind.LINEAR,
    )


def quote_of(symbol: str) -> str:
    """The quote currency of ``BTC/USDT`` or ``BTC/USDT:USDT``."""
    return symbol.partition("/")[2].partition(":")[0]


def foreign_market(account: Account, symbol: str) -> LadderRefused | None:
    """Why an account cannot trade a symbol: its quote currency, or the kind of its market."""
    quote = quote_of(symbol)
    if quote not in DOLLARS:
        text = f"{symbol} is quoted in {quote or 'nothing known'}; only {', '.join(DOLLARS)} are"
        return LadderRefused("quote_not_supported", f"{text} supported for now")
    if ":" in symbol and account.market is MarketKind.SPOT:
        text = f"{symbol} is a perpetual; this is a spot account"
        return LadderRefused("no_perpetuals", text)
    for group in account.groups.values():
        if group.holds_slot and quote_of(group.symbol) != quote:
            text = (
                f"{symbol} is quoted in {quote}, and {group.symbol} is open in "
                f"{quote_of(group.symbol)}: one quote currency per account"
            )
            return LadderRefused("quote_mixed", text)
    return None
