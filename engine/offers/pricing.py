"""What an approval would do, in numbers: a step on a copy of the account that nobody saves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.decide.drawing import entry_of, sketch
from engine.decide.step import Step, step
from engine.domain.account import Account
from engine.domain.events import Event, SignalReceived
from engine.domain.group import Group
from engine.domain.instrument import Instrument, Market
from engine.domain.leg import ZERO, Leg, LegPlan
from engine.domain.notices import ENTRY_CODE, ENTRY_TEXT, Outcome
from engine.domain.signal import Signal
from engine.domain.words import OrderStatus, Side, TakeProfitMode
from engine.offers.offer import Quote, QuotedLeg
from engine.offers.words import Place
from engine.policy import pool
from engine.policy.pool import committed_usd, find_group
from engine.policy.rules import wishes_of
from engine.policy.sizing import shape_of
from foundation.log import get_logger
from foundation.money import ceil_to_step, floor_to_step, money_context, usd

_log = get_logger("engine.offers.pricing")
_HUNDRED = Decimal(100)
_PLACES: dict[str, Place] = {
    "opened": "slot",
    "waiting": "slot",
    "pyramid_added": "pyramid",
    "queued": "queue",
    "replaced": "queue",
}
_WORKING = (OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be priced: an entry at its size, as of one moment's market."""

    signal: Signal
    size_factor: Decimal
    market: Market
    at: datetime


def price(account: Account, wish: Wish) -> Quote:
    """The numbers of an offer. A refusal of the core is a quote too, with place ``refused``."""
    at = wish.at if account.last_at is None else max(wish.at, account.last_at)
    fact = SignalReceived(wish.signal, "person", None, wish.size_factor)
    try:
        result = step(account, Event("quote", at, wish.market, fact))
    except Exception as error:  # noqa: BLE001 - a bug in the core must not stop other offers
        _log.error("an offer could not be priced", account=account.id, exc_info=error)
        return _refused(account, wish, "not_priced", "This entry could not be priced; see the log.")
    refused = _refusal(result.outcome)
    with money_context():
        return _refused(account, wish, *refused) if refused else _quote(account, wish, result)


def _refusal(outcome: Outcome) -> tuple[str, str] | None:
    """Why the entry was refused: code and sentence. A reverse may leave all the same."""
    if outcome.status == "refused":
        return outcome.code, outcome.text
    code = outcome.data.get(ENTRY_CODE)
    return None if code is None else (code, outcome.data[ENTRY_TEXT])


def drift_percent(reference: Decimal, now: Decimal) -> Decimal:
    """How far the market is from a price, in % of that price, without sign."""
    with money_context():
        return pool.drift_percent(reference, now)


def _quote(account: Account, wish: Wish, result: Step) -> Quote:
    place = _PLACES.get(result.outcome.code, "queue")
    before = committed_usd(account)
    instrument = wish.market.instruments.get(wish.signal.symbol)
    group = result.account.groups.get(result.outcome.object_id or "")
    legs: tuple[Leg | LegPlan, ...]
    if place == "queue" or group is None:
        legs = _ladder(account, wish, instrument)
        average, step_no = _average(legs), 1
        after = before + _capital(legs)
    else:
        legs = group.pyramids[-1].legs
        average, step_no = _group_average(group), len(group.pyramids)
        after = committed_usd(result.account)
    capital, settings = _capital(legs), account.settings
    own = _own_target(account, wish)
    return Quote(
        place=place,
        code=result.outcome.code,
        place_text=_place_text(account, place, result),
        legs=tuple(_leg(leg, wish.signal.side, instrument, own) for leg in legs),
        market_price=wish.market.price(wish.signal.symbol),
        capital_usd=usd(capital),
        capital_percent=usd(capital / settings.total_capital_usd * _HUNDRED),
        exposure_before_usd=usd(before),
        exposure_after_usd=usd(after),
        average_if_filled=average,
        target_price=_target(account, wish, legs, average, instrument),
        pyramid_step=step_no,
        max_pyramids=group.max_pyramids if group else settings.max_pyramids,
        slots_taken=account.slots_taken,
        slots_total=settings.max_open_groups,
    )


