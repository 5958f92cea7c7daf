"""The risk engine's choice: which loser, paid for by which winners, with how much of each.

Pure and free of side effects: the projection a person is shown and the plan that runs are the
same function. Money in USD, quantities in base units, percentages of what is invested.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.choices.risk import RiskSettings, TimerStart
from engine.domain.group import Group
from engine.domain.instrument import Instrument, Market
from engine.domain.leg import ZERO
from engine.domain.offset import WinnerPart
from engine.domain.record import record
from engine.domain.rules import RiskMarks
from engine.domain.words import GroupStatus, OrderStatus, OrderType
from engine.policy.lots import allocate_share, is_dust, unrealized_usd
from engine.policy.rules import instrument_for
from foundation import limits
from foundation.money import ceil_to_step, floor_to_step, plain, usd

HUNDRED = Decimal(100)
ONE = Decimal(1)
OPEN = (GroupStatus.ACTIVE, GroupStatus.PARTIALLY_FILLED)
_ENDED = (OrderStatus.CANCELLED, OrderStatus.FAILED)


@record(frozen=True, slots=True)
class Position:
    """An open position at a fresh price, with what closing it costs."""

    group: Group
    price: Decimal
    instrument: Instrument
    fee_percent: Decimal

    @property
    def pnl_usd(self) -> Decimal:
        """Unrealised, before the costs of closing."""
        group = self.group
        return unrealized_usd(group.side, group.open_quantity, group.invested_usd, self.price)

    @property
    def pnl_percent(self) -> Decimal:
        invested = self.group.invested_usd
        return self.pnl_usd / invested * HUNDRED if invested > 0 else ZERO

    @property
    def closable(self) -> Decimal:
        """What an order can close of it, in whole steps."""
        return floor_to_step(self.group.open_quantity, self.instrument.step)

    def fee_usd(self, quantity: Decimal) -> Decimal:
        """The estimated fee of closing ``quantity``."""
        return quantity * self.price * self.fee_percent / HUNDRED

    def gain_usd(self, quantity: Decimal) -> Decimal:
        """What closing ``quantity`` pro rata realises at this price, after its costs."""
        gain = -self.fee_usd(quantity)
        lots = [((p.index, leg.index), leg) for p, leg in self.group.legs if leg.open_quantity > 0]
        shares = allocate_share(
            [(key, leg.open_quantity) for key, leg in lots], quantity, self.instrument.step
        )
        known = dict(lots)
        for share in shares:
            leg = known[(share.pyramid, share.leg)]
            cost = leg.open_cost_usd * share.quantity / leg.open_quantity
            gain += self.group.side.sign * (share.quantity * self.price - cost)
        return gain

    def too_small(self, quantity: Decimal, least_usd: Decimal) -> bool:
        """Whether a part is not worth an order, or no order the venue would take."""
        if is_dust(quantity, self.price, self.instrument):
            return True
        return quantity * self.price < least_usd


@record(frozen=True, slots=True)
class Review:
    """What a review finds. ``code`` is ``no_loser``, ``ready``, or why the loser waits.

    ``required_usd`` is the loser's loss and the fee of closing it; ``available_usd`` what the
    winners would give. ``loser_quantity`` (``fraction`` of what is open) closes when ready.
    ``left_out`` names symbols of open positions without a fresh price or rules; ``skipped`` are
    losers that a person had skipped once.
    """

    code: str
    text: str
    loser: Position | None = None
    required_usd: Decimal = ZERO
    available_usd: Decimal = ZERO
    winners: tuple[WinnerPart, ...] = ()
    fraction: Decimal = ZERO
    loser_quantity: Decimal = ZERO
    left_out: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return self.code == "ready"

    @property
    def shortfall_usd(self) -> Decimal:
        return max(self.required_usd - self.available_usd, ZERO)


def projection(account: Account, market: Market, at: datetime) -> Review:
    """The plan as a review at this moment would make it; nothing is changed."""
    risk = account.settings.risk
    positions, left_out = _positions(account, market, at)
    losers = [one for one in positions if barred(one.group, risk, at) is None]
    losers = [one for one in losers if one.pnl_percent <= risk.loss_threshold_percent]
    skipped = tuple(one.group.id for one in losers if one.group.risk.skip_once)
    losers = [one for one in losers if not one.group.risk.skip_once]
    if not losers:
        text = "No position is a loser that may be offset now."
        return Review("no_loser", text, left_out=left_out, skipped=skipped)
    loser = min(losers, key=_worst)
    found = _paid_for(loser, positions, risk)
    return replace(found, left_out=left_out, skipped=skipped)


def barred(group: Group, risk: RiskSettings, at: datetime) -> tuple[str, str] | None:
    """Why a group cannot be a loser whatever its price: a code and a sentence."""
    marks, count = group.risk, len(group.pyramids)
    if not eligible_position(group):
        return "not_open", "It has no open position that is left alone."
    if marks.blocked:
        return "blocked", "Blocked by hand."
    if risk.require_full_pyramids and count < group.max_pyramids:
        return "pyramids", f"It has {count} of {group.max_pyramids} entries."
    if marks.timer_expires_at is None:
        return "timer_not_started", "Its timer has not started."
    if marks.timer_expires_at > at:
        return "timer", f"Its timer runs until {marks.timer_expires_at:%Y-%m-%d %H:%M} UTC."
    if risk.use_trade_age_filter and aged_at(group, risk) > at:
        return "age", f"It is younger than {risk.age_threshold_minutes} min."
    return None


def may_lose_at(group: Group, risk: RiskSettings) -> datetime | None:
    """From when on only its price decides whether a group is a loser; None: something else."""
    expires = group.risk.timer_expires_at
    if expires is None:
        return None
    moment = max(expires, aged_at(group, risk)) if risk.use_trade_age_filter else expires
    return moment if barred(group, risk, moment) is None else None


def aged_at(group: Group, risk: RiskSettings) -> datetime:
    return group.created_at + timedelta(minutes=risk.age_threshold_minutes)


def eligible_position(group: Group) -> bool:
    """Open, and nothing of it is being closed right now; a target that rests is no closing."""
    if group.status not in OPEN or group.open_quantity <= 0 or group.reduce_quantity > 0:
        return False
    return not any(order.remaining > 0 for order in group.reducers if closes_now(order.order_type))


def closes_now(order_type: OrderType) -> bool:
    """A reducer that works at the market, not one that waits for a price."""
    return order_type is OrderType.MARKET


def timed(group: Group, risk: RiskSettings, at: datetime) -> RiskMarks:
    """The group's marks with its timer started, kept or taken back as its legs stand."""
    marks = group.risk
    running = marks.timer_started_at is not None
    if timer_runs(group, risk.timer_start_condition) == running:
        return marks
    if running:
        return replace(marks, timer_started_at=None, timer_expires_at=None)
    return started(marks, risk, at)


