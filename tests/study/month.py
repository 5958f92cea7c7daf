"""A month of several symbols through pool, queue and risk engine, and what each part changed."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from engine.backtest.driver import Driver
from engine.decide.step import Step
from engine.domain.account import Account
from engine.domain.events import Event, SignalReceived
from engine.domain.notices import Notice, NoticeKind
from engine.domain.settings import AccountSettings
from engine.market.candle import Candle, path, path_times
from engine.policy.lots import unrealized_usd
from engine.venues.registry import PAPER_INSTRUMENTS
from tests.study.signals import stream

ZERO = Decimal(0)
HOUR = timedelta(hours=1)


@dataclass
class Run:
    """What one way of running the month came to. Money in USD."""

    name: str
    signals: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    waited: list[timedelta] = field(default_factory=list)
    offsets: list[Mapping[str, str]] = field(default_factory=list)
    equity: list[tuple[datetime, Decimal]] = field(default_factory=list)
    trades: int = 0
    wins: int = 0
    realized_usd: Decimal = ZERO
    unrealized_usd: Decimal = ZERO
    fees_usd: Decimal = ZERO
    open_groups: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def max_drawdown_usd(self) -> Decimal:
        """The deepest fall of hourly equity from its peak."""
        peak = worst = ZERO
        for _, equity in self.equity:
            peak = max(peak, equity)
            worst = max(worst, peak - equity)
        return worst


class Watched(Driver):
    """A driver that keeps every notice of its steps."""

    heard: Callable[[Notice, datetime], None]

    def step(self, event: Event) -> Step:
        result = super().step(event)
        for notice in result.notices:
            self.heard(notice, event.at)
        return result


def run(
    name: str,
    history: Mapping[str, Sequence[Candle]],
    timeframes: Sequence[int],
    settings: AccountSettings,
    progress: Callable[[int], None] = lambda _: None,
) -> Run:
    """Live through the history once with these settings; ``progress`` hears of each price."""
    result = Run(name)
    queued_at: dict[str, datetime] = {}
    instruments = {symbol: PAPER_INSTRUMENTS[symbol] for symbol in history}
    driver = Watched(Account(id="study", venue="paper", settings=settings), instruments)
    driver.heard = lambda notice, at: _heard(result, queued_at, notice, at)
    hour = min(candles[0].at for candles in history.values())
    for n, (at, _, what) in enumerate(_timeline(history, timeframes)):
        while hour <= at:
            result.equity.append((hour, _equity(driver)))
            hour += HOUR
        if isinstance(what, SignalReceived):
            result.signals += 1
            result.outcomes[driver.signal(what, at).code] += 1
        else:
            driver.price(what[0], what[1], at)
        progress(n)
    _sum_up(result, driver)
    return result


def _timeline(
    history: Mapping[str, Sequence[Candle]], timeframes: Sequence[int]
) -> Iterator[tuple[datetime, int, tuple[str, Decimal] | SignalReceived]]:
    """Prices and signals of all symbols in order of time; a price comes before a signal."""
    sources = []
    order = 0
    for symbol, candles in history.items():
        sources.append(_prices(symbol, candles, order))
        order += 1
        for timeframe in timeframes:
            sources.append(_signals(symbol, candles, timeframe, 1000 + order))
            order += 1
    return heapq.merge(*sources, key=lambda entry: entry[:2])


def _prices(
    symbol: str, candles: Sequence[Candle], order: int
) -> Iterator[tuple[datetime, int, tuple[str, Decimal] | SignalReceived]]:
    for candle in candles:
        for price, at in zip(path(candle), path_times(candle), strict=True):
            yield at, order, (symbol, price)


def _signals(
    symbol: str, candles: Sequence[Candle], timeframe: int, order: int
) -> Iterator[tuple[datetime, int, tuple[str, Decimal] | SignalReceived]]:
    for at, fact in stream(symbol, candles, timeframe):
        yield at, order, fact


def _heard(result: Run, queued_at: dict[str, datetime], notice: Notice, at: datetime) -> None:
    result.events[notice.kind.value] += 1
    signal_id = notice.data.get("signal_id", "")
    if notice.kind is NoticeKind.QUEUED:
        queued_at[signal_id] = at
    elif notice.kind is NoticeKind.REPLACED:
        queued_at[signal_id] = queued_at.pop(notice.data.get("replaced", ""), at)
    elif notice.kind is NoticeKind.PROMOTED and signal_id in queued_at:
        result.waited.append(at - queued_at.pop(signal_id))
    elif notice.kind is NoticeKind.RISK_ACTION:
        result.offsets.append(dict(notice.data))


def _equity(driver: Driver) -> Decimal:
    """Realised and unrealised profit of everything so far."""
    return _realized(driver) + _unrealized(driver)


def _realized(driver: Driver) -> Decimal:
    known = {group.id for group in driver.closed}
    still = (g for g in driver.account.groups.values() if g.id not in known)
    return sum((group.realized_pnl_usd for group in (*driver.closed, *still)), ZERO)


def _unrealized(driver: Driver) -> Decimal:
    total = ZERO
    for group in driver.account.groups.values():
        quote = driver.quote(group.symbol)
        if quote is not None and group.holds_slot:
            total += unrealized_usd(
                group.side, group.open_quantity, group.invested_usd, quote.price
            )
    return total


def _sum_up(result: Run, driver: Driver) -> None:
    filled = [group for group in driver.closed if group.filled_quantity > 0]
    result.trades = len(filled)
    result.wins = sum(1 for group in filled if group.realized_pnl_usd > 0)
    result.reasons.update((g.exit_reason or "target") for g in filled)
    result.realized_usd = _realized(driver)
    result.unrealized_usd = _unrealized(driver)
    result.fees_usd = sum((one.fill.fee_usd for one in driver.fills), ZERO)
    result.open_groups = driver.account.slots_taken
