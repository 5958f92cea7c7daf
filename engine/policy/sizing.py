"""How much one entry may spend, and which ladder it is spread over.

Capital of a pyramid by method: a share of the capital per slot, a fixed sum, a share of equity,
what loses a share of equity at the stop, or the signal's own size. USD throughout.
"""

from __future__ import annotations

from decimal import Decimal

from engine.domain.account import Account
from engine.domain.choices.entry import SizingMethod
from engine.domain.choices.ladder import Ladder
from engine.domain.record import record
from engine.domain.settings import AccountSettings
from engine.domain.words import Side
from engine.policy.grid import LadderRefused
from foundation.money import plain

HUNDRED = Decimal(100)


@record(frozen=True, slots=True)
class Entry:
    """One pyramid that is to be drawn; ``index`` 0 is the first of its group.

    ``stop`` is the price at which the group would be closed, ``size`` the signal's own wish in
    base units; both may be unknown. ``among`` is how many pyramids its group may have, which
    share its capital; None: as many as the settings say.
    """

    symbol: str
    timeframe: int
    side: Side
    index: int
    price: Decimal
    size_factor: Decimal = Decimal(1)
    stop: Decimal | None = None
    size: Decimal | None = None
    among: int | None = None


def shape_of(settings: AccountSettings, symbol: str, timeframe: int, index: int = 0) -> Ladder:
    """The ladder for one pyramid: the closest override of the market, else the account's own.

    A market's ladder stands for all its pyramids unless it has one for the index itself. A first
    leg at market buys at once, so there it has no gap.
    """
    shape = _chosen(settings, symbol, timeframe, str(index))
    if settings.orders.first_leg == "limit" or not shape[0].gap_percent:
        return shape
    return (shape[0].model_copy(update={"gap_percent": Decimal(0)}), *shape[1:])


def _chosen(settings: AccountSettings, symbol: str, timeframe: int, level: str) -> Ladder:
    named = symbol.partition(":")[0]
    markets = [one for one in settings.market_ladders if one.symbol in (symbol, named)]
    for wanted in (timeframe, None):
        for one in markets:
            if one.timeframe == wanted:
                return next((v for k, v in one.pyramid_levels.items() if k == level), one.ladder)
    return next((v for k, v in settings.pyramid_levels.items() if k == level), settings.ladder)


def equity_usd(account: Account) -> Decimal:
    """Equity as the guard last saw it; before that, the capital."""
    seen = account.guard.equity_usd
    return account.settings.total_capital_usd if seen is None else max(seen, Decimal(0))


def capital_usd(account: Account, entry: Entry, shape: Ladder) -> Decimal | LadderRefused:
    """Capital of one pyramid, or why it cannot be told."""
    sizing = account.settings.sizing
    if sizing.method is SizingMethod.SIGNAL_SIZE:
        if entry.size is None:
            text = "the signal brings no size, and sizing is set to the signal's own; send one"
            return LadderRefused("no_size", text)
        return entry.size * entry.price * entry.size_factor
    whole = _whole(account, entry, shape)
    if isinstance(whole, LadderRefused):
        return whole
    if sizing.pyramid_sizing == "shared":
        whole /= entry.among or account.settings.max_pyramids
    return whole * entry.size_factor


def _whole(account: Account, entry: Entry, shape: Ladder) -> Decimal | LadderRefused:
    settings = account.settings
    match settings.sizing.method:
        case SizingMethod.FIXED_USD:
            return settings.sizing.fixed_usd
        case SizingMethod.EQUITY_PERCENT:
            return equity_usd(account) * settings.sizing.equity_percent / HUNDRED
        case SizingMethod.RISK_PERCENT:
            return _risked(account, entry, shape)
        case _:
            return settings.total_capital_usd / settings.max_open_groups


def _risked(account: Account, entry: Entry, shape: Ladder) -> Decimal | LadderRefused:
    """The capital that loses ``risk_percent`` of equity when all legs fill and the stop is hit."""
    percent = account.settings.sizing.risk_percent
    share = _loss_share(account.settings, entry, shape)
    if share is None:
        text = (
            "sizing by risk needs a stop: set stop_loss_percent, or send a stop with the signal "
            "and let it be used"
        )
        return LadderRefused("no_stop", text)
    if share <= 0:
        stop = plain(entry.stop) if entry.stop is not None else "?"
        text = f"the stop {stop} lies beyond the ladder: nothing would be lost there; move it"
        return LadderRefused("stop_inside_ladder", text)
    return equity_usd(account) * percent / HUNDRED / share


def _loss_share(settings: AccountSettings, entry: Entry, shape: Ladder) -> Decimal | None:
    """The part of the capital that is lost at the stop."""
    if entry.stop is not None:
        sign = entry.side.sign
        units = sum(
            (
                leg.weight_percent
                / HUNDRED
                / (entry.price * (1 + sign * leg.gap_percent / HUNDRED))
                for leg in shape
            ),
            Decimal(0),
        )
        spent = sum((leg.weight_percent / HUNDRED for leg in shape), Decimal(0))
        return sign * (spent - entry.stop * units)
    stops = settings.stops
    percent = stops.stop_loss_percent or stops.trailing_stop_percent
    return None if percent is None else percent / HUNDRED
