"""``python -m tests.study --candles FILE …``: the month with and without queue and risk engine."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from engine.domain.choices.risk import TimerStart
from engine.domain.settings import AccountSettings
from engine.market.candle import Candle
from engine.market.candle_file import read_candles, symbol_of
from tests.study.month import Run, run
from tests.study.page import written

TIMEFRAMES = (5, 15, 60)
DAYS = 31


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.study", description=__doc__)
    parser.add_argument("--candles", type=Path, action="append", required=True)
    parser.add_argument("--from", dest="start", default="2025-01-01", help="the first day")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--slots", type=int, default=3)
    parser.add_argument("--page", type=Path, help="write the report there, as Markdown")
    given = parser.parse_args()
    start = datetime.fromisoformat(given.start).replace(tzinfo=UTC)
    history, notes = _histories(given.candles, start, timedelta(days=given.days))
    console = Console(stderr=True)
    runs = [_one(name, history, settings, console) for name, settings in _ways(given.slots).items()]
    text = written(runs, notes, start, given.days, given.slots)
    if given.page:
        given.page.write_text(text, "utf-8")
    print(text)


def _one(
    name: str, history: Mapping[str, Sequence[Candle]], settings: AccountSettings, console: Console
) -> Run:
    frames = [t for t in TIMEFRAMES if all(t % c[0].minutes == 0 for c in history.values())]
    with Progress(console=console) as bar:
        task = bar.add_task(name, total=sum(len(candles) for candles in history.values()) * 4)
        return run(
            name, history, frames, settings, lambda n: n % 500 or bar.update(task, completed=n)
        )


def _ways(slots: int) -> dict[str, AccountSettings]:
    """The same account with and without its queue and its risk engine."""
    both = AccountSettings.model_validate(
        {
            "max_open_groups": slots,
            "max_pyramids": 3,
            "ladder": [
                {"gap_percent": gap, "weight_percent": 25, "tp_percent": 3}
                for gap in ("0", "-0.5", "-1", "-2")
            ],
            "sizing": {"pyramid_sizing": "shared"},
            "risk": {
                "require_full_pyramids": False,
                "loss_threshold_percent": "-2",
                "timer_start_condition": TimerStart.AFTER_ALL_SUBMITTED,
                "on_insufficient_profit": "partial",
            },
            # it halts until a person resumes, and nobody sits there in a study
            "protection": {"drawdown": {"enabled": False}},
        }
    )
    without = {"queue_limit": 0}
    quiet = {"risk": both.risk.model_copy(update={"enabled": False})}
    return {
        "queue and risk engine": both,
        "queue only": both.model_copy(update=quiet),
        "risk engine only": both.model_copy(update=without),
        "neither": both.model_copy(update={**without, **quiet}),
    }


def _histories(
    files: Sequence[Path], start: datetime, length: timedelta
) -> tuple[dict[str, tuple[Candle, ...]], list[str]]:
    """The stretch of each file; one from another year is moved to it, and that is said."""
    histories: dict[str, tuple[Candle, ...]] = {}
    notes = []
    for file in files:
        candles = read_candles(file)
        symbol, began = symbol_of(file), start
        if not any(c.at == start for c in candles):
            began = start.replace(year=candles[0].at.year)
        kept = [c for c in candles if began <= c.at < began + length]
        histories[symbol] = tuple(replace(c, at=c.at + (start - began)) for c in kept)
        moved = f", moved by {(start - began).days} days" if began != start else ""
        notes.append(
            f"{symbol}: {len(kept):,} bars of {kept[0].minutes} min from {began.date()}{moved}"
        )
    return histories, notes


if __name__ == "__main__":
    main()