def started(marks: RiskMarks, risk: RiskSettings, at: datetime) -> RiskMarks:
    """The marks with the timer starting now."""
    expires = at + timedelta(minutes=risk.post_full_wait_minutes)
    return replace(marks, timer_started_at=at, timer_expires_at=expires)


def timer_runs(group: Group, start: TimerStart) -> bool:
    """Whether what starts the timer has happened and still holds.

    A leg that was called off is none to wait for; a further entry makes it wait again.
    """
    legs = [leg for _, leg in group.legs]
    match start:
        case TimerStart.AFTER_ALL_PYRAMIDS:
            return len(group.pyramids) >= group.max_pyramids
        case TimerStart.AFTER_ALL_SUBMITTED:
            return bool(legs) and all(leg.order_id or leg.status in _ENDED for leg in legs)
        case TimerStart.AFTER_ALL_FILLED:
            states = {leg.status for leg in legs if leg.status not in _ENDED}
            return states == {OrderStatus.FILLED}


def position(account: Account, group: Group, market: Market, at: datetime) -> Position | None:
    """The group's position at a fresh price, or None when price or rules are missing."""
    quote = market.quotes.get(group.symbol)
    instrument = instrument_for(account, market.instruments, group.symbol)
    if quote is None or instrument is None:
        return None
    if at - quote.price_at > timedelta(seconds=limits.FEED_STALE_S):
        return None
    return Position(group, quote.price, instrument, account.settings.risk.closing_fee_percent)


def share_of_loser(loser: Position, covered_usd: Decimal) -> Decimal:
    """The largest quantity whose loss, fee included, ``covered_usd`` pays for."""
    whole, step = loser.closable, loser.instrument.step
    lost = -loser.gain_usd(whole)
    if lost <= covered_usd:
        return whole
    if covered_usd <= 0:
        return ZERO
    quantity = floor_to_step(whole * covered_usd / lost, step)
    # lots share it in whole steps, so a part may lose a little more than its share
    while quantity > 0 and (over := -loser.gain_usd(quantity) - covered_usd) > 0:
        quantity = max(quantity - max(ceil_to_step(whole * over / lost, step), step), ZERO)
    return quantity


