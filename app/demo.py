"""``countersign demo``: real candles and alerts through the whole main job, in market time.

alert -> receipt -> offer -> approval -> ladder -> targets -> trade, decided by the very code that
runs live, ending with a table of trades.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from engine.backtest.alerts import by_rule, from_file
from engine.backtest.desk import Desk
from engine.backtest.driver import Driver, Filled
from engine.backtest.trades import Trade, trade_of
from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.settings import AccountSettings
from engine.market.candle_file import read_candles, symbol_of
from engine.policy.lots import unrealized_usd
from engine.venues.registry import PAPER_INSTRUMENTS
from foundation.errors import InvalidInput
from foundation.money import plain, usd

_REFRESH_EVERY: Final = 200
"""Candles between two moves of the progress bar."""
_WIDTH: Final = 120
"""Columns of the table where no terminal says how many there are."""
_CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What a demo run came to. Money in USD; ``unrealized_usd`` at the last price."""

    symbol: str
    begins: datetime
    ends: datetime
    candles: int
    alerts: int
    receipts: Mapping[str, int]
    refusals: Mapping[str, int]
    decisions: Mapping[str, int]
    trades: tuple[Trade, ...]
    never_filled: int
    still_open: tuple[Group, ...]
    fills: tuple[Filled, ...]
    realized_usd: Decimal
    unrealized_usd: Decimal
    fees_usd: Decimal


def run_demo(
    candles: Path,
    alerts: Path | None = None,
    *,
    as_json: bool = False,
    settings: AccountSettings | None = None,
    out: TextIO | None = None,
) -> DemoReport:
    """Run the demo and print its table (or, with ``as_json``, one JSON object) to ``out``.

    The progress bar goes to stderr. Without an alert file a simple rule makes the alerts.
    Raises InvalidInput naming file and row for input that cannot be used.
    """
    screen = Console(file=sys.stderr, stderr=True)
    report = play(candles, alerts, settings or AccountSettings(), screen)
    target = out or sys.stdout
    if as_json:
        target.write(rendered(report) + "\n")
    else:
        show(report, Console(file=target, width=None if target.isatty() else _WIDTH))
    return report


def play(
    candles: Path, alerts: Path | None, settings: AccountSettings, screen: Console
) -> DemoReport:
    """Live through the file; see `run_demo`."""
    history = read_candles(candles)
    symbol = symbol_of(candles)
    instrument = PAPER_INSTRUMENTS.get(symbol)
    if instrument is None:
        raise InvalidInput(
            f"{candles.name}: there are no trading rules for {symbol}; "
            f"use candles of {', '.join(PAPER_INSTRUMENTS)}"
        )
    posted = from_file(alerts, history, symbol) if alerts else by_rule(history, symbol)
    driver = Driver(Account(id="demo", venue="paper", settings=settings), {symbol: instrument})
    desk = Desk(driver, posted, symbol)
    with _progress(screen) as progress:
        bar = progress.add_task(f"{symbol} in market time", total=len(history))
        for n, candle in enumerate(history, start=1):
            desk.candle(candle)
            if n % _REFRESH_EVERY == 0:
                progress.update(bar, completed=n)
        progress.update(bar, completed=len(history))
    return _report(driver, desk, symbol, history[0].at, len(posted), len(history))


def _report(
    driver: Driver, desk: Desk, symbol: str, begins: datetime, alerts: int, candles: int
) -> DemoReport:
    quote = driver.quote(symbol)
    if quote is None:
        raise InvalidInput("there was not a single price in the candles")
    still_open = tuple(group for group in driver.account.groups.values() if group.holds_slot)
    done = [trade_of(group) for group in driver.closed]
    realized = sum((group.realized_pnl_usd for group in (*driver.closed, *still_open)), ZERO)
    paper = (
        unrealized_usd(group.side, group.open_quantity, group.invested_usd, quote.price)
        for group in still_open
    )
    return DemoReport(
        symbol=symbol,
        begins=begins,
        ends=quote.price_at,
        candles=candles,
        alerts=alerts,
        receipts=dict(sorted(desk.receipts.items())),
        refusals=dict(sorted(desk.refusals.items())),
        decisions=dict(sorted((k, n) for k, n in desk.decisions.items() if n)),
        trades=tuple(trade for trade in done if trade.entry is not None),
        never_filled=sum(1 for trade in done if trade.entry is None),
        still_open=still_open,
        fills=tuple(driver.fills),
        realized_usd=realized,
        unrealized_usd=sum(paper, ZERO),
        fees_usd=sum((one.fill.fee_usd for one in driver.fills), ZERO),
    )