def _refused(account: Account, wish: Wish, code: str, text: str) -> Quote:
    bound = usd(committed_usd(account))
    group = find_group(account, wish.signal, wish.signal.side)
    return Quote(
        place="refused",
        code=code,
        place_text=text,
        legs=(),
        market_price=wish.market.price(wish.signal.symbol),
        capital_usd=ZERO,
        capital_percent=ZERO,
        exposure_before_usd=bound,
        exposure_after_usd=bound,
        average_if_filled=None,
        target_price=None,
        pyramid_step=len(group.pyramids) + 1 if group else 1,
        max_pyramids=group.max_pyramids if group else account.settings.max_pyramids,
        slots_taken=account.slots_taken,
        slots_total=account.settings.max_open_groups,
    )


def _place_text(account: Account, place: Place, result: Step) -> str:
    if place == "slot":
        return f"Takes slot {account.slots_taken + 1} of {account.settings.max_open_groups}."
    return result.outcome.text


def _ladder(account: Account, wish: Wish, instrument: Instrument | None) -> tuple[LegPlan, ...]:
    """The ladder a waiting signal would get at its present entry price."""
    entry = wish.signal.entry_price or wish.market.price(wish.signal.symbol)
    if instrument is None or entry is None:
        return ()
    return sketch(
        account, entry_of(account, wish.signal, entry, None, wish.size_factor), instrument
    )


def _capital(legs: tuple[Leg | LegPlan, ...]) -> Decimal:
    return sum((leg.capital_usd for leg in legs), ZERO)


def _average(legs: tuple[Leg | LegPlan, ...]) -> Decimal | None:
    quantity = sum((leg.quantity for leg in legs), ZERO)
    cost = sum((leg.quantity * leg.price for leg in legs), ZERO)
    return usd(cost / quantity) if quantity else None


def _group_average(group: Group) -> Decimal | None:
    """The average entry when every leg still working fills at its price."""
    quantity, cost = group.open_quantity, group.invested_usd
    for _, leg in group.legs:
        if leg.status in _WORKING:
            rest = leg.quantity - leg.filled_quantity
            quantity, cost = quantity + rest, cost + rest * leg.price
    return usd(cost / quantity) if quantity > 0 else None


def _target(
    account: Account,
    wish: Wish,
    legs: tuple[Leg | LegPlan, ...],
    average: Decimal | None,
    instrument: Instrument | None,
) -> Decimal | None:
    """The first target: the signal's own, of the average, or of the first leg."""
    settings, side, own = account.settings, wish.signal.side, _own_target(account, wish)
    if own is not None:
        return own
    mode, whole, first = settings.tp_mode, None, None
    if average and mode is not TakeProfitMode.PER_LEG:
        whole = _beyond(average, side, settings.tp_aggregate_percent, instrument)
    if legs and mode in (TakeProfitMode.PER_LEG, TakeProfitMode.HYBRID):
        first = _beyond(legs[0].price, side, legs[0].tp_percent, instrument)
    if whole is None or first is None:
        return whole or first
    return min(whole, first) if side is Side.LONG else max(whole, first)


def _own_target(account: Account, wish: Wish) -> Decimal | None:
    """The target the signal brings, where it is used."""
    signal = wish.signal
    shape = shape_of(account.settings, signal.symbol, signal.timeframe)
    return wishes_of(account.settings, signal, shape).target


def _leg(
    leg: Leg | LegPlan, side: Side, instrument: Instrument | None, own: Decimal | None
) -> QuotedLeg:
    return QuotedLeg(
        index=leg.index,
        order_type=leg.order_type,
        price=leg.price,
        quantity=leg.quantity,
        capital_usd=leg.capital_usd,
        gap_percent=leg.gap_percent,
        tp_percent=leg.tp_percent,
        tp_price=own or _beyond(leg.price, side, leg.tp_percent, instrument),
    )


def _beyond(base: Decimal, side: Side, percent: Decimal, instrument: Instrument | None) -> Decimal:
    """The price ``percent`` in the position's favour, on the far side of its exact place."""
    exact = base * (1 + side.sign * percent / _HUNDRED)
    if instrument is None:
        return usd(exact)
    round_to = ceil_to_step if side is Side.LONG else floor_to_step
    return round_to(exact, instrument.tick)
