"""The drawdown guard, as arithmetic: equity, its peak, and how far below it is too far.

Spot: equity = total capital + everything realised + what is open at market. What a wallet holds
beyond our capital is not ours to lose, so deposits move nothing there; a change of the capital
does. Perpetuals: equity = wallet + what is open at market, and deposits move the peak.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.choices.protection import DrawdownSettings
from engine.domain.group import Group
from engine.domain.instrument import Market
from engine.domain.leg import ZERO
from engine.domain.protection import Guard, GuardStage
from engine.domain.words import MarketKind
from engine.policy.lots import unrealized_usd
from foundation import limits
from foundation.money import plain, usd

HUNDRED = Decimal(100)


def open_pnl_usd(account: Account, market: Market, at: datetime) -> Decimal | None:
    """Unrealised result of all groups; None while a price is missing or too old to judge by."""
    total = ZERO
    for group in account.groups.values():
        quantity, cost = _held(group) if group.holds_slot else (ZERO, ZERO)
        if quantity <= 0:
            continue
        quote = market.quotes.get(group.symbol)
        if quote is None or (at - quote.price_at).total_seconds() > limits.FEED_STALE_S:
            return None
        total += unrealized_usd(group.side, quantity, cost, quote.price)
    return total


def _held(group: Group) -> tuple[Decimal, Decimal]:
    """Open quantity and its cost in one look over the legs: this runs at every fill."""
    quantity, cost = ZERO, ZERO
    for pyramid in group.pyramids:
        for leg in pyramid.legs:
            if leg.received:
                quantity += leg.received - leg.closed
                cost += leg.cost_usd - leg.closed_cost_usd
    return quantity, cost


def exposed(account: Account) -> bool:
    """Whether anything is open that moves with the market."""
    return any(
        leg.received and leg.received != leg.closed
        for group in account.groups.values()
        if group.holds_slot
        for pyramid in group.pyramids
        for leg in pyramid.legs
    )


def capital_counts(account: Account) -> bool:
    """Whether equity is counted from the settings' capital; else from the venue's wallet."""
    return account.market is MarketKind.SPOT


def settled_usd(account: Account) -> Decimal | None:
    """Equity without what is open; None for perpetuals before the venue told their wallet."""
    if capital_counts(account):
        return account.settings.total_capital_usd + account.guard.realized_usd
    base = account.guard.wallet_base_usd
    if base is not None:
        # what was realised since the venue told its wallet is in neither it nor the open result
        return base + account.guard.realized_usd
    return account.funds.wallet_usd if account.funds is not None else None


def wallet_base_usd(account: Account) -> Decimal | None:
    """The wallet less all we realised, by what the venue told last; the old one in between.

    While something changed after the venue was asked, the two do not belong together.
    """
    funds, known = account.funds, account.guard.wallet_base_usd
    if funds is None or capital_counts(account):
        return known
    if known is not None and any(g.updated_at >= funds.seen_at for g in account.groups.values()):
        return known
    return funds.wallet_usd - account.guard.realized_usd


def equity_usd(account: Account, market: Market, at: datetime) -> Decimal | None:
    """Equity now, or None when it cannot be told."""
    settled, open_pnl = settled_usd(account), open_pnl_usd(account, market, at)
    return None if settled is None or open_pnl is None else usd(settled + open_pnl)


def first_peak_usd(account: Account, equity: Decimal) -> Decimal:
    """The peak before there was one: what we began with."""
    if capital_counts(account):
        return max(account.settings.total_capital_usd, equity)
    return equity


def drawdown_percent(guard: Guard, equity: Decimal) -> Decimal:
    """How far equity is below its peak, in %; never negative."""
    return ZERO if guard.peak_usd is None else below_percent(guard.peak_usd, equity)


def below_percent(peak: Decimal, equity: Decimal) -> Decimal:
    """How far equity is below this peak, in %; never negative."""
    return max((peak - equity) / peak * HUNDRED, ZERO) if peak > 0 else ZERO


def judged(
    guard: Guard, equity: Decimal, settings: DrawdownSettings
) -> tuple[Guard, tuple[GuardStage, ...]]:
    """The guard after it has seen this equity, and the stages it reached just now.

    It never steps back but for a new peak, which forgets a warning. Soft and hard stay until a
    person resumes. The warning is told once, before or after soft, as the settings lie.
    """
    guard = replace(guard, equity_usd=equity)
    peak = guard.peak_usd
    if peak is None or equity >= peak:
        calm = GuardStage.CALM if guard.stage is GuardStage.WARNED else guard.stage
        guard = replace(guard, peak_usd=equity, stage=calm, warned=False)
    if guard.stage is GuardStage.HARD:
        return guard, ()
    loss = drawdown_percent(guard, equity)
    poor = settings.min_equity_usd > 0 and equity < settings.min_equity_usd
    if poor or loss >= settings.max_drawdown_percent:
        return replace(guard, stage=GuardStage.HARD), (GuardStage.HARD,)
    reached = []
    if not guard.warned and loss >= warn_percent(settings):
        reached.append(GuardStage.WARNED)
        stage = GuardStage.WARNED if guard.stage is GuardStage.CALM else guard.stage
        guard = replace(guard, stage=stage, warned=True)
    if guard.stage is not GuardStage.SOFT and loss >= settings.soft_drawdown_percent:
        reached.append(GuardStage.SOFT)
        guard = replace(guard, stage=GuardStage.SOFT)
    return guard, tuple(reached)


def warn_percent(settings: DrawdownSettings) -> Decimal:
    """The drawdown at which the guard warns, in %."""
    return settings.max_drawdown_percent * limits.GUARD_WARN_PERCENT / HUNDRED


def sentence(guard: Guard, stage: GuardStage, settings: DrawdownSettings) -> str:
    """What is told of a stage that was reached."""
    peak, equity = guard.peak_usd or ZERO, guard.equity_usd or ZERO
    loss, limit = drawdown_percent(guard, equity), plain(settings.max_drawdown_percent)
    where = f"Equity is {equity:.2f} USD, {loss:.2f} % below its peak of {peak:.2f} USD"
    match stage:
        case GuardStage.HARD if loss < settings.max_drawdown_percent:
            least = plain(settings.min_equity_usd)
            return f"{where} and under min_equity_usd {least}: all positions are closed."
        case GuardStage.HARD:
            return f"{where}: the limit of {limit} % is reached, all positions are closed."
        case GuardStage.SOFT:
            soft = plain(settings.soft_drawdown_percent)
            return f"{where}: from {soft} % on no new entries are taken until a person resumes."
        case _:
            return f"{where}; at {limit} % all positions are closed."


def numbers(guard: Guard, stage: GuardStage, settings: DrawdownSettings) -> dict[str, str]:
    """The same as data."""
    peak, equity = guard.peak_usd or ZERO, guard.equity_usd or ZERO
    return {
        "stage": stage.value,
        "equity_usd": plain(equity),
        "peak_usd": plain(peak),
        "drawdown_percent": f"{drawdown_percent(guard, equity):.2f}",
        "limit_percent": plain(settings.max_drawdown_percent),
    }


def worth_keeping(before: Guard, after: Guard) -> bool:
    """Whether time alone may write this: another stage, or a peak a step above the last."""
    if before.stage is not after.stage or before.warned != after.warned:
        return True
    if before.peak_usd is None or after.peak_usd is None:
        return before.peak_usd is not after.peak_usd
    return after.peak_usd - before.peak_usd >= before.peak_usd / limits.GUARD_PEAK_STEPS


def jumped(before: Guard, equity: Decimal, moved_usd: Decimal) -> Decimal | None:
    """The change of equity in % since it was last known, when that is too much; else None."""
    known = before.equity_usd
    if known is None or known <= 0:
        return None
    percent = (equity - moved_usd - known) / known * HUNDRED
    return percent if abs(percent) > limits.EQUITY_JUMP_PERCENT else None