def rendered(report: DemoReport) -> str:
    """The whole report for programs: money as text, times in ISO 8601."""
    document: dict[str, Any] = {
        "symbol": report.symbol,
        "begins": report.begins.isoformat(),
        "ends": report.ends.isoformat(),
        "candles": report.candles,
        "alerts": report.alerts,
        "receipts": report.receipts,
        "refusals": report.refusals,
        "decisions": report.decisions,
        "trades": [_trade(trade) for trade in report.trades],
        "never_filled": report.never_filled,
        "still_open": [_open(group) for group in report.still_open],
        "fills": [_fill(one) for one in report.fills],
        "totals": {
            "trades": len(report.trades),
            "wins": sum(1 for trade in report.trades if trade.pnl_usd > 0),
            "realized_pnl_usd": plain(report.realized_usd),
            "unrealized_pnl_usd": plain(report.unrealized_usd),
            "fees_usd": plain(report.fees_usd),
        },
    }
    return json.dumps(document, indent=2)


def show(report: DemoReport, screen: Console) -> None:
    """The table of trades and the totals below it."""
    table = Table(title=f"{report.symbol} · {_day(report.begins)} – {_day(report.ends)}")
    for name in ("Opened", "Side", "Entry", "Exit", "Legs", "P&L USD", "Fees USD", "Lasted", "Why"):
        numeric = name in ("Entry", "Exit", "Legs", "P&L USD", "Fees USD", "Lasted")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=True)
    for trade in report.trades:
        table.add_row(*_row(trade))
    screen.print(table)
    wins = sum(1 for trade in report.trades if trade.pnl_usd > 0)
    if report.refusals:
        screen.print(f"Refused: {_counted(report.refusals)}", highlight=False)
    screen.print(
        f"{report.candles} candles, {report.alerts} alerts ({_counted(report.receipts)})\n"
        f"Decisions: {_counted(report.decisions)}\n"
        f"{len(report.trades)} trades, {wins} with profit, {report.never_filled} groups closed "
        f"without a fill, {len(report.still_open)} still open "
        f"({_money(report.unrealized_usd)} USD unrealised)\n"
        f"Realised {_money(report.realized_usd)} USD after {_money(report.fees_usd)} USD of fees",
        highlight=False,
    )


def _progress(screen: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} candles"),
        TimeElapsedColumn(),
        console=screen,
    )


def _row(trade: Trade) -> Sequence[str]:
    colour = "green" if trade.pnl_usd > 0 else "red"
    return (
        trade.opened_at.strftime("%Y-%m-%d %H:%M"),
        trade.side.value,
        _price(trade.entry),
        _price(trade.exit),
        f"{trade.legs_filled}/{trade.legs_total}",
        f"[{colour}]{_money(trade.pnl_usd)}[/{colour}]",
        _money(trade.fees_usd),
        _lasted(trade.duration),
        trade.reason.replace("_", " "),
    )


def _trade(trade: Trade) -> dict[str, Any]:
    return {
        "symbol": trade.symbol,
        "side": trade.side.value,
        "timeframe": trade.timeframe,
        "opened_at": trade.opened_at.isoformat(),
        "closed_at": trade.closed_at.isoformat(),
        "duration_seconds": int(trade.duration.total_seconds()),
        "entry": None if trade.entry is None else plain(usd(trade.entry)),
        "exit": None if trade.exit is None else plain(usd(trade.exit)),
        "quantity": plain(trade.quantity),
        "pyramids": trade.pyramids,
        "legs_filled": trade.legs_filled,
        "legs_total": trade.legs_total,
        "pnl_usd": plain(trade.pnl_usd),
        "fees_usd": plain(trade.fees_usd),
        "exit_reason": trade.reason,
    }


def _open(group: Group) -> dict[str, str]:
    return {
        "symbol": group.symbol,
        "side": group.side.value,
        "status": group.status.value,
        "opened_at": group.created_at.isoformat(),
        "open_quantity": plain(group.open_quantity),
        "invested_usd": plain(group.invested_usd),
        "realized_pnl_usd": plain(group.realized_pnl_usd),
    }


def _fill(one: Filled) -> dict[str, str]:
    return {
        "at": one.fill.venue_time.isoformat(),
        "order_id": one.fill.order_id,
        "group_id": one.order.group_id,
        "side": one.order.side.value,
        "quantity": plain(one.fill.quantity),
        "price": plain(one.fill.price),
        "fee_usd": plain(one.fill.fee_usd),
    }


def _price(price: Decimal | None) -> str:
    """An average price with seven digits, or a dash."""
    if price is None:
        return "–"
    return plain(price.quantize(Decimal(1).scaleb(min(price.adjusted() - 6, 0))))


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(_CENT):,}"


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _lasted(duration: timedelta) -> str:
    minutes = int(duration.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days}d {hours:02}h" if days else f"{hours}h {minutes:02}m"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {code.replace('_', ' ')}" for code, n in counts.items()) or "none"