def _positions(
    account: Account, market: Market, at: datetime
) -> tuple[list[Position], tuple[str, ...]]:
    """Open positions at fresh prices, and the symbols left out for want of one."""
    positions, left_out = [], set()
    for group in account.groups.values():
        if not eligible_position(group):
            continue
        found = position(account, group, market, at)
        if found is None or account.short_at_venue.get(group.symbol):
            left_out.add(group.symbol)
        elif not found.too_small(found.closable, ZERO):
            positions.append(found)
    return positions, tuple(sorted(left_out))


def _worst(one: Position) -> tuple[Decimal, Decimal, datetime, str]:
    """Highest loss %, then highest loss USD, then oldest."""
    return (one.pnl_percent, one.pnl_usd, one.group.created_at, one.group.id)


def _paid_for(loser: Position, positions: list[Position], risk: RiskSettings) -> Review:
    required = -loser.gain_usd(loser.closable)
    winners, available = _winners(loser, positions, risk, required)
    found = Review("ready", "", loser, required, available, winners, ONE, loser.closable)
    if available >= required:
        text = f"{len(winners)} winners pay {usd(required):.2f} USD for {loser.group.symbol}."
        return replace(found, text=text)
    short = (
        f"{loser.group.symbol} needs {required:.2f} USD; the winners give {available:.2f} USD, "
        f"{required - available:.2f} USD too little"
    )
    if risk.on_insufficient_profit == "wait" or not winners:
        return replace(found, code="short_of_profit", text=f"{short}.")
    quantity = share_of_loser(loser, available)
    if loser.too_small(quantity, risk.min_close_notional_usd):
        text = f"{short}; the covered share is too small to close."
        return replace(found, code="share_too_small", text=text)
    fraction = quantity / loser.closable
    text = f"{short}: {plain((fraction * HUNDRED).quantize(ONE))} % of it closes."
    return replace(found, text=text, fraction=fraction, loser_quantity=quantity)


def _winners(
    loser: Position, positions: list[Position], risk: RiskSettings, required: Decimal
) -> tuple[tuple[WinnerPart, ...], Decimal]:
    """The winners' parts, most profitable first, and what they give together."""
    winning = [one for one in positions if one.group.id != loser.group.id and one.pnl_usd > 0]
    winning.sort(key=lambda one: (-one.pnl_usd, one.group.created_at, one.group.id))
    parts: list[WinnerPart] = []
    given = ZERO
    for winner in winning:
        if given >= required or len(parts) == risk.max_winners_to_combine:
            break
        part = _part(winner, required - given, risk)
        if part is not None:
            parts.append(part)
            given += part.expected_usd
    return tuple(parts), given


def _part(winner: Position, needed: Decimal, risk: RiskSettings) -> WinnerPart | None:
    """What of a winner closes for ``needed`` USD, or None when that is not worth an order."""
    group, whole = winner.group, winner.closable
    if whole <= 0 or winner.gain_usd(whole) <= 0:
        return None
    quantity = whole
    if risk.partial_close_enabled:
        quantity = _enough(winner, needed)
    if is_dust(whole - quantity, winner.price, winner.instrument):
        # the rest could never be sold
        quantity = whole
    if winner.too_small(quantity, risk.min_close_notional_usd):
        return None
    gain = winner.gain_usd(quantity)
    if gain <= 0:
        return None
    return WinnerPart(
        group_id=group.id,
        symbol=group.symbol,
        quantity=quantity,
        price=winner.price,
        expected_usd=gain,
        whole=quantity == whole,
        realized_before_usd=group.realized_pnl_usd,
    )


def _enough(winner: Position, needed: Decimal) -> Decimal:
    """The quantity that gives ``needed`` USD, rounded up to the step, at most the whole."""
    whole, step = winner.closable, winner.instrument.step
    per_unit = winner.gain_usd(whole) / whole
    quantity = min(ceil_to_step(needed / per_unit, step), whole)
    # lots share it in whole steps, so a part may give a little less than its share
    while quantity < whole and (short := needed - winner.gain_usd(quantity)) > 0:
        quantity = min(quantity + max(ceil_to_step(short / per_unit, step), step), whole)
    return quantity
